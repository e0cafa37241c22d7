"""What lies in an inbox: folders, zips, single files, and what must not get out of them."""

import io
import os
import socket
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from learning_city.collect.inbox import MAX_MEMBER, changed, deliveries, list_deliveries, open_deliveries, open_delivery


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return packed.getvalue()


def as_windows_packs(name: str, content: bytes) -> bytes:
    """A zip as Windows Explorer in China writes it: names in GBK, without the UTF-8 flag."""
    placeholder = "x" * len(name.encode("gbk"))
    return zipped((placeholder, content)).replace(placeholder.encode(), name.encode("gbk"))


def test_a_folder_is_one_delivery_with_its_files(tmp_path: Path) -> None:
    (tmp_path / "宁波市" / "佐证").mkdir(parents=True)
    (tmp_path / "宁波市" / "台账.xlsx").write_bytes(b"book")
    (tmp_path / "宁波市" / "佐证" / "证明.pdf").write_bytes(b"proof")
    (tmp_path / "宁波市" / "~$台账.xlsx").write_bytes(b"a lock file of Excel")
    (tmp_path / ".DS_Store").write_bytes(b"")
    assert list_deliveries(tmp_path) == ["宁波市"]
    delivery = open_delivery(tmp_path, "宁波市")
    assert delivery.files == {"台账.xlsx": b"book", "佐证/证明.pdf": b"proof"}
    assert delivery.books() == ["台账.xlsx"]


def test_a_zip_is_one_delivery_with_its_members(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(("包/台账.xlsx", b"book"), ("包/证明.pdf", b"proof")))
    assert open_delivery(tmp_path, "a.zip").files == {"台账.xlsx": b"book", "证明.pdf": b"proof"}


def test_chinese_names_in_a_zip_of_windows_are_read_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(as_windows_packs("盖章扫描件.png", b"a scan"))
    assert open_delivery(tmp_path, "a.zip").files == {"盖章扫描件.png": b"a scan"}


def test_members_of_one_name_are_all_kept(tmp_path: Path) -> None:
    members = [("教育/证明.pdf", b"1"), ("文化/证明.pdf", b"2"), ("../文化/证明.pdf", b"3"), ("a.zip", b"4")]
    (tmp_path / "a.zip").write_bytes(zipped(*members))
    assert open_delivery(tmp_path, "a.zip").files == {
        "证明.pdf": b"1", "文化/证明.pdf": b"2", "文化/证明_2.pdf": b"3", "a_2.zip": b"4",
    }  # fmt: skip


def test_a_zip_that_was_unpacked_is_delivered_itself_too(tmp_path: Path) -> None:
    packed = zipped(("台账.xlsx", b"book"), ("__MACOSX/._台账.xlsx", b"what a Mac adds"))
    (tmp_path / "a.zip").write_bytes(packed)
    delivery = open_delivery(tmp_path, "a.zip")
    assert (delivery.files, delivery.packed) == ({"台账.xlsx": b"book"}, packed)


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "..\\..\\x", "a/../../b/x", "C:\\x"])
def test_a_name_in_a_zip_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.zip").write_bytes(zipped((name, b"evil")))
    (member,) = open_delivery(tmp_path / "inbox", "a.zip").files
    assert member in {"x", "passwd"}
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.zip"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"a key")
    inbox = tmp_path / "inbox"
    (inbox / "包").mkdir(parents=True)
    (inbox / "link.xlsx").symlink_to(tmp_path / "secret")
    (inbox / "包" / "link.xlsx").symlink_to(tmp_path / "secret")
    (inbox / "包" / "folder").symlink_to(tmp_path)
    assert open_delivery(inbox, "link.xlsx").files == {"link.xlsx": b""}
    assert open_delivery(inbox, "包").files == {"包": b""}


def test_a_zip_bomb_is_kept_packed(tmp_path: Path) -> None:
    bomb = zipped(("台账.xlsx", bytes(60 * 2**20)))
    (tmp_path / "a.zip").write_bytes(bomb)
    assert len(bomb) < 100_000
    assert open_delivery(tmp_path, "a.zip").files == {"a.zip": bomb}


