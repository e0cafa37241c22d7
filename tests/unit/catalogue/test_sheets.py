"""The office's own Excel: what was exported comes back as it was, and every mistake is told by sheet and cell."""

import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from learning_city.catalogue.columns import TABLES
from learning_city.catalogue.headings import SHEETS, columns, heading
from learning_city.catalogue.read import read
from learning_city.catalogue.workbook import About, write
from learning_city.cli.catalogue import app
from learning_city.cli.catalogue_file import open_file
from learning_city.errors import CatalogueRefused
from learning_city.model.edition import Edition
from learning_city.model.home import Home
from learning_city.warehouse.fingerprint import fingerprint
from learning_city.warehouse.statements import SQL

ABOUT = About(edition=3, content_hash="abc", who="李敏", why="试", recorded_at=datetime(2018, 1, 15, 9))  # noqa: DTZ001


@pytest.fixture(scope="module")
def starter() -> Edition:
    return read(SQL / "reference")


@pytest.fixture(scope="module")
def exported(starter: Edition, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "目录.xlsx"
    write(path, starter, ABOUT)
    return path


class Book:
    """An exported workbook that a clerk edits: rows are found by what stands in them."""

    def __init__(self, path: Path) -> None:
        self.path, self.book = path, openpyxl.load_workbook(path)

    def sheet(self, table: str) -> Any:
        return self.book[SHEETS[table]]

    def row(self, table: str, **key: str) -> int:
        """The number of the one row with these cells (English names of the columns)."""
        found = [
            line[0].row
            for line in self.sheet(table).iter_rows(min_row=2)
            if all(line[self.column(table, name) - 1].value == value for name, value in key.items())
        ]
        assert found, (table, key)
        return int(found[0])

    def column(self, table: str, name: str) -> int:
        headings = [cell.value for cell in self.sheet(table)[1]]
        return headings.index(heading(table, name)) + 1

    def put(self, table: str, key: dict[str, str], **cells: object) -> str:
        """Change cells of a row; gives the address of the last one."""
        at = self.row(table, **key)
        for name, value in cells.items():
            cell = self.sheet(table).cell(at, self.column(table, name))
            cell.value = value
        return str(cell.coordinate)

    def add(self, table: str, key: dict[str, str], **cells: object) -> int:
        """Append a copy of a row with some cells changed; gives its number."""
        sheet, at = self.sheet(table), self.row(table, **key)
        copied = [cell.value for cell in sheet[at]]
        last = max(line[0].row for line in sheet.iter_rows(min_row=2) if line[0].value is not None) + 1
        for index, value in enumerate(copied, start=1):
            sheet.cell(last, index, value)
        for name, value in cells.items():
            sheet.cell(last, self.column(table, name), value)
        return int(last)

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path


@pytest.fixture
def book(exported: Path, tmp_path: Path) -> Book:
    return Book(Path(shutil.copy(exported, tmp_path / "目录.xlsx")))


def errors(path: Path) -> list[str]:
    with pytest.raises(CatalogueRefused) as refused:
        open_file(path)
    return refused.value.errors


def test_what_is_exported_comes_back_as_it_was(exported: Path, starter: Edition) -> None:
    assert open_file(exported).content_hash == starter.content_hash


def test_equal_editions_give_equal_workbooks(exported: Path, starter: Edition, tmp_path: Path) -> None:
    write(tmp_path / "again.xlsx", Edition(tables=dict(reversed(starter.tables.items()))), ABOUT)
    assert (tmp_path / "again.xlsx").read_bytes() == exported.read_bytes()


@pytest.mark.office
def test_libreoffice_may_save_it_in_between(
    exported: Path, starter: Edition, tmp_path: Path, require: Callable[[str], str]
) -> None:
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        require("soffice"),
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        tmp_path / "out",
        exported,
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    assert open_file(tmp_path / "out" / exported.name).content_hash == starter.content_hash


def test_the_first_sheet_says_what_it_is_and_leads_to_the_others(exported: Path) -> None:
    book = openpyxl.load_workbook(exported)
    assert book.sheetnames == ["目录", *SHEETS.values()]
    said = [str(cell.value) for line in book["目录"].iter_rows() for cell in line if cell.value]
    for fact in ("第 3 版", "abc", "李敏", "2018-01-15 09:00", "口径"):
        assert any(fact in one for one in said), fact
    links = {cell.hyperlink.location for line in book["目录"].iter_rows() for cell in line if cell.hyperlink}
    assert "'口径'!A1" in links


def test_cells_have_their_types_and_headings_their_meaning(exported: Path) -> None:
    book = Book(exported)
    sheet = book.sheet("target")
    at = book.row("target", target="target_sf222")
    cells = {name: sheet.cell(at, book.column("target", name)) for name in TABLES["target"].columns}
    assert cells["place"].value == "110000"
    assert cells["place"].number_format == "@"
    assert cells["value"].value == 12
    assert cells["valid_from"].value == datetime(2016, 11, 10)  # noqa: DTZ001
    assert cells["direction"].value == "越高越好"
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref
    assert "value to reach" in sheet.cell(1, book.column("target", "value")).comment.text
    lists = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    assert any("越高越好" in formula for formula in lists.values())
    assert any("地区" in formula for formula in lists.values())


def test_a_workbook_of_one_day_holds_that_day_and_cannot_be_imported(starter: Edition, tmp_path: Path) -> None:
    path = tmp_path / "2014.xlsx"
    about = About(edition=3, content_hash="abc", who="李敏", why="试", as_of=date(2014, 12, 31))
    write(path, starter, about)
    names = [row[1].value for row in openpyxl.load_workbook(path)["部门"].iter_rows(min_row=2)]
    assert "文化广电新闻出版局" in names
    assert "文化和旅游局" not in names
    (error,) = errors(path)
    assert "2014-12-31" in error
    assert "不能导入" in error


def planted(book: Book) -> Iterator[tuple[str, str]]:
    """Twenty-five mistakes of different kinds, each with the sheet and cell at which it must be told."""
    yield "地区", book.put("place", {"place": "110000"}, level="镇")
    yield "地区", book.put("place", {"place": "330100"}, parent="999999")
    yield "地区", book.put("place", {"place": "110102"}, valid_to=date(2000, 1, 1))
    yield "区划变动", book.put("place_event", {"old_place": "110103"}, date="去年")
    yield "部门", f"A{book.add('department', {'department': 'women'}, valid_from=date(2015, 1, 1))}"
    yield "数据来源", book.put("source", {"source": "ledger_edu"}, rank="第一")
    yield "口径要素", book.put("facet", {"code": "huji"}, name_en=None)
    yield "标准线", book.put("threshold", {"threshold": "training_extraction_floor"}, value="百分之一点五")
    yield "数据项", book.put("measure", {"measure": "lib_seats"}, unit="斤两")
    yield "口径", book.put("definition", {"definition": "gdp"}, measure="gnp")
    yield "口径", book.put("definition", {"definition": "rd_spend"}, counting="头")
    yield "换算衔接", book.put("bridge", {"bridge": "edu_spend_to_yi"}, factor=-0.0001)
    yield "指标体系", book.put("framework", {"framework": "coverage_2020"}, shape="1/1/2")
    yield "指标", book.put("indicator", {"indicator": "n1_1"}, nature="定性")
    yield "指标", book.put("indicator", {"indicator": "n5_3_4"}, formula=None)
    yield "公式", book.put("formula", {"formula": "bases_recognised"}, expression="pg_sleep(10)")
    yield "公式", book.put("formula", {"formula": "museums_per_million"}, expression="100.0 * museums / nobody")
    yield (
        "指标交叉",
        book.put("overlap", {"indicator": "n5_1_2"}, other_framework="unesco_2013", other_indicator="n5_1_3"),
    )
    yield "目标", book.put("target", {"target": "target_sf223"}, unit="%")
    yield "报表", book.put("form", {"form": "culture"}, valid_from="2010-13-01")
    yield "报表项目", book.put("form_item", {"definition": "community_colleges"}, high=10, low=20)
    yield "报表项目", book.put("form_item", {"definition": "joint_issue_depts"}, choices="有;无")
    yield "责任分工", f"E{book.add('responsibility', {'form': 'edu', 'role': '牵头'}, department='office')}"
    yield "日历", book.put("calendar", {"round": "2018-Q3"}, due=date(2018, 10, 1))
    yield "表中标签", book.put("table_label", {"label": "街道数"}, definition="=1+1")


def test_twenty_five_mistakes_are_told_at_their_cells_all_at_once_and_nothing_changes(
    book: Book, home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LCM_HOME", str(home.root))
    monkeypatch.setenv("LCM_DATABASE_URL", home.database_url)
    wanted = list(planted(book))
    assert len(wanted) == 25
    with engine.connect() as connection:
        before = fingerprint(connection)
    found = errors(book.save())
    for sheet, cell in wanted:
        assert any(error.startswith(f"工作表“{sheet}” {cell}（") for error in found), (sheet, cell, found)
    assert len(found) == 25, found
    assert all(" / sheet “" in error for error in found)
    refused = CliRunner().invoke(app, ["import", str(book.path), "--why", "试"])
    assert isinstance(refused.exception, CatalogueRefused)
    with engine.connect() as connection:
        assert fingerprint(connection) == before


def test_the_corrected_workbook_lands_as_a_new_edition(
    book: Book, home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LCM_HOME", str(home.root))
    monkeypatch.setenv("LCM_DATABASE_URL", home.database_url)
    book.put("department", {"department": "women"}, name_en="All-China Women's Federation")
    done = CliRunner().invoke(app, ["import", str(book.save()), "--why", "更名", "--who", "李敏"])
    assert "第 2 版 edition 2" in done.stdout, done
    with engine.connect() as connection:
        names = connection.execute(
            text("SELECT name_en FROM ref.department WHERE department = 'women' ORDER BY edition")
        )
        assert names.scalars().all() == ["Women's Federation", "All-China Women's Federation"]


def test_columns_in_another_order_and_english_names_are_as_good(book: Book, starter: Edition) -> None:
    sheet = book.sheet("department")
    sheet.move_range("B1:B60", cols=6)
    sheet.delete_cols(2)
    for cell in filter(lambda cell: cell.value, sheet[1]):
        cell.value = columns("department")[cell.value]
    sheet.title = "department"
    assert open_file(book.save()).content_hash == starter.content_hash


def test_what_clerks_type_is_understood(book: Book, starter: Edition) -> None:
    book.put("target", {"target": "target_sf222"}, value="１２", valid_from="2016年11月10日", direction="higher")
    book.put("target", {"target": "target_sf224"}, value="5,000,000")
    book.put("place", {"place": "310000"}, place=310000)
    book.put("form_item", {"definition": "joint_issue_depts"}, required="no", evidence="是 ")
    book.sheet("department").cell(200, 2, "  ")
    book.book.create_sheet("_草稿")["A1"] = "我们自己的"
    assert open_file(book.save()).content_hash == starter.content_hash


def renamed(book: Book) -> str:
    book.sheet("department").cell(1, 2, "名字")
    return "工作表“部门” B1（名字）：没有这样的表头"


def gone(book: Book) -> str:
    del book.book["公式"]
    return "工作表“公式”：缺少工作表"


def stray(book: Book) -> str:
    book.book.create_sheet("Sheet1")
    return "工作表“Sheet1”：目录里没有这个工作表"


def titled(book: Book) -> str:
    book.sheet("facet").insert_rows(1)
    book.sheet("facet")["A1"] = "口径要素一览"
    return "工作表“口径要素” 第 1 行：第 1 行不是表头"


def beyond(book: Book) -> str:
    book.sheet("facet").cell(5, 9, "旁注")
    return "工作表“口径要素” I1：没有这样的表头"


def twice(book: Book) -> str:
    book.sheet("facet").cell(1, 6, "备注")
    book.sheet("facet").cell(2, 6, "又一列")
    return "工作表“口径要素” F1（备注）：表头重复"


def broken(book: Book) -> str:
    book.put("target", {"target": "target_sf222"}, value="=1/0")
    return f"工作表“目标” G{book.row('target', target='target_sf222')}（目标值）：公式"


@pytest.mark.parametrize("edit", [gone, stray, titled, beyond, twice, broken], ids=lambda edit: edit.__name__)
def test_a_workbook_out_of_shape_is_one_fault(book: Book, edit: Callable[[Book], str]) -> None:
    wanted = edit(book)
    (error,) = errors(book.save())
    assert error.startswith(wanted)


def test_a_heading_renamed_is_told_as_unknown_and_as_missing(book: Book) -> None:
    wanted = renamed(book)
    found = errors(book.save())
    assert [error.partition("：")[2][:6] for error in found] == ["没有这样的表", "缺少表头“中"]
    assert found[0].startswith(wanted)


@pytest.mark.office
def test_a_formula_that_failed_is_told_with_its_error(
    book: Book, tmp_path: Path, require: Callable[[str], str]
) -> None:
    book.put("target", {"target": "target_sf222"}, value="=1/0")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        require("soffice"),
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        tmp_path / "out",
        book.save(),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    (error,) = errors(tmp_path / "out" / book.path.name)
    assert "公式出错（#DIV/0!）" in error


def test_what_is_no_workbook_is_one_message(tmp_path: Path) -> None:
    told = {
        "note.xlsx": (b"hello", "不是 Excel"),
        "empty.xlsx": (b"", "空的"),
        "torn.xlsx": (b"PK\x03\x04....", "损坏"),
    }
    for name, (content, what) in told.items():
        (tmp_path / name).write_bytes(content)
        (error,) = errors(tmp_path / name)
        assert error.startswith("工作簿：")
        assert what in error


def test_a_sheet_that_is_far_too_large_is_refused_unread(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "far.xlsx") as made:
        sheet = made.add_worksheet("部门")
        sheet.write("A1", 1)
        sheet.write("XFD1048576", 1)
    (error,) = errors(tmp_path / "far.xlsx")
    assert "工作表大得不正常" in error


def test_a_workbook_with_macros_is_refused(exported: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(exported, tmp_path / "macro.xlsx"))
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"x")
    (error,) = errors(path)
    assert "带有宏" in error
