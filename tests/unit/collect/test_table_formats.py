"""The same table in every kind of file: workbooks, OpenDocument, web pages, plain text in the encodings of the offices."""

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from learning_city.collect.table_file import read_tables
from learning_city.collect.table_formats import plain, show
from learning_city.collect.table_structure import Cell, Table
from learning_city.errors import NotATable

CHINESE = (
    "各区人口（2019年）\n单位：万人\n地区,常住人口,户籍人口\n全市,2154.2,1397.4\n东城区,79.4,98.2\n西城区,…,149.5\n"
)
KOREAN = '구분,2019년,2020년\n합계,"1,066",1225\n종로구,565,838\n중구,1398,1689\n용산구,1089,1328\n'
SPANISH = "Población por provincias (2019)\nUnidades: Personas\nProvincia;Españoles;Extranjeros\nÁvila;158.421;12.034\nMálaga;1.661.785;284.321\n"


def cells(content: bytes) -> dict[tuple[str, str], Cell]:
    tables = read_tables(content)
    accounted(tables)
    return {(cell.row_path[-1], cell.column_path[-1]): cell for table in tables for cell in table.cells}


def accounted(tables: list[Table]) -> None:
    emitted = sum(cell.value is not None for table in tables for cell in table.cells)
    assert emitted + sum(len(table.left) for table in tables) == sum(table.numeric for table in tables)


def check_chinese(content: bytes) -> None:
    found = cells(content)
    got = found["东城区", "户籍人口"]
    assert (got.value, got.year, got.unit, got.flag) == (98.2, 2019, "万人", None)
    assert (found["西城区", "常住人口"].value, found["西城区", "常住人口"].flag) == (None, "N")
    assert len(found) == 6


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_plain_text_in_every_encoding_and_separator(encoding: str, separator: str) -> None:
    check_chinese(CHINESE.replace(",", separator).encode(encoding))


def test_korean_is_not_taken_for_chinese_though_it_decodes_as_such() -> None:
    content = KOREAN.encode("cp949")
    content.decode("gb18030")
    got = cells(content)["합계", "2019년"]
    assert (got.value, got.year, got.text) == (1066, 2019, "1,066")


def test_accented_letters_and_points_between_thousands() -> None:
    got = cells(SPANISH.encode("cp1252"))["Málaga", "Extranjeros"]
    assert (got.value, got.year, got.unit) == (284321, 2019, "Personas")


def test_a_decimal_comma_is_understood_where_the_file_uses_one() -> None:
    found = cells("Provincia;Tasa 2019\nÁvila;12,5\nMálaga;1.020,75\n".encode())
    assert [cell.value for cell in found.values()] == [12.5, 1020.75]


PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body>
<h2>各区人口（2019年）</h2><table><tr><td>单位：万人</td></tr></table>
<table border=1><tr><td rowspan=2>地区</td><td colspan=2>人口</td></tr><tr><td>常住人口</td><td>户籍人口</td></tr>
<tr><td>全市</td><td>2154.2</td><td>1397.4</td></tr><tr><td>&nbsp;&nbsp;东城区</td><td>79.4</td><td>98.2</td></tr>
<tr><td>&nbsp;&nbsp;西城区</td><td>…</td><td x:num="149.5">150</td></tr></table><p>资料来源：统计局</p></body></html>"""


def test_a_web_page_under_the_name_of_a_workbook() -> None:
    check_chinese(PAGE.encode("gb18030"))
    found = cells(PAGE.encode("gb18030"))["西城区", "户籍人口"]
    assert (found.row_path, found.column_path, found.value, found.text) == (
        ["全市", "西城区"],
        ["人口", "户籍人口"],
        149.5,
        "150",
    )


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
 <office:automatic-styles><style:style style:name="off" style:family="table">
 <style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>
 <table:table table:name="草稿" table:style-name="off"><table:table-row>{old}</table:table-row></table:table>
 <table:table table:name="表">{rows}<table:table-row table:number-rows-repeated="1048000"><table:table-cell
 table:number-columns-repeated="1024"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def ods_cell(cell: str) -> str:
    try:
        value = float(cell.removesuffix("%"))
    except ValueError:
        return f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" if cell else "<table:table-cell/>"
    kind = "percentage" if cell.endswith("%") else "float"
    stored = round(value / 100, 6) if kind == "percentage" else value
    return f'<table:table-cell office:value-type="{kind}" office:value="{stored}"><text:p>{cell}</text:p></table:table-cell>'


def ods(text: str) -> bytes:
    lines = [
        f"<table:table-row>{''.join(map(ods_cell, line.split(',')))}</table:table-row>" for line in text.splitlines()
    ]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", ODS.format(rows="".join(lines), old=ods_cell("旧") + ods_cell("1")))
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    return made.getvalue()


def test_open_document_with_a_hidden_sheet_and_percent_cells() -> None:
    check_chinese(ods(CHINESE))
    got = cells(ods("比重（2019年）\n地区,城镇人口比重\n全市,60.38%\n东城区,55.1%\n"))["全市", "城镇人口比重"]
    assert (got.value, got.unit, got.text) == (60.38, "%", "60.38%")


EXCEL_2003 = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style></Styles><Worksheet ss:Name="表"><Table>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">各区人口（2019年）</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">单位：万人</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">地区</Data></Cell><Cell><Data ss:Type="String">常住人口</Data></Cell>
<Cell><Data ss:Type="String">户籍人口</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">全市</Data></Cell><Cell ss:StyleID="p"><Data ss:Type="Number">0.6038</Data></Cell>
<Cell><Data ss:Type="Number">1397.4</Data></Cell></Row>
<Row ss:Index="5"><Cell><Data ss:Type="String">东城区</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">98.2</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">西城区</Data></Cell><Cell><Data ss:Type="String">…</Data></Cell>
<Cell><Data ss:Type="Number">149.5</Data></Cell></Row></Table></Worksheet></Workbook>"""


