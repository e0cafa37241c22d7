"""Where each table of a sheet begins and ends: what leads to it, its rows of data, its notes."""

import re
from dataclasses import dataclass, field

from learning_city.collect import table_units, table_years
from learning_city.collect.table_columns import STUB_HEADS, YEAR_HEADS
from learning_city.collect.table_page import Kind, Page

_NOTE = re.compile(
    r"^[\s(（【\[]*(?:注|附注|备注|脚注|资料来源|数据来源|来源|出处|说明|编者注|简要说明|Sources?|Notes?|Fuentes?|Notas?|자료|출처|주석|주|"
    r"Special values?|Available flags|Footnotes?|a\)|[*※①])[\s\d①-⑳]*(?:[:：.．、)）\]】]|$|(?<=[*※①]))",
    re.IGNORECASE,
)
_LOOSE_NOTE = re.compile(r"^\s*(?:注|Note|Source|Fuente).{0,3}[:：]|^(?:本表|表中|本页|a\.|b\.)", re.IGNORECASE)
_CONTINUED = re.compile(
    r"续\s*表|[(（]\s*续\s*[\d一二三四五六七八九十]*\s*[)）]|续\s*\d+\s*$|\bcont(?:inued|['’.])|계속", re.IGNORECASE
)
_SENTENCE = re.compile(r"[。；;]|[，,].*[，,]|[:：]$")
_LONGEST_LABEL = 60


@dataclass(slots=True)
class Block:
    """One table by its rows: ``lead`` above the data, ``body`` from first to last row of data, both 0-based."""

    lead: list[int]
    body: list[int]
    notes: set[int] = field(default_factory=set)


def find(page: Page) -> list[Block]:
    """The tables of a sheet, top to bottom."""
    blocks: list[Block] = []
    last = -1
    for run in _runs(page):
        if not _holds_numbers(page, run):
            continue
        lead = _lead(page, last, run[0], blocks)
        tail = _tail(page, run[-1])
        rows = list(range(_first(page, lead, run), tail + 1))
        lead = [r for r in lead if r < rows[0]]
        blocks.append(Block(lead=lead, body=rows, notes={r for r in rows if is_note(page, r)}))
        last = tail
    return blocks


def is_note(page: Page, row: int) -> bool:
    """Whether a row is a note or names the source."""
    filled = page.filled(row)
    if not filled or page.kind(row) is Kind.VALUES:
        return False
    first = page.words(row, filled[0])
    return bool(_NOTE.match(first) or _LOOSE_NOTE.match(first)) and not table_units.is_key(first)


def is_continued(text: str) -> bool:
    """Whether a title says that the table goes on: 续表, continued."""
    return bool(_CONTINUED.search(text))


def _runs(page: Page) -> list[list[int]]:
    """Rows of data, parted where a new heading stands between them."""
    runs: list[list[int]] = []
    kinds = {r: _settled(page, r) for r in range(page.height)}
    for r in range(page.height):
        if kinds[r] is not Kind.VALUES:
            continue
        if runs and not any(_breaks(page, runs[-1], g, kinds[g]) for g in range(runs[-1][-1] + 1, r)):
            runs[-1].append(r)
        else:
            runs.append([r])
    return runs


def _settled(page: Page, row: int) -> Kind:
    """A row's kind with its neighbours asked where it could be either."""
    kind = page.kind(row)
    if kind is Kind.LONE and row > 0:
        return Kind.LONE
    if kind not in (Kind.MAYBE, Kind.YEARS):
        return kind
    near = [page.kind(r) for r in (row - 1, row + 1) if 0 <= r < page.height]
    filled = page.filled(row)
    by_year = page.year(row, filled[0]) is not None
    if kind is Kind.YEARS:
        return Kind.VALUES if _counts_like_years(page, row, by_year=by_year, near=near) else Kind.YEARS
    return Kind.VALUES if _is_single_value(page, row, near) else Kind.WORDS


def _is_single_value(page: Page, row: int, near: list[Kind]) -> bool:
    """Whether a lone number that could be a year is data: below data, or below the heads of a table of one column."""
    first = page.words(row, page.filled(row)[0])
    if not row or first.casefold().replace(" ", "") in STUB_HEADS | YEAR_HEADS:
        return False
    above = page.kind(row - 1)
    if above in (Kind.VALUES, Kind.MAYBE):
        return Kind.VALUES in near and first != page.words(row - 1, page.filled(row - 1)[0])
    headed = above is Kind.WORDS and len(page.filled(row - 1)) == len(page.filled(row)) and not is_note(page, row - 1)
    return headed and near[-1] is Kind.VALUES and not first.endswith((":", "："))


