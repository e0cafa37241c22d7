"""Every route × every role × own place, other place, nobody, another site: who is let through and who is not."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from learning_city.review import judge
from learning_city.review.judge import Judgement, Subject
from learning_city.web.rights import RIGHTS, ROLES, Right

pytestmark = pytest.mark.airflow

PLACE, OTHER = "140100", "330100"
Granted = Callable[..., AbstractContextManager[None]]


@dataclass(frozen=True)
class Route:
    """What a route asks for; ``of_place`` when it is about something of PLACE. What is sent changes nothing."""

    right: Right
    of_place: bool = False
    sent: dict[str, str] = field(default_factory=dict)


UNJUDGED = {"framework": "national_62", "indicator": "n1_1_1", "place": PLACE, "period": "2017", "commentary": ""}
ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/"): Route(Right.LOOK),
    ("GET", "/board.xlsx"): Route(Right.LOOK),
    ("GET", "/board/issued.zip"): Route(Right.RECEIVE),
    ("POST", "/obligations/{obligation_id}/decide"): Route(Right.EXCUSE, of_place=True),
    ("POST", "/obligations/decide"): Route(Right.EXCUSE),
    ("POST", "/reminders"): Route(Right.REMIND),
    ("POST", "/reminders/{batch_id}/take-back"): Route(Right.REMIND),
    ("GET", "/reminders"): Route(Right.LOOK),
    ("POST", "/reminders/retry"): Route(Right.REMIND),
    ("POST", "/findings/{finding_id}/accept"): Route(Right.ACCEPT, of_place=True),
    ("POST", "/findings/{finding_id}/correct"): Route(Right.ACCEPT, of_place=True),
    ("POST", "/findings/{finding_id}/return"): Route(Right.ACCEPT, of_place=True),
    ("POST", "/findings/bulk"): Route(Right.ACCEPT),
    ("POST", "/decisions/{decision_id}/undo"): Route(Right.ACCEPT, of_place=True),
    ("POST", "/decisions/{decision_id}/confirm"): Route(Right.ACCEPT, of_place=True),
    ("POST", "/submissions/{submission_id}/forms/{form}/pass"): Route(Right.ACCEPT, of_place=True),
    ("GET", "/findings"): Route(Right.LOOK),
    ("GET", "/definitions"): Route(Right.LOOK),
    ("GET", "/definitions.xlsx"): Route(Right.LOOK),
    ("GET", "/definitions/relations"): Route(Right.LOOK),
    ("POST", "/definitions/{conflict_key}/settle"): Route(Right.ACCEPT, of_place=True),
    ("POST", "/definitions/rulings/{decision_id}/confirm"): Route(Right.ACCEPT, of_place=True),
    ("POST", "/definitions/rulings/{decision_id}/undo"): Route(Right.ACCEPT, of_place=True),
    ("GET", "/indicators"): Route(Right.LOOK),
    ("GET", "/indicators.xlsx"): Route(Right.LOOK),
    ("GET", "/indicators/cities"): Route(Right.LOOK),
    ("GET", "/indicators/trend"): Route(Right.LOOK),
    ("GET", "/indicators/targets"): Route(Right.LOOK),
    ("GET", "/proof"): Route(Right.LOOK),
    ("GET", "/judgements"): Route(Right.LOOK),
    ("POST", "/judgements"): Route(Right.JUDGE, of_place=True, sent=UNJUDGED),
    ("POST", "/judgements/{judgement_id}/confirm"): Route(Right.ACCEPT, of_place=True),
    ("POST", "/judgements/{judgement_id}/return"): Route(Right.ACCEPT, of_place=True),
    ("GET", "/judgements/{judgement_id}/files/{sha256}"): Route(Right.LOOK, of_place=True),
    ("GET", "/reports"): Route(Right.LOOK),
    ("GET", "/reports/{build}/files/{name}"): Route(Right.DOWNLOAD, of_place=True),
    ("POST", "/reports/build"): Route(Right.BUILD, of_place=True),
    ("POST", "/reports/{build}/approve"): Route(Right.RELEASE, of_place=True),
    ("POST", "/reports/{build}/release"): Route(Right.RELEASE, of_place=True),
    ("POST", "/reports/{build}/restore"): Route(Right.RELEASE, of_place=True),
    ("GET", "/reports/compare"): Route(Right.LOOK),
    ("GET", "/catalogue"): Route(Right.LOOK),
    ("GET", "/catalogue/editions/{edition}/excel"): Route(Right.TAKE_CATALOGUE),
    ("GET", "/catalogue/handbook"): Route(Right.LOOK),
    ("POST", "/catalogue/upload"): Route(Right.EDIT_CATALOGUE),
    ("POST", "/catalogue/import"): Route(Right.EDIT_CATALOGUE),
    ("GET", "/submissions"): Route(Right.LOOK),
    ("POST", "/submissions/upload"): Route(Right.RECEIVE),
    ("POST", "/submissions/register"): Route(Right.RECEIVE),
    ("POST", "/submissions/{submission_id}/claim"): Route(Right.RECEIVE, of_place=True),
    ("POST", "/submissions/{submission_id}/withdraw"): Route(Right.RECEIVE, of_place=True),
    ("POST", "/submissions/{submission_id}/purge"): Route(Right.PURGE, of_place=True),
    ("GET", "/submissions/{submission_id}"): Route(Right.LOOK, of_place=True),
    ("POST", "/submissions/{submission_id}/signoff"): Route(Right.RECEIVE, of_place=True),
    ("GET", "/submissions/{submission_id}/files/{sha256}"): Route(Right.LOOK, of_place=True),
    ("POST", "/submissions/{submission_id}/answer"): Route(Right.RECEIVE, of_place=True),
    ("GET", "/labels"): Route(Right.LOOK),
    ("POST", "/labels/answer"): Route(Right.MAP),
    ("GET", "/static/{name}"): Route(Right.LOOK),
}
_HOLES = """
SELECT s.submission_id, o.form, s.sha256, o.obligation_id, d.decision_id,
  (SELECT max(build_id) FROM report.artifact) AS build, (SELECT max(name) FROM report.artifact) AS name
