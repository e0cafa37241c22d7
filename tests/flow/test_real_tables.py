"""Real statistical tables, where a folder of them is named in LCM_REAL_TABLES; skipped where it is not."""

import json
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Row, text

from learning_city.collect.reader import Readers
from learning_city.collect.table_file import read_tables
from learning_city.collect.table_structure import Cell, Table
from learning_city.collect.tables import list_sources, register_tables
from learning_city.errors import NotATable
from learning_city.reconcile.resolve import resolve
from learning_city.review.settle import settle_by_rule
from learning_city.validate import store
from learning_city.warehouse.engine import connect

FOLDER = Path(os.environ.get("LCM_REAL_TABLES", ""))
NAMED = bool(os.environ.get("LCM_REAL_TABLES"))
FILES = sorted((FOLDER / "files").glob("*")) if NAMED else []
TRUTHS = sorted((FOLDER / "truth").glob("*.json")) if NAMED else []

pytestmark = pytest.mark.skipif(not FILES, reason="LCM_REAL_TABLES names no folder of real tables")


@cache
def tables_of(path: Path) -> list[Table]:
    return read_tables(path.read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_numeric_cell_is_emitted_or_left_with_its_reason(path: Path) -> None:
    if path.name.startswith("notatable"):
        with pytest.raises(NotATable, match="登录"):
            tables_of(path)
        return
    tables = tables_of(path)
    emitted = sum(cell.value is not None for table in tables for cell in table.cells)
    left = [reason for table in tables for reason in table.left.values()]
    assert emitted + len(left) == sum(table.numeric for table in tables)
    assert emitted > 0
    assert all(left)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_number_of_a_table_is_without_row_or_column(path: Path) -> None:
    if path.name.startswith("notatable"):
        return
    cells = [cell for table in tables_of(path) for cell in table.cells]
    assert [cell.cell for cell in cells if not cell.row_path or not cell.column_path] == []
    assert len({(cell.sheet, cell.cell) for cell in cells}) == len(cells)


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)
def test_cells_read_by_eye_are_read_alike(path: Path) -> None:
    truth = json.loads(path.read_text(encoding="utf-8"))
    cells = {(c.sheet, c.cell): c for table in tables_of(FOLDER / truth["file"]) for c in table.cells}
    wrong = [want for want in truth["cells"] if not agrees(found(cells, want["at"]), want)]
    assert wrong == []


def found(cells: dict[tuple[str, str], Cell], at: dict[str, Any]) -> Cell:
    letters, number = "", at["col0"] + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return cells[at["sheet"], f"{letters}{at['row0'] + 1}"]


def agrees(cell: Cell, want: dict[str, Any]) -> bool:
    labels = bare(cell.row_path[-1]) == bare(want["row_label"]) and bare(want["column_label"]) in {
        bare(part) for part in cell.column_path[-2:]
    }
    return labels and (cell.value, cell.year, cell.unit) == (want["value"], want["year"], want["unit"])


def bare(label: str) -> str:
    return re.sub(r"[\s#年]", "", unicodedata.normalize("NFKC", label))


SOURCES = {
    "shanghai_2012_": "sh_yearbook_2012",
    "shanghai_2017_": "sh_yearbook_2017",
    "nbs_主要城市": "nbs_main_cities",
}


@pytest.fixture(scope="module")
def collected(new_home: Any, readers: Readers) -> Iterator[Engine]:
    """Yearbooks of Shanghai and of the main cities from the inbox to reconciled values, by the starter catalogue."""
    with new_home() as home:
        for prefix, source in SOURCES.items():
            folder = home.inbox / "yearbooks" / source
            folder.mkdir(parents=True)
            for path in FILES:
                if path.name.startswith(prefix):
                    shutil.copy(path, folder)
        engine = connect(home)
        ids = register_tables(engine, home, list_sources(home.inbox), readers)
        store.check(engine, ids, date(2026, 1, 1))
        settle_by_rule(engine)
        resolve(engine, with_synthetic=False)
        yield engine


def rows(engine: Engine, sql: str, **said: object) -> list[Row[Any]]:
    with engine.connect() as connection:
        return list(connection.execute(text(sql), said))


