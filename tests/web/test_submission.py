"""The page of one submission: its files, the code on paper, what it changed; who may, from where."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from learning_city.review import signoff

pytestmark = pytest.mark.airflow

PAGE = "/data-office/submissions"
Granted = Callable[..., AbstractContextManager[None]]
_SIGNED = """
SELECT submission_id, place, sha256, signoff -> 'seal' ->> 'text' AS seal FROM intake.submission
WHERE kind = 'ledger' AND problem IS NULL AND state = 'accepted' AND place = '330200' ORDER BY submission_id LIMIT 1
"""


@pytest.fixture(scope="module")
def one(engine: Engine) -> Any:
    """An accepted ledger of Ningbo."""
    with engine.connect() as connection:
        return connection.execute(text(_SIGNED)).one()


def test_a_clerk_confirms_the_code_on_the_sealed_scan(own_page: httpx.Client, engine: Engine, one: Any) -> None:
    address = f"{PAGE}/{one.submission_id}"
    shown = own_page.get(address).text
    assert "签章核对" in shown
    assert "待核对" in shown
    assert one.seal in shown
    refused = own_page.post(f"{address}/signoff", data={"code": "12a"})
    assert "校验码是 6 位数字" in own_page.get(refused.headers["location"]).text
    with engine.connect() as connection:
        code = signoff.file_code(connection, one.submission_id)
    done = own_page.post(f"{address}/signoff", data={"code": code})
    assert done.status_code == 303
    assert "签章相符" in own_page.get(done.headers["location"]).text


def test_an_archived_file_is_an_attachment_that_nothing_runs_in(client: httpx.Client, one: Any) -> None:
    answer = client.get(f"{PAGE}/{one.submission_id}/files/{one.sha256}")
    assert answer.content[:2] == b"PK"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "address", ["0", "99999999", str(2**63), "abc", "{id}/files/" + "0" * 64, "{id}/files/..%2f..%2fkeys"]
)
def test_what_is_not_there_is_not_found(client: httpx.Client, one: Any, address: str) -> None:
    assert client.get(f"{PAGE}/{address.format(id=one.submission_id)}").status_code in (400, 404)


def test_a_submission_of_another_place_is_not_there(own_page: httpx.Client, granted: Granted, one: Any) -> None:
    with granted(("clerk", "110000")):
        assert own_page.get(f"{PAGE}/{one.submission_id}").status_code == 404
        assert own_page.get(f"{PAGE}/{one.submission_id}/files/{one.sha256}").status_code == 404
        assert own_page.post(f"{PAGE}/{one.submission_id}/signoff", data={"code": "1"}).status_code == 404


@pytest.mark.parametrize("role", ["reader", "inspector", "reviewer"])
def test_only_who_receives_confirms_a_signature(own_page: httpx.Client, granted: Granted, one: Any, role: str) -> None:
    with granted((role, "330200")):
        assert "扫描件上的校验码" not in own_page.get(f"{PAGE}/{one.submission_id}").text
        assert own_page.post(f"{PAGE}/{one.submission_id}/signoff", data={"code": "1"}).status_code == 403


def test_another_site_confirms_nothing(own_page: httpx.Client, one: Any) -> None:
    evil = {"Origin": "http://evil.example"}
    assert own_page.post(f"{PAGE}/{one.submission_id}/signoff", data={"code": "1"}, headers=evil).status_code == 403
