"""Checks of what is counted and how: definitions, their facets, bridges between them, formulas over them."""

import re
from collections.abc import Iterator
from functools import reduce

from learning_city.catalogue import formulas
from learning_city.catalogue.draft import UNREAD, Dangling, Draft, by, is_unread, number, text
from learning_city.catalogue.faults import Fault
from learning_city.catalogue.headings import choices, heading
from learning_city.catalogue.spans import overlap, shared, span
from learning_city.model import units
from learning_city.model.edition import Row

FACETS = ("population", "time", "boundary", "scope", "counting")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def dangling(draft: Draft) -> Iterator[Dangling]:
    """Facet values without a row of their own, and definitions that formulas name and nobody describes."""
    known = set(by(draft.tables["facet"], "facet", "code"))
    for row in draft.tables["definition"]:
        for facet in FACETS:
            code = row[facet]
            if code is not None and code is not UNREAD and (facet, code) not in known:
                yield Dangling(target="facet", value=(facet, code), fault=_facet(row, facet))
    described = {str(row["definition"]) for row in draft.tables["definition"]}
    for row in draft.tables["formula"]:
        for name in formulas.names(text(row, "expression")):
            if name not in described:
                yield Dangling(target="definition", value=(name,), fault=_undefined(row, name))


def faults(draft: Draft) -> Iterator[Fault]:
    """Names, units, parts and dates that do not fit together."""
    yield from _names(draft)
    yield from _units(draft)
    yield from _thresholds(draft)
    yield from _bridges(draft)
    yield from _formulas(draft)
    yield from _versions(draft)


def _facet(row: Row, facet: str) -> Fault:
    word = choices("facet", "facet")[facet]
    return Fault(
        table="definition", row=number(row), column=facet,
        zh=f"“{row[facet]}”不是“口径要素”表里“{word}”的取值，请在那里补上，或在这里改正。",
        en=f"{row[facet]!r} is no value of the facet {facet} (sheet 口径要素, facets.csv); add it there or correct it here.",
    )  # fmt: skip


def _undefined(row: Row, name: str) -> Fault:
    return Fault(
        table="formula", row=number(row), column="expression",
        zh=f"“{name}”不是“口径”表里的口径代码，请改正表达式或补上口径。",
        en=f"{name!r} is not a definition of the catalogue; correct the expression or add the definition.",
    )  # fmt: skip


def _names(draft: Draft) -> Iterator[Fault]:
    """Definitions and formulas are named in statements: small letters, digits and _ only."""
    for table in ("definition", "formula"):
        for row in draft.tables[table]:
            if not is_unread(row, table) and not _NAME.fullmatch(text(row, table)):
                yield Fault(
                    table=table, row=number(row), column=table,
                    zh=f"代码“{row[table]}”只能用小写字母、数字和下划线，以字母开头，最多 63 个字符，请改名。",
                    en=f"{row[table]!r} is no name; use small letters, digits and _ only, at most 63.",
                )  # fmt: skip


def _units(draft: Draft) -> Iterator[Fault]:
    unit_of = {row["measure"]: text(row, "unit") for row in draft.tables["measure"]}
    for row in draft.tables["definition"]:
        measured, unit = unit_of.get(row["measure"], ""), text(row, "unit")
        if measured and unit and units.factor(unit, measured) is None:
            yield Fault(
                table="definition", row=number(row), column="unit",
                zh=f"“{unit}”不能换算成数据项的单位“{measured}”，请改单位，或另设数据项。",
                en=f"{unit} does not convert into the measure's {measured}; correct it or add another measure.",
            )  # fmt: skip


def _thresholds(draft: Draft) -> Iterator[Fault]:
    lines = by(draft.tables["threshold"], "threshold")
    for row in draft.tables["definition"]:
        group = lines.get((row["threshold"],), [])
        if group and not any(overlap(span(row), span(line)) for line in group):
            yield Fault(
                table="definition", row=number(row), column="threshold",
                zh=f"标准线“{row['threshold']}”在这条口径有效期内没有取值，请核对两边的日期。",
                en=f"{row['threshold']!r} has no value while the definition holds; compare the dates.",
            )  # fmt: skip


