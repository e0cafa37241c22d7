"""The mould of a department's workbook: written once, poured for every place.

Places of one department differ in a few names and last year's figures. Everything else is kept
as finished XML, so that a year's ten thousand ledgers cost the filling of gaps and a zip each.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter

from learning_city.model.ledger import Ledger
from learning_city.prepare import check_sheet, form_sheet, guide_sheet, hidden_sheet, signoff_sheet, slots
from learning_city.prepare.ledger_formats import Formats
from learning_city.prepare.ledger_layout import FormLayout, Kin, kin, lay_out
from learning_city.prepare.row_check import Rule, rules

_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Stands in every file instead of the moment of writing: same ledger, same bytes."""
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_FORM_SHEETS_FROM = 2
_QUICK, _THOROUGH = 1, 9
"""Compression of what is written for every ledger, and of what is written once."""
_HEIGHT = re.compile(r'(<row r="(\d+)"[^>]*? ht=")([\d.]+)"')
_WORKBOOK_SETTINGS = re.compile(r"<workbookPr[^>]*/>")
_LOCKED = '<workbookProtection lockStructure="1"/>'

Part = tuple[str, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Mould:
    """``same`` is a zip of the parts without slots, ``parts`` are (name, literals, slots between)."""

    layouts: tuple[FormLayout, ...]
    rules: tuple[tuple[Rule, ...], ...]
    structure: str
    defaults: Mapping[str, str]
    same: bytes
    parts: tuple[Part, ...]

    def pour(self, path: Path, filling: Mapping[str, str]) -> None:
        """Write the workbook with every slot filled; what ``filling`` leaves out is unfilled yet."""
        said = {**self.defaults, **filling}
        poured = io.BytesIO(self.same)
        with ZipFile(poured, "a") as file:
            for name, literals, gaps in self.parts:
                pieces = [""] * (len(literals) + len(gaps))
                pieces[::2] = literals
                pieces[1::2] = [said[gap] for gap in gaps]
                _add(file, name, "".join(pieces), _QUICK)
        path.write_bytes(poured.getvalue())


def make(ledger: Ledger) -> Mould:
    """The mould of a ledger whose names and figures are slots (see ``ledger_filling.anonymous``)."""
    layouts = lay_out(ledger)
    told = hidden_sheet.rows(layouts, ledger.identity)
    relatives = [kin(layout) for layout in layouts]
    asked = [_rules(layout, kept) for layout, kept in zip(layouts, relatives, strict=True)]
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": ledger.round_name, "created": _CREATED})
        formats = Formats(workbook)
        guide_sheet.write(workbook, formats, ledger, layouts)
        for number, (layout, said) in enumerate(zip(layouts, asked, strict=True)):
            form_sheet.write(workbook, formats, ledger, layout, said, number)
        check_sheet.write(workbook, formats, ledger, layouts)
        signoff_sheet.write(workbook, formats, ledger, layouts)
        hidden_sheet.write(workbook, ledger.identity, told)
    defaults = form_sheet.unfilled(layouts) | check_sheet.unfilled(layouts) | signoff_sheet.unfilled()
    parts = _parts(written, len(layouts), defaults)
    same = io.BytesIO()
    with ZipFile(same, "w") as file:
        for name, literals, gaps in parts:
            if not gaps:
                _add(file, name, literals[0], _THOROUGH)
    varying = tuple(part for part in parts if part[2])
    everything = tuple(rule for said in asked for rule in said)
    return Mould(layouts, everything, hidden_sheet.structure_of(told), defaults, same.getvalue(), varying)


def _add(file: ZipFile, name: str, xml: str, compression: int) -> None:
    entry = ZipInfo(name, _ZIP_DAY)
    entry.compress_type = ZIP_DEFLATED
    file.writestr(entry, xml.encode(), compresslevel=compression)


def _rules(layout: FormLayout, relatives: Sequence[Kin]) -> list[tuple[Rule, ...]]:
    return [rules(row, kept) for row, kept in zip(layout.rows, relatives, strict=True)]


def _parts(written: io.BytesIO, forms: int, defaults: dict[str, str]) -> tuple[Part, ...]:
    sheets = {f"xl/worksheets/sheet{number + _FORM_SHEETS_FROM}.xml": number for number in range(forms)}
    parts = []
    with ZipFile(written) as file:
        for name in file.namelist():
            xml = file.read(name).decode()
            if name == "xl/workbook.xml":
                xml = _WORKBOOK_SETTINGS.sub(lambda found: found[0] + _LOCKED, xml, count=1)
            if name in sheets:
                xml = _with_heights(xml, sheets[name], defaults)
            pieces = slots.split(xml)
            parts.append((name, tuple(pieces[::2]), tuple(pieces[1::2])))
    return tuple(parts)


def _with_heights(xml: str, number: int, defaults: dict[str, str]) -> str:
    """Make each row's height a slot, its present value the default."""

    def opened(found: re.Match[str]) -> str:
        name = f"{number}!ht{found[2]}"
        defaults[name] = found[3]
        return f'{found[1]}{slots.text(name)}"'

    return _HEIGHT.sub(opened, xml)
