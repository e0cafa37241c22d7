"""What an edition does to the figures: put in force inside one transaction, which is kept or rolled back."""

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from learning_city.catalogue.differences import Difference, differences
from learning_city.errors import NeedsAPerson
from learning_city.indicators.compute import compute_in
from learning_city.model.edition import Edition
from learning_city.reconcile.resolve import resolve_in
from learning_city.warehouse import ref
from learning_city.warehouse.statements import load

_STANDING = (
    "DROP TABLE IF EXISTS pg_temp.standing",
    """
CREATE TEMP TABLE standing (
  moment text, what text, framework text, indicator text, target text, place text, period text,
  value double precision, verdict text, is_met boolean, rank integer
) ON COMMIT DROP
""",
)
_UNUSABLE = ("22", "42", "57014")
"""Classes of SQLSTATE that an expression of the catalogue can cause: data, syntax and types, the time limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One figure that is another under the new edition; ``what``: value, attainment or rank (old and new of that kind)."""

    what: str
    framework: str
    indicator: str
    indicator_zh: str
    indicator_en: str
    target: str
    place: str
    place_zh: str
    place_en: str
    period: str
    old: float | int | bool | None
    new: float | int | bool | None
    old_verdict: str | None
    new_verdict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An edition against the one before it: rows that changed, figures that flip, how long it took in seconds."""

    old: int
    new: int
    differences: list[Difference]
    flips: list[Flip]
    periods: int
    seconds: float

    def of(self, what: str) -> list[Flip]:
        """The flips of one kind."""
        return [flip for flip in self.flips if flip.what == what]

    @property
    def needs_second(self) -> bool:
        """Whether an attainment flips or a rank moves: one person alone does not do that."""
        return bool(self.of("attainment") or self.of("rank"))


def put_in_force(
    connection: Connection,
    edition: Edition,
    *,
    who: str,
    why: str,
    with_synthetic: bool,
    confirmed_by: str | None = None,
) -> Effect:
    """Store an edition, reconcile and compute everything under it, and say what it changed.

    All in the caller's transaction: kept, values and edition agree; rolled back, nothing happened. What was accepted and
    not yet reconciled is brought in first, so that every flip is the edition's. Raises NeedsAPerson when an expression
    cannot be computed.
    """
    began = time.monotonic()
    old = ref.current(connection)
    for statement in _STANDING:
        connection.execute(text(statement))
    compute_in(connection, resolve_in(connection, with_synthetic=with_synthetic))
    connection.execute(load("indicators/standing"), {"moment": "before", "edition": old})
    changed = differences(ref.load(connection, old), edition) if old else []
    new = ref.store(connection, edition, who=who, why=why, confirmed_by=confirmed_by)
    periods = resolve_in(connection, with_synthetic=with_synthetic, everything=True)
    _compute(connection, periods)
    connection.execute(load("indicators/standing"), {"moment": "after", "edition": new})
    connection.execute(text("ANALYZE standing"))
    rows = connection.execute(load("indicators/flips"), {"old": old, "new": new}).mappings()
    flips, seconds = [_flip(dict(row)) for row in rows], time.monotonic() - began
    return Effect(old=old, new=new, differences=changed, flips=flips, periods=len(periods), seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an import: the edition ``before``; no ``effect`` where it is the same; ``awaits`` a second person.

    ``proposed_by`` is who wanted it first, where this is the second person's import.
    """

    before: int
    effect: Effect | None = None
    awaits: bool = False
    proposed_by: str = ""


def import_in(connection: Connection, edition: Edition, *, who: str, why: str, with_synthetic: bool) -> Outcome:
    """Put an edition in force in the caller's transaction, which he rolls back where the outcome ``awaits`` somebody.

    What flips an attainment or moves a rank comes into force only if another person proposed exactly this content over
    the edition in use; the edition then names both.
    """
    before = ref.current(connection)
    if ref.is_current(connection, edition):
        return Outcome(before=before)
    first = ref.proposal(connection, edition, confirmed_by=who)
    said = {"who": first["who"], "why": first["why"], "confirmed_by": who} if first else {"who": who, "why": why}
    effect = put_in_force(connection, edition, with_synthetic=with_synthetic, **said)
    awaits = effect.needs_second and first is None
    return Outcome(before=before, effect=effect, awaits=awaits, proposed_by=first["who"] if first else "")


def _compute(connection: Connection, periods: list[str]) -> None:
    try:
        compute_in(connection, periods)
    except DBAPIError as problem:
        state = str(getattr(problem.orig, "sqlstate", "") or "")
        if not state.startswith(_UNUSABLE):
            raise
        said = str(problem.orig).splitlines()[0]
        raise NeedsAPerson(
            f"新目录的公式不能计算（{said}），没有导入。请检查“公式”表里改过的表达式。 "
            f"A formula of the new catalogue cannot be computed ({said}); nothing was imported. Check the expressions."
        ) from problem


def _flip(row: dict[str, Any]) -> Flip:
    kind = {"value": "value", "attainment": "is_met", "rank": "rank"}[row["what"]]
    plain = {name: row[name] for name in Flip.__dataclass_fields__ if name in row}
    return Flip(**plain, old=row[f"old_{kind}"], new=row[f"new_{kind}"])
