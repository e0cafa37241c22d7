"""指标表 and the pages beside it against the sample year: numbers are the mart's, and each city sees its own."""

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import openpyxl
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


_JUDGED = """
SELECT count(*) FILTER (WHERE judgement_zh IS NOT NULL) AS judged, count(*) AS owed, count(DISTINCT place) AS cities
FROM mart.indicator_table WHERE framework = 'national_62' AND period = '2017' AND nature = 'qualitative'
"""


def test_what_is_judged_shows_its_level_for_every_city(own_page: httpx.Client, engine: Engine) -> None:
    with engine.connect() as connection:
        told = connection.execute(text(_JUDGED)).one()
    assert 0 < told.judged < told.owed
    of = {"period": "2017", "indicator": "", "nature": "qualitative"}
    page = shown(own_page, "indicators", **of)
    assert len(re.findall(r'<th scope="col" class="num">', page)) == told.cities
    assert page.count('<td class="word">') == told.judged
    assert page.count(">未评定</a>") == told.owed - told.judged
    for said in ("已建立", "正在建立", f"缺项（{told.owed - told.judged}）", f"有数（{told.judged}）"):
        assert said in page
    missing = shown(own_page, "indicators", **of, only="missing")
    assert missing.count('<td class="word">') == 0
    assert missing.count(">未评定</a>") == told.owed - told.judged
    held = shown(own_page, "indicators", **of, only="value")
    assert held.count('<td class="word">') == told.judged
    assert held.count(">未评定</a>") == 0


def test_targets_open_where_there_are_targets(own_page: httpx.Client) -> None:
    opened = own_page.get(OFFICE + "indicators/targets", params={"lang": "zh"}).text
    assert "这个地区在这个体系里没有目标" not in opened
    asked = own_page.get(OFFICE + "indicators/targets", params={"framework": "national_62", "place": TAIYUAN}).text
    assert "这个地区在这个体系里没有目标" in asked


def exported(page: httpx.Client, **said: str) -> list[dict[str, Any]]:
    answer = page.get(OFFICE + "indicators.xlsx", params=ASKED | {"indicator": "", "q": "n2_2_3"} | said)
    head, *told = list(openpyxl.load_workbook(io.BytesIO(answer.raise_for_status().content)).active.values)
    return [dict(zip(head, row, strict=True)) for row in told]


def test_the_export_holds_what_the_filters_leave_and_marks_every_sample(
    own_page: httpx.Client, engine: Engine, granted: Granted
) -> None:
    held = [row for row in mart(engine) if row.value is not None]
    told = exported(own_page, only="value")
    assert [row["数值"] for row in told] == pytest.approx([row.value for row in held])
    assert [row["样例数据"] == "[样例]" for row in told] == [row.is_synthetic for row in held]
    assert exported(own_page, q="no such indicator") == []
    levels = exported(own_page, q="", period="2017", nature="qualitative")
    assert {"未评定", "已建立"} <= {row["等级或缺数说明"] for row in levels}
    with granted(("reader", TAIYUAN)):
        assert {row["城市"] for row in exported(own_page)} == {"太原市"}
