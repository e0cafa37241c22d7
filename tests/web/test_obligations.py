"""Exempting, extending and reminding on the pages: who may, from where, and what stays when it is refused."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, Row, text

pytestmark = pytest.mark.airflow

ELSEWHERE = "310000"
SOON = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011 - the database judges by its own clock
Granted = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def returned(engine: Engine) -> Iterator[Row[Any]]:
    """An obligation whose form was returned; as it was again after the test."""
    with engine.begin() as connection:
        one = connection.execute(text("SELECT * FROM intake.obligation WHERE state = '已退回' LIMIT 1")).one()
    yield one
    with engine.begin() as connection:
        said = {"id": one.obligation_id}
        connection.execute(text("DELETE FROM intake.obligation_event WHERE obligation_id = :id"), said)
        connection.execute(text("DELETE FROM intake.reminder WHERE obligation_id = :id"), said)
        connection.execute(
            text("UPDATE intake.obligation SET state = '已退回', until = NULL, why = NULL WHERE obligation_id = :id"),
            said,
        )


def decide(client: httpx.Client, obligation_id: int, origin: str | None = None, **said: str) -> httpx.Response:
    headers = {"Origin": origin or str(client.base_url).rstrip("/")}
    return client.post(f"/data-office/obligations/{obligation_id}/decide", data=said, headers=headers)


def state_of(engine: Engine, one: Row[Any]) -> str:
    with engine.connect() as connection:
        sql = text("SELECT state FROM intake.obligation WHERE obligation_id = :id")
        return str(connection.execute(sql, {"id": one.obligation_id}).scalar())


def test_a_head_extends_with_a_reason_and_the_board_says_until_when_and_who(
    client: httpx.Client, engine: Engine, returned: Row[Any]
) -> None:
    answer = decide(client, returned.obligation_id, action="extend", until=SOON, why="系统切换 <b>月底</b>")
    assert answer.status_code == 303
    assert state_of(engine, returned) == "延期"
    page = client.get(answer.headers["location"]).text
    assert f"延期至 {SOON}" in page
    assert "系统切换 &lt;b&gt;月底&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"action": "extend", "until": "", "why": "系统切换"}, "请填今天以后的日期"),
        ({"action": "extend", "until": "2018-99-99", "why": "系统切换"}, "请填今天以后的日期"),
        ({"action": "exempt", "until": SOON, "why": " "}, "请写明理由"),
        ({"action": "resume", "until": "", "why": "系统切换"}, "没有办成"),
    ],
)
def test_what_is_refused_says_why_keeps_the_text_and_changes_nothing(
    client: httpx.Client, engine: Engine, returned: Row[Any], said: dict[str, str], shown: str
) -> None:
    answer = decide(client, returned.obligation_id, **said)
    page = client.get(answer.headers["location"]).text
    assert shown in page
    assert said["why"].strip() in page
    assert state_of(engine, returned) == "已退回"


@pytest.mark.parametrize("grant", [("clerk", "*"), ("reviewer", "*"), ("inspector", "*"), ("head", ELSEWHERE)])
def test_only_the_head_of_the_place_excuses(
    client: httpx.Client, engine: Engine, granted: Granted, returned: Row[Any], grant: tuple[str, str]
) -> None:
    with granted(grant):
        assert decide(client, returned.obligation_id, action="exempt", until=SOON, why="机构改革").status_code == 403
    assert state_of(engine, returned) == "已退回"


def test_another_site_excuses_nothing(client: httpx.Client, engine: Engine, returned: Row[Any]) -> None:
    said = {"action": "exempt", "until": SOON, "why": "机构改革"}
    assert decide(client, returned.obligation_id, origin="http://evil.example", **said).status_code == 403
    assert state_of(engine, returned) == "已退回"


def test_a_failed_reminder_shows_its_error_and_is_sent_again_when_a_clerk_says_so(
    client: httpx.Client, engine: Engine, granted: Granted, returned: Row[Any]
) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("""INSERT INTO intake.reminder (obligation_id, kind, day, message, state, channel, address, error)
                    VALUES (:id, 'returned', '2018-05-10', '已退回', 'failed', 'mail', 'a@example.org', '451 <later>')"""),
            {"id": returned.obligation_id},
        )
    shown = client.get("/data-office/reminders", params={"round": returned.round, "state": "failed"}).text
    assert "451 &lt;later&gt;" in shown
    here = {"Origin": str(client.base_url).rstrip("/")}
    with granted(("reviewer", "*")):
        assert (
            client.post("/data-office/reminders/retry", params={"round": returned.round}, headers=here).status_code
            == 403
        )
    with granted(("clerk", "*")):
        client.post("/data-office/reminders/retry", params={"round": returned.round}, headers=here)
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT state, retried_by FROM intake.reminder WHERE obligation_id = :id"),
            {"id": returned.obligation_id},
        ).one()
    assert row.state == "pending"
    assert row.retried_by
