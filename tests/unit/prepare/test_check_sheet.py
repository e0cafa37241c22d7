"""The sheet 核对: whether a ledger may be sent, and what is still in the way; computed alike by every spreadsheet."""

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from workbooks import KEY, answers, convert, fill, form, hidden, item, ledger, recalculated_all, sheet_rows

from learning_city.model.ledger import Answer, Ledger, SignOff
from learning_city.prepare.workbook import write_ledger

SIGNED = SignOff(head="李", statistician="王", filler="张", phone="010", date=date(2018, 9, 20), seal="盖章扫描件.png")
TWO = ledger(
    form(item("e1", evidence=True), item("e2", required=False)),
    form(
        item("c1", form="C01", type="text", evidence=True),
        item("c2", form="C01", type="choice", choices=("有", "无")),
        sheet="文化's",
    ),
)
C1, C2 = ("C01", "c1@2017"), ("C01", "c2@2017")
FULL = {
    **answers(e1=Answer(value=3.5, evidence="E1.pdf")),
    C1: Answer(value="已办", evidence="C1.pdf"),
    C2: Answer(value="有"),
}
STATES: list[tuple[str, dict[tuple[str, str], Answer], SignOff, str]] = [
    ("nothing filled", {}, SignOff(), "还不能报出：待填 3 项，签署未填 6 栏"),
    ("all filled, not signed", FULL, SignOff(), "还不能报出：签署未填 6 栏"),
    ("signed, not filled", {}, SIGNED, "还不能报出：待填 3 项"),
    ("complete", FULL, SIGNED, "可以报出 ✓"),
    ("no seal", FULL, replace(SIGNED, seal=""), "还不能报出：签署未填 1 栏"),
    ("no telephone and no date", FULL, replace(SIGNED, phone="", date=None), "还不能报出：签署未填 2 栏"),
    ("no evidence", {**FULL, **answers(e1=3.5)}, SIGNED, "还不能报出：缺佐证 1 项"),
    ("no evidence of a text either", {**FULL, **answers(e1=3.5), C1: Answer(value="已办")}, SIGNED, "还不能报出：缺佐证 2 项"),
    ("evidence of nothing", {**FULL, **answers(e1=Answer(missing_type="零"))}, SIGNED, "可以报出 ✓"),
    ("wrong", {**FULL, **answers(e1=Answer(value=-1.0, evidence="a")), C2: Answer(value="或")}, SIGNED, "还不能报出：有错 2 项"),
    ("everything at once", answers(e1=-1.0), SignOff(head="李"), "还不能报出：待填 2 项，有错 1 项，缺佐证 1 项，签署未填 5 栏"),
]  # fmt: skip


def said(file: Path) -> list[list[Any]]:
    return sheet_rows(file, "核对")


def overall(file: Path) -> str:
    return str(said(file)[3][0])


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Path]:
    """A workbook for every state, as our own code writes it."""
    files = {}
    for turn, (name, told, signed, _) in enumerate(STATES):
        files[name] = tmp_path / f"{turn:02d}.xlsx"
        write_ledger(files[name], TWO, KEY, told, signed)
    return files


def test_one_line_says_whether_the_ledger_may_be_sent_and_what_is_in_the_way(written: dict[str, Path]) -> None:
    assert {name: overall(file) for name, file in written.items()} == {name: line for name, _, _, line in STATES}


def test_a_workbook_nobody_touched_says_what_is_asked(tmp_path: Path) -> None:
    write_ledger(tmp_path / "issued.xlsx", TWO, KEY)
    assert overall(tmp_path / "issued.xlsx") == STATES[0][3]


def test_every_form_is_counted_and_all_forms_are_added_up(written: dict[str, Path]) -> None:
    rows = [row[1:] for row in said(written["everything at once"])[7:10]]
    assert rows == [
        ["教育", "监测统计台账（教育）", 2, 0, 0, 1, 1, 1, "■ 有错 1 项"],
        ["文化's", "监测统计台账（文化's）", 2, 0, 2, 0, 0, 0, "○ 待填 2 项"],
        ["合计", "", 4, 0, 2, 1, 1, 1, "■ 有错 1 项"],
    ]


