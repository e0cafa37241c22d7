"""The page 报送件: a delivery is checked before it is registered; claim, withdraw and purge; who may, from where."""

import io
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

pytestmark = pytest.mark.airflow

PAGE = "/data-office/submissions"
ROUND = "2017"
Granted = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def inbox(running_demo: Any) -> Iterator[Path]:
    """The round's inbox; what a test put there is removed again."""
    folder = running_demo.home.inbox / ROUND
    before = set(folder.iterdir())
    yield folder
    for entry in set(folder.iterdir()) - before:
        shutil.rmtree(entry)


@pytest.fixture
def stray(engine: Engine) -> Iterator[int]:
    """A file without an identity in the round, and no trace of it afterwards."""
    with engine.begin() as connection:
        number = connection.execute(
            text("""INSERT INTO intake.submission (kind, round, delivered_as, file_name, sha256, bytes, problem, state)
                    VALUES ('ledger', '2017', '<b>无名</b>.txt', '无名.txt', repeat('0', 64), 1, 'no_identity', 'unclaimed')
                    RETURNING submission_id""")
        ).scalar_one()
    yield number
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM intake.submission_event WHERE submission_id = :id"), {"id": number})
        connection.execute(text("DELETE FROM intake.submission WHERE submission_id = :id"), {"id": number})


def upload(
    own_page: httpx.Client, *files: tuple[str, bytes], origin: str | None = None, into: str = ROUND
) -> httpx.Response:
    sent = [("files", (name, content)) for name, content in files]
    headers = {"Origin": origin} if origin else {}
    return own_page.post(f"{PAGE}/upload", params={"round": into}, files=sent, headers=headers)


def checked(own_page: httpx.Client, answer: httpx.Response) -> str:
    """The page that an upload leads to, once its self-check is done."""
    for _ in range(240):
        shown = own_page.get(answer.headers["location"])
        if "refresh" not in shown.headers:
            return shown.text
        time.sleep(0.5)
    raise TimeoutError(answer.headers["location"])


def state_of(engine: Engine, number: int) -> str:
    with engine.connect() as connection:
        sql = text("SELECT state FROM intake.submission WHERE submission_id = :id")
        return str(connection.execute(sql, {"id": number}).scalar())


def test_findings_are_shown_before_a_delivery_is_registered(
    own_page: httpx.Client, running_demo: Any, inbox: Path
) -> None:
    issued = sorted((running_demo.home.issued / ROUND).glob("*.xlsx"))[0]
    before = set(inbox.iterdir())
    answer = upload(own_page, (issued.name, issued.read_bytes()), ("扫描.png", b"\x89PNG"))
    assert answer.status_code == 303
    assert "正在自查 1 个工作簿" in own_page.get(answer.headers["location"]).text
    shown = checked(own_page, answer)
    assert "须改正" in shown
    assert "登记到本轮" in shown
    assert set(inbox.iterdir()) == before, "nothing is registered yet"
    token = answer.headers["location"].split("upload=")[1].split("&")[0]
    done = own_page.post(f"{PAGE}/register", params={"round": ROUND}, data={"upload": token})
    assert "已放入收件箱" in own_page.get(done.headers["location"]).text
    (new,) = set(inbox.iterdir()) - before
    assert sorted(path.name for path in new.iterdir()) == sorted([issued.name, "扫描.png"])
    again = own_page.post(f"{PAGE}/register", params={"round": ROUND}, data={"upload": token})
    assert "refused=not_kept" in again.headers["location"]


@pytest.mark.parametrize(
    "name", ["../../keys/token", "/etc/passwd", "..\\..\\x.xlsx", "=cmd|calc.xlsx", "-rf.xlsx", ".."]
)
def test_a_name_never_becomes_a_path_or_an_option(own_page: httpx.Client, inbox: Path, name: str) -> None:
    answer = upload(own_page, (name, b"not a workbook"))
    token = answer.headers["location"].split("upload=")[1].split("&")[0]
    before = set(inbox.iterdir())
    checked(own_page, answer)
    own_page.post(f"{PAGE}/register", params={"round": ROUND}, data={"upload": token})
    (new,) = set(inbox.iterdir()) - before
    (kept,) = list(new.iterdir())
    assert kept.read_bytes() == b"not a workbook"
    assert kept.resolve().is_relative_to(inbox.resolve())
    assert not kept.name.startswith((".", "-", "="))


def delivered(own_page: httpx.Client, answer: httpx.Response, inbox: Path) -> Path:
    """The folder in the inbox that an upload becomes."""
    before = set(inbox.iterdir())
    checked(own_page, answer)
    token = answer.headers["location"].split("upload=")[1].split("&")[0]
    own_page.post(f"{PAGE}/register", params={"round": ROUND}, data={"upload": token})
    (new,) = set(inbox.iterdir()) - before
    return new


