"""The published workbook: nothing invented without its mark, nothing missing without its word."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pandas import DataFrame
from python_calamine import CalamineWorkbook

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.reports.tables import ReportTables
from learning_city.reports.workbook import write_workbook

CITIES = (("310000", "上海市"), ("110000", "北京市"), ("330200", "宁波市"))
NAN = float("nan")
REAL, MADE_UP = 1234.0, 777.25


def frame(columns: str, *rows: dict[str, Any]) -> DataFrame:
    return DataFrame([[row.get(name) for name in columns.split()] for row in rows], columns=columns.split())


def indicators(*rows: dict[str, Any]) -> DataFrame:
    columns = "indicator parent level position code_shown name_zh name_en nature unit decimals direction provenance"
    return frame(columns, *rows)


def branch() -> list[dict[str, Any]]:
    return [
        {"indicator": "n1", "level": 1, "position": 1, "code_shown": "1", "name_zh": "组织保障"},
        {"indicator": "n1_1", "parent": "n1", "level": 2, "position": 1, "code_shown": "1.1"} | {"name_zh": "领导机构"},
    ]


def indicator(code: str, position: int = 1, **changes: Any) -> dict[str, Any]:
    plain = {
        "indicator": code,
        "parent": "n1_1",
        "level": 3,
        "position": position,
        "code_shown": f"1.1.{position}",
        "name_zh": f"指标 {code}",
        "nature": "quantitative",
        "unit": "个",
        "decimals": 0,
        "provenance": "B",
    }
    return plain | changes


def value(code: str, place: str, number: float, **changes: Any) -> dict[str, Any]:
    plain = {
        "indicator": code,
        "place": place,
        "value": number,
        "low": number,
        "high": number,
        "status": "A",
        "verdict": "可比",
        "facet": "",
        "is_synthetic": False,
        "data_period": "2017",
        "source_zh": "部门台账",
        "note": "",
        "proof": f"lcm explain {code} {place} 2017",
    }
    return plain | changes


def values(*rows: dict[str, Any]) -> DataFrame:
    columns = "indicator place value low high status verdict facet is_synthetic data_period source_zh note proof"
    return frame(columns, *rows)


def attainment(*rows: dict[str, Any]) -> DataFrame:
    columns = (
        "indicator name_zh place place_name due direction target unit value met progress state_zh "
        "lead supporting is_synthetic source"
    )
    return frame(columns, *rows)


def conflicts(*rows: dict[str, Any]) -> DataFrame:
    columns = (
        "place_name period measure_zh definition_zh value low high proposal_zh candidates_zh state_zh is_synthetic"
    )
    return frame(columns, *rows)


def findings(*rows: dict[str, Any]) -> DataFrame:
    columns = "severity state_zh place_name department_zh form file sheet cell found expected message_zh rule_id"
    return frame(columns, *rows)


def tables(**changes: Any) -> ReportTables:
    plain: dict[str, Any] = {
        "build": "B-7",
        "framework_zh": "学习型城市建设监测指标表",
        "framework_note": "工作目录，不是国家正式条目",
        "period": "2017",
        "as_of": "2018-12-01",
        "edition": "3",
        "code_version": "0.1.0",
        "is_demo": True,
        "cities": CITIES,
        "indicators": indicators(*branch(), indicator("a"), indicator("b", 2)),
        "values": values(value("a", "310000", REAL), value("a", "110000", MADE_UP, is_synthetic=True)),
        "attainment": attainment(),
        "conflicts": conflicts(),
        "unstated": frame("document place_name measure_zh definition_zh value_text unit sheet_cell"),
        "missing": frame("place_name indicator name_zh why_zh"),
        "findings": findings(),
        "chain": "2017/3/0123456789abcdef",
    }
    return ReportTables(**(plain | changes))


def target(**changes: Any) -> dict[str, Any]:
    plain = {
        "indicator": "a",
        "name_zh": "示范基地",
        "place": "110000",
        "place_name": "北京市",
        "due": "2020",
        "direction": "higher",
        "target": 1000.0,
        "unit": "个",
        "value": REAL,
        "met": True,
        "progress": 123.4,
        "state_zh": "达标",
        "is_synthetic": False,
    }
    return plain | changes


def conflict(**changes: Any) -> dict[str, Any]:
    plain = {
        "place_name": "北京市",
        "period": "2017",
        "measure_zh": "社区学校",
        "value": REAL,
        "low": REAL,
        "high": REAL,
        "candidates_zh": "309 所 — 甲\n377 所 — 乙",
        "state_zh": "待裁定",
        "is_synthetic": False,
    }
    return plain | changes


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


def rows_of(file: Path, sheet: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_path(str(file))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def numbers(sheet: Worksheet, number: float) -> Iterator[tuple[Any, list[Any]]]:
    """The cells that show a number (those of a bar show none), each with what stands beside it."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == number and cell.number_format != ";;;":
                beside = [sheet.cell(cell.row, cell.column + step) for step in (-1, 1)]
                yield cell, [one.value for one in beside if one.column]