@pytest.mark.parametrize(
    ("definition", "place", "period", "value", "unit", "source"),
    [
        ("pop_changzhu_y1231", "310000", "2017", 2418.33, "万人", "sh_yearbook_2017"),
        ("pop_changzhu_y1231", "310115", "2017", 552.84, "万人", "sh_yearbook_2017"),
        ("pop_changzhu_wailai_y1231", "310112", "2017", 124.59, "万人", "sh_yearbook_2017"),
        ("pop_huji_y1231", "310000", "2017", 1455.13, "万人", "sh_yearbook_2017"),
        ("pop_huji_y1231", "310106", "2017", 94.05, "万人", "sh_yearbook_2017"),
        ("pop_density_changzhu", "310109", "2017", 34057.97, "人/平方公里", "sh_yearbook_2017"),
        ("land_area_y1231", "310151", "2017", 1185.49, "平方公里", "sh_yearbook_2017"),
        ("pop_huji_60_up", "310000", "2017", 481.61, "万人", "sh_yearbook_2017"),
        ("pop_huji_elderly", "310000", "2017", 483.60, "万人", "sh_yearbook_2017"),
        ("pop_huji_elderly", "310000", "2012", 367.32, "万人", "sh_yearbook_2012"),
        ("pop_huji_elderly", "310108", "2012", 18.36, "万人", "sh_yearbook_2012"),
        ("pop_huji_elderly", "310106_2014", "2012", 8.80, "万人", "sh_yearbook_2012"),
        ("huji_moved_in_across", "310000", "2016", 112504, "人", "sh_yearbook_2017"),
        ("huji_moved_in_across", "310000", "2017", 118513, "人", "sh_yearbook_2017"),
        ("huji_moved_in_within", "310230", "2012", 3352, "人", "sh_yearbook_2012"),
        ("secondary_schools_y0901", "310000", "2012", 760, "所", "sh_yearbook_2012"),
        ("secondary_students_y0901", "310115", "2017", 135074, "人", "sh_yearbook_2017"),
        ("secondary_teachers_y0901", "310000", "2012", 51790, "人", "sh_yearbook_2012"),
        ("senior_students_y0901", "310101", "2012", 9579, "人", "sh_yearbook_2012"),
        ("primary_graduates_sy", "310104", "2017", 6633, "人", "sh_yearbook_2017"),
        ("school_floor_area_y1231", "310000", "2012", 2976, "万平方米", "sh_yearbook_2012"),
        ("parks_y1231", "310101", "2017", 13, "个", "sh_yearbook_2017"),
        ("park_visits_cy", "310000", "2012", 22231.29, "万人次", "sh_yearbook_2012"),
        ("gdp", "110000", "2019", 35371.28, "亿元", "nbs_main_cities"),
        ("gdp", "510100", "2015", 10801.16, "亿元", "nbs_main_cities"),
        ("housing_price_cy", "310000", "2018", 26890.08, "元/平方米", "nbs_main_cities"),
    ],
)
def test_a_printed_figure_is_an_observation_of_its_definition(
    collected: Engine, definition: str, place: str, period: str, value: float, unit: str, source: str
) -> None:
    found = rows(
        collected,
        """SELECT DISTINCT round(value::numeric, 2)::float, unit, source, status FROM warehouse.observation
           WHERE definition = :definition AND place = :place AND period = :period""",
        definition=definition, place=place, period=period,
    )  # fmt: skip
    assert found == [(value, unit, source, "A")]


def test_a_row_named_for_a_district_that_was_gone_is_asked_about_and_stays_with_the_old_code(collected: Engine) -> None:
    (finding,) = rows(collected, "SELECT * FROM quality.finding WHERE rule_id = 'table.place_not_of_year'")
    assert (finding.severity, finding.cell, finding.period) == ("ask", "B21", "2012")
    assert finding.found == "南汇区 2009 年并入浦东新区"
    (item,) = rows(collected, "SELECT * FROM intake.item WHERE place = '310119'")
    assert (item.definition, item.cell) == ("births_family_planning", "B21")
    (book,) = rows(collected, "SELECT state FROM intake.submission WHERE delivered_as LIKE '%2012_C0208.xls'")
    assert book.state == "in_review"


def test_a_table_without_anything_to_ask_is_accepted_by_rule(collected: Engine) -> None:
    states = rows(
        collected,
        """SELECT DISTINCT s.state FROM intake.submission AS s
           WHERE EXISTS (SELECT FROM intake.item AS i WHERE i.submission_id = s.submission_id)
             AND delivered_as NOT LIKE '%2012_C0208.xls'""",
    )
    assert states == [("accepted",)]


def test_what_is_no_item_is_accounted_for_and_nothing_of_these_books_waits_to_be_mapped(collected: Engine) -> None:
    apart = rows(
        collected,
        """SELECT s.delivered_as, t.sheet, t.read_cells,
                  (SELECT count(*) FROM intake.item AS i WHERE (i.submission_id, i.sheet) = (t.submission_id, t.sheet)),
                  (SELECT coalesce(sum(cells), 0) FROM intake.unmapped AS u
                   WHERE (u.submission_id, u.sheet) = (t.submission_id, t.sheet)) AS unmapped
           FROM intake.yearbook_table AS t JOIN intake.submission AS s USING (submission_id)""",
    )
    assert len(apart) == 25
    assert [row for row in apart if row.read_cells != row.count + row.unmapped] == []
    assert rows(collected, "SELECT * FROM intake.unmapped WHERE state = 'unknown'") == []


def test_a_city_and_its_districts_are_not_counted_twice(collected: Engine) -> None:
    (total,) = rows(
        collected,
        """SELECT sum(value) FILTER (WHERE place = '310000') AS city, sum(value) FILTER (WHERE place <> '310000') AS districts
           FROM warehouse.reconciled_value WHERE definition = 'secondary_students_y0901' AND period = '2017'""",
    )
    assert (total.city, total.districts) == (570_636, 570_636)


def test_the_old_districts_of_2012_speak_for_the_new_one(collected: Engine) -> None:
    (merged,) = rows(
        collected,
        """SELECT round(value::numeric, 2), method FROM warehouse.reconciled_value
           WHERE definition = 'pop_huji_elderly' AND period = '2012' AND place = '310106'""",
    )
    assert (float(merged[0]), merged.method) == (27.16, "merge")
