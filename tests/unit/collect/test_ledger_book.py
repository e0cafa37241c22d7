"""The quick reader and calamine give the same of every workbook; what the quick one does not know it leaves."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from containers import repacked
from office import KEY, SIGNED, Ledgers, filled
from workbooks import convert

from learning_city.collect import container, inbox, ledger_book, ledger_contents, ledger_plan, register
from learning_city.collect.ledger_book import Book
from learning_city.collect.ledger_strings import NotPlain
from learning_city.collect.reader import Readers
from learning_city.model.ledger import Answer
from learning_city.prepare.workbook import write_ledger

FORM, HIDDEN = "xl/worksheets/sheet2.xml", "xl/worksheets/sheet5.xml"
DEPARTMENTS = ("statistics", "edu", "culture_tourism")


def issued(ledgers: Ledgers, folder: Path, department: str = "statistics", place: str = "110000") -> Path:
    ledger = ledgers[place, department]
    first = next(item.definition for form in ledger.forms for item in form.items if item.type == "number")
    told = filled(ledger, **{first: Answer(missing_type="暂缺", reason=' <还没有> & "以后" ')})
    path = folder / f"{department}.xlsx"
    write_ledger(path, ledger, KEY, told, SIGNED)
    return path


def quickly(content: bytes) -> Book:
    seen = container.look(content)
    return ledger_book._plainly(seen.parts, ledger_contents.of(seen.parts), [])


def carefully(content: bytes) -> Book:
    seen = container.look(content)
    named = {listed.name: listed.part for listed in ledger_contents.of(seen.parts).sheets}
    return ledger_book._carefully(content, seen, named, [])


def said(book: Book) -> Any:
    """All a book says."""
    grids = {
        name: (
            {(r, c): cell for r, row in enumerate(sheet.grid) for c, cell in enumerate(row) if cell != ""},
            dict(sheet.formulas),
            set(sheet.pending),
        )
        for name, sheet in book.sheets.items()
    }
    asked = book.asked
    assert asked is not None
    own = asked.template(), asked.identity, asked.places(), asked.last("previous"), asked.last("yearbook")
    return grids, own, asked.plan.items, asked.plan.spots, asked.plan.signoff, asked.plan.sheets, book.hidden


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_both_readers_give_the_same_of_an_issued_workbook(ledgers: Ledgers, tmp_path: Path, department: str) -> None:
    content = issued(ledgers, tmp_path, department).read_bytes()
    assert said(quickly(content)) == said(carefully(content))


def test_both_readers_give_the_same_of_what_openpyxl_saved(ledgers: Ledgers, tmp_path: Path) -> None:
    path = issued(ledgers, tmp_path)
    openpyxl.load_workbook(path).save(path)
    assert said(quickly(path.read_bytes())) == said(carefully(path.read_bytes()))


@pytest.mark.office
def test_both_readers_give_the_same_of_what_libreoffice_saved(
    ledgers: Ledgers, tmp_path: Path, require: Callable[[str], str]
) -> None:
    paths = [issued(ledgers, tmp_path, department) for department in DEPARTMENTS]
    (tmp_path / "saved").mkdir()
    convert(paths, tmp_path / "saved", require("soffice"), "xlsx")
    for path in paths:
        content = (tmp_path / "saved" / path.name).read_bytes()
        assert said(quickly(content)) == said(carefully(content))


ODD = {
    "comment": (b"<sheetData>", b"<sheetData><!-- <row> -->"),
    "cdata": (b"<v>25</v>", b"<v><![CDATA[25]]></v>"),
    "prefix": (b"<v>", b"<x:v>"),
    "error": (b'<c r="D10"', b'<c r="D10" t="e"><v>#REF!</v></c><c r="E10"'),
    "truth": (b'<c r="D10"', b'<c r="D10" t="b"><v>1</v></c><c r="E10"'),
    "unknown type": (b'<c r="D10"', b'<c r="D10" t="q"><v>1</v></c><c r="E10"'),
    "entity": (b'<c r="D10"', b'<c r="D10" t="str"><v>a&#65;&amp;&quot;</v></c><c r="E10"'),
    "escape": (b'<c r="D10"', b'<c r="D10" t="str"><v>a_x0041_</v></c><c r="E10"'),
    "spaces": (b'<c r="D10"', b'<c r="D10" t="inlineStr"><is><t> a </t></is></c><c r="E10"'),
    "rich text": (b'<c r="D10"', b'<c r="D10" t="inlineStr"><is><r><t>a</t></r></is></c><c r="E10"'),
    "no number": (b'<c r="D10"', b'<c r="D10"><v>1_0</v></c><c r="E10"'),
    "large number": (b'<c r="D10"', b'<c r="D10"><v>1e300</v></c><c r="E10"'),
    "string index": (b'<c r="D10"', b'<c r="D10" t="s"><v> 3</v></c><c r="E10"'),
    "no such string": (b'<c r="D10"', b'<c r="D10" t="s"><v>99999</v></c><c r="E10"'),
    "order": (b"</sheetData>", b'<row r="2"><c r="C2"><v>7</v></c></row></sheetData>'),
    "row 0": (b"</sheetData>", b'<row r="0"><c r="A0"><v>7</v></c></row></sheetData>'),
    "far out": (b"</sheetData>", b'<row r="12000"><c r="A12000"><v>7</v></c></row></sheetData>'),
    "shared formula": (b'<c r="D10"', b'<c r="D10"><f t="shared" si="0"/><v>7</v></c><c r="E10"'),
    "not calculated": (b'<c r="D10"', b'<c r="D10"><f>1+1</f></c><c r="E10"'),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_written_oddly_is_read_as_calamine_reads_it_or_left_to_it(
    ledgers: Ledgers, tmp_path: Path, odd: str
) -> None:
    content = issued(ledgers, tmp_path).read_bytes()
    changed = repacked(content, lambda name, part: part.replace(*ODD[odd], 1) if name == FORM else part)
    try:
        careful = said(carefully(changed))
    except container.ledger_package.Refused:
        with pytest.raises((NotPlain, ValueError, LookupError)):
            quickly(changed)
    else:
        assert said(ledger_book.open_book(changed, container.look(changed))) == careful


@pytest.mark.parametrize("cell", [b'<c r="B3" t="str"><v>2016</v></c>', b'<c r="C900" t="str"><v>value</v></c>'])
def test_a_cell_smuggled_below_the_headings_does_not_split_the_readers(
    ledgers: Ledgers, tmp_path: Path, cell: bytes
) -> None:
    content = issued(ledgers, tmp_path).read_bytes()
    row = b'<row r="20"'
    changed = repacked(content, lambda name, part: part.replace(row, cell + row, 1) if name == HIDDEN else part)
    assert said(ledger_book.open_book(changed, container.look(changed))) == said(carefully(changed))


def test_workbooks_of_one_template_share_what_is_asked(ledgers: Ledgers, tmp_path: Path) -> None:
    asked = [
        quickly(issued(ledgers, tmp_path, place=place).read_bytes()).asked for place in ("110000", "330200", "510100")
    ]
    assert all(isinstance(one, ledger_plan.Asked) for one in asked)
    first, *others = [one for one in asked if one]
    assert all(one.plan is first.plan for one in others)
    assert [set(one.places()) for one in (first, *others)] == [{"110000"}, {"330200"}, {"510100"}]
    assert all(one.template() == one.identity["template"] for one in (first, *others))


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_a_workbook_saved_in_another_format_says_the_same(
    ledgers: Ledgers, readers: Readers, tmp_path: Path, require: Callable[[str], str], kind: str
) -> None:
    path = issued(ledgers, tmp_path)
    (tmp_path / "saved").mkdir()
    convert([path], tmp_path / "saved", require("soffice"), kind)
    other = tmp_path / "saved" / f"{path.stem}.{kind}"
    deliveries = [inbox.Delivery(name=one.name, files={one.name: one.read_bytes()}) for one in (path, other)]
    parsed = register.parse(deliveries, tmp_path / "archive", KEY, readers)
    first, second = (group.drop(columns="n").reset_index(drop=True) for _, group in parsed.items.groupby("n"))
    assert first.equals(second)
    was, now = map(json.loads, parsed.submissions["identity"])
    assert (now["token_ok"], now["template_ok"], now["outside"], now["hidden_sheets"]) == ("yes", "yes", "", "")
    assert {name: said for name, said in was.items() if now[name] != said}.keys() <= {"printed"}


@pytest.mark.office
def test_a_formula_in_a_value_cell_of_an_old_workbook_is_noticed(
    ledgers: Ledgers, readers: Readers, tmp_path: Path, require: Callable[[str], str]
) -> None:
    path = issued(ledgers, tmp_path)
    formula = re.compile(rb'(<c r="H12"(?: s="\d+")?)>(<v>)')
    changed = repacked(
        path.read_bytes(), lambda name, part: formula.sub(rb"\1><f>40+2</f>\2", part) if name == FORM else part
    )
    path.write_bytes(changed)
    (tmp_path / "saved").mkdir()
    convert([path], tmp_path / "saved", require("soffice"), "xls")
    old = (tmp_path / "saved" / "statistics.xls").read_bytes()
    parsed = register.parse([inbox.Delivery(name="x", files={"x.xls": old})], tmp_path / "archive", KEY, readers)
    (said,) = map(json.loads, parsed.submissions["identity"])
    assert said["formulas"] == "1 格是公式：学监统01表!H12"
