"""The labels beside the rows: the tree that indents, marks and filled-down columns make."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from learning_city.collect import table_labels, table_years
from learning_city.collect.table_blocks import Block
from learning_city.collect.table_columns import Columns, Panel
from learning_city.collect.table_page import Kind, Page


@dataclass(slots=True)
class Stub:
    """What stands beside one row, outermost first; ``unit`` the innermost that a label names."""

    path: list[str] = field(default_factory=list)
    alias: str = ""
    unit: str | None = None
    year: int | None = None
    marks: str = ""


@dataclass(slots=True)
class _Step:
    """A label that may stand over the rows below it."""

    indent: int
    text: str
    unit: str | None
    year: int | None
    is_part: bool = False


def read(page: Page, block: Block, panel: Panel, columns: Columns) -> dict[int, Stub]:
    """The labels of each row of data of one panel; rows that are only notes, twins or headings have none."""
    stubs: dict[int, Stub] = {}
    down: dict[int, str] = {}
    parents: list[_Step] = []
    last: Stub | None = None
    flat = _lines(page, block, panel)
    above: int | None = None
    for index, r in enumerate(flat):
        if _is_twin(page, r, above, panel):
            if last is not None:
                last.alias = f"{last.alias} {page.words(r, page.filled(r)[0])}".strip()
            continue
        above = r
        if _is_section(page, r, flat[index + 1 :], panel):
            _push(parents, _section(page, r, flat[index + 1 :]))
            down.clear()
            continue
        stub = _stub(page, r, panel, columns, down, parents)
        if stub is None and last is None:
            continue
        last = stub or Stub(list(last.path), last.alias, last.unit, last.year) if last else stub
        if last is not None:
            stubs[r] = last
    return stubs


def _lines(page: Page, block: Block, panel: Panel) -> list[int]:
    """Rows that carry something of this panel, without notes, unit lines and repeated titles."""
    first = panel.labels[0] if panel.labels else 0
    last = max([*panel.labels, *panel.data], default=0)
    lines: list[int] = []
    for r in block.body:
        used = [c for c in range(first, last + 1) if page.through(r, c) != ""]
        if not used or r in block.notes or page.kind(r) is Kind.LONE or page.is_unit_line(r):
            continue
        lines.append(r)
    return lines


def _is_twin(page: Page, row: int, above: int | None, panel: Panel) -> bool:
    """An English line below a Chinese one, with nothing in the data columns."""
    return (
        above is not None
        and not any(page.cell(row, c) != "" for c in panel.data)
        and page.filled(row) != []
        and page.is_twin(row, above)
    )


def _is_section(page: Page, row: int, following: Sequence[int], panel: Panel) -> bool:
    """A line of labels only, which stands over the rows below it: they are set in, or it is set across."""
    if any(page.cell(row, c) != "" for c in panel.data if page.anchor(row, c) == (row, c)):
        return False
    filled = page.filled(row)
    if not filled:
        return False
    if any(page.anchor(row, c) == (row, filled[0]) for c in panel.data):
        return True
    text = page.words(row, filled[0])
    following = [r for r in following if page.filled(r)]
    if not following:
        return False
    below = following[0]
    own, theirs = _indent(page, row, filled[0]), _indent(page, below, page.filled(below)[0])
    if filled[0] not in panel.labels:
        return not any((below, c) in page.values for c in panel.data if c <= filled[0]) or theirs != own
    return own != theirs or text.endswith(("：", ":")) or (len(panel.labels) > 1 and filled[-1] < panel.labels[-1])


def _indent(page: Page, row: int, column: int) -> int:
    place = page.anchor(row, column)
    return table_labels.indent(page.cell(*place)) + 2 * page.grid.indents.get(place, 0)


def _step(page: Page, row: int, column: int) -> _Step:
    label = page.label(row, column)
    year = table_years.of_label(label.text)
    return _Step(_indent(page, row, column), label.text, label.unit, year, label.is_part)


def _section(page: Page, row: int, following: Sequence[int]) -> _Step:
    """A line over the rows below it; one that is set in more than they are was centred, and stands above them all."""
    step = _step(page, row, page.filled(row)[0])
    if below := [r for r in following if page.filled(r)]:
        step.indent = min(step.indent, _indent(page, below[0], page.filled(below[0])[0]) - 1)
    return step


def _push(parents: list[_Step], step: _Step) -> None:
    """Leave only those above that are set in less; an of-which row stands below the row before it."""
    while parents and parents[-1].indent >= step.indent:
        if step.is_part and not parents[-1].is_part and parents[-1].indent == step.indent:
            break
        parents.pop()
    if step.is_part and parents and parents[-1].indent == step.indent:
        step.indent += 1
    parents.append(step)


def _stub(
    page: Page, row: int, panel: Panel, columns: Columns, down: dict[int, str], parents: list[_Step]
) -> Stub | None:
    """The labels of a data row; None when it has none of its own."""
    outer, inner = panel.labels[:-1], panel.labels[-1:]
    _fill_down(page, row, outer, down)
    stub = Stub(path=[])
    held = [c for c in inner if page.through(row, c) != ""]
    if not held and not any(page.through(row, c) != "" for c in outer):
        return None
    for c in held:
        step = _step(page, row, c)
        _push(parents, step)
        stub.path = [parent.text for parent in parents]
        stub.unit = next((parent.unit for parent in reversed(parents) if parent.unit), None)
        stub.year = next((parent.year for parent in reversed(parents) if parent.year), None)
        stub.marks, stub.alias = page.label(row, c).marks, page.label(row, c).alias
    labels = [table_labels.read(down[c]) for c in outer if down.get(c)]
    stub.path = [label.text for label in labels] + stub.path
    stub.unit = stub.unit or next((label.unit for label in reversed(labels) if label.unit), None)
    stub.year = stub.year or next((y for label in labels if (y := table_years.of_label(label.text))), None)
    beside = (page.words(row, c) for c in columns.twins)
    stub.alias = stub.alias or next((text for text in beside if table_labels.is_western(text)), "")
    return stub


def _fill_down(page: Page, row: int, outer: Sequence[int], down: dict[int, str]) -> None:
    """An empty label below a label takes it over, until a column further out changes."""
    for index, c in enumerate(outer):
        if (text := table_labels.words(page.through(row, c))) and down.get(c) != text:
            down[c] = text
            for further in outer[index + 1 :]:
                down.pop(further, None)