def test_a_zip_of_very_many_members_is_kept_packed(tmp_path: Path) -> None:
    crowd = zipped(*((f"{n}.txt", b"") for n in range(501)))
    (tmp_path / "a.zip").write_bytes(crowd)
    assert open_delivery(tmp_path, "a.zip").files == {"a.zip": crowd}


def test_a_broken_zip_is_kept_as_it_is(tmp_path: Path) -> None:
    broken = zipped(("台账.xlsx", b"book" * 100))[:60]
    (tmp_path / "a.zip").write_bytes(broken)
    assert open_delivery(tmp_path, "a.zip").files == {"a.zip": broken}


def in_gbk(folder: Path, name: str) -> Path:
    """A path whose name is written in the bytes of a Chinese Windows."""
    return folder / os.fsdecode(name.encode("gbk"))


def test_a_name_that_is_not_utf8_is_read_as_chinese(tmp_path: Path) -> None:
    in_gbk(tmp_path, "证明.pdf").write_bytes(b"proof")
    (tmp_path / "佐证").mkdir()
    in_gbk(tmp_path / "佐证", "说明.txt").write_bytes(b"why")
    assert list_deliveries(tmp_path) == ["佐证", "证明.pdf"]
    delivery = open_delivery(tmp_path, "证明.pdf")
    assert (delivery.name, delivery.files) == ("证明.pdf", {"证明.pdf": b"proof"})
    assert open_delivery(tmp_path, "佐证").files == {"说明.txt": b"why"}


def test_two_names_that_read_alike_are_two_deliveries_and_two_files(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "包"):
        folder.mkdir(exist_ok=True)
        (folder / "证明.pdf").write_bytes(b"one")
        in_gbk(folder, "证明.pdf").write_bytes(b"two")
        (folder / os.fsdecode(b"\xff.pdf")).write_bytes(b"three")
        (folder / os.fsdecode(b"\xfe.pdf")).write_bytes(b"four")
    names = list_deliveries(tmp_path)
    read = [open_delivery(tmp_path, name).files[name] for name in names if name != "包"]
    assert sorted(read) == [b"four", b"one", b"three", b"two"]
    assert open_delivery(tmp_path, "证明.pdf").files == {"证明.pdf": b"one"}
    assert len(open_delivery(tmp_path, "包").files) == 4
    assert "".join(names).encode()


def test_what_is_no_file_is_no_delivery(tmp_path: Path) -> None:
    (tmp_path / "包").mkdir()
    for folder in (tmp_path, tmp_path / "包"):
        os.mkfifo(folder / "管道.xlsx")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        assert list_deliveries(tmp_path) == ["包"]
    assert open_delivery(tmp_path, "包").files == {"包": b""}


def test_a_package_that_is_taken_away_before_it_is_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "乙").mkdir()
    (tmp_path / "乙" / "台账.xlsx").write_bytes(b"book")
    (tmp_path / "丙.zip").write_bytes(zipped(("台账.xlsx", b"book")))
    read = open_deliveries(tmp_path, ["甲", "甲.zip", "丙.zip", "乙"])
    assert next(read).name == "丙.zip"
    assert [delivery.name for delivery in read] == ["乙"]


def test_a_file_that_is_very_large_stays_where_it_is_until_it_is_archived(tmp_path: Path) -> None:
    (tmp_path / "包").mkdir()
    for large in (tmp_path / "录像.mp4", tmp_path / "包" / "录像.mp4"):
        with large.open("wb") as file:
            file.truncate(MAX_MEMBER + 1)
        assert open_delivery(tmp_path, large.relative_to(tmp_path).parts[0]).files == {"录像.mp4": large}


def test_a_link_to_a_folder_says_nothing_of_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "link").symlink_to(tmp_path)
    since = datetime.now(UTC) + timedelta(hours=1)
    (tmp_path / "new").write_bytes(b"x")
    os.utime(tmp_path / "new", (since.timestamp() + 60,) * 2)
    assert not changed(deliveries(tmp_path / "inbox")["link"], since)


def test_an_inbox_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    assert list_deliveries(tmp_path / "2099") == []
