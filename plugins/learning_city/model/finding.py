"""A failed check, said so that the department can act on it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What happens next with a finding."""

    BLOCK = "block"  # cannot be right whatever is explained: 须改正
    ASK = "ask"  # may be right: 须说明, a reviewer decides
    NOTE = "note"  # recorded and shown: 提示


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One failed check at one cell, or at a whole workbook (``cell`` empty).

    ``would_be`` is the likeliest right number in the row's unit, or None.
    The order of the fields is the order of ``lcm check --json``.
    """

    rule_id: str
    family: str
    severity: Severity
    file: str
    sheet: str
    cell: str
    found: str
    expected: str
    message_zh: str
    message_en: str
    cause: str
    would_be: float | None
