"""What each column of a table is for: labels, data, the year or unit of its row, English twins, flags, numbering."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from learning_city.collect import table_labels, table_units
from learning_city.collect.table_page import LONGEST_CODE, Page

YEAR_HEADS = frozenset(
    {
        "年份",
        "年度",
        "年",
        "时间",
        "year",
        "years",
        "date",
        "time",
        "연도",
        "년도",
        "año",
        "periodo",
        "기간",
        "시점",
        "time_period",
    }
)
FLAG_HEADS = frozenset({"obs_flag", "flag", "flags", "obs_status", "标识"})
_DATED = frozenset({"年份", "年度"})
UNIT_HEADS = frozenset({"单位", "计量单位", "unit", "units", "단위", "unidad", "unitofmeasure"})
STUB_HEADS = frozenset(
    {
        "地区",
        "指标",
        "项目",
        "区县",
        "城市",
        "名称",
        "类别",
        "分组",
        "行业",
        "region",
        "item",
        "indicator",
        "geo",
        "구분",
        "항목",
        "자치구",
    }
)
_NUMBERING = re.compile(
    r"^(?:序号|行次|编号|代码|行政区划代码|地区代码|区划代码|行号|no\.?|id|code|번호|코드)$", re.IGNORECASE
)
_FLAG = re.compile(rf"^[a-z]{{1,{LONGEST_CODE}}}$")


@dataclass(slots=True)
class Panel:
    """Label columns and the data columns they speak for; a table folded to save space has several."""

    labels: list[int] = field(default_factory=list)
    data: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Columns:
    """The columns of one table by their use."""

    panels: list[Panel] = field(default_factory=list)
    twins: list[int] = field(default_factory=list)
    numbering: list[int] = field(default_factory=list)
    flags: dict[int, int] = field(default_factory=dict)
    year: int | None = None
    unit: int | None = None

    @property
    def data(self) -> list[int]:
        """Every data column, left to right."""
        return [column for panel in self.panels for column in panel.data]


@dataclass(slots=True)
class _Count:
    words: int = 0
    numbers: int = 0
    symbols: int = 0
    years: int = 0
    texts: list[str] = field(default_factory=list)


def find(page: Page, rows: Sequence[int], header: Sequence[int]) -> Columns:
    """Tell the columns of a table from its rows of data and the heads above them."""
    counts = [_count(page, rows, c) for c in range(page.width)]
    heads = [_heads(page, header, c) for c in range(page.width)]
    columns = Columns()
    columns.numbering = [
        c for c in range(page.width) if any(_NUMBERING.match(h) for h in heads[c]) and counts[c].numbers
    ]
    columns.unit = _unit_column(counts, heads)
    columns.year = _year_column(counts, heads, columns)
    panel, parted = Panel(), False
    for c, count in enumerate(counts):
        if c in (*columns.numbering, columns.unit):
            continue
        if panel.data and _is_flag(count, heads[c], heads[panel.data[-1]]):
            columns.flags[c] = panel.data[-1]
        elif c == columns.year or (count.words > count.numbers + count.symbols):
            panel = _label(columns, panel, c, heads, counts, parted=parted)
        elif _is_data(count, heads[c], panel) and not _is_stray(count, heads, c, len(rows)):
            panel.data.append(c)
        parted = not (count.words or count.numbers or count.symbols or heads[c])
    columns.panels.append(panel)
    _settle(page, rows, columns)
    return columns


def _count(page: Page, rows: Sequence[int], column: int) -> _Count:
    count = _Count()
    for r in rows:
        place = page.anchor(r, column)
        if place[1] != column or page.cell(*place) == "":
            continue
        value = page.values.get(place)
        count.words += value is None
        count.numbers += value is not None and value.number is not None
        count.symbols += value is not None and value.number is None
        count.years += page.year(*place) is not None
        if value is None:
            count.texts.append(page.words(*place))
    return count


def _heads(page: Page, header: Sequence[int], column: int) -> list[str]:
    texts = [re.sub(r"\s", "", page.label(r, column).text).casefold() for r in header]
    return [text for text in texts if text]


def _unit_column(counts: list[_Count], heads: list[list[str]]) -> int | None:
    for c, count in enumerate(counts):
        units = [table_units.is_unit(text) for text in count.texts]
        if count.words and c and (UNIT_HEADS & set(heads[c]) or (all(units) and count.words > count.numbers)):
            return None if _are_flags(count) else c
    return None


def _are_flags(count: _Count) -> bool:
    return all(_FLAG.match(text) for text in count.texts)


def _year_column(counts: list[_Count], heads: list[list[str]], columns: Columns) -> int | None:
    """The column of years: headed so, or the first that holds anything, with numbers to its right."""
    used = [c for c, count in enumerate(counts) if (count.words or count.numbers or count.symbols)]
    used = [c for c in used if c not in (*columns.numbering, columns.unit)]
    for index, c in enumerate(used):
        count = counts[c]
        right = any(counts[other].numbers or counts[other].symbols for other in used[index + 1 :])
        only_years = count.years and count.years == count.numbers
        is_headed = bool(YEAR_HEADS & set(heads[c]))
        is_dated = bool(count.years) or (bool(_DATED & set(heads[c])) and len(used) > index + 2)
        if right and ((is_headed and is_dated) or (index == 0 and only_years and not count.words)):
            return c
        labels_before = all(counts[other].words > counts[other].numbers for other in used[:index])
        if right and index and labels_before and only_years and not heads[c]:
            return c
    return None


def _is_flag(count: _Count, heads: list[str], left: list[str]) -> bool:
    """A column of letters without a head of its own, beside the numbers they qualify."""
    beside = not heads or heads == left or bool(FLAG_HEADS & set(heads))
    return bool(count.words) and not count.numbers and beside and _are_flags(count)


def _is_data(count: _Count, heads: list[str], panel: Panel) -> bool:
    return bool(count.numbers or count.symbols or (heads and not count.words and panel.labels))


def _is_stray(count: _Count, heads: list[list[str]], column: int, rows: int) -> bool:
    """A lone number in a column that nothing heads, beside a table that has heads: somebody's jotting."""
    return not heads[column] and any(heads) and rows > 3 and count.numbers + count.symbols < 2