def test_the_sheets_stand_in_the_order_of_the_contents(file: Path) -> None:
    write_workbook(file, tables())
    names = load_workbook(file).sheetnames
    assert names == [
        *("目录", "表1 上海市", "表1 北京市", "表1 宁波市", "表2 城市比较", "表3 目标完成度"),
        *("附1 口径与冲突", "附2 年份未注明", "附3 缺数", "附4 审核问题", "附5 符号与说明"),
    ]
    listed = [row[1] for row in rows_of(file, "目录") if row[1] in names]
    assert listed == names[1:]


@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # openpyxl and data bars
def test_every_synthetic_number_has_its_mark_beside_it_on_every_sheet(file: Path) -> None:
    made_up = {"value": MADE_UP, "progress": MADE_UP, "is_synthetic": True}
    write_workbook(
        file,
        tables(
            attainment=attainment(target(**made_up), target()),
            conflicts=conflicts(conflict(value=MADE_UP, is_synthetic=True), conflict()),
        ),
    )
    shown = dict.fromkeys((REAL, MADE_UP), 0)
    for sheet in load_workbook(file):
        for cell, beside in numbers(sheet, MADE_UP):
            assert SYNTHETIC_MARK in beside, f"{sheet.title}!{cell.coordinate}"
            assert cell.font.italic
            shown[MADE_UP] += 1
        for cell, beside in numbers(sheet, REAL):
            assert SYNTHETIC_MARK not in beside, f"{sheet.title}!{cell.coordinate}"
            shown[REAL] += 1
    assert shown == {MADE_UP: 5, REAL: 4}


def test_what_is_missing_is_a_word_never_blank_or_zero(file: Path) -> None:
    asked = [indicator("a"), indicator("b", 2, nature="qualitative", unit=None, decimals=None)]
    given = [value("a", "310000", NAN, status="L"), value("a", "110000", NAN, status="M")]
    write_workbook(
        file,
        tables(
            indicators=indicators(*branch(), *asked),
            values=values(*given),
            attainment=attainment(target(value=NAN, met=None, progress=NAN, state_zh="未评估")),
        ),
    )
    compared = [row for row in rows_of(file, "表2 城市比较") if str(row[0]).startswith("指标 ")]
    assert [row[2:8:2] for row in compared] == [["暂缺", "不适用", "暂缺"], ["待评定"] * 3]
    reached = next(row for row in rows_of(file, "表3 目标完成度") if row[1] == "示范基地")
    assert reached[8:12] == ["暂缺", "", "—", ""]
    assert reached[12] == "○ 未评估"
    for city in ("上海市", "宁波市"):
        rows = [row for row in rows_of(file, f"表1 {city}") if str(row[0]).startswith("1.1.")]
        assert [row[4] for row in rows] == ["暂缺", "待评定"]


def test_links_point_to_sheets_that_exist(file: Path) -> None:
    write_workbook(file, tables(cities=(("1", "甲's [市]"), ("2", "同名"), ("3", "同名"))))
    book = load_workbook(file)
    led_to = set()
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink:
                    name = cell.hyperlink.location.rsplit("!", 1)[0].strip("'").replace("''", "'")
                    assert name in book.sheetnames, f"{sheet.title}!{cell.coordinate}"
                    led_to.add(name)
    assert led_to == set(book.sheetnames)


def test_the_order_of_the_cities_is_kept(file: Path) -> None:
    write_workbook(file, tables())
    heading = next(row for row in rows_of(file, "表2 城市比较") if row[0] == "指标")
    assert heading[2:8:2] == ["上海市", "北京市", "宁波市"]
    counted = [row[0] for row in rows_of(file, "表2 城市比较") if row[1] == "项"]
    assert counted == ["上海市", "北京市", "宁波市"]


def test_the_chart_counts_real_synthetic_and_missing(file: Path) -> None:
    write_workbook(file, tables())
    counted = {row[0]: row[2:8:2] for row in rows_of(file, "表2 城市比较") if row[1] == "项"}
    assert counted == {"上海市": [1, 0, 1], "北京市": [0, 1, 1], "宁波市": [0, 0, 2]}
    assert len(load_workbook(file)["表2 城市比较"]._charts) == 1


