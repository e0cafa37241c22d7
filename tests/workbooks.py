"""Workbooks of a test: small forms built in a line, filled in, computed anew by LibreOffice, read back."""

import re
import subprocess
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from learning_city.model.ledger import (
    COLUMNS,
    HEADINGS_ROW,
    Answer,
    Identity,
    Ledger,
    LedgerForm,
    LedgerItem,
)

KEY = b"the office's key"
FILES_AT_ONCE = 125
"""LibreOffice silently leaves out what comes after some 250 arguments."""
Hidden = list[dict[str, Any]]


def item(measure: str, **changes: Any) -> LedgerItem:
    plain = {
        "form": "E01",
        "section": "2.1 国民教育基础",
        "code": measure.upper(),
        "label_zh": f"指标 {measure}",
        "label_en": f"Item {measure}",
        "measure": measure,
        "definition": f"{measure}@2017",
        "definition_text": "年末数",
        "place": "110000",
        "period": "2017",
        "unit": "万元",
        "decimals": 1,
        "required": True,
        "previous": None,
        "yearbook": None,
        "parent": "",
        "parts": "",
        "kind": "actual",
        "numerator": "",
        "denominator": "",
        "type": "number",
        "evidence": False,
        "indent": 0,
    }
    return LedgerItem(**(plain | changes))


def form(*items: LedgerItem, sheet: str = "教育") -> LedgerForm:
    return LedgerForm(
        form=items[0].form,
        sheet=sheet,
        name_zh=f"监测统计台账（{sheet}）",
        form_no="学监统01表",
        authority="数据办公室",
        approval_no="统制〔2018〕1号",
        valid_to=date(2019, 6, 30),
        items=items,
    )


def ledger(*forms: LedgerForm, **changes: Any) -> Ledger:
    identity = Identity(
        contract="1",
        round="2018",
        period="2017",
        department="edu",
        place="110000",
        template="",
        edition="3",
        token="",
        due="2018-09-30",
    )
    plain = {
        "identity": identity,
        "round_name": "2018年轮次",
        "place_name": "北京市",
        "department_name": "北京市教育委员会",
        "is_demo": True,
        "forms": forms or (form(item("e1"), item("e2")),),
    }
    return Ledger(**(plain | changes))


def answers(**values: float | str | Answer) -> dict[tuple[str, str], Answer]:
    return {
        ("E01", f"{measure}@2017"): value if isinstance(value, Answer) else Answer(value=value)
        for measure, value in values.items()
    }


def sheet_rows(file: Path, sheet: str) -> list[list[Any]]:
    book = CalamineWorkbook.from_path(str(file))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def hidden(file: Path) -> Hidden:
    rows = sheet_rows(file, "_lcm")
    assert rows[HEADINGS_ROW - 1] == COLUMNS
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows[HEADINGS_ROW:]]


def cell(file: Path, sheet: str, address: str) -> Any:
    column, row = ord(address[0]) - ord("A"), int(address[1:]) - 1
    return sheet_rows(file, sheet)[row][column]


def said_by(file: Path, role: str, measure: str) -> Any:
    found = next(r for r in hidden(file) if r["role"] == role and r["measure"] == measure)
    return cell(file, found["sheet"], found["cell"])


def verdicts(file: Path) -> list[str]:
    return [cell(file, row["sheet"], "L" + row["cell"][1:]) for row in hidden(file) if row["role"] == "value"]


def as_text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) else value


def recalculated(file: Path, folder: Path, soffice: str) -> Path:
    """The workbook as LibreOffice saves it after computing every formula anew."""
    (again,) = recalculated_all([file], folder, soffice)
    return again


def recalculated_all(files: Iterable[Path], folder: Path, soffice: str) -> list[Path]:
    """All these workbooks, which are stripped of their results, as LibreOffice saves them, by one process."""
    stripped = [without_results(file) for file in files]
    convert(stripped, folder, soffice, "xlsx")
    return [folder / file.name for file in stripped]


def convert(files: Iterable[Path], folder: Path, soffice: str, kind: str) -> None:
    """Have LibreOffice convert these files into the folder, as many at once as it takes, in two processes."""
    waiting = [str(file) for file in files]
    starts = range(0, len(waiting), FILES_AT_ONCE)

    def run(first: int) -> None:
        profile = f"-env:UserInstallation=file://{folder}/profile{first}"
        command = [soffice, profile, "--headless", "--convert-to", kind, "--outdir", str(folder)]
        batch = waiting[first : first + FILES_AT_ONCE]
        subprocess.run([*command, *batch], check=True, capture_output=True, timeout=300)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, starts))


def without_results(file: Path) -> Path:
    """Take the stored results out of a workbook's formulas, so that a spreadsheet has to compute them."""
    with zipfile.ZipFile(file) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in parts.items():
            book.writestr(name, _RESULT.sub(rb"\1", content) if "/worksheets/" in name else content)
    return file


def fill(file: Path, cells: dict[tuple[str, str], Any]) -> None:
    """Type into cells ((sheet, cell) -> what) and save; formulas stay, their results are gone."""
    book = load_workbook(file)
    for (sheet, address), said in cells.items():
        book[sheet][address] = said
    book.save(file)


_RESULT = re.compile(rb"(</f>)<v>[^<]*</v>")
