"""Observation status (SDMX CL_OBS_STATUS) and the typed missing values of a ledger."""

from enum import StrEnum


class ObsStatus(StrEnum):
    """The one status of an observation; B outranks the others."""

    NORMAL = "A"
    BREAK = "B"
    DEFINITION_DIFFERS = "D"
    ESTIMATED = "E"
    FORECAST = "F"
    IMPUTED = "I"
    INCLUDED_ELSEWHERE = "K"
    NOT_COLLECTED = "L"
    CANNOT_EXIST = "M"
    NOT_SIGNIFICANT = "N"
    MISSING = "O"
    PROVISIONAL = "P"
    SUPPRESSED = "Q"
    INCLUDES_ANOTHER = "W"


MISSING_TYPES: dict[str, ObsStatus] = {
    "不适用": ObsStatus.CANNOT_EXIST,
    "暂缺": ObsStatus.NOT_COLLECTED,
    "并入": ObsStatus.INCLUDED_ELSEWHERE,
    "零": ObsStatus.NORMAL,
}
"""What a department may type instead of a number; 零 is a real zero."""

NEEDS_REASON = frozenset({"暂缺", "并入"})
SYNTHETIC_MARK = "[样例]"
"""Stands beside every number that is not real; a home that is no demonstration refuses it."""
