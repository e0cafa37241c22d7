"""What a chunk of workbooks says, as Arrow: rows of worksheets, what is asked, and what was answered."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from learning_city.collect.ledger_plain import Grid
from learning_city.collect.ledger_plan import ITEM_COLUMNS, Asked, Plan
from learning_city.collect.ledger_text import as_array

_ROWS = {"file": pa.int32(), "sheet": pa.string(), "row_no": pa.int32(), "cells": pa.string()}
_ASKED = {name: pa.string() for name in ITEM_COLUMNS} | {"item_no": pa.int32()}
_ANSWERS = {
    "file": pa.int32(), "asked": pa.int32(), "place": pa.string(), "previous": pa.float64(), "yearbook": pa.float64(),
    "text": pa.string(), "typed": pa.string(), "missing_type": pa.string(), "reason": pa.string(),
    "evidence": pa.string(),
}  # fmt: skip
Answer = tuple[str, str, str, str, str]
"""Text, typed (number | text | empty | formula), missing type, reason and evidence of an item."""


class Frames:
    """Collects a chunk; workbooks of one template share the rows that say what is asked."""

    def __init__(self) -> None:
        self._rows: list[list[Any]] = [[] for _ in _ROWS]
        self._answers: list[list[Any]] = [[] for _ in _ANSWERS]
        self._asked: list[tuple[object, ...]] = []
        self._first: dict[int, tuple[int, Plan]] = {}

    def add_sheet(self, file: int, name: str, grid: Grid) -> None:
        """Every row that holds something."""
        said = [(number, cells) for number, row in enumerate(grid, start=1) if (cells := as_array(row))]
        files, sheets, numbers, texts = self._rows
        files.extend([file] * len(said))
        sheets.extend([name] * len(said))
        numbers.extend([number for number, _ in said])
        texts.extend([cells for _, cells in said])

    def add_answers(self, file: int, asked: Asked, answers: Sequence[Answer]) -> None:
        """The answer to each item of the workbook's plan, in its order."""
        first, count = self._start(asked.plan), len(answers)
        told = list(zip(*answers, strict=True)) or [()] * len(Answer.__args__)  # type: ignore[attr-defined]
        columns = (
            [file] * count, range(first, first + count), asked.places(), asked.last("previous"), asked.last("yearbook"),
            *told,
        )  # fmt: skip
        for kept, column in zip(self._answers, columns, strict=True):
            kept.extend(column)

    def _start(self, plan: Plan) -> int:
        """The row at which what this plan asks for begins; the plan is kept, so that no other one takes its id."""
        if id(plan) not in self._first:
            self._first[id(plan)] = len(self._asked), plan
            self._asked.extend(plan.items)
        return self._first[id(plan)][0]

    def arrow(self) -> list[bytes]:
        """Three frames: rows of worksheets; what is asked; answers, whose ``asked`` is the row of the frame before."""
        asked = list(zip(*self._asked, strict=True)) or [()] * len(_ASKED)
        return [_stream(_ROWS, self._rows), _stream(_ASKED, asked), _stream(_ANSWERS, self._answers)]


def _stream(types: dict[str, pa.DataType], columns: Sequence[Sequence[Any]]) -> bytes:
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types.values(), strict=True)]
    table = pa.table(arrays, names=list(types))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())
