"""What a table shows for one indicator of one city: a number with its mark, or words."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from learning_city.model.status import SYNTHETIC_MARK, ObsStatus
from learning_city.reports.book_formats import Formats, number_look
from learning_city.reports.book_page import plain
from learning_city.reports.tables import Record, ReportTables, records

MISSING, NOT_JUDGED, NONE = "暂缺", "待评定", "—"
QUALITATIVE = "qualitative"
STATUS: dict[str, tuple[str, str]] = {
    ObsStatus.PROVISIONAL: ("P 初步", "blue"),
    ObsStatus.ESTIMATED: ("E 估计", "blue"),
    ObsStatus.IMPUTED: ("I 推算", "blue"),
    ObsStatus.FORECAST: ("F 预测", "blue"),
    ObsStatus.DEFINITION_DIFFERS: ("D 口径异", "amber"),
    ObsStatus.BREAK: ("B 断点", "amber"),
    ObsStatus.INCLUDES_ANOTHER: ("W 含他项", "amber"),
    ObsStatus.INCLUDED_ELSEWHERE: ("K 并入", "grey"),
    ObsStatus.CANNOT_EXIST: ("M 不适用", "grey"),
    ObsStatus.NOT_SIGNIFICANT: ("N 微小", "grey"),
    ObsStatus.SUPPRESSED: ("Q 不公布", "grey"),
    ObsStatus.NOT_COLLECTED: ("L 暂缺", "red"),
    ObsStatus.MISSING: ("O 缺失", "red"),
}
"""Status letter -> (letter and word, look); a normal value has none."""
VERDICT = {
    "可比": ("✓ 可比", "green"),
    "调整后可比": ("◐ 调整后可比", "blue"),
    "不可比": ("✕ 不可比", "red"),
}
_WORDS: dict[str, str] = {
    ObsStatus.CANNOT_EXIST: "不适用",
    ObsStatus.INCLUDED_ELSEWHERE: "并入",
    ObsStatus.SUPPRESSED: "不公布",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A cell of a table: ``number`` when there is one, else ``words``."""

    number: float | None
    words: str
    decimals: int
    is_synthetic: bool
    is_judged: bool = False
    """whether ``words`` are a level that a qualitative indicator was judged to be of"""

    @property
    def is_known(self) -> bool:
        """Whether there is a number or a judgement."""
        return self.number is not None or self.is_judged


class Figures:
    """The values of a report by (indicator, place)."""

    def __init__(self, tables: ReportTables) -> None:
        self._values = {(row["indicator"], row["place"]): row for row in records(tables.values)}
        self._shown: dict[tuple[str, str], Figure] = {}

    def row(self, indicator: str, place: str) -> Record:
        """All that is known of a value; empty when nothing is."""
        return self._values.get((indicator, place), {})

    def of(self, indicator: Record, place: str) -> Figure:
        """What to show for an indicator of a place."""
        key = indicator["indicator"], place
        if key not in self._shown:
            decimals, is_qualitative = int(indicator["decimals"] or 0), indicator["nature"] == QUALITATIVE
            self._shown[key] = figure(self.row(*key), decimals, is_qualitative=is_qualitative)
        return self._shown[key]


def figure(row: Record, decimals: int, *, is_qualitative: bool = False) -> Figure:
    """What to show for a row with ``value``, ``status`` and ``is_synthetic``."""
    number = row.get("value")
    judged = row.get("judgement_zh") if is_qualitative else None
    absent = judged or (NOT_JUDGED if is_qualitative else MISSING)
    return Figure(
        number=None if number is None else float(number),
        words=plain(_WORDS.get(row.get("status") or "", absent)) if number is None else "",
        decimals=decimals,
        is_synthetic=(number is not None or bool(judged)) and bool(row.get("is_synthetic")),
        is_judged=bool(judged),
    )


def remark(row: Record, place_name: str = "") -> str:
    """The footnote of a value: what is noted about it, and the commentary a second person confirmed."""
    said = row.get("commentary")
    who = f"（{row.get('judged_by')} 评，{row.get('confirmed_by')} 复核）"
    return "；".join(filter(None, [row.get("note"), f"{place_name}述评{who}：{said}" if said else ""]))


def write_figure(
    sheet: Any,
    formats: Formats,
    cell: tuple[int, int],
    shown: Figure,
    closing: str = "",
    note: str = "",
) -> None:
    """Write a figure, and in the narrow column beside it the sample mark and the note's number."""
    at, column = cell
    if shown.number is None:
        look = ("sample_level" if shown.is_synthetic else "level") if shown.is_judged else "words"
        sheet.write_string(at, column, shown.words, formats[look + closing])
    else:
        look = number_look(shown.decimals, shown.number, is_synthetic=shown.is_synthetic)
        sheet.write_number(at, column, shown.number, formats[look + closing])
    mark = f"{SYNTHETIC_MARK if shown.is_synthetic else ''}{note}"
    look = "sample_mark" if shown.is_synthetic else "mark"
    sheet.write_string(at, column + 1, mark, formats[look + closing])


def write_signed(
    sheet: Any,
    formats: Formats,
    cell: tuple[int, int],
    signed: tuple[str, str],
    closing: str = "",
) -> None:
    """Write a state as sign, word and colour; ``signed`` is (sign and word, look)."""
    said, look = signed
    sheet.write_string(*cell, plain(said), formats[look + closing])


class Notes:
    """Footnotes of one table, numbered in the order they are met; equal texts share a number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str | None) -> str:
        """The mark of a note, like ①; nothing for no note."""
        if not text:
            return ""
        return _circled(self._numbers.setdefault(text, len(self._numbers) + 1))

    def listed(self) -> list[str]:
        """The notes as they stand below the table."""
        return [f"{_circled(number)} {text}" for text, number in self._numbers.items()]


def tree(tables: ReportTables) -> list[Record]:
    """Indicators parents first, siblings by position; one whose parent is unknown starts a branch."""
    rows = records(tables.indicators)
    known = {row["indicator"] for row in rows}
    below: dict[str, list[Record]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: one["position"] or 0):
        below[row["parent"] if row["parent"] in known else ""].append(row)
    ordered: list[Record] = []
    waiting = below[""][::-1]
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        waiting.extend(reversed(below.get(row["indicator"], [])))
    return ordered


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if number <= 20 else f"({number})"
