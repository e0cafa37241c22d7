"""Who is let in, who sees what, and who may write: against a running Airflow with the sample year."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text

pytestmark = pytest.mark.airflow

SIGNED_OUT = {"Accept": "text/html"}
PLACE, OTHER, ELSEWHERE = "140100", "330100", "杭州市"
Granted = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def finding(engine: Engine) -> Iterator[Callable[..., int]]:
    """Makes findings on a settled submission of PLACE, and closes them again; what was decided stays on record."""
    made: list[int] = []

    def make(severity: str = "ask", message: str = "试") -> int:
        with engine.begin() as connection:
            made.append(
                connection.execute(
                    text("""
                    INSERT INTO quality.finding (submission_id, round, rule_id, family, severity, file, sheet, cell, form,
                      department, place, found, expected, message_zh, message_en, cause, effect)
                    SELECT submission_id, round, :rule, 'range', :severity, file_name, '表', 'E6', NULL, department, place,
                      :message, :message, :message, :message, '', 1e9
                    FROM intake.submission WHERE kind = 'ledger' AND place = :place
                      AND state NOT IN ('superseded', 'withdrawn') ORDER BY state, submission_id LIMIT 1
                    RETURNING finding_id"""),
                    {"rule": f"test.{uuid4()}", "severity": severity, "message": message, "place": PLACE},
                ).scalar_one()
            )
        return made[-1]

    yield make
    with engine.begin() as connection:
        closed = "UPDATE quality.finding SET state = 'closed', awaits = NULL WHERE finding_id = ANY(:ids)"
        connection.execute(text(closed), {"ids": made})


def accept(client: httpx.Client, finding_id: int, why: str = "属实", origin: str | None = None) -> httpx.Response:
    headers = {"Origin": origin or str(client.base_url).rstrip("/")}
    return client.post(f"/data-office/findings/{finding_id}/accept", data={"why": why}, headers=headers)


def state_of(engine: Engine, finding_id: int) -> str:
    with engine.connect() as connection:
        said = {"id": finding_id}
        return str(connection.execute(text("SELECT state FROM quality.finding WHERE finding_id = :id"), said).scalar())


def test_the_web_process_imports_neither_great_expectations_nor_pandas(application: dict[str, Any]) -> None:
    assert application["heavy"] == []


def test_every_route_asks_who_you_are(application: dict[str, Any]) -> None:
    assert [path for _, path, asks in application["routes"] if not asks] == []


def test_every_route_is_closed_without_a_session(running_demo: Any, application: dict[str, Any]) -> None:
    assert len(application["routes"]) >= 7
    filled = {"{name}": "style.css", "{build}": "1", "{finding_id}": "1"}
    for method, path, _ in application["routes"]:
        for hole, value in filled.items():
            path = path.replace(hole, value)
        url, origin = f"{running_demo.url}/data-office{path}", {"Origin": running_demo.url}
        assert httpx.request(method, url, headers=origin).status_code == 401, path
        if method == "GET":
            answer = httpx.get(url, headers=SIGNED_OUT)
            assert answer.status_code == 303, path
            assert "/login" in answer.headers["location"]


@pytest.mark.parametrize(("language", "said"), [("zh", "会话已过期"), ("en", "Your session has ended")])
def test_a_form_sent_after_the_session_ended_leads_to_the_login_and_back(
    running_demo: Any, language: str, said: str
) -> None:
    page = f"{running_demo.url}/data-office/findings?finding=1"
    headers = SIGNED_OUT | {"Origin": running_demo.url, "Referer": page, "Accept-Language": language}
    answer = httpx.post(f"{running_demo.url}/data-office/findings/1/accept", headers=headers, data={"why": "属实"})
    assert answer.status_code == 401
    assert said in answer.text
    assert "next=%2Fdata-office%2Ffindings%3Ffinding%3D1" in answer.text


def test_a_forged_session_is_sent_to_the_login(running_demo: Any) -> None:
    answer = httpx.get(f"{running_demo.url}/data-office/", headers=SIGNED_OUT | {"Cookie": "_token=abc.def.ghi"})
    assert answer.status_code == 303


def test_every_answer_carries_the_protective_headers(running_demo: Any, client: httpx.Client) -> None:
    for answer in (client.get("/data-office/"), httpx.get(f"{running_demo.url}/data-office/", headers=SIGNED_OUT)):
        assert answer.headers["content-security-policy"].startswith("default-src 'self'; frame-ancestors 'self'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
def test_a_write_from_another_site_is_refused(
    client: httpx.Client, engine: Engine, finding: Callable[..., int], origin: str
) -> None:
    made = finding()
    assert accept(client, made, origin=origin).status_code == 403
    assert state_of(engine, made) == "open"


def test_a_user_without_a_grant_is_told_whom_to_ask(client: httpx.Client, granted: Granted, running_demo: Any) -> None:
    with granted():
        for path in ("", "findings", "indicators", "reports"):
            answer = client.get(f"/data-office/{path}")
            assert answer.status_code == 403
            assert "没有权限" in answer.text
            assert f"lcm user add {running_demo.user}" in answer.text


@pytest.mark.parametrize("role", ["reader", "clerk", "inspector"])
def test_who_may_only_read_cannot_accept(
    client: httpx.Client, engine: Engine, granted: Granted, finding: Callable[..., int], role: str
) -> None:
    made = finding()
    with granted((role, "*")):
        shown = client.get("/data-office/findings", params={"finding": made})
        assert shown.status_code == 200
        assert 'method="post"' not in shown.text
        assert accept(client, made).status_code == 403
    assert state_of(engine, made) == "open"


def test_a_reader_of_one_place_sees_no_other(
    client: httpx.Client, granted: Granted, finding: Callable[..., int]
) -> None:
    mine = finding(message="本市的问题")
    with granted(("reader", PLACE)):
        for path in ("", "findings", "indicators"):
            shown = client.get(f"/data-office/{path}").text
            assert "太原市" in shown
            assert ELSEWHERE not in shown, path
        assert client.get(f"/data-office/?place={OTHER}&department=edu").text.count(ELSEWHERE) == 0
        assert "本市的问题" in client.get("/data-office/findings", params={"finding": mine}).text
    with granted(("reader", OTHER)):
        assert client.get("/data-office/findings", params={"finding": mine}).status_code == 404


def test_a_reader_of_one_place_gets_no_unpublished_report(
    client: httpx.Client, engine: Engine, granted: Granted
) -> None:
    with engine.connect() as connection:
        drafts = "SELECT build_id, name FROM report.artifact JOIN report.build USING (build_id) WHERE state = 'draft'"
        file = connection.execute(text(drafts)).first()
    if file is None:
        pytest.skip("the demo holds no draft")
    with granted(("reader", PLACE)):
        assert client.get(f"/data-office/reports/{file.build_id}/files/{file.name}").status_code == 404


def test_a_reviewer_of_another_place_cannot_accept(
    client: httpx.Client, engine: Engine, granted: Granted, finding: Callable[..., int]
) -> None:
    made = finding()
    with granted(("reader", "*"), ("reviewer", OTHER)):
        assert accept(client, made).status_code == 403
    with granted(("reviewer", OTHER)):
        assert accept(client, made).status_code == 404
    assert state_of(engine, made) == "open"


def test_a_reviewer_accepts_with_a_reason(
    client: httpx.Client, engine: Engine, granted: Granted, finding: Callable[..., int], running_demo: Any
) -> None:
    made = finding()
    with granted(("reviewer", PLACE)):
        answer = accept(client, made, why="已核对")
        assert answer.status_code == 303
        shown = client.get(answer.headers["location"]).text
    assert "已接受" in shown
    assert "已核对" in shown
    assert state_of(engine, made) == "accepted"
    with engine.connect() as connection:
        said = connection.execute(
            text("SELECT who, why FROM quality.decision WHERE finding_id = :id"), {"id": made}
        ).one()
    assert tuple(said) == (running_demo.user, "已核对")


def test_what_was_typed_survives_a_refusal(client: httpx.Client, granted: Granted, finding: Callable[..., int]) -> None:
    blocking, asking = finding("block"), finding()
    with granted(("head", "*")):
        assert accept(client, asking, why="   ").status_code == 422
        assert accept(client, asking, why="x" * 3000).status_code == 422
        refused = accept(client, blocking, why="我写了很久")
        assert refused.status_code == 409
        assert accept(client, asking, why="先到").status_code == 303
        late = accept(client, asking, why="后到的文字")
    assert late.status_code == 409
    assert "后到的文字" in late.text


def test_a_blocking_finding_shows_what_to_do_and_cannot_be_accepted(
    client: httpx.Client, granted: Granted, finding: Callable[..., int]
) -> None:
    with granted(("head", "*")):
        shown = client.get("/data-office/findings", params={"finding": finding("block")}).text
    assert "不能接受" in shown
    assert 'data-act="a"' not in shown


def test_hostile_text_is_shown_as_text(client: httpx.Client, finding: Callable[..., int]) -> None:
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    shown = client.get("/data-office/findings", params={"finding": finding(message=attack)}).text
    assert "<script>alert" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;alert(1)" in shown


@pytest.mark.parametrize(
    "name", ["..%2f..%2f..%2fkeys%2fdatabase", "%2fetc%2fpasswd", "nothing.xlsx", "..", "style.css"]
)
def test_a_file_that_is_not_registered_is_not_served(client: httpx.Client, name: str) -> None:
    assert client.get(f"/data-office/reports/1/files/{name}").status_code in {404, 405}


@pytest.mark.parametrize("name", ["..%2fapp.py", "..%2f..%2fapp.py", "nothing.js"])
def test_only_our_own_static_files_are_served(client: httpx.Client, name: str) -> None:
    assert client.get(f"/data-office/static/{name}").status_code == 404


def test_a_report_is_an_attachment_in_a_sandbox(client: httpx.Client, engine: Engine) -> None:
    with engine.connect() as connection:
        file = connection.execute(text("SELECT * FROM report.artifact ORDER BY build_id DESC, name LIMIT 1")).one()
    answer = client.get(f"/data-office/reports/{file.build_id}/files/{file.name}")
    assert answer.status_code == 200
    assert len(answer.content) == file.bytes
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
