"""The reading processes: closed off from what is worth having, and replaced when a file kills them."""

import io
import json
import os
import resource
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from office import Office

from learning_city.collect import child
from learning_city.collect.reader import Child, Readers


@pytest.fixture
def reading() -> Iterator[Child]:
    process = Child()
    yield process
    process.close()


def killer(path: Path) -> Path:
    """A sheet of two cells as far apart as they can be, written so that no scan of addresses sees it."""
    written, packed = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet()
        sheet.write("A1", 1)
        sheet.write("XFD1048576", 1)
    with zipfile.ZipFile(written) as whole, zipfile.ZipFile(packed, "w") as file:
        for name in whole.namelist():
            file.writestr(name, whole.read(name).replace(b'r="XFD', b'r = "XFD'))
    path.write_bytes(packed.getvalue())
    return path


def said(frames: list[bytes]) -> list[dict[str, object]]:
    answers: list[dict[str, object]] = json.loads(frames[0])
    return answers


def test_the_child_sees_no_setting_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LCM_DATABASE_URL", "postgresql://owner:secret@db/warehouse")
    monkeypatch.setenv("LCM_HOME", "/srv/office")
    process = Child()
    try:
        environment = Path(f"/proc/{process._process.pid}/environ").read_bytes().decode()
    finally:
        process.close()
    assert "LCM_" not in environment
    assert "secret" not in environment


def test_the_child_is_limited_in_memory_files_and_size(reading: Child, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    reading.read("ledger", [str(tmp_path / "a.txt")])
    pid = reading._process.pid
    assert resource.prlimit(pid, resource.RLIMIT_AS)[1] == child.MEMORY_BYTES
    assert resource.prlimit(pid, resource.RLIMIT_FSIZE)[1] == child.FILE_BYTES
    assert resource.prlimit(pid, resource.RLIMIT_NOFILE)[1] == child.OPEN_FILES
    assert resource.prlimit(pid, resource.RLIMIT_CORE)[1] == 0


def test_the_child_stays_warm_between_chunks(reading: Child, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    pid = reading._process.pid
    for _ in range(3):
        (answer,) = said(reading.read("ledger", [str(tmp_path / "a.txt")]))
        assert answer["problem"] == "not_workbook"
    assert reading._process.poll() is None
    assert reading._process.pid == pid


def test_the_childs_own_folder_goes_with_it(tmp_path: Path) -> None:
    process = Child()
    folder = Path(process._folder.name)
    assert Path(str(Path(f"/proc/{process._process.pid}/cwd").readlink())) == folder
    process.close()
    assert not folder.exists()
    assert process._process.returncode is not None


@pytest.mark.parametrize("kind", ["ledger", "table"])
def test_a_file_that_kills_the_parser_is_answered_for_and_the_others_are_read(tmp_path: Path, kind: str) -> None:
    good = tmp_path / "good.txt"
    good.write_text("x")
    paths = [good, killer(tmp_path / "killer.xlsx"), good, good]
    with Readers(1) as pool:
        (before,) = pool._children
        ((indices, frames, problems),) = pool.read(kind, paths)  # type: ignore[arg-type]
        assert problems == {1: "crashed"}
        assert indices == [0, 2, 3]
        assert len(said(frames)) == 3
        assert pool._children[0] is not before
        ((indices, _, problems),) = pool.read(kind, [good])  # type: ignore[arg-type]
        assert (indices, problems) == ([0], {})


def test_a_file_that_keeps_the_child_silent_too_long_is_answered_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("learning_city.collect.reader.SECONDS_PER_FILE", 2.0)
    pipe = tmp_path / "never_ends.xlsx"
    os.mkfifo(pipe)
    good = tmp_path / "good.txt"
    good.write_text("x")
    with Readers(1) as pool:
        ((indices, _, problems),) = pool.read("ledger", [pipe, good])
    assert problems == {0: "timeout"}
    assert indices == [1]


def test_many_files_come_back_each_once_whatever_child_read_them(office: Office, tmp_path: Path) -> None:
    book = office.deliver("北京")
    texts = [tmp_path / f"{n}.txt" for n in range(7)]
    for path in texts:
        path.write_text("x")
    paths = [book, *texts, book]
    answers = {}
    for indices, frames, problems in office.readers.read("ledger", paths):
        assert problems == {}
        answers |= dict(zip(indices, said(frames), strict=True))
    assert sorted(answers) == list(range(9))
    assert sorted(n for n, answer in answers.items() if answer["problem"] == "") == [0, 8]
