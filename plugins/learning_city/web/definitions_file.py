"""The register of conflicts as an Excel: a row for each candidate with what it is compared by, ready to be printed."""

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import xlsxwriter
from fastapi import Response
from sqlalchemy import RowMapping

from learning_city.web import board_file, definitions_facts, page, relations_file
from learning_city.web.definitions_queue import key_of
from learning_city.web.definitions_table import FACETS, Column, candidates

MANY = 2000
"""Conflicts in one register."""
Row = Mapping[Any, Any]
_WIDTHS = (9, 10, 24, 26, 8, 6, 12, 16, 12, *(16,) * len(FACETS), 22, 8, 12, 30, 12, 22, 12, 9, 12, 12, 16, 8, 40)
_NUMERIC = "#,##0.######"


def download(around: page.Frame, conflicts: Sequence[RowMapping], period: str, name: str) -> Response:
    """The register of these conflicts and of every relation between figures, in the page's language."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, board_file.PLAIN) as book:
        _sheet(around, conflicts, book)
        relations_file.add_sheet(around, period, book)
    return board_file.download(held.getvalue(), name, board_file.XLSX)


def _sheet(around: page.Frame, conflicts: Sequence[RowMapping], book: Any) -> None:
    sheet = book.add_worksheet(around.say("tab.definitions"))
    head = book.add_format({"bold": True, "bg_color": "#eef2f6", "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    figure, plain = book.add_format({"num_format": _NUMERIC}), book.add_format({"text_wrap": True, "valign": "top"})
    titles = [around.say(key) for key in _heads()]
    sheet.write_row(0, 0, titles, head)
    number = 0
    for number, row in enumerate(_rows(around, conflicts), start=1):
        for column, said in enumerate(row):
            if isinstance(said, float):
                sheet.write_number(number, column, said, figure)
            else:
                sheet.write_string(number, column, said, plain)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, max(number, 1), len(titles) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _heads() -> tuple[str, ...]:
    facets = (f"defs.facet.{facet}" for facet in FACETS)
    first = ("period", "place", "defs.definition", "defs.state", "defs.apart", "defs.candidate", "defs.value")
    last = ("defs.source", "defs.source_rank", "defs.recorded", "defs.cell", "defs.verdict", "defs.why", "unit")
    ruled = (
        "defs.ruling",
        "defs.ruling.value",
        "defs.ruling.who",
        "defs.ruling.confirmed",
        "defs.code",
        "defs.ruling.why",
    )
    return (*first, "defs.interval", "defs.method", *facets, *last, *ruled)


def _rows(around: page.Frame, conflicts: Sequence[RowMapping]) -> Iterator[list[str | float]]:
    """Text and numbers of each candidate of each conflict."""
    heard = definitions_facts.candidates(conflicts)
    known = definitions_facts.definitions(conflicts, heard)
    by_code = {row["definition"]: row for row in known["definitions"]}
    names = {(row["facet"], row["code"]): around.name(row, "name") for row in known["facets"]}
    by_key = {
        key: list(rows) for key, rows in groupby(heard, lambda row: f"{row['of_period']}~{row['of_place']}~{row['of_definition']}")
    }  # fmt: skip
    rulings = {key_of(row): row for row in definitions_facts.rulings(conflicts)}
    for one in around.names.named(conflicts):
        target, ruling = by_code.get(one["definition"], {}), rulings.get(key_of(one))
        columns = candidates(target, by_key.get(key_of(one), []), by_code, {})
        for column in columns:
            yield [
                *_of_conflict(around, one), *_of_candidate(around, column, names),
                *_of_ruling(around, ruling, column, columns),
            ]  # fmt: skip


def _of_conflict(around: page.Frame, one: Row) -> list[str | float]:
    state = "second" if one["ruling"] == "pending" else one["state"]
    apart = f"{one['apart']:.1%}" if one["apart"] is not None else "—"
    name = around.name(one, "definition") or one["definition"]
    return [one["period"], around.name(one, "place") or one["place"], name, around.say(f"defs.state.{state}"), apart]


def _of_candidate(around: page.Frame, column: Column, names: Mapping[tuple[str, str], str]) -> list[str | float]:
    sources = around.names.of("source")
    said = dict.fromkeys(
        around.name(sources.get(row["source"], {}), "source") or row["source"] for row in column.figures
    )
    cells = (f"{row['file_name'] or ''} {row['sheet']}!{row['cell']}".strip() for row in column.figures)
    return [
        column.letter, float(column.value), f"{page.number(column.low)} – {page.number(column.high)}",
        around.say(f"method.{column.method}"), *(_facet(around, facet, column, names) for facet in FACETS),
        around.say("comma").join(said), str(column.source_rank or ""), column.recorded, "\n".join(cells),
        around.say(f"verdict.{column.verdict}"), around.say(f"defs.lost.{column.lost or 'first'}"), column.unit,
    ]  # fmt: skip


def _of_ruling(around: page.Frame, ruling: Row | None, column: Column, columns: list[Column]) -> list[str | float]:
    """Whether this candidate was taken, and of its conflict: the value taken, by whom, confirmed by whom, and why."""
    if ruling is None:
        return [""] * 6
    picked = {taken.letter: taken for taken in columns if [row["obs_id"] for row in taken.figures] == ruling["picked"]}
    taken = around.say("defs.picked" if ruling["state"] == "pending" else "defs.chosen")
    second = ruling["confirmed_by"] or around.say("defs.state.second")
    return [
        taken if column.letter in picked else "", next((float(one.value) for one in picked.values()), ""),
        f"{around.person(ruling['who'])} {ruling['decided']}", around.person(second),
        ruling["code"] or "", around.reason(ruling["who"], ruling["why"]),
    ]  # fmt: skip


def _facet(around: page.Frame, facet: str, column: Column, names: Mapping[tuple[str, str], str]) -> str:
    """A facet in words, with the sign that the page shows where it differs."""
    cell = column.cells[facet]
    words = [
        around.say(f"defs.kind.{code}") if facet == "kind" else names.get((facet, code)) or names.get(("threshold", code)) or code
        for code in cell.codes
    ]  # fmt: skip
    sign = {"near": "≈ ", "differ": "≠ "}.get(cell.sign, "")
    return sign + around.say("comma").join([*words, *cell.more])
