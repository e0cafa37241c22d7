"""The hidden sheet of an issued workbook: whose it is, and what it asks for.

Workbooks of one template ask for the same but for their place and last year's figures, so what a template asks for is
worked out once and kept.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from string import ascii_uppercase

from learning_city.collect import ledger_plain
from learning_city.collect.ledger_plain import Grid, Looks
from learning_city.collect.ledger_strings import NotPlain, Strings
from learning_city.collect.ledger_text import as_text
from learning_city.model import ledger
from learning_city.model.explanations import EXPLANATION_ROLES

Row = list[str]
Spot = tuple[str, int, int] | None
"""Sheet, row and column (from 0) of a cell; None where there is none."""
ITEM_COLUMNS = (
    "item_no", "sheet", "cell", "form", "measure", "definition", "period", "unit", "decimals", "required", "parent",
    "parts", "kind", "numerator", "denominator", "type", "missing_cell", "reason_cell", "evidence_cell",
)  # fmt: skip
"""What is asked, the same in every workbook of a template."""
_AT = {name: number for number, name in enumerate(ledger.COLUMNS)}
_SAID = [_AT[name] for name in ITEM_COLUMNS[1:-3]]
_STRUCTURE = [_AT[name] for name in ledger.STRUCTURE]
_KEY = slice(_AT["form"], _AT["period"] + 1)
_BESIDE = {"missing_type": "missing_type", "reason": "reason", "explanation": "reason", "evidence": "evidence"}
"""Role of a companion cell -> what it says of the value; one 说明 column takes reasons and explanations."""
_COMPANIONS = ("missing_type", "reason", "evidence")
_ANSWER_BEGINS = next(iter(EXPLANATION_ROLES))
_FIGURES = {ascii_uppercase[_AT[name]].encode(): name for name in ("previous", "yearbook")}
_FIGURE = re.compile(rb'<c r="([' + b"".join(_FIGURES) + rb'])(\d{1,4})"(?: s="\d+")?(?:/>|><v>([^<]*)</v></c>)')
_FIRST_ITEM = b'<row r="%d"' % (ledger.HEADINGS_ROW + 1)
_OWN_PLACE = "\x00"
"""Stands for the workbook's own place in what is kept of a template; no cell holds it."""
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