def test_a_row_that_is_not_comparable_says_what_differs(file: Path) -> None:
    given = [
        value("a", "310000", 1.0),
        value("a", "110000", 2.0, verdict="不可比", facet="counting"),
        value("b", "310000", 3.0),
    ]
    write_workbook(file, tables(values=values(*given)))
    said = {row[0]: row[8:10] for row in rows_of(file, "表2 城市比较")}
    assert said["指标 a"] == ["✕ 不可比", "计数方法（北京市）"]
    assert said["指标 b"] == ["— 单一", "—"]


def test_indicators_stand_below_their_parents_by_position(file: Path) -> None:
    shuffled = [indicator("b", 2), *reversed(branch()), indicator("a")]
    write_workbook(file, tables(indicators=indicators(*shuffled)))
    codes = [row[0] for row in rows_of(file, "表1 上海市") if str(row[0]).startswith("1")]
    assert codes == ["1", "1.1", "1.1.1", "1.1.2"]
    sheet = load_workbook(file)["表1 上海市"]
    levels = {sheet.cell(at, 1).value: sheet.row_dimensions[at].outlineLevel for at in range(6, 10)}
    assert levels == {"1": 0, "1.1": 1, "1.1.1": 2, "1.1.2": 2}


@pytest.mark.parametrize(("severity", "sign"), [("block", "■ 须改"), ("ask", "▲ 须说明"), ("note", "● 提示")])
def test_severity_is_sign_word_and_colour(file: Path, severity: str, sign: str) -> None:
    write_workbook(file, tables(findings=findings({"severity": severity, "message_zh": "=1+1"})))
    sheet = load_workbook(file)["附4 审核问题"]
    cell = sheet["A6"]
    assert cell.value == sign
    assert cell.fill.fgColor.rgb != "00000000"
    assert sheet["K6"].data_type == "s"


@pytest.mark.parametrize("is_demo", [True, False])
def test_every_sheet_of_a_demonstration_says_so(file: Path, is_demo: bool) -> None:
    write_workbook(file, tables(is_demo=is_demo))
    for name in load_workbook(file).sheetnames:
        said = any("SAMPLE DATA" in str(cell) for row in rows_of(file, name) for cell in row)
        assert said is is_demo


def test_a_number_below_the_smallest_unit_keeps_its_value(file: Path) -> None:
    write_workbook(file, tables(values=values(value("a", "310000", 0.25))))
    (found,) = [cell for cell, _ in numbers(load_workbook(file)["表1 上海市"], 0.25)]
    assert found.number_format == '"…"_ '


def test_the_same_tables_give_the_same_bytes(file: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_workbook(file, tables())
    write_workbook(again, tables())
    assert file.read_bytes() == again.read_bytes()


def test_another_build_is_another_file(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xlsx"
    write_workbook(file, tables())
    write_workbook(other, replace(tables(), build="B-8"))
    assert file.read_bytes() != other.read_bytes()


def test_it_opens_in_libreoffice(file: Path, tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        missing = "soffice (LibreOffice) is not installed"
        if os.environ.get("LCM_REQUIRE_ALL") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    write_workbook(file, tables(attainment=attainment(target()), conflicts=conflicts(conflict())))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(file)], check=True, capture_output=True, timeout=120)
    assert file.with_suffix(".pdf").stat().st_size > 10_000


@pytest.mark.parametrize("said", ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(1,2)", "{=1+1}"])
def test_what_departments_wrote_stays_text(tmp_path: Path, said: str) -> None:
    told = findings(dict.fromkeys(("state_zh", "place_name", "file", "found", "expected", "message_zh"), said))
    names = indicators(*branch(), indicator("a", name_zh=said))
    noted = values(value("a", "310000", REAL, note=said, source_zh=said, facet=said))
    doubt = conflicts(dict.fromkeys(("place_name", "measure_zh", "proposal_zh", "candidates_zh"), said))
    write_workbook(
        tmp_path / "x.xlsx",
        tables(findings=told, indicators=names, values=noted, conflicts=doubt, framework_zh=said),
    )
    cells = [cell for sheet in load_workbook(tmp_path / "x.xlsx") for row in sheet.iter_rows() for cell in row]
    saying = [cell for cell in cells if said in str(cell.value)]
    assert len(saying) > 8
    assert {cell.data_type for cell in saying} == {"s"}