def _label(
    columns: Columns, panel: Panel, c: int, heads: list[list[str]], counts: list[_Count], *, parted: bool
) -> Panel:
    """Put a column of words where it belongs: before data a label; after data a new panel, or nothing but remarks."""
    if not panel.data:
        panel.labels.append(c)
        return panel
    more = any(counts[other].numbers for other in range(c + 1, len(counts)))
    stubs = {head for label in panel.labels for head in heads[label]} | STUB_HEADS
    if more and (parted or bool(stubs & set(heads[c]))):
        columns.panels.append(panel)
        return Panel(labels=[c])
    columns.twins.append(c)
    return panel


def _settle(page: Page, rows: Sequence[int], columns: Columns) -> None:
    """English twins leave the labels; without any label the first column is one; a year stays outermost."""
    for panel in columns.panels:
        if not panel.labels and len(panel.data) > 1:
            panel.labels.append(panel.data.pop(0))
        eastern = [c for c in panel.labels if _share(page, rows, c, eastern=True)]
        twins = [c for c in panel.labels if eastern and not _share(page, rows, c, eastern=True)]
        twins = [c for c in twins if c != columns.year and _share(page, rows, c, eastern=False)]
        columns.twins += twins
        panel.labels = [c for c in panel.labels if c not in twins]
        if columns.year in panel.labels and len(panel.labels) > 1:
            panel.labels.remove(columns.year)


def _share(page: Page, rows: Sequence[int], column: int, *, eastern: bool) -> bool:
    texts = [text for r in rows if (text := page.words(r, column))]
    fits = table_labels.is_eastern if eastern else table_labels.is_western
    return bool(texts) and sum(map(fits, texts)) * 2 > len(texts)
