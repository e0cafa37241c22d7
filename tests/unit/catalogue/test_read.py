"""The starter edition holds what was promised; every kind of mistake is named by file, row and column, all at once."""

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from learning_city.catalogue.read import read
from learning_city.errors import CatalogueRefused
from learning_city.model.edition import Edition
from learning_city.warehouse.statements import SQL

STARTER = SQL / "reference"
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def starter() -> Edition:
    return read(STARTER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STARTER, tmp_path / "reference"))


def change(folder: Path, file: str, edit: Callable[[Rows], object]) -> None:
    with (folder / file).open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        headings, rows = list(reader.fieldnames or []), list(reader)
    edit(rows)
    with (folder / file).open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, headings, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def errors(folder: Path) -> list[str]:
    with pytest.raises(CatalogueRefused) as refused:
        read(folder)
    return refused.value.errors


def test_the_eight_cities_are_there(starter: Edition) -> None:
    cities = [row["name_en"] for row in starter.tables["place"] if row["level"] == "city"]
    assert sorted(map(str, cities)) == [
        "Beijing", "Changsha", "Chengdu", "Hangzhou", "Ningbo", "Shanghai", "Taiyuan", "Wuhan",
    ]  # fmt: skip


@pytest.mark.parametrize(("year", "counties"), [(2010, {"密云县", "延庆县"}), (2016, {"密云区", "延庆区"})])
def test_beijing_has_sixteen_districts_before_and_after_its_counties_became_districts(
    starter: Edition, year: int, counties: set[str]
) -> None:
    day = date(year, 12, 31)
    names = {
        row["name_zh"]
        for row in starter.tables["place"]
        if row["parent"] == "110000"
        and row["valid_from"] <= day  # type: ignore[operator]
        and (row["valid_to"] is None or day < row["valid_to"])  # type: ignore[operator]
    }
    assert len(names) == 16
    assert counties <= names


def test_there_are_enough_measures_definitions_and_forms(starter: Edition) -> None:
    assert len(starter.tables["measure"]) >= 40
    assert len(starter.tables["definition"]) >= 60
    assert [row["form"] for row in starter.tables["form"]] == ["edu", "culture", "statistics"]


def test_the_national_framework_has_5_15_62_items_of_which_18_qualitative_and_44_quantitative(starter: Edition) -> None:
    items = [row for row in starter.tables["indicator"] if row["framework"] == "national_62"]
    levels, natures = Counter(row["level"] for row in items), Counter(row["nature"] for row in items if row["nature"])
    assert levels == {1: 5, 2: 15, 3: 62}
    assert natures == {"qualitative": 18, "quantitative": 44}


def test_every_item_says_where_it_comes_from_and_exactly_one_is_in_the_documents_own_words(starter: Edition) -> None:
    items = [row for row in starter.tables["indicator"] if row["framework"] == "national_62"]
    provenance = Counter(row["provenance"] for row in items)
    assert set(provenance) == {"A", "B", "C"}
    assert provenance["A"] == 1


def test_reading_twice_gives_the_same_edition(starter: Edition) -> None:
    assert read(STARTER).content_hash == starter.content_hash


MISTAKES: list[tuple[str, str, Callable[[Rows], object], str]] = [
    ("bad date", "places.csv", lambda r: r[4].update(valid_from="2010-02-30"), "places.csv, row 6, column valid_from"),
    ("end before start", "places.csv", lambda r: r[4].update(valid_to="1949-10-01"), "row 6, column valid_to"),
    ("unknown place", "places.csv", lambda r: r[4].update(parent="X"), "places.csv, row 6, column parent: 'X'"),
    (
        "unknown measure",
        "definitions.csv",
        lambda r: r[0].update(measure="x"),
        "definitions.csv, row 2, column measure",
    ),
    ("overlap", "places.csv", lambda r: r.append({**r[4], "valid_from": "2000-01-01"}), "column place: ('110000',)"),
    ("bad unit", "measures.csv", lambda r: r[0].update(unit="斤两"), "measures.csv, row 2, column unit: '斤两'"),
    ("empty", "measures.csv", lambda r: r[0].update(name_en=""), "measures.csv, row 2, column name_en: empty"),
    ("no choice", "places.csv", lambda r: r[4].update(level="town"), "places.csv, row 6, column level: 'town'"),
    ("not whole", "measures.csv", lambda r: r[0].update(decimals="one"), "measures.csv, row 2, column decimals"),
    ("not a number", "targets.csv", lambda r: r[0].update(value="nan"), "targets.csv, row 2, column value: 'nan'"),
    ("infinite", "form_items.csv", lambda r: r[0].update(high="inf"), "form_items.csv, row 2, column high: 'inf'"),
    ("duplicate key", "measures.csv", lambda r: r.append(dict(r[0])), "measures.csv, row 176, column measure"),
    ("wrong shape", "indicators.csv", lambda r: r.remove(r[3]), "frameworks.csv, row 2, column shape: 5/15/62"),
    ("wrong count", "frameworks.csv", lambda r: r[0].update(qualitative="17"), "row 2, column qualitative: 17"),
    ("no formula", "indicators.csv", lambda r: _quantitative(r).update(formula=""), "column formula"),
    ("bridge part", "bridges.csv", lambda r: r[0].update(part="3"), "bridges.csv, row 2, column part"),
    ("bridge unit", "bridges.csv", lambda r: r[12].update(type="sum"), "bridges.csv, row 14, column type"),
    ("bridge sign", "bridges.csv", lambda r: r[12].update(factor="-1"), "bridges.csv, row 14, column factor"),
    ("form parent", "form_items.csv", lambda r: r[0].update(parent="gdp"), "form_items.csv, row 2, column parent"),
    (
        "form measure",
        "form_items.csv",
        lambda r: r[0].update(measure="gdp"),
        "form_items.csv, row 2, column definition",
    ),
    ("formula name", "formulas.csv", lambda r: r[0].update(formula="x'); DROP"), "formulas.csv, row 2, column formula"),
]


