"""What people say labels of tables mean, remembered as rows of the catalogue; their tables are read anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from sqlalchemy import Engine, text

from learning_city.catalogue.check import check
from learning_city.catalogue.draft import ROW, Draft
from learning_city.catalogue.faults import Fault, Folder, Refused
from learning_city.collect.reader import Readers
from learning_city.collect.table_mapping import Axis
from learning_city.collect.table_words import bare
from learning_city.collect.tables import reread
from learning_city.errors import NeedsAPerson
from learning_city.model import units
from learning_city.model.edition import Edition, Row
from learning_city.model.home import Home
from learning_city.warehouse import ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a label means: a definition, or a place; neither: 不采用, with the reason in ``note``.

    ``title``: words of a table's title without which the answer does not hold (empty = any table); ``unit``: the unit
    where a table prints none (empty = the definition's); dates are half-open and speak of the data year.
    """

    profile: str
    axis: Axis
    label: str
    title: str = ""
    unit: str | None = None
    definition: str | None = None
    place: str | None = None
    parent: str | None = None
    parts: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None


def answer(engine: Engine, home: Home, readers: Readers, answers: Sequence[Answer], *, who: str, why: str) -> list[int]:
    """Remember what labels mean as one new edition, and read the tables concerned anew; returns the new submissions.

    A later answer for the same label replaces the one before. Raises CatalogueRefused when an answer contradicts the
    catalogue, NeedsAPerson without a reason.
    """
    if not answers or not who.strip() or not why.strip():
        raise NeedsAPerson(
            "请写明经办人和理由，至少回答一项。 A person, a reason and at least one answer are required."
        )
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('learning_city.edition'))"))
        edition = _checked(_answered(ref.load(connection, ref.current(connection)), answers, why.strip()))
        ref.store(connection, edition, who=who, why=why)
        sources = connection.execute(text(_SOURCES), {"profiles": [one.profile for one in answers]}).scalars().all()
    return reread(engine, home, readers, [str(source) for source in sources])


def _answered(edition: Edition, answers: Sequence[Answer], why: str) -> Edition:
    """The edition with the rows of these answers instead of those they replace."""
    tables = dict(edition.tables)
    measured = {row["definition"]: row for row in tables["definition"]}
    for one in answers:
        told = one if one.definition or one.place or one.note else replace(one, note=why)
        if told.axis == "place":
            table, row, is_replaced = "place_alias", _alias(told), partial(_is_same_alias, told)
        else:
            meant = measured.get(told.definition)
            table, row, is_replaced = "table_label", _label(told, meant), partial(_is_same_label, told)
        tables[table] = [*_replaced(tables[table], is_replaced), row]
    return Edition(tables=tables)


def _replaced(rows: Sequence[Row], is_replaced: Callable[[Row], bool]) -> list[Row]:
    return [row for row in rows if not is_replaced(row)]


def _alias(one: Answer) -> Row:
    return {
        "source": one.profile, "alias": one.label, "place": one.place, "valid_from": one.valid_from,
        "valid_to": one.valid_to, "note": one.note,
    }  # fmt: skip


def _label(one: Answer, meant: Row | None) -> Row:
    return {
        "source": one.profile, "title": one.title or None, "label": one.label,
        "measure": meant["measure"] if meant else None, "definition": one.definition,
        "unit": _unit(one, meant), "parent": one.parent, "parts": one.parts, "valid_from": one.valid_from,
        "valid_to": one.valid_to, "note": one.note,
    }  # fmt: skip


def _unit(one: Answer, meant: Row | None) -> str | None:
    """The unit as printed where the definition converts from it; an unwanted label keeps what tells it from its namesakes."""
    if meant is None:
        return one.unit if one.unit and units.canonical(one.unit) in units.UNITS else None
    theirs = str(meant["unit"])
    return one.unit if one.unit and units.factor(one.unit, theirs) is not None else theirs


def _is_same_alias(one: Answer, row: Row) -> bool:
    is_name = row["source"] == one.profile and bare(str(row["alias"])) == bare(one.label)
    return is_name and _overlaps(one, row)


def _is_same_label(one: Answer, row: Row) -> bool:
    said = str(row["unit"] or "")
    is_label = (
        row["source"] == one.profile
        and [bare(part) for part in str(row["label"]).split("|")] == [bare(part) for part in one.label.split("|")]
        and bare(str(row["title"] or "")) == bare(one.title)
    )
    return is_label and _overlaps(one, row) and (not said or not one.unit or units.factor(said, one.unit) is not None)


def _overlaps(one: Answer, row: Row) -> bool:
    starts, ends = row["valid_from"] or date.min, row["valid_to"] or date.max
    return (one.valid_from or date.min) < ends and starts < (one.valid_to or date.max)  # type: ignore[operator]


def _checked(edition: Edition) -> Edition:
    """The edition, if the catalogue's own checks find nothing in it; raises CatalogueRefused."""
    numbered = {name: [row | {ROW: n} for n, row in enumerate(rows, 2)] for name, rows in edition.tables.items()}
    found: list[Fault] = check(Draft(tables=numbered))
    if found:
        raise Refused(found, Folder())
    return edition


_SOURCES = """
SELECT DISTINCT s.source FROM intake.submission AS s
LEFT JOIN ref.source AS src ON src.source = s.source AND src.edition = (SELECT max(edition) FROM ref.edition)
WHERE s.kind = 'table' AND (s.source = ANY(:profiles) OR src.profile = ANY(:profiles))
"""
