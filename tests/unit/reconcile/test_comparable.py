"""What may be compared with what: boundaries that moved, definitions that changed, figures that were published again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from observing import FIRST, Warehouse
from sqlalchemy import Engine

from learning_city.catalogue.read import read
from learning_city.samples.facts import facts
from learning_city.warehouse import ref
from learning_city.warehouse.statements import SQL

RESIDENT, CENSUS, REGISTERED = "pop_changzhu_y1231", "pop_changzhu_y1101", "pop_huji_y1231"
EVER = {"valid_from": date(1949, 10, 1), "valid_to": None}
PLACE = {"name_en": "", "parent": "110000", "level": "district", **EVER}


@pytest.fixture
def warehouse(engine: Engine) -> Warehouse:
    return Warehouse(engine=engine)


def with_rows(warehouse: Warehouse, **more: Sequence[dict[str, object]]) -> None:
    """An edition of the starter catalogue with more rows."""
    edition = read(SQL / "reference")
    added = {
        name: [*edition.tables[name], *(dict.fromkeys(edition.tables[name][0]) | row for row in rows)]
        for name, rows in more.items()
    }
    with warehouse.engine.begin() as connection:
        ref.store(connection, replace(edition, tables={**edition.tables, **added}), who="clerk", why="a test")


def changed(warehouse: Warehouse, definition: str, *sides: str) -> tuple[object, ...]:
    names = dict(zip(("a", "pa", "b", "pb"), sides, strict=True))
    (row,) = warehouse.rows("SELECT * FROM warehouse.change(:d, :a, :pa, :b, :pb)", d=definition, **names)
    return tuple(row)


def compared(warehouse: Warehouse, definition: str, *sides: str) -> tuple[object, ...]:
    names = dict(zip(("a", "pa", "b", "pb"), sides, strict=True))
    (row,) = warehouse.rows("SELECT * FROM warehouse.comparable(:d, :a, :pa, :b, :pb)", d=definition, **names)
    return tuple(row)


@pytest.mark.parametrize(("definition", "city"), [(CENSUS, 1961.2), (REGISTERED, 1257.8)])
def test_the_sixteen_districts_of_beijing_2010_are_the_city_exactly(
    warehouse: Warehouse, definition: str, city: float
) -> None:
    known = [
        fact for fact in facts() if fact.definition == definition and fact.period == "2010" and fact.place[:2] == "11"
    ]
    for fact in known:
        warehouse.observe(definition, fact.value, period="2010", place=fact.place, unit=fact.unit, decimals=1)
    warehouse.resolve()
    districts = """SELECT count(*), round(sum(v.value)::numeric, 4) FROM warehouse.reconciled_value AS v
                   JOIN ref.place AS p ON p.place = v.place AND p.parent = '110000'
                     AND daterange(p.valid_from, p.valid_to) @> date '2010-12-31'
                   WHERE v.definition = :d AND v.period = '2010'"""
    ((count, total),) = warehouse.rows(districts, d=definition)
    value = warehouse.value(definition, period="2010")
    assert value is not None
    assert (count, float(total), value.value) == (16, city, city)


def test_xicheng_before_and_after_the_merger_is_not_comparable_without_xuanwu(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 68.6, period="2009", place="110102_2009")
    warehouse.observe(RESIDENT, 124.0, period="2011", place="110102")
    warehouse.resolve()
    told = changed(warehouse, RESIDENT, "110102_2009", "2009", "110102", "2011")
    assert told == ("不可比", "boundary", ["110104 2009"], 68.6, 124.0, None, None)
    assert compared(warehouse, RESIDENT, "110102", "2009", "110102", "2011")[0] == "不可比"


def test_with_every_old_part_the_change_splits_exactly(warehouse: Warehouse) -> None:
    merger = {"date": date(2012, 7, 1), "type": "merge", "new_place": "999903", "source": "虚构"}
    with_rows(
        warehouse,
        place=[
            {"place": "999901", "name_zh": "甲", **PLACE, "valid_to": date(2012, 7, 1)},
            {"place": "999902", "name_zh": "乙", **PLACE, "valid_to": date(2012, 7, 1)},
            {"place": "999903", "name_zh": "丙", **PLACE, "valid_from": date(2012, 7, 1)},
        ],
        place_event=[merger | {"old_place": "999901"}, merger | {"old_place": "999902"}],
    )
    for place, period, value in (("999901", "2011", 60.0), ("999902", "2011", 25.0), ("999903", "2013", 90.0)):
        warehouse.observe(RESIDENT, value, period=period, place=place)
    warehouse.resolve()
    told = changed(warehouse, RESIDENT, "999901", "2011", "999903", "2013")
    assert told == ("调整后可比", "", [], 60.0, 90.0, 25.0, 5.0)
    assert changed(warehouse, RESIDENT, "999903", "2011", "999903", "2013")[3:] == (85.0, 90.0, 0.0, 5.0)
    assert compared(warehouse, RESIDENT, "999903", "2011", "999903", "2013") == ("调整后可比", "")


def test_a_place_that_nothing_happened_to_changes_really(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2172.9, period="2016")
    warehouse.observe(RESIDENT, 2170.7, period="2017")
    warehouse.resolve()
    verdict, facet, missing, base, value, boundary, real = changed(
        warehouse, RESIDENT, "110000", "2016", "110000", "2017"
    )
    assert (verdict, facet, missing, base, value, boundary) == ("可比", "", [], 2172.9, 2170.7, 0.0)
    assert real == pytest.approx(-2.2)


def test_across_a_changed_threshold_a_series_is_broken(warehouse: Warehouse) -> None:
    edition = read(SQL / "reference")
    (gdp,) = [row for row in edition.tables["definition"] if row["definition"] == "gdp"]
    with_rows(warehouse, definition=[gdp | {"definition": "industry_output", "threshold": "industry_above_scale"}])
    for period, value in (("2009", 100.0), ("2010", 110.0), ("2011", 90.0)):
        warehouse.observe("industry_output", value, period=period)
    warehouse.resolve()
    assert compared(warehouse, "industry_output", "110000", "2009", "110000", "2010") == ("可比", "")
    assert compared(warehouse, "industry_output", "110000", "2010", "110000", "2011") == ("不可比", "scope")
    assert changed(warehouse, "industry_output", "110000", "2010", "110000", "2011")[:2] == ("不可比", "scope")


def test_two_places_of_one_year_are_comparable_unless_one_is_disputed(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2170.7)
    warehouse.observe(RESIDENT, 800.5, place="330200")
    warehouse.resolve()
    sides = ("110000", "2017", "330200", "2017")
    assert compared(warehouse, RESIDENT, *sides) == ("可比", "")
    warehouse.observe(RESIDENT, 790.0, place="330200", source="bj_bulletin_2017")
    warehouse.resolve()
    assert compared(warehouse, RESIDENT, *sides) == ("conflict", "")


def test_a_later_edition_of_a_yearbook_wins_and_the_earlier_vintages_stay(warehouse: Warehouse) -> None:
    books = {"bj_book_2020": (2020, 35371.28), "bj_book_2021": (2021, 35445.1), "bj_book_2025": (2025, 37767.0)}
    family = {"name_zh": "北京统计年鉴", "name_en": "Beijing Yearbook", "kind": "official", "rank": 1}
    rows = [{"source": name, "cover": cover, "profile": "bj_book", **family} for name, (cover, _) in books.items()]
    with_rows(warehouse, source=[{"source": "bj_book", **family}, *rows])
    for day, name in enumerate(reversed(books)):
        warehouse.observe("gdp", books[name][1], period="2019", source=name, decimals=2, day=day)
    warehouse.resolve()
    value = warehouse.value("gdp", period="2019")
    assert value is not None
    assert (value.value, value.candidates, value.is_conflict) == (37767.0, 1, False)
    triangle = "SELECT vintage, value, round(since_first::numeric, 2) FROM warehouse.revision WHERE definition = 'gdp' ORDER BY 1"
    assert [(v, x, float(d)) for v, x, d in warehouse.rows(triangle)] == [
        (1, 35371.28, 0.0), (2, 35445.1, 73.82), (3, 37767.0, 2395.72),
    ]  # fmt: skip


def test_what_was_known_at_a_moment_can_be_asked_later(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2170.9)
    warehouse.observe(RESIDENT, 2170.7, day=10)
    warehouse.resolve()
    known = "SELECT value FROM warehouse.observation_as_of(:moment)"
    assert warehouse.rows(known, moment=FIRST + timedelta(days=5)) == [(2170.9,)]
    assert warehouse.rows(known, moment=FIRST + timedelta(days=11)) == [(2170.7,)]
