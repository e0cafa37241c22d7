"""What a workbook says it consists of: its sheets in order, the part each lies in, whether it is hidden."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SAFE: Any = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """A sheet as the workbook lists it."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """Sheets in order, the texts of defined names by name, and whether days are counted from 1904."""

    sheets: tuple[Listed, ...]
    names: tuple[tuple[str, str], ...]
    counts_from_1904: bool


def of(parts: Mapping[str, bytes]) -> Contents:
    """The contents of a package's parts; raises KeyError or lxml's XMLSyntaxError where it is no workbook of XML."""
    return _contents(parts["xl/workbook.xml"], parts["xl/_rels/workbook.xml.rels"])


@lru_cache(maxsize=256)
def _contents(workbook: bytes, relations: bytes) -> Contents:
    book = etree.fromstring(workbook, _SAFE)
    targets = {str(one.get("Id")): str(one.get("Target")) for one in etree.fromstring(relations, _SAFE)}
    sheets = tuple(
        Listed(
            name=str(sheet.get("name")),
            part=_absolute(targets.get(str(sheet.get(_REL)), "")),
            is_hidden=sheet.get("state", "visible") != "visible",
        )
        for sheet in book.iter("{*}sheet")
    )
    names = tuple((str(one.get("name")), one.text or "") for one in book.iter("{*}definedName"))
    since_1904 = any(one.get("date1904") in ("1", "true") for one in book.iter("{*}workbookPr"))
    return Contents(sheets, names, since_1904)


def _absolute(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl", target))