def _bridges(draft: Draft) -> Iterator[Fault]:
    unit_of = {row["definition"]: text(row, "unit") for row in draft.tables["definition"]}
    for (bridge,), rows in by(draft.tables["bridge"], "bridge").items():
        yield from _parts(bridge, rows)
        for row in rows:
            factor = row["factor"]
            if isinstance(factor, float) and factor <= 0:
                yield Fault(
                    table="bridge", row=number(row), column="factor",
                    zh="系数要大于 0；要相减请把类型改为“相减”。",
                    en="must be positive; a difference subtracts by its type.",
                )  # fmt: skip
            left, right = unit_of.get(row["from_definition"]), unit_of.get(row["to_definition"])
            if _changes_unit(row, left, right):
                yield Fault(
                    table="bridge", row=number(row), column="type",
                    zh=f"只有“单位换算”可以改变单位（{left} → {right}），请改类型或口径。",
                    en=f"only a bridge of type unit changes the unit ({left} → {right}).",
                )  # fmt: skip


def _changes_unit(row: Row, left: str | None, right: str | None) -> bool:
    if not left or not right or is_unread(row, "type") or row["type"] == "unit":
        return False
    return units.canonical(left) != units.canonical(right)


def _parts(bridge: object, rows: list[Row]) -> Iterator[Fault]:
    if any(is_unread(row, "part", "parts") for row in rows):
        return
    wanted = {str(n + 1) for n in range(len(rows))}
    wrong = [row for row in rows if str(row["part"]) not in wanted or row["parts"] != len(rows)]
    if wrong:
        column = "part" if str(wrong[0]["part"]) not in wanted else "parts"
        yield Fault(
            table="bridge", row=number(wrong[0]), column=column,
            zh=f"衔接“{bridge}”共 {len(rows)} 行，“{heading('bridge', 'part')}”应为 1 到 {len(rows)} 各一次，"
            f"“{heading('bridge', 'parts')}”应为 {len(rows)}。",
            en=f"bridge {bridge!r} needs its parts 1 … parts, each once ({len(rows)} rows).",
        )  # fmt: skip


def _formulas(draft: Draft) -> Iterator[Fault]:
    for row in draft.tables["formula"]:
        for zh, en in formulas.problems(text(row, "expression")):
            yield Fault(table="formula", row=number(row), column="expression", zh=zh, en=en)
    definitions = by(draft.tables["definition"], "definition")
    for row in draft.tables["formula"]:
        used = formulas.names(text(row, "expression"))
        if all((name,) in definitions for name in used):
            held = [[span(one) for one in definitions[name,]] for name in used]
            if not reduce(shared, held, [span(row)]):
                yield Fault(
                    table="formula", row=number(row), column="valid_from",
                    zh=f"公式有效期内，所用口径（{'、'.join(used)}）没有同时有效的日子，请核对日期。",
                    en=f"the definitions it reads ({', '.join(used)}) are never in force together with it.",
                )  # fmt: skip


def _versions(draft: Draft) -> Iterator[Fault]:
    """Two versions of one formula are never in force on the same day."""
    for (name,), rows in by(draft.tables["formula"], "formula").items():
        for place, row in enumerate(rows):
            for other in rows[:place]:
                if row["version"] != other["version"] and overlap(span(row), span(other)):
                    yield Fault(
                        table="formula", row=number(row), column="valid_from",
                        zh=f"公式“{name}”第 {row['version']} 版与第 {number(other)} 行（第 {other['version']} 版）"
                        "有效期重叠，请让前一版在后一版生效那天失效。",
                        en=f"version {row['version']} of {name!r} overlaps version {other['version']} "
                        f"(row {number(other)}); end the older one where the newer begins.",
                    )  # fmt: skip
                    break