def test_the_signing_the_seal_and_the_code_stand_below(written: dict[str, Path]) -> None:
    signed = [row[1:3] for row in said(written["complete"])[12:15]]
    code = sheet_rows(written["complete"], "签署")[12][2]
    assert signed == [["签署各栏", "✓ 已填 6 / 6"], ["盖章扫描件文件名", "✓ 盖章扫描件.png"], ["校验码", code]]
    open_ = [row[2] for row in said(written["nothing filled"])[12:14]]
    assert open_ == ["○ 已填 0 / 6", "○ 未填"]


def test_libreoffice_comes_to_the_same_sheet_in_every_state(
    written: dict[str, Path], tmp_path: Path, require: Callable[[str], str]
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    copies = [shutil.copyfile(file, bare / file.name) for file in written.values()]
    again = recalculated_all(copies, tmp_path / "again", require("soffice"))
    for file, computed in zip(written.values(), again, strict=True):
        assert shown(said(computed)) == shown(said(file))


def shown(rows: list[list[Any]]) -> list[list[str]]:
    """Rows without the empty ones at the end, which a spreadsheet may or may not keep."""
    told = [[str(one) for one in row[:10]] for row in rows]
    while told and not any(told[-1]):
        told.pop()
    return told


def test_formulas_are_the_ones_every_spreadsheet_knows(written: dict[str, Path]) -> None:
    known = {
        "AND", "COUNTIF", "IF", "LEFT", "MID", "SUM", "SUMPRODUCT", "COUNTA", "INT", "ISNUMBER", "MOD", "N", "NOT", "OR",
        "REPT", "ROUND", "ROUNDUP", "ABS", "COUNT", "EXACT",
    }  # fmt: skip
    for sheet in load_workbook(written["complete"]):
        for row in sheet.iter_rows():
            for one in row:
                if one.data_type == "f":
                    assert isinstance(one.value, str)  # no array formula
                    assert set(re.findall(r"([A-Z]+)\(", one.value)) <= known
                    assert len(one.value) < 8192


GREEN, RED, AMBER = (0xDD, 0xF1, 0xEA), (0xFB, 0xD9, 0xC9), (0xFF, 0xE9, 0xAE)


@pytest.mark.parametrize(
    ("state", "expected"), [("complete", GREEN), ("wrong", RED), ("nothing filled", AMBER), ("no evidence", AMBER)]
)
def test_the_line_is_green_red_or_amber_on_paper(
    written: dict[str, Path], state: str, expected: tuple[int, int, int], tmp_path: Path, require: Callable[[str], str]
) -> None:
    soffice, pdftoppm = require("soffice"), require("pdftoppm")
    convert([written[state]], tmp_path, soffice, "pdf")
    page = "4"  # guide, two forms, 核对
    command = [
        pdftoppm,
        "-r",
        "30",
        "-f",
        page,
        "-l",
        page,
        str(written[state].with_suffix(".pdf")),
        str(tmp_path / "p"),
    ]
    subprocess.run(command, check=True)
    (picture,) = tmp_path.glob("p*.ppm")
    pixels = picture.read_bytes()[-3 * 351 * 248 :]
    banner = {tuple(pixels[at : at + 3]) for at in range(3 * 351 * 30, 3 * 351 * 52, 3)}
    assert expected in banner
    assert banner & {GREEN, RED, AMBER} == {expected}


def test_what_a_clerk_types_turns_the_line(tmp_path: Path, require: Callable[[str], str]) -> None:
    file = tmp_path / "in" / "ledger.xlsx"
    file.parent.mkdir()
    one: Ledger = ledger(form(item("e1", unit="所", decimals=0)))
    write_ledger(file, one, KEY)
    value = next((row["sheet"], row["cell"]) for row in hidden(file) if row["role"] == "value")
    fields = {(row["sheet"], row["cell"]): "x" for row in hidden(file) if row["role"] == "signoff"}
    fields = {place: said for place, said in fields.items() if place != ("签署", "C13")}
    found = []
    for turn, typed in enumerate((12, 12.5)):
        copy = Path(shutil.copyfile(file, file.parent / f"{turn}.xlsx"))
        fill(copy, {value: typed, **fields})
        found.append(copy)
    again = recalculated_all(found, tmp_path, require("soffice"))
    assert [overall(one) for one in again] == ["可以报出 ✓", "还不能报出：有错 1 项"]
