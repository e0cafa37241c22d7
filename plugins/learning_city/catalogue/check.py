"""Checks that need more than one row: keys, references, dates, shapes, formulas."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from learning_city.catalogue import formulas
from learning_city.catalogue.columns import TABLES, Table
from learning_city.model import units
from learning_city.model.edition import Row

Tables = dict[str, list[Row]]


def check(tables: Tables) -> list[str]:
    """Every contradiction within and between the tables, each with file, row and column."""
    errors: list[str] = []
    for name, table in TABLES.items():
        errors += _keys(table, tables[name])
        errors += _references(table, tables[name], tables)
    errors += _frameworks(tables)
    errors += _formulas(tables)
    errors += _bridges(tables)
    errors += _definitions(tables)
    errors += _form_items(tables)
    return errors


def _at(table: str, row: Row, column: str) -> str:
    return f"{TABLES[table].file}, row {row['_row']}, column {column}"


def _keys(table: Table, rows: list[Row]) -> Iterator[str]:
    """A key stands once, or several times with half-open dates that do not overlap."""
    seen: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        key = tuple(row[name] for name in table.key)
        where = f"{table.file}, row {row['_row']}, column {table.key[0]}"
        start, end = row.get("valid_from"), row.get("valid_to")
        if isinstance(start, date) and isinstance(end, date) and end <= start:
            yield f"{table.file}, row {row['_row']}, column valid_to: {end} is not after valid_from {start}."
        for other in seen[key]:
            if not table.dated or _overlap(row, other):
                yield f"{where}: {key} stands already in row {other['_row']}" + (
                    " for the same dates." if table.dated else "."
                )
        seen[key].append(row)


def _overlap(left: Row, right: Row) -> bool:
    def span(row: Row) -> tuple[date, date]:
        start, end = row["valid_from"], row["valid_to"]
        return (start if isinstance(start, date) else date.min, end if isinstance(end, date) else date.max)

    (a, b), (c, d) = span(left), span(right)
    return a < d and c < b


def _references(table: Table, rows: list[Row], tables: Tables) -> Iterator[str]:
    for column, (other, key) in table.references.items():
        known = {row[key] for row in tables[other]}
        for row in rows:
            if row[column] is not None and row[column] not in known:
                yield (
                    f"{table.file}, row {row['_row']}, column {column}: {row[column]!r} "
                    f"is not in {TABLES[other].file}; add it there or correct it here."
                )


def _frameworks(tables: Tables) -> Iterator[str]:
    """A framework that states its shape has it: 5/15/62 items by level, so many qualitative and quantitative."""
    for framework in tables["framework"]:
        rows = [row for row in tables["indicator"] if row["framework"] == framework["framework"]]
        yield from _tree(rows)
        if framework["shape"]:
            yield from _shape(framework, rows)


def _tree(rows: list[Row]) -> Iterator[str]:
    levels = {row["indicator"]: row["level"] for row in rows}
    for row in rows:
        level = row["level"] if isinstance(row["level"], int) else 0
        if level > 1 and levels.get(row["parent"]) != level - 1:
            yield f"{_at('indicator', row, 'parent')}: {row['parent']!r} is not an indicator one level above."
        if row["nature"] == "quantitative" and not row["formula"]:
            yield f"{_at('indicator', row, 'formula')}: a quantitative indicator needs a formula."


def _shape(framework: Row, rows: list[Row]) -> Iterator[str]:
    levels = [row["level"] for row in rows]
    shape = "/".join(str(levels.count(n)) for n in range(1, str(framework["shape"]).count("/") + 2))
    if shape != framework["shape"]:
        yield f"{_at('framework', framework, 'shape')}: {framework['shape']} is stated, the items make {shape}."
    for nature in ("qualitative", "quantitative"):
        have = sum(row["nature"] == nature for row in rows)
        if framework[nature] is not None and framework[nature] != have:
            yield f"{_at('framework', framework, nature)}: {framework[nature]} is stated, the items make {have}."


def _formulas(tables: Tables) -> Iterator[str]:
    known = {str(row["definition"]) for row in tables["definition"]}
    for row in tables["formula"]:
        if not str(row["formula"]).isidentifier():
            yield f"{_at('formula', row, 'formula')}: {row['formula']!r} is no name; use letters, digits and _ only."
        where = _at("formula", row, "expression")
        for problem in formulas.problems(str(row["expression"]), known):
            yield f"{where}: {problem}"


def _bridges(tables: Tables) -> Iterator[str]:
    parts: dict[object, list[Row]] = defaultdict(list)
    unit_of = {row["definition"]: str(row["unit"]) for row in tables["definition"]}
    for row in tables["bridge"]:
        parts[row["bridge"]].append(row)
    for bridge, rows in parts.items():
        if sorted(str(row["part"]) for row in rows) != sorted(str(n + 1) for n in range(len(rows))) or any(
            row["parts"] != len(rows) for row in rows
        ):
            yield f"{_at('bridge', rows[0], 'part')}: bridge {bridge!r} needs its parts 1 … parts, each once."
        for row in rows:
            if isinstance(row["factor"], float) and row["factor"] <= 0:
                yield f"{_at('bridge', row, 'factor')}: must be positive; a difference subtracts by its type."
            left, right = unit_of.get(row["from_definition"]), unit_of.get(row["to_definition"])
            if row["type"] != "unit" and left and right and units.canonical(left) != units.canonical(right):
                yield f"{_at('bridge', row, 'type')}: only a bridge of type unit changes the unit ({left} → {right})."


def _definitions(tables: Tables) -> Iterator[str]:
    unit_of = {row["measure"]: str(row["unit"]) for row in tables["measure"]}
    for row in tables["definition"]:
        measured = unit_of.get(row["measure"])
        if not str(row["definition"]).isidentifier():
            yield f"{_at('definition', row, 'definition')}: use small letters, digits and _ only; formulas name it."
        if measured and row["unit"] and units.factor(str(row["unit"]), measured) is None:
            yield f"{_at('definition', row, 'unit')}: {row['unit']} does not convert into the measure's {measured}."


def _form_items(tables: Tables) -> Iterator[str]:
    measure_of = {row["definition"]: row["measure"] for row in tables["definition"]}
    asked = {(row["form"], row["measure"]) for row in tables["form_item"]}
    for row in tables["form_item"]:
        if row["definition"] in measure_of and measure_of[row["definition"]] != row["measure"]:
            yield f"{_at('form_item', row, 'definition')}: {row['definition']!r} defines {measure_of[row['definition']]!r}."
        for column in ("parent", "numerator", "denominator"):
            if row[column] and (row["form"], row[column]) not in asked:
                yield f"{_at('form_item', row, column)}: {row[column]!r} is not asked for on the same form."