def _quantitative(rows: Rows) -> dict[str, str]:
    return next(row for row in rows if row["nature"] == "quantitative")


@pytest.mark.parametrize(("file", "edit", "where"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_named_by_file_row_and_column(
    folder: Path, file: str, edit: Callable[[Rows], object], where: str
) -> None:
    change(folder, file, edit)
    assert any(where in error for error in errors(folder)), errors(folder)


FORMULAS = {
    "a function": ("pg_sleep(10)", "not allowed"),
    "a function of files": ("pg_read_file('/etc/passwd')", "not allowed"),
    "a subquery": ("(SELECT max(value) FROM warehouse.observation)", "not allowed"),
    "an unknown name": ("lib_seats / nobody", "'nobody' is not a definition"),
    "a table's column": ("ref.lib_seats", "is not a definition"),
    "a string": ("'7'", "text '7' is not allowed"),
    "a cast": ("lib_seats::regclass", "not allowed"),
    "a filler": ("coalesce(lib_seats, 0)", "not allowed"),
    "a second statement": ("lib_seats; DROP TABLE ref.edition", "not allowed"),
    "a comment": ("lib_seats -- all", None),
    "half a formula": ("lib_seats /", "not a formula"),
    "rounding to decimals": ("round(lib_seats, 1)", "without decimals"),
    "a star": ("*", "not allowed"),
}


@pytest.mark.parametrize(("expression", "message"), FORMULAS.values(), ids=FORMULAS)
def test_a_formula_may_be_arithmetic_over_definitions_only(folder: Path, expression: str, message: str | None) -> None:
    change(folder, "formulas.csv", lambda rows: rows[0].update(expression=expression))
    if message is None:
        assert read(folder).tables["formula"][0]["expression"] == expression
        return
    (first, *_) = errors(folder)
    assert first.startswith("formulas.csv, row 2, column expression: ")
    assert message in first


def test_a_missing_column_is_named_and_nothing_is_guessed(folder: Path) -> None:
    text = (folder / "measures.csv").read_text(encoding="utf-8")
    (folder / "measures.csv").write_text(text.replace("name_en", "english", 1), encoding="utf-8")
    found = errors(folder)
    assert "measures.csv, row 1, column english: unknown heading; remove or rename it." in found
    assert "measures.csv, row 1, column name_en: the heading is missing; add the column." in found


def test_a_cell_beyond_the_headings_is_named(folder: Path) -> None:
    lines = (folder / "sources.csv").read_text(encoding="utf-8").splitlines()
    lines[1] += ",one,more"
    (folder / "sources.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (error,) = errors(folder)
    assert error.startswith("sources.csv, row 2, column 9: ")
    assert "'one', 'more'" in error


def test_a_missing_file_and_a_file_that_is_not_utf8_are_named(folder: Path) -> None:
    (folder / "calendar.csv").unlink()
    (folder / "sources.csv").write_bytes("来源".encode("gbk"))
    found = errors(folder)
    assert any(error.startswith("calendar.csv: the file is missing") for error in found)
    assert any(error.startswith("sources.csv: not UTF-8") for error in found)


def test_every_mistake_of_every_file_is_told_in_one_pass(folder: Path) -> None:
    change(folder, "places.csv", lambda rows: rows[4].update(valid_from="yesterday"))
    change(folder, "measures.csv", lambda rows: rows[0].update(unit="斤两"))
    change(folder, "formulas.csv", lambda rows: rows[0].update(expression="pg_sleep(1)"))
    found = errors(folder)
    for start in ("places.csv, row 6", "measures.csv, row 2", "formulas.csv, row 2"):
        assert any(error.startswith(start) for error in found), start


def test_a_refused_catalogue_says_how_many_errors_there_are(folder: Path) -> None:
    change(folder, "places.csv", lambda rows: rows[4].update(valid_from="yesterday"))
    with pytest.raises(CatalogueRefused, match=r"1 error\(s\) in the catalogue, nothing was loaded"):
        read(folder)