FROM intake.submission AS s JOIN intake.obligation AS o USING (submission_id)
JOIN quality.decision AS d ON d.submission_id = s.submission_id
WHERE s.kind = 'ledger' AND s.place = :place AND s.state = 'accepted' AND o.round = '2017'
ORDER BY s.submission_id, d.decision_id LIMIT 1
"""
_CONFLICT = "SELECT period || '~' || place || '~' || definition FROM warehouse.conflict WHERE place <> :other LIMIT 1"
_FINDING = """
INSERT INTO quality.finding (submission_id, round, rule_id, family, severity, file, sheet, cell, form, department, place,
  found, expected, message_zh, message_en, cause)
SELECT submission_id, round, 'test.routes', 'range', 'ask', file_name, '表', 'E6', NULL, department, place, '', '', '', '', ''
FROM intake.submission WHERE submission_id = :id RETURNING finding_id
"""


@pytest.fixture(scope="module")
def holes(engine: Engine) -> Iterator[dict[str, str]]:
    """What stands in the addresses: things of PLACE that are there."""
    with engine.begin() as connection:
        found = dict(connection.execute(text(_HOLES), {"place": PLACE}).mappings().one())
        conflict = connection.execute(text(_CONFLICT), {"other": OTHER}).scalar_one()
        finding = connection.execute(text(_FINDING), {"id": found["submission_id"]}).scalar_one()
    subject = Subject(framework="national_62", indicator="n1_1_1", place=PLACE, period="2017")
    judged = judge.judge(engine, subject, Judgement(level="absent", commentary="样例"), who="test", is_sample=True)
    judge.send_back(engine, judged, who="test too", why="样例", is_sample=True)
    known = {
        **found,
        "finding_id": finding,
        "edition": 1,
        "batch_id": 10**9,
        "conflict_key": conflict,
        "judgement_id": judged,
    }
    yield {name: str(value) for name, value in known.items()}
    with engine.begin() as connection:
        connection.execute(text("UPDATE quality.finding SET state = 'closed' WHERE finding_id = :id"), {"id": finding})


def ask(client: httpx.Client, key: tuple[str, str], holes: dict[str, str], origin: str = "") -> int:
    method, path = key
    name = "style.css" if path.startswith("/static") else holes["name"]
    url = "/data-office" + path.format(**{**holes, "name": name})
    headers = {"Origin": origin or str(client.base_url).rstrip("/")}
    return client.request(method, url, data=ROUTES[key].sent or None, headers=headers).status_code


@pytest.fixture(scope="module")
def patient(own_page: httpx.Client) -> httpx.Client:
    own_page.timeout = httpx.Timeout(60)
    return own_page


def test_the_table_names_every_route(application: dict[str, Any]) -> None:
    assert {(method, path) for method, path, _ in application["routes"]} == set(ROUTES)


@pytest.mark.parametrize("key", ROUTES, ids=" ".join)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_let_through_where_it_holds_the_right(
    patient: httpx.Client, granted: Granted, holes: dict[str, str], role: str, key: tuple[str, str]
) -> None:
    route = ROUTES[key]
    with granted((role, "*")):
        status = ask(patient, key, holes)
    if key[1].startswith("/static"):
        assert status == 200
    elif role in RIGHTS[route.right]:
        assert status not in (401, 403, 405, 500, 503), status
    else:
        assert status == 403


@pytest.mark.parametrize("key", [key for key, route in ROUTES.items() if route.of_place], ids=" ".join)
def test_a_right_at_another_place_opens_nothing_here(
    patient: httpx.Client, granted: Granted, holes: dict[str, str], key: tuple[str, str]
) -> None:
    for role in RIGHTS[ROUTES[key].right]:
        with granted((role, OTHER)):
            assert ask(patient, key, holes) in (403, 404), role
        with granted((role, OTHER), ("reader", "*")):
            assert ask(patient, key, holes) in (200, 403, 404) if key[0] == "GET" else 403, role


@pytest.mark.parametrize("key", [key for key in ROUTES if not key[1].startswith("/static")], ids=" ".join)
def test_nobody_and_another_site_are_refused(
    patient: httpx.Client, granted: Granted, holes: dict[str, str], key: tuple[str, str]
) -> None:
    with granted():
        assert ask(patient, key, holes) == 403
    if key[0] == "POST":
        with granted(("head", "*"), ("clerk", "*"), ("reviewer", "*")):
            for origin in ("http://evil.example", "null"):
                assert ask(patient, key, holes, origin) == 403