@dataclass(frozen=True, slots=True)
class Plan:
    """What one template asks for.

    ``items``: one row per value cell in the order of ITEM_COLUMNS. ``spots``: where its value, missing type, reason and
    evidence stand. ``rows``, ``places``, ``previous``, ``yearbook``: its row of the hidden sheet and what that says.
    """

    structure: str
    items: tuple[tuple[object, ...], ...]
    spots: tuple[tuple[Spot, Spot, Spot, Spot], ...]
    rows: tuple[int, ...]
    places: tuple[str, ...]
    previous: tuple[str, ...]
    yearbook: tuple[str, ...]
    signoff: tuple[tuple[str, str, str, Spot], ...]
    sheets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What one workbook asks for: the plan of its template, and the figures that are its own by column and row."""

    identity: dict[str, str]
    plan: Plan
    figures: Mapping[tuple[str, int], bytes]

    def template(self) -> str:
        """The hash its structure has now."""
        return ledger.template_hash([(self.plan.structure.replace(_OWN_PLACE, self.identity.get("place", "")),)])

    def places(self) -> list[str]:
        """The place of each item."""
        own = self.identity.get("place", "")
        return [own if place == _OWN_PLACE else place for place in self.plan.places]

    def last(self, column: str) -> list[float | None]:
        """``previous`` or ``yearbook`` of each item."""
        said: Sequence[str] = getattr(self.plan, column)
        own = self.figures.get
        return [_number(own((column, row), one)) for row, one in zip(self.plan.rows, said, strict=True)]


def read(grid: Grid) -> Asked:
    """What a hidden sheet asks for, whatever order its headings have."""
    rows: list[tuple[int, Row]] = []
    if len(grid) >= ledger.HEADINGS_ROW:
        headings = [as_text(cell) for cell in grid[ledger.HEADINGS_ROW - 1]]
        order = [headings.index(name) if name in headings else None for name in ledger.COLUMNS]
        for number, row in enumerate(grid[ledger.HEADINGS_ROW :], start=ledger.HEADINGS_ROW + 1):
            rows.append((number, ["" if n is None or n >= len(row) else as_text(row[n]) for n in order]))
    return Asked(_identity(grid), _plan(rows), {})


def read_plain(inside: bytes, strings: Strings, looks: Looks) -> Asked:
    """The same from the XML of the sheet (``ledger_plain.body``); raises NotPlain where its headings are not as issued."""
    head, first, items = inside.partition(_FIRST_ITEM)
    top = ledger_plain.read(head, strings, looks).grid
    if top[ledger.HEADINGS_ROW - 1 :] != [ledger.COLUMNS]:
        raise NotPlain("headings")
    identity = _identity(top)
    found = _FIGURE.split(first + items)
    stable, own = b"".join(found[::4]), identity.get("place", "")
    skeleton = _skeleton(stable)
    texts = tuple([_OWN_PLACE if (one := strings[n]) == own else one for n in skeleton.strings])
    figures = {
        (_FIGURES[column], int(row)): said
        for column, row, said in zip(found[1::4], found[2::4], found[3::4], strict=True)
        if said
    }
    return Asked(identity, _plan_of(stable, texts, tuple([looks[style] for style in skeleton.styles])), figures)


def _identity(grid: Grid) -> dict[str, str]:
    return {
        as_text(row[0]): as_text(row[1]) for row in grid[: ledger.HEADINGS_ROW - 1] if len(row) > 1 and row[0] != ""
    }


@dataclass(frozen=True, slots=True)
class _Skeleton:
    """The cells of the rows below the headings, and the shared strings and styles they name."""

    cells: tuple[tuple[bytes, ...], ...]
    strings: tuple[bytes, ...]
    styles: tuple[bytes | None, ...]


@lru_cache(maxsize=128)
def _skeleton(stable: bytes) -> _Skeleton:
    found = ledger_plain.pieces(stable)
    cells = tuple(zip(*(found[n :: ledger_plain.FIELDS] for n in range(1, ledger_plain.FIELDS)), strict=True))
    return _Skeleton(
        cells=cells,
        strings=tuple(dict.fromkeys(said for _, _, _, kind, _, said in cells if kind == b"s")),
        styles=tuple(dict.fromkeys(style for _, _, style, _, _, _ in cells)),
    )


@lru_cache(maxsize=128)
def _plan_of(stable: bytes, texts: tuple[str, ...], shown: tuple[str, ...]) -> Plan:
    skeleton = _skeleton(stable)
    strings = dict(zip(skeleton.strings, texts, strict=True))
    looks = dict(zip(skeleton.styles, shown, strict=True))
    rows: dict[int, Row] = {}
    for letters, digits, style, kind, _, said in skeleton.cells:
        column = ledger_plain.COLUMNS[letters]
        row = rows.setdefault(int(digits), [""] * len(ledger.COLUMNS))
        if column < len(row):
            held = strings[said] if kind == b"s" else ledger_plain.value(kind, said or b"", looks[style])
            row[column] = _OWN_PLACE if held == _OWN_PLACE else as_text(held)
    if list(rows) != sorted(rows) or min(rows, default=ledger.HEADINGS_ROW + 1) <= ledger.HEADINGS_ROW:
        raise NotPlain("order")
    if any(_OWN_PLACE in row[: _AT["place"]] + row[_AT["period"] :] for row in rows.values()):
        raise NotPlain("place")
    return _plan(list(rows.items()))


def _plan(rows: Sequence[tuple[int, Row]]) -> Plan:
    asked = list(takewhile(_is_of_template, ((number, row) for number, row in rows if row[_AT["cell"]])))
    beside: dict[tuple[str, tuple[str, ...]], Row] = {}
    for _, row in asked:
        if (role := _BESIDE.get(row[_AT["role"]])) is not None:
            beside[role, tuple(row[_KEY])] = row
    values = [(number, row) for number, row in asked if row[_AT["role"]] == "value"]
    companions = [[beside.get((role, tuple(row[_KEY]))) for role in _COMPANIONS] for _, row in values]
    signed = [row for _, row in asked if row[_AT["role"]] == "signoff"]
    return Plan(
        structure="\n".join("\t".join([row[n] for n in _STRUCTURE]) for _, row in asked),
        items=tuple(
            (number, *(row[n] for n in _SAID), *(other[_AT["cell"]] if other else "" for other in others))
            for number, ((_, row), others) in enumerate(zip(values, companions, strict=True), start=1)
        ),
        spots=tuple(
            (_spot(row), _spot(others[0]), _spot(others[1]), _spot(others[2]))
            for (_, row), others in zip(values, companions, strict=True)
        ),
        rows=tuple(number for number, _ in values),
        places=tuple(row[_AT["place"]] for _, row in values),
        previous=tuple(row[_AT["previous"]] for _, row in values),
        yearbook=tuple(row[_AT["yearbook"]] for _, row in values),
        signoff=tuple((row[_AT["measure"]], row[_AT["sheet"]], row[_AT["cell"]], _spot(row)) for row in signed),
        sheets=tuple(dict.fromkeys(row[_AT["sheet"]] for _, row in values)),
    )


def _is_of_template(asked: tuple[int, Row]) -> bool:
    """Whether a row was issued; those an answer workbook appends are read by the cells that were unlocked in it."""
    return asked[1][_AT["role"]] != _ANSWER_BEGINS


def _spot(row: Row | None) -> Spot:
    found = _CELL.fullmatch(row[_AT["cell"]]) if row else None
    if row is None or found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return row[_AT["sheet"]], int(found[2]) - 1, column - 1


def _number(said: str | bytes) -> float | None:
    """A figure of the hidden sheet, which may have been tampered with."""
    try:
        return float(said) if said else None
    except ValueError:
        return None
