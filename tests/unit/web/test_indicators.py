"""What the pages of 指标表 say of numbers: equal to the mart, broken where the series is, nothing drawn that cannot be compared."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from observing import Warehouse

from learning_city.catalogue.read import read
from learning_city.indicators.compute import compute
from learning_city.model.home import Home
from learning_city.warehouse import ref
from learning_city.warehouse.engine import connect
from learning_city.warehouse.statements import SQL
from learning_city.web import words
from learning_city.web.indicators_bars import bars, left_out
from learning_city.web.indicators_chart import chart
from learning_city.web.indicators_spark import Point, beside_before, breaks, joins, spark

SEATS, RESIDENT = "lib_seats", "pop_changzhu_y1231"
BEIJING, TAIYUAN, HANGZHOU = "110000", "140100", "330100"
HOSTILE = "<script>alert(1)</script>'\"{{7*7}}"
YEARS = ("2014", "2015", "2016", "2017")
say = partial(words.say, "zh")


def point(period: str, value: float, status: str = "A", verdict: str = "可比", *, synthetic: bool = False) -> Point:
    return Point(period, value, status, verdict, synthetic)


def city(place: str, value: float | None, verdict: str = "可比", **said: Any) -> dict[str, Any]:
    comparable = value is not None and verdict in ("可比", "调整后可比")
    return {"place": place, "value": value, "verdict": verdict, "is_comparable": comparable, **said}


def year(value: float | None, before: float | None, **said: Any) -> dict[str, Any]:
    same = {
        "status": "A",
        "verdict": "可比",
        "earlier_verdict": "可比",
        "is_synthetic": False,
        "earlier_synthetic": False,
    }
    return {"value": value, "earlier_value": before, "compared": None, **same, **said}


def test_a_line_leads_only_between_what_may_be_compared() -> None:
    first, second = point("2014", 1), point("2015", 2)
    assert joins(first, second)
    assert breaks(first, point("2015", 2, status="B"))
    assert breaks(first, point("2015", 2, verdict="不可比"))
    assert not joins(first, point("2015", 2, synthetic=True))
    assert not breaks(first, point("2015", 2, synthetic=True))


def test_a_sparkline_stops_at_the_break_and_says_so_in_words() -> None:
    drawn = spark([point("2014", 1), point("2015", 2), point("2016", 9, status="B")], YEARS, "2016", say)
    assert drawn.count("M", drawn.index("<path"), drawn.index("/>")) == 2
    assert drawn.count('class="brk"') == 1
    assert 'aria-label="历年：2014 1、2015 2、2016 9 断点"' in drawn
    assert "style" not in drawn


def test_samples_are_hollow_and_one_point_is_no_line() -> None:
    drawn = spark([point("2014", 1), point("2015", 2, synthetic=True)], YEARS, "2015", say)
    assert drawn.count("hollow") == 1
    assert spark([point("2014", 1)], YEARS, "2014", say) == ""


def test_what_is_not_comparable_has_no_bar_and_stretches_no_scale() -> None:
    rows = [city("a", 10), city("b", 5), city("c", 1e9, "不可比"), city("d", None), city("e", 8, "conflict")]
    drawn = bars(rows, {"b": {"value": 20.0, "low": None, "high": None}})
    assert {place: bar["width"] for place, bar in drawn["bars"].items()} == {
        "a": 500, "b": 250, "c": None, "d": None, "e": 400
    }  # fmt: skip
    assert drawn["bars"]["b"]["marks"] == [1000]
    assert left_out(rows) == {"incomparable": 1, "missing": 1, "conflict": 1}


def test_negative_figures_lie_left_of_zero() -> None:
    drawn = bars([city("a", -5), city("b", 5)], {})
    assert (drawn["zero"], drawn["bars"]["a"]["x"], drawn["bars"]["b"]["x"]) == (500, 0, 500)


@pytest.mark.parametrize(
    "said",
    [
        {"status": "B"},
        {"verdict": "不可比"},
        {"earlier_verdict": "不可比"},
        {"compared": "不可比"},
        {"is_synthetic": True},
    ],
)
def test_a_change_on_the_year_is_only_said_of_comparable_figures(said: dict[str, Any]) -> None:
    assert beside_before(year(12, 10)) == {"change": "可比", "by": 2, "rate": 20, "mixed": False}
    found = beside_before(year(12, 10, **said))
    assert (found["change"], found["by"], found["rate"]) == ("不可比", None, None)


def test_a_disputed_year_has_no_change_and_a_missing_one_no_verdict() -> None:
    assert beside_before(year(12, 10, compared="conflict"))["by"] is None
    assert beside_before(year(12, None))["change"] == ""
    assert beside_before(year(12, 10, verdict="调整后可比"))["change"] == "调整后可比"
    assert beside_before(year(2, -1))["rate"] is None


def test_the_drawing_of_a_trend_is_cut_where_years_are_not_comparable() -> None:
    rows = [{**year(value, None), "period": period, "change": change, "mixed": False}
            for period, value, change in (("2014", 1.0, ""), ("2015", 2.0, "可比"), ("2016", 9.0, "不可比"))]  # fmt: skip
    target = {"due": "2020-12-31", "target_value": 12.0, "target_low": None, "target_high": None, "forecast": 11.0}
    drawn = chart({BEIJING: rows}, YEARS, [target])
    assert drawn is not None
    (line,) = drawn["lines"]
    assert line["path"].count("M") == 2
    assert len(line["cuts"]) == 1
    assert [period for period, _ in drawn["across"]] == [*YEARS, "2020"]
    assert drawn["levels"][-1][0] >= 12
    assert len(drawn["forecasts"]) == 1
    assert chart({BEIJING: []}, YEARS, []) is None


PLUGINS = Path(words.__file__).parents[2]
PAGES = """
import asyncio, json, sys, warnings
warnings.simplefilter("ignore")
import httpx
from fastapi import FastAPI
from learning_city.web import app, page, security
from learning_city.web.rights import Grant, Viewer