def _counts_like_years(page: Page, row: int, *, by_year: bool, near: list[Kind]) -> bool:
    """Whether numbers that could be years are data: between rows of data, or beside a label no heading has."""
    filled = page.filled(row)
    if not row or len(filled) < 2 or len(filled) != len(page.filled(row - 1)):
        return False
    if by_year:
        return near.count(Kind.VALUES) == 2
    label = page.words(row, filled[0])
    heads = {page.words(r, page.filled(r)[0]) for r in range(row) if _is_year_row(page, r)}
    stub = label.casefold().replace(" ", "")
    labelled = (row, filled[0]) not in page.values and stub not in STUB_HEADS | YEAR_HEADS and label not in heads
    return labelled and (page.kind(row - 1) in (Kind.VALUES, Kind.WORDS) or _is_year_row(page, row - 1))


def _is_year_row(page: Page, row: int) -> bool:
    beyond = page.filled(row)[1:]
    return bool(beyond) and sum(page.year(row, c) is not None for c in beyond) * 2 > len(beyond)


def _breaks(page: Page, run: list[int], row: int, kind: Kind) -> bool:
    """Whether a row between data is the heading of another table."""
    if kind in (Kind.BLANK, Kind.LONE) or is_note(page, row):
        return False
    if kind is Kind.YEARS:
        return True
    start = _data_start(page, run)
    filled = page.filled(row)
    across = [c for c in filled if c >= start and page.anchor(row, c) == (row, c)]
    if len(page.distinct(row)) == 1:
        return bool(across) and page.year(row, across[0]) is not None
    if page.is_unit_line(row):
        return False
    return bool(across) and not _is_remark(page, row, start)


def _is_remark(page: Page, row: int, start: int) -> bool:
    """A key with its text beside it, not the heading of columns."""
    first = page.words(row, page.filled(row)[0])
    return len(page.filled(row)) == 2 and first.endswith((":", "：")) and page.filled(row)[0] < start


def _data_start(page: Page, run: list[int]) -> int:
    starts: list[int] = []
    for r in run[:50]:
        filled = page.filled(r)
        held = [c for c in filled if (r, c) in page.values and c > filled[0]]
        starts += held[:1]
    return sorted(starts)[len(starts) // 2] if starts else 1


def _holds_numbers(page: Page, run: list[int]) -> bool:
    return any((r, c) in page.numbers for r in run for c in page.filled(r)[1:])


def _lead(page: Page, last: int, first: int, blocks: list[Block]) -> list[int]:
    """Rows above the data that no table before them owns."""
    rows = [r for r in range(last + 1, first) if page.kind(r) is not Kind.BLANK or _covered(page, r)]
    if blocks:
        notes = [r for r in rows if is_note(page, r)]
        if notes:
            blocks[-1].notes |= set(notes)
            rows = [r for r in rows if r > notes[-1]] or rows
    return [r for r in rows if not is_note(page, r)]


def _first(page: Page, lead: list[int], run: list[int]) -> int:
    """The first row of the body: lines of labels between the heads and the data stand over the rows below them."""
    first = run[0]
    start = _data_start(page, run)
    for r in reversed(lead):
        if r != first - 1 or page.is_unit_line(r):
            break
        if len(page.distinct(r)) > 1:
            return first if page.filled(r)[-1] >= start else run[0]
        if not page.distinct(r) or page.filled(r)[0] >= start or page.is_twin(r, r - 1) or is_stub_name(page, r):
            break
        first = r
    return run[0]


def is_stub_name(page: Page, row: int) -> bool:
    """Whether a line only names the labels below it, as agencies print under a row of periods: GEO (Labels)."""
    return bool(re.search(r"\((?:labels|codes)\)$", page.words(row, page.filled(row)[0]), re.IGNORECASE))


def _covered(page: Page, row: int) -> bool:
    return any(page.anchor(row, c)[0] < row and page.through(row, c) != "" for c in range(page.width))


def _tail(page: Page, last: int) -> int:
    """The last row of the table: rows of labels without any value directly below the data belong to it."""
    row = last
    while row + 1 < page.height and _is_empty_line(page, row + 1):
        row += 1
    ahead = next((r for r in range(row + 1, page.height) if page.kind(r) is not Kind.BLANK), None)
    is_heading = ahead is not None and ahead == row + 1 and page.kind(ahead) in (Kind.YEARS, Kind.WORDS)
    return last if row > last and is_heading and not is_note(page, row + 1) else row


def _is_empty_line(page: Page, row: int) -> bool:
    """A label with nothing beside it, where every cell is blank: still a row of the table."""
    filled = page.filled(row)
    if page.kind(row) is not Kind.WORDS or is_note(page, row) or page.is_unit_line(row) or filled != [filled[0]]:
        return False
    text = page.words(row, filled[0])
    spans = any(page.anchor(row, c) == (row, filled[0]) for c in range(filled[0] + 1, page.width))
    said = is_continued(text) or table_years.of_title(text) is not None
    is_label = len(text) <= _LONGEST_LABEL and re.search(r"[^\W\d_]", text) is not None
    return is_label and not (spans or said or _SENTENCE.search(text))
