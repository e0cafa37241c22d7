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
BANNER = f"样例数据 SAMPLE DATA · 带 {SYNTHETIC_MARK} 标记的斜体灰字为虚构数字，仅供演示，不得引用"
"""Stands above everything that holds invented figures."""


def read_legend(text: str) -> dict[str, str]:
    """What the symbols of a source mean: ``…=N;-=M`` gives symbol -> status; A says that the symbol is a zero.

    Raises ValueError naming the part that is none.
    """
    legend: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.replace("；", ";").split(";"))):
        symbol, _, status = part.rpartition("=")
        if not symbol.strip() or status.strip() not in set(ObsStatus):
            raise ValueError(part)
        legend[symbol.strip()] = status.strip()
    return legend