def test_long_and_repeated_names_are_all_kept(own_page: httpx.Client, inbox: Path) -> None:
    names = ["a.txt", "3_a.txt", "a.txt", f"{'很长' * 60}.txt"]
    new = delivered(own_page, upload(own_page, *((name, name.encode()) for name in names)), inbox)
    kept = {path.name: path.read_bytes().decode() for path in new.iterdir()}
    assert sorted(kept.values()) == sorted(names)
    assert all(name.endswith(".txt") for name in kept)


def test_a_zip_sent_alone_is_checked_and_registered_as_the_package_it_is(
    own_page: httpx.Client, running_demo: Any, inbox: Path
) -> None:
    issued = sorted((running_demo.home.issued / ROUND).glob("*.xlsx"))[0]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.write(issued, f"报送/{issued.name}")
        file.writestr("报送/扫描.png", b"\x89PNG")
        file.writestr("扫描.png", b"\x89PNG")
    answer = upload(own_page, ("报送.zip", packed.getvalue()))
    assert "须改正" in checked(own_page, answer)
    new = delivered(own_page, answer, inbox)
    assert {path.name for path in new.iterdir()} == {issued.name, "扫描.png", "扫描_2.png", "报送.zip"}
    broken = delivered(own_page, upload(own_page, ("坏.zip", packed.getvalue()[:99])), inbox)
    assert [path.name for path in broken.iterdir()] == ["坏.zip"]


def test_too_many_files_and_a_batch_that_is_no_round_are_refused_with_a_sentence(
    own_page: httpx.Client, inbox: Path
) -> None:
    answer = upload(own_page, *((f"{n}.txt", b"x") for n in range(61)))
    assert "一次最多 60 个文件" in own_page.get(answer.headers["location"]).text
    kept = upload(own_page, ("a.txt", b"x"))
    checked(own_page, kept)
    before = set(inbox.parent.rglob("*"))
    refused = upload(own_page, ("a.txt", b"x"), into="yearbooks")
    token = kept.headers["location"].split("upload=")[1].split("&")[0]
    register = own_page.post(f"{PAGE}/register", params={"round": "yearbooks"}, data={"upload": token})
    for said in (refused, register):
        assert said.status_code == 303
        shown = own_page.get(said.headers["location"]).text
        assert "请先在右上角选择一个轮次；统计表请放入 inbox/yearbooks/来源/" in shown
    assert set(inbox.parent.rglob("*")) == before


@pytest.mark.parametrize("token", ["", "../../keys", "0" * 32, "x" * 64])
def test_only_what_was_uploaded_can_be_registered(own_page: httpx.Client, inbox: Path, token: str) -> None:
    before = set(inbox.iterdir())
    own_page.post(f"{PAGE}/register", params={"round": ROUND}, data={"upload": token})
    assert set(inbox.iterdir()) == before


def test_a_claim_needs_a_reason_and_a_department_that_owes(own_page: httpx.Client, engine: Engine, stray: int) -> None:
    shown = own_page.get(PAGE, params={"round": ROUND, "state": "unclaimed"}).text
    assert "&lt;b&gt;无名&lt;/b&gt;.txt" in shown
    for said in (
        {"whose": "110000/edu", "why": ""},
        {"whose": "110000/sports", "why": "电话确认"},
        {"whose": "x", "why": "x"},
    ):
        answer = own_page.post(f"{PAGE}/{stray}/claim", data=said)
        assert "没有办成" in own_page.get(answer.headers["location"]).text
    assert state_of(engine, stray) == "unclaimed"


def test_bytes_go_only_when_a_second_head_asks(own_page: httpx.Client, engine: Engine, stray: int) -> None:
    for _ in range(2):
        own_page.post(f"{PAGE}/{stray}/purge", data={"why": "含个人信息"})
    with engine.connect() as connection:
        sql = text("SELECT action FROM intake.submission_event WHERE submission_id = :id")
        assert connection.execute(sql, {"id": stray}).scalars().all() == ["ask_purge"]


@pytest.mark.parametrize(
    ("role", "may"), [("reader", set()), ("clerk", {"withdraw"}), ("inspector", set()), ("reviewer", set())]
)
def test_clerks_receive_heads_purge_and_others_look(
    own_page: httpx.Client, engine: Engine, granted: Granted, stray: int, role: str, may: set[str]
) -> None:
    with granted((role, "*")):
        assert own_page.get(PAGE).status_code == 200
        for action in ("purge", "withdraw"):
            answer = own_page.post(f"{PAGE}/{stray}/{action}", data={"why": "试"})
            assert (answer.status_code == 303) == (action in may), action
        assert (upload(own_page, ("a.txt", b"x")).status_code == 303) == (role == "clerk")


def test_another_site_uploads_and_withdraws_nothing(own_page: httpx.Client, engine: Engine, stray: int) -> None:
    evil = "http://evil.example"
    assert upload(own_page, ("a.txt", b"x"), origin=evil).status_code == 403
    answer = own_page.post(f"{PAGE}/{stray}/withdraw", data={"why": "x"}, headers={"Origin": evil})
    assert answer.status_code == 403
    assert state_of(engine, stray) == "unclaimed"
