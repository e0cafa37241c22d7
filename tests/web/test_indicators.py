"""指标表 and the pages beside it against the sample year: numbers are the mart's, and each city sees its own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

pytestmark = pytest.mark.airflow
Granted = Callable[..., AbstractContextManager[None]]
OFFICE, TAIYUAN = "/data-office/", "140100"
ASKED = {"framework": "national_62", "period": "2016", "indicator": "n2_2_3", "lang": "zh"}
_MART = """
SELECT * FROM mart.indicator_table WHERE framework = :framework AND period = :period AND indicator = :indicator ORDER BY place
"""


def mart(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(_MART), ASKED))


def shown(page: httpx.Client, path: str, **said: str) -> str:
    return page.get(OFFICE + path, params=ASKED | said).raise_for_status().text


def test_cities_show_the_numbers_of_the_mart_and_the_disputed_one_has_no_rank(
    own_page: httpx.Client, engine: Engine
) -> None:
    compared = shown(own_page, "indicators/cities")
    rows = [row for row in mart(engine) if row.value is not None]
    for row in rows:
        assert f">{row.value:,.{row.decimals}f} " in compared, row.place_name
    ranked = [row for row in rows if row.verdict in ("可比", "调整后可比")]
    assert compared.count(f"/{len(ranked)}</td>") == len(ranked)
    assert compared.count("<rect") == len(rows)


def test_a_number_leads_to_the_cell_in_its_sheet(own_page: httpx.Client) -> None:
    opened = shown(own_page, "indicators", place=TAIYUAN)
    number = opened.split("cell=", 1)[1].split("#", 1)[0].split("&", 1)[0]
    window = shown(own_page, "indicators", place=TAIYUAN, cell=number)
    assert 'class="sheet"' in window
    assert " sel" in window
    assert "/submissions/" in window


@pytest.mark.parametrize("path", ["indicators", "indicators/cities", "indicators/trend", "indicators/targets"])
def test_a_reader_of_one_city_sees_no_other(own_page: httpx.Client, granted: Granted, path: str) -> None:
    with granted(("reader", TAIYUAN)):
        page = shown(own_page, path, place="330100", places="330100,140100")
    assert "杭州市" not in page
    assert "太原市" in page