page.logout_url = lambda _: "/out"
pages, outer, seen = app.create_app(), FastAPI(), []
pages.dependency_overrides[security.signed_in] = lambda: Viewer("li", (Grant("reader", seen[-1]),))
outer.mount("/data-office", pages)

async def ask(path, query):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(outer), base_url="http://office.example") as client:
        return await client.get(f"/data-office/{path}", params=query, headers={"Accept-Language": "zh"})

for line in sys.stdin:
    path, place, query = json.loads(line)
    seen.append(place)
    said = asyncio.run(ask(path, query))
    print("ANSWER " + json.dumps([said.status_code, said.text]), flush=True)
"""
"""The pages in a process of their own, as Airflow's packages change what the tests stand on; a question a line."""


@dataclass(frozen=True)
class Pages:
    """The pages over one database."""

    warehouse: Warehouse
    process: Any

    def get(self, path: str, seen: str = "*", **query: str) -> str:
        """A page as a reader of this place sees it."""
        self.process.stdin.write(json.dumps([path, seen, query]) + "\n")
        self.process.stdin.flush()
        answers = (line for line in self.process.stdout if line.startswith("ANSWER "))
        status, text = json.loads(next(answers).removeprefix("ANSWER "))
        assert status == 200, text[:2000]
        return str(text)


