"""What tables print and the catalogue does not know: tasks for a person."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from learning_city.collect.table_mapping import Axis
from learning_city.collect.table_words import stem


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A label, or the name of a place, that the tables of a profile print and nobody mapped yet.

    ``title`` is the stem of the tables' title (empty for places, which mean the same in any table); ``file``, ``sheet``,
    ``cell``, ``shown`` and ``path`` are an example.
    """

    profile: str
    axis: Axis
    label: str
    title: str
    unit: str | None
    cells: int
    tables: int
    years: tuple[str, ...]
    file: str
    sheet: str
    cell: str
    shown: str
    path: str


def tasks(connection: Connection) -> list[Task]:
    """What waits to be mapped in tables that count, what stands in most cells first."""
    found: dict[tuple[str, ...], Task] = {}
    held: dict[tuple[str, ...], set[int]] = {}
    for row in connection.execute(text(_UNMAPPED)).mappings():
        title, unit = (stem(row["title"]), row["unit"]) if row["axis"] == "measure" else ("", None)
        key = (row["profile"], row["axis"], row["label"], title, unit or "")
        years = set(row["years"].split(",")) - {""}
        known = found.get(key)
        held.setdefault(key, set()).add(row["submission_id"])
        found[key] = Task(
            profile=row["profile"],
            axis=row["axis"],
            label=row["label"],
            title=title,
            unit=unit,
            cells=row["cells"] + (known.cells if known else 0),
            tables=len(held[key]),
            years=tuple(sorted(years | set(known.years if known else ()))),
            file=row["delivered_as"], sheet=row["sheet"], cell=row["first_cell"], shown=row["first_text"], path=row["path"],
        )  # fmt: skip
    return sorted(found.values(), key=lambda task: (-task.cells, task.profile, task.axis, task.label, task.title))


_UNMAPPED = """
SELECT u.*, s.delivered_as, coalesce(src.profile, s.source) AS profile
FROM intake.unmapped AS u
JOIN intake.submission AS s USING (submission_id)
LEFT JOIN ref.source AS src ON src.source = s.source AND src.edition = (SELECT max(edition) FROM ref.edition)
WHERE u.state = 'unknown' AND s.kind = 'table' AND s.problem IS NULL AND s.state NOT IN ('superseded', 'withdrawn')
ORDER BY s.submission_id DESC, u.sheet, u.first_cell
"""
