"""Half-open stretches of days: when a row is in force, and whether others are in force as long."""

from collections.abc import Iterable
from datetime import date

from learning_city.model.edition import Row

Span = tuple[date, date]
ALWAYS: Span = (date.min, date.max)


def span(row: Row) -> Span:
    """From when until when a row holds; a blank or unreadable date is open."""
    start, end = row.get("valid_from"), row.get("valid_to")
    return (start if isinstance(start, date) else date.min, end if isinstance(end, date) else date.max)


def overlap(left: Span, right: Span) -> bool:
    """Whether two stretches share a day."""
    return left[0] < right[1] and right[0] < left[1]


def shared(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """The days that stand in both."""
    others = list(right)
    pairs = [(max(a[0], b[0]), min(a[1], b[1])) for a in left for b in others]
    return [(start, end) for start, end in pairs if start < end]


def uncovered(wanted: Span, given: Iterable[Span]) -> Span | None:
    """The first stretch of ``wanted`` that none of ``given`` holds; None when all of it is held."""
    at = wanted[0]
    for start, end in sorted(given):
        if start > at:
            return (at, min(start, wanted[1]))
        at = max(at, end)
        if at >= wanted[1]:
            return None
    return (at, wanted[1]) if at < wanted[1] else None


def is_in_force(row: Row, day: date) -> bool:
    """Whether a row holds on a day."""
    start, end = span(row)
    return start <= day < end