def pages(home: Home, folder: Path) -> Iterator[Pages]:
    named = {"LCM_HOME": str(home.root), "LCM_DATABASE_URL": home.database_url, "AIRFLOW_HOME": str(folder)}
    env = os.environ | named | {"PYTHONPATH": str(PLUGINS)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    with subprocess.Popen([sys.executable, "-c", PAGES], env=env, **pipes) as process:  # type: ignore[call-overload]
        yield Pages(Warehouse(engine=connect(home)), process)
        process.stdin.close()


@pytest.fixture(scope="module")
def bare(new_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """An office that has computed nothing yet."""
    with new_home() as home:
        yield from pages(home, tmp_path_factory.mktemp("airflow"))


@pytest.fixture(scope="module")
def office(new_home: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Library seats of three cities over three years, broken everywhere by another threshold in 2018, one in dispute in 2016."""
    with new_home() as home:
        for made in pages(home, tmp_path_factory.mktemp("airflow")):
            _fill(made.warehouse)
            yield made


def _fill(warehouse: Warehouse) -> None:
    edition = read(SQL / "reference")
    places = [row | {"name_zh": HOSTILE} if row["place"] == HANGZHOU else row for row in edition.tables["place"]]
    changed = {"threshold": "training_deduction_cap"}
    rows = [row | changed if row["definition"] == SEATS else row for row in edition.tables["definition"]]
    with warehouse.engine.begin() as connection:
        tables = {**edition.tables, "definition": rows, "place": places}
        ref.store(connection, replace(edition, tables=tables), who="clerk", why="a test")
    for turn, place in enumerate((BEIJING, TAIYUAN, HANGZHOU), start=1):
        for period in ("2016", "2017", "2018"):
            warehouse.observe(SEATS, turn * int(period), period=period, place=place)
            warehouse.observe(RESIDENT, 1000, period=period, place=place)
    warehouse.observe(SEATS, 9999, period="2016", place=TAIYUAN, source="bj_bulletin_2017")
    compute(warehouse.engine, warehouse.resolve())


def of(warehouse: Warehouse, period: str = "2018") -> dict[str, Any]:
    """The rows of the mart of the seats per person, by place."""
    sql = """SELECT * FROM mart.indicator_table WHERE formula = 'library_seats_per_10k' AND framework = 'national_62'
      AND period = :period AND value IS NOT NULL"""
    return {row.place: row for row in warehouse.rows(sql, period=period)}


def asked(office: Pages, path: str, seen: str = "*", **query: str) -> str:
    known = {"framework": "national_62", "period": "2018", "indicator": of(office.warehouse)[BEIJING].indicator} | query
    return office.get(path, seen, **known)


def test_the_table_shows_what_the_mart_holds_and_where_series_break(office: Pages) -> None:
    shown = asked(office, "indicators", indicator="")
    for row in of(office.warehouse).values():
        assert f">{row.value:,.{row.decimals}f}</a>" in shown
    assert shown.count(">B</abbr>") == 3
    assert shown.count('class="brk"') == 3
    assert HOSTILE not in shown


def test_filters_keep_what_they_say(office: Pages) -> None:
    assert "没有符合筛选" in asked(office, "indicators", only="conflict")
    assert "没有符合筛选" in asked(office, "indicators", q="no such indicator")
    broken = asked(office, "indicators", only="broken", places=TAIYUAN, indicator="")
    assert broken.count(">B</abbr>") == 1
    assert asked(office, "indicators", nature="qualitative", indicator="").count('class="num sel"') == 0


def test_cities_are_compared_with_ranks_in_their_usual_order(office: Pages) -> None:
    shown = asked(office, "indicators/cities")
    assert [shown.index(f">{rank}/3<") for rank in (3, 2, 1)] == sorted(
        shown.index(f">{rank}/3<") for rank in (3, 2, 1)
    )
    assert "可比的 3 个城市排位次" in shown
    assert "缺数" in shown
    assert HOSTILE not in shown


def test_a_trend_explains_its_break_and_gives_no_change_over_it(office: Pages) -> None:
    shown = asked(office, "indicators/trend", place=TAIYUAN, places=HANGZHOU)
    assert "2018 起与以前不可比" in shown
    assert "财税〔2018〕51号" in shown
    assert "断点前 2017" in shown
    assert shown.count('class="brk"') == 2
    assert "+0.0%" in shown  # 2017 beside 2016
    assert HOSTILE not in shown


def test_a_number_leads_to_its_inputs_and_their_cells(office: Pages) -> None:
    shown = asked(office, "indicators", place=TAIYUAN)
    assert 'id="lineage"' in shown
    assert SEATS in shown
    assert "表!A1" in shown


def test_a_disputed_number_shows_what_lost_and_leads_to_the_decision(office: Pages) -> None:
    shown = asked(office, "indicators", place=TAIYUAN, period="2016")
    assert "<del>" in shown
    assert f"key=2016~{TAIYUAN}~{SEATS}" in shown
    compared = asked(office, "indicators/cities", period="2016")
    assert "按建议值，待裁定" in compared
    assert "待裁定 1 个" in compared
    assert ">1/2<" in compared


def test_who_may_look_at_one_place_sees_no_other(office: Pages) -> None:
    other = f"{of(office.warehouse)[BEIJING].value:,.{of(office.warehouse)[BEIJING].decimals}f}"
    for path in ("indicators", "indicators/cities", "indicators/trend", "indicators/targets"):
        shown = asked(office, path, TAIYUAN, place=BEIJING, places=f"{BEIJING},{TAIYUAN}")
        assert ">北京市<" not in shown, path
        assert f">{other}<" not in shown, path
    assert "只在您能看的地区中排" in asked(office, "indicators/cities", TAIYUAN)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["indicators", "indicators/cities", "indicators/trend", "indicators/targets"])
def test_an_office_without_a_figure_is_told_so(bare: Pages, path: str, lang: str) -> None:
    assert HOSTILE not in bare.get(path, lang=lang, q=HOSTILE, places=HOSTILE, indicator=HOSTILE)
