"""Judgements and commentary in the workbook: the level's words, the footnote, the mark of a sample, what is still missing."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from observing import Warehouse
from openpyxl import load_workbook
from pyarrow import parquet
from pysdmx.io import get_datasets, read_sdmx
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from learning_city.indicators.compute import compute
from learning_city.reports.parquet_tables import write_parquet
from learning_city.reports.read import read
from learning_city.reports.report_text_facts import Facts
from learning_city.reports.sdmx import write_sdmx
from learning_city.reports.tables import ReportTables
from learning_city.reports.workbook import write_workbook
from learning_city.review import judge
from learning_city.review.judge import Judgement, Subject

LEVEL, FIGURE, WAITS = "n1_1_1", "n1_1_3", "n1_1_2"


def put(engine: Engine, indicator: str, level: str | None, why: str, *, confirmed: bool = True) -> None:
    subject = Subject(framework="national_62", indicator=indicator, place="110000", period="2017")
    made = judge.judge(engine, subject, Judgement(level=level, commentary=why), who="李", is_sample=indicator == LEVEL)
    if confirmed:
        judge.confirm(engine, made, who="王")


@pytest.fixture
def judged(engine: Engine) -> ReportTables:
    warehouse = Warehouse(engine=engine)
    warehouse.observe("joint_issue_depts", 14, source="ledger_edu")
    compute(engine, warehouse.resolve())
    put(engine, LEVEL, "building", "正在起草方案")
    put(engine, FIGURE, None, "比上年多一家单位")
    put(engine, WAITS, "established", "还没有人复核", confirmed=False)
    with engine.connect() as connection:
        return read(connection, "national_62", "2017", is_demo=True, places=("110000",))


def sheet(file: Path, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(file)).get_sheet_by_name(name).to_python(skip_empty_area=False)


@pytest.mark.parametrize(("name", "column"), [("表1 北京市", 4), ("表2 城市比较", 2)])
def test_the_level_stands_where_a_number_would_and_the_commentary_below(
    judged: ReportTables, tmp_path: Path, name: str, column: int
) -> None:
    write_workbook(tmp_path / "book.xlsx", judged)
    rows = sheet(tmp_path / "book.xlsx", name)
    named = 1 if column == 4 else 0
    shown = {row[named]: row[column : column + 2] for row in rows}
    assert shown["学习型城市建设领导机构与协调机制"] == ["正在建立", "[样例]①"]
    assert shown["学习型城市建设规划与行动计划"] == ["待评定", ""]
    said = "\n".join(str(row[0]) for row in rows)
    assert "述评（李 评，王 复核）：正在起草方案" in said
    assert "述评（李 评，王 复核）：比上年多一家单位" in said
    assert "还没有人复核" not in said


def test_every_format_counts_a_judged_level_alike(judged: ReportTables, tmp_path: Path) -> None:
    write_workbook(tmp_path / "book.xlsx", judged)
    counted = next(row for row in sheet(tmp_path / "book.xlsx", "表2 城市比较") if row[:2] == ["北京市", "项"])
    facts = Facts(judged)
    known, asked = facts.counts("110000"), len(facts.asked)
    assert (known["known"], known["sample"]) == (2, 1)
    assert counted[2:7:2] == [1, 1, asked - 2]
    assert len(judged.missing) == known["missing"] + known["unjudged"] == asked - 2


@pytest.mark.filterwarnings("ignore:.*xtension is not supported")
def test_a_judged_level_has_the_ink_of_a_number_not_that_of_what_is_missing(
    judged: ReportTables, tmp_path: Path
) -> None:
    write_workbook(tmp_path / "book.xlsx", replace(judged, is_demo=False))
    book = load_workbook(tmp_path / "book.xlsx")["表1 北京市"]
    ink = {cell.value: cell.font.color.rgb for cell in book["E"] if cell.value}
    assert ink["正在建立"] != ink["待评定"]
    assert book["A3"].value == "Indicators of Beijing · 2017"


def test_the_exchange_formats_tell_the_level_and_its_commentary(judged: ReportTables, tmp_path: Path) -> None:
    judged = replace(judged, as_of="2018-12-01 09:30")
    data, structure = write_sdmx(tmp_path, judged)
    with data.open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if (row["INDICATOR"], row["REF_AREA"]) == (LEVEL, "110000"))
    assert (row["OBS_VALUE"], row["OBS_STATUS"]) == ("", "A")
    assert "评定：正在建立" in row["COMMENT_OBS"]
    assert "正在起草方案" in row["COMMENT_OBS"]
    (dataset,) = get_datasets(data, structure)
    (level,) = [one for one in dataset.structure.components if one.id == "JUDGEMENT"]
    assert row["JUDGEMENT"] in {code.id for code in level.local_codes}
    (areas,) = [one for one in read_sdmx(structure, validate=True).get_codelists() if one.id == "CL_AREA"]
    assert [code.name for code in areas] == ["Beijing"]
    values = parquet.read_table(
        next(path for path in write_parquet(tmp_path, judged) if path.name.startswith("values"))
    )
    status = dict(zip(values["indicator"].to_pylist(), values["status"].to_pylist(), strict=True))
    assert (status[LEVEL], status[WAITS]) == ("A", "O")


def test_only_what_nobody_judged_is_listed_as_missing(judged: ReportTables) -> None:
    missing = judged.missing.set_index("indicator")["why_zh"]
    assert LEVEL not in missing.index
    assert missing[WAITS] == "定性指标，待评定"