def test_a_workbook_that_is_one_xml_page() -> None:
    check_chinese(EXCEL_2003.encode())
    got = cells(EXCEL_2003.encode())["全市", "常住人口"]
    assert (got.value, got.unit, got.text) == (60.38, "%", "60.38%")


def workbook(rows: list[list[object]], formats: dict[tuple[int, int], str] | None = None) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet("表")
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                code = (formats or {}).get((r, c))
                page.write(r, c, cell, book.add_format({"num_format": code}) if code else None)
    return made.getvalue()


def test_a_percent_cell_and_a_typed_percent_mean_the_same() -> None:
    rows: list[list[object]] = [
        ["入学率（2019年）"],
        ["地区", "甲率", "乙率(%)"],
        ["全市", 0.6038, 60.38],
        ["东城区", 0.5, 50.25],
    ]
    found = cells(workbook(rows, {(2, 1): "0.00%", (3, 1): "0%"}))
    assert (found["全市", "甲率"].value, found["全市", "甲率"].unit, found["全市", "甲率"].text) == (
        60.38,
        "%",
        "60.38%",
    )
    assert (found["全市", "乙率"].value, found["全市", "乙率"].unit, found["东城区", "甲率"].text) == (
        60.38,
        "%",
        "50%",
    )


def test_what_is_shown_is_kept_beside_what_is_stored() -> None:
    rows: list[list[object]] = [["面积（2019年）"], ["地区", "面积(公顷)"], ["全市", 124204.43466], ["东城区", 12.5]]
    got = cells(workbook(rows, {(2, 1): "#,##0.00"}))["全市", "面积"]
    assert (got.value, got.text) == (124204.43466, "124,204.43")


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [(7468, "### ### ##0", "7 468"), (0.6038, "0.0%", "60.4%"), (-3, '0.0"元";(0.0)', "(3.0)"), (5, "General", "5"),
     (1234.5, "0.##", "1234.5"), (12, "[Red]0.00_ ", "12.00"), (3.14159265358979, "General", "3.141592654")],
)  # fmt: skip
def test_number_formats(value: float, code: str, text: str) -> None:
    assert show(value, code) == text


def test_a_formula_that_was_never_calculated_is_listed() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet("表")
        for r, row in enumerate([["人口（2019年）"], ["地区", "人口(人)"], ["全市", ""], ["东城区", 3]]):
            page.write_row(r, 0, row)
        page.write_formula(2, 1, "=B4", None, "")
    tables = read_tables(made.getvalue())
    accounted(tables)
    assert "公式没有计算结果" in tables[0].left["B3"]


def test_old_workbooks_and_open_document_as_an_office_program_writes_them(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("soffice (LibreOffice) is not installed")
    rows: list[list[object]] = [["各区人口（2019年）"], ["单位：万人"], ["地区", "常住人口", "户籍人口"]]
    rows += [["全市", 2154.2, 1397.4], ["东城区", 79.4, 98.2], ["西城区", "…", 149.5]]
    (tmp_path / "t.xlsx").write_bytes(workbook(rows, {(3, 1): "0.0%", (4, 1): "0.00"}))
    for kind in ("xls", "ods"):
        subprocess.run(
            [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind,
             "--outdir", str(tmp_path), str(tmp_path / "t.xlsx")],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        check_chinese((tmp_path / f"t.{kind}").read_bytes())
        found = cells((tmp_path / f"t.{kind}").read_bytes())
        assert found["东城区", "常住人口"].text == "79.40"
        assert found["全市", "常住人口"].unit == "%"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "图片"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<html><body><form>login<input name=user></form></body></html>", "登录"),
        ("只是一段文字，没有表格。\n第二行。".encode(), "分列"),
        (b"PK\x03\x04 broken", "不完整"),
        (workbook([["姓名", "单位"], ["张", "统计局"]]), "没有找到"),
        (bytes(range(256)) * 8, "不是文本"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line_that_says_what_it_is(content: bytes, said: str) -> None:
    with pytest.raises(NotATable) as refused:
        read_tables(content)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_number_without_a_format_is_shown_as_a_spreadsheet_shows_it() -> None:
    assert [plain(value) for value in (2012.0, 0.1, 3814.099834397918, -5.0)] == ["2012", "0.1", "3814.099834", "-5"]
