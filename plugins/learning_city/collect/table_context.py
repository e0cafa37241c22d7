"""What is said of a table as a whole: its title, year and unit, from the lines above it, the sheet and the metadata."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from learning_city.collect import table_blocks, table_labels, table_units, table_years
from learning_city.collect.table_columns import Columns
from learning_city.collect.table_header import Head
from learning_city.collect.table_page import Page

_TIME = re.compile(r"^\W*(?:时间|年份|年度|期间|조회기간|시점|time|period|year|periodo)\s*$", re.IGNORECASE)
_SUBJECT = re.compile(r"^\s*(?:指标|指标名称|지표|indicator|variable)\s*[:：]\s*(.+)$", re.IGNORECASE)
_PERIOD = re.compile(r"^\s*(?:时间|年份|期间|조회기간|시점|time|period|year)\s*[:：]\s*(.+)$", re.IGNORECASE)
_NUMBERED = re.compile(r"^(?:附?表|Table)?\s*\d+\s*[-－—–.]\s*\d+")
_FURNITURE = re.compile(
    r"^(?:https?://|数据库[:：]|Data extracted|Last updated|Serie:|Periodicidad|Escala)", re.IGNORECASE
)


@dataclass(slots=True)
class Context:
    """What holds for every cell of a table unless its row or column says otherwise."""

    title: str = ""
    year: int | None = None
    unit: str | None = None
    is_continued: bool = False
    is_range: bool = False
    columns: Columns | None = None
    heads: dict[int, Head] = field(default_factory=dict)


def of_block(page: Page, block: table_blocks.Block, header: Sequence[int], *, is_first: bool) -> Context:
    """What the lines above one table say."""
    context = Context()
    lines = [[text] for text in page.grid.before] if is_first else []
    lines += [page.distinct(r) for r in block.lead if r not in header or page.is_unit_line(r)]
    for texts in lines:
        _hear(context, texts)
    for r in header:
        for text in page.distinct(r):
            context.unit = context.unit or table_units.of_line(text)
    return context


def _hear(context: Context, texts: list[str]) -> None:
    """Take in one line: a unit, a period, an indicator with its unit, or a title."""
    pairs = list(itertools.pairwise(texts))
    stated = next((unit for text in texts if (unit := table_units.of_line(text))), None)
    stated = stated or next((table_units.without_code(value) for key, value in pairs if table_units.is_key(key)), None)
    if stated is None and len(texts) == 1 and table_units.is_bracketed(texts[0]):
        context.unit = context.unit or table_units.bare(texts[0])
        return
    context.unit = context.unit or stated
    if stated and len(texts) == 1 and len(texts[0]) < len(stated) + 12:
        return
    for key, value in pairs:
        if _TIME.match(key):
            context.year = context.year or table_years.of_period(value)
    for text in texts[:1]:
        _hear_words(context, text)
    for text in texts[1:]:
        context.year = context.year or table_years.of_heading(text.strip("()（）"))


def _hear_words(context: Context, text: str) -> None:
    if table_blocks.is_continued(text):
        context.is_continued = True
        return
    if found := _PERIOD.match(text):
        context.year = context.year or table_years.of_heading(found[1])
        return
    if found := _SUBJECT.match(text):
        subject, unit = table_units.at_end(found[1])
        context.title, context.unit = subject, unit or context.unit
        return
    if _FURNITURE.match(text) or table_units.is_key(text) or len(text) < 2:
        return
    year = table_years.of_title(text)
    context.year = context.year or year
    if re.fullmatch(r"[\d\s.—–-]+", text):
        return
    is_english = bool(context.title) and table_labels.is_western(text)
    if (
        not is_english
        and not re.fullmatch(r"\W*\d{4}\W*年?\W*", text)
        and (not context.title or year or _NUMBERED.match(text))
    ):
        context.title = text
    _, unit = table_units.at_end(text)
    context.unit = context.unit or unit


def of_file(pages: Sequence[Page]) -> Context:
    """What sheets without a table of their own say for the file: units and periods in metadata."""
    context = Context()
    units: set[str] = set()
    for page in pages:
        for r in range(page.height):
            texts = page.distinct(r)
            pairs = list(itertools.pairwise(texts))
            units |= {table_units.without_code(value) for key, value in pairs if table_units.is_key(key)}
            units |= {unit for text in texts if (unit := table_units.of_line(text))}
            for key, value in pairs:
                if _TIME.match(key):
                    context.year = context.year or table_years.of_period(value)
    context.unit = units.pop() if len(units) == 1 else None
    return context


def settle(said: Context, before: Context, spoken: Context, page: Page) -> Context:
    """The table's own words first, then the sheet's name, the table it continues, the file's metadata."""
    year = said.year or table_years.of_sheet(page.grid.sheet) or before.year or spoken.year
    has_range = (
        bool(said.title) and table_years.of_title(said.title) is None and bool(re.search(r"\d{4}.*\d{4}", said.title))
    )
    return Context(
        title=said.title or before.title,
        year=None if has_range and said.year is None else year,
        unit=said.unit or before.unit or spoken.unit,
        is_continued=said.is_continued,
    )
