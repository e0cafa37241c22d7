"""Checks of frameworks: trees of any depth, shapes as stated."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from learning_city.catalogue.draft import Dangling, Draft, by, grouped, is_unread, number, text
from learning_city.catalogue.faults import Fault
from learning_city.catalogue.spans import Span, span, uncovered
from learning_city.model.edition import Row

Tree = dict[tuple[object, ...], list[Row]]


def dangling(draft: Draft) -> Iterator[Dangling]:
    """Parents that no row describes."""
    known = by(draft.tables["indicator"], "framework", "indicator")
    for row in draft.tables["indicator"]:
        above = (row["framework"], row["parent"])
        if row["parent"] is not None and not is_unread(row, "framework", "parent") and above not in known:
            fault = _fault(
                row,
                "parent",
                f"“{row['parent']}”不是体系“{row['framework']}”的指标，请改成上一级指标的代码。",
                f"{row['parent']!r} is not an indicator of {row['framework']!r}; name the one above.",
            )
            yield Dangling(target="indicator", value=above, fault=fault)


def faults(draft: Draft) -> Iterator[Fault]:
    """Places and indicators under their parents, then each framework against its stated shape."""
    yield from _place_parents(draft)
    yield from _levels(draft)
    known = by(draft.tables["indicator"], "framework", "indicator")
    for framework in draft.tables["framework"]:
        rows = [row for row in draft.tables["indicator"] if row["framework"] == framework["framework"]]
        found = list(_tree(rows, known))
        yield from found
        is_blurred = bool(found) or any(
            is_unread(row, "framework", "level", "nature") for row in draft.tables["indicator"]
        )
        if not is_blurred and "indicator" not in draft.lost:
            yield from _shape(framework, rows)


def _fault(row: Row, column: str, zh: str, en: str, table: str = "indicator") -> Fault:
    return Fault(table=table, row=number(row), column=column, zh=zh, en=en)


def _place_parents(draft: Draft) -> Iterator[Fault]:
    places = by(draft.tables["place"], "place")
    yield from _gaps([(row, places.get((row["parent"],), [])) for row in draft.tables["place"]], "place")


def _gaps(rows: Iterable[tuple[Row, list[Row]]], table: str) -> Iterator[Fault]:
    """Rows that hold while nothing above them does, told once for each parent."""
    found: dict[tuple[object, ...], list[Fault]] = defaultdict(list)
    for row, above in rows:
        if gap := _gap(row, above):
            zh = f"上级“{row['parent']}”在 {gap[0]} 起没有有效的行，请核对两边的有效期。"
            en = f"{row['parent']!r} is not in force from {gap[0]} on; compare the dates of both."
            found[row.get("framework"), row["parent"]].append(_fault(row, "parent", zh, en, table))
    for alike in found.values():
        yield from grouped(alike)


def _gap(row: Row, above: list[Row]) -> Span | None:
    """When a row holds and none of the rows above it does."""
    if not above or is_unread(row, "valid_from", "valid_to"):
        return None
    if any(is_unread(other, "valid_from", "valid_to") for other in above):
        return None
    return uncovered(span(row), [span(other) for other in above])


def _tree(rows: list[Row], known: Tree) -> Iterator[Fault]:
    parents = {row["parent"] for row in rows}
    yield from _gaps([(row, known.get((row["framework"], row["parent"]), [])) for row in rows], "indicator")
    for row in rows:
        yield from _place_in_tree(row, known)
        if not is_unread(row, "nature", "indicator", "level"):
            yield from _nature(row, is_leaf=row["indicator"] not in parents)
        if not is_unread(row, "nature", "scale"):
            yield from _scale(row)


def _place_in_tree(row: Row, known: Tree) -> Iterator[Fault]:
    level = row["level"]
    if not isinstance(level, int) or is_unread(row, "parent"):
        return
    above = known.get((row["framework"], row["parent"]), [])
    if level < 1 or (level == 1) != (row["parent"] is None):
        zh = "1 级指标不填上级，其他级别要填" if level >= 1 else "级别从 1 起"
        yield _fault(row, "parent" if level >= 1 else "level", f"{zh}，请核对级别和上级指标。", _ABOVE)
    elif above and all(isinstance(other["level"], int) and other["level"] != level - 1 for other in above):
        zh = f"上级“{row['parent']}”是 {above[0]['level']} 级，应为 {level - 1} 级，请核对级别和上级指标。"
        yield _fault(row, "parent", zh, f"{row['parent']!r} is not an indicator one level above.")


_ABOVE = "level 1 has no parent, every other level has one; correct the level or the parent."


def _nature(row: Row, *, is_leaf: bool) -> Iterator[Fault]:
    nature = row["nature"]
    if is_leaf and nature is None:
        zh = "没有下级的指标要注明定量还是定性。"
        yield _fault(
            row, "nature", zh, "an indicator without others below it is quantitative or qualitative; say which."
        )
    if not is_leaf and nature is not None:
        zh = "有下级的指标不填性质，请删去，或去掉它的下级。"
        yield _fault(row, "nature", zh, "a group has no nature; remove it, or the indicators below.")
    if nature == "quantitative" and row["formula"] is None:
        zh = "定量指标要有公式，请填“公式”表里的代码，或改为定性。"
        yield _fault(row, "formula", zh, "a quantitative indicator needs a formula, or is qualitative.")
    if nature == "quantitative" and (row["unit"] is None or row["direction"] is None):
        column = "unit" if row["unit"] is None else "direction"
        yield _fault(
            row, column, "定量指标要填计量单位和方向。", "a quantitative indicator needs a unit and a direction."
        )


def _scale(row: Row) -> Iterator[Fault]:
    """What is judged names its scale; what is computed has none. An older catalogue may name none at all."""
    if row["scale"] is not None and row["nature"] != "qualitative":
        zh = "只有定性指标按等级评定，请删去等级表代码。"
        yield _fault(row, "scale", zh, "only a qualitative indicator is judged on a scale; remove it.")


def _levels(draft: Draft) -> Iterator[Fault]:
    """A scale has at least two levels, each at a place of its own."""
    for (scale,), rows in by(draft.tables["scale"], "scale").items():
        if len(rows) < 2:
            zh = f"等级表“{scale}”只有一级，至少要两级。"
            yield _fault(rows[0], "scale", zh, f"{scale!r} has one level only; two are needed at least.", "scale")
        for row in rows:
            alike = [other for other in rows if other["position"] == row["position"]]
            if not is_unread(row, "position") and alike[0] is not row:
                zh = f"次序 {row['position']} 与第 {number(alike[0])} 行相同，请改正。"
                yield _fault(row, "position", zh, f"row {number(alike[0])} has the same position.", "scale")


def _shape(framework: Row, rows: list[Row]) -> Iterator[Fault]:
    """A framework that states its shape has it: 5/15/62 items by level, so many qualitative and quantitative."""
    latest = list({row["indicator"]: row for row in rows}.values())
    levels = [row["level"] for row in latest]
    deepest = max((level for level in levels if isinstance(level, int)), default=0)
    shape = "/".join(str(levels.count(n)) for n in range(1, deepest + 1))
    if text(framework, "shape") and shape != text(framework, "shape"):
        stated = text(framework, "shape")
        zh = f"写的是 {stated}，指标表里实有 {shape}，请核对。"
        yield _fault(framework, "shape", zh, f"{stated} is stated, the items make {shape}.", "framework")
        return
    for nature in ("qualitative", "quantitative"):
        have, stated_n = sum(row["nature"] == nature for row in latest), framework[nature]
        if isinstance(stated_n, int) and stated_n != have:
            zh = f"写的是 {stated_n} 项，指标表里实有 {have} 项，请核对。"
            yield _fault(framework, nature, zh, f"{stated_n} is stated, the items make {have}.", "framework")
