"""The page 报送件: a delivery is checked before it is registered; claim, withdraw and purge; who may, from where."""

import shutil
import time
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


def upload(own_page: httpx.Client, *files: tuple[str, bytes], origin: str | None = None) -> httpx.Response:
    sent = [("files", (name, content)) for name, content in files]
    headers = {"Origin": origin} if origin else {}
    return own_page.post(f"{PAGE}/upload", params={"round": ROUND}, files=sent, headers=headers)


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
