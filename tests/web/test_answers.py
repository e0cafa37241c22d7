"""The answer workbook on the page of a submission: who may have it, what it is sent as, what is said where there is none."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

pytestmark = pytest.mark.airflow

PAGE = "/data-office/submissions"
Granted = Callable[..., AbstractContextManager[None]]
_RETURNED = """
SELECT submission_id, place FROM intake.submission AS s
WHERE kind = 'ledger' AND problem IS NULL AND state IN ('returned', 'in_review') AND EXISTS (
  SELECT FROM quality.finding AS f WHERE f.submission_id = s.submission_id AND f.state IN ('open', 'returned')
    AND f.severity IN ('block', 'ask'))
ORDER BY submission_id LIMIT 1
"""
_ACCEPTED = "SELECT submission_id FROM intake.submission WHERE state = 'accepted' AND kind = 'ledger' LIMIT 1"


@pytest.fixture(scope="module")
def one(engine: Engine) -> Any:
    """A ledger that has to be answered."""
    with engine.connect() as connection:
        return connection.execute(text(_RETURNED)).one()


def test_a_clerk_takes_the_answer_workbook_as_an_attachment(own_page: httpx.Client, one: Any) -> None:
    assert "下载答复件" in own_page.get(f"{PAGE}/{one.submission_id}").text
    made = own_page.post(f"{PAGE}/{one.submission_id}/answer")
    assert made.status_code == 200
    assert made.content[:2] == b"PK"
    assert made.headers["content-disposition"].startswith("attachment; filename*=utf-8''%E7%AD%94%E5%A4%8D%E4%BB%B6_")
    assert "sandbox" in made.headers["content-security-policy"]


def test_where_nothing_is_open_it_says_so(own_page: httpx.Client, engine: Engine) -> None:
    with engine.connect() as connection:
        accepted = connection.execute(text(_ACCEPTED)).scalar_one()
    refused = own_page.post(f"{PAGE}/{accepted}/answer")
    assert refused.status_code == 409
    assert "没有待改正或待说明的问题" in refused.text


def test_a_reader_and_a_clerk_of_another_place_get_none(own_page: httpx.Client, granted: Granted, one: Any) -> None:
    with granted(("reader", "*")):
        assert own_page.post(f"{PAGE}/{one.submission_id}/answer").status_code == 403
    other = "330200" if one.place != "330200" else "110000"
    with granted(("clerk", other)):
        assert own_page.post(f"{PAGE}/{one.submission_id}/answer").status_code == 404
