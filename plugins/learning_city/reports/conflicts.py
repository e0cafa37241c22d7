"""The conflicts of a report in words: what was adopted, by whom and why; of an open one, what is proposed and why."""

from typing import Any

import pandas as pd
from sqlalchemy import Connection

from learning_city.model.status import SYNTHETIC_MARK, ObsStatus
from learning_city.reports.report_text import exact_text
from learning_city.reports.tables import Record
from learning_city.warehouse.statements import load

OPEN, DECIDED = "待裁定", "已裁定"
_METHODS = {
    "direct": "直接采用", "unit": "换算单位", "sum": "分项相加", "difference": "总数减分项", "average": "上年末与本年末平均",
    "merge": "区划合并", "coefficient": "按系数推算", "splice": "接续", "split": "按比例分劈", "proxy": "替代指标",
}  # fmt: skip
_COLUMNS = (
    "place_name", "period", "measure_zh", "definition_zh", "unit", "value", "low", "high", "proposal_zh",
    "candidates_zh", "state_zh", "is_synthetic",
)  # fmt: skip


def conflicts(connection: Connection, said: Record) -> pd.DataFrame:
    """The frame of ReportTables for the ``framework``, ``period`` and ``places`` that are said."""
    rows = connection.execute(load("reports/conflicts"), said).mappings()
    return pd.DataFrame([_told(dict(row)) for row in rows], columns=list(_COLUMNS))


def _told(row: Record) -> Record:
    decided = row["state"] == "decided"
    return {
        **{name: row[name] for name in _COLUMNS if name in row},
        "proposal_zh": _ruled(row) if decided else _proposed(row),
        "candidates_zh": "\n".join(_candidate(one) for one in row["candidates"]),
        "state_zh": DECIDED if decided else OPEN,
    }


def _candidate(one: Record) -> str:
    """A candidate in a line: value, source, file and cell; a synthetic one is marked."""
    mark = f" {SYNTHETIC_MARK}" if one["kind"] == "synthetic" else ""
    return f"{exact_text(one['value'])}{mark} — {one['source']} — {one['file'] or '—'} {one['sheet']}!{one['cell']}"


def _ruled(row: Record) -> str:
    """What was decided, by whom, who confirmed it, and the reason as it was typed."""
    first = row["candidates"][0]
    was = "" if first["value"] == row["value"] else f"原建议 {_amount(row, first['value'])}。"
    if not row["who"]:
        return f"采用 {_amount(row, row['value'])}。{was}"
    return (
        f"{row['who']} 裁定采用 {_amount(row, row['value'])}，{row['confirmed_by'] or '—'} 复核。"
        f"理由：{str(row['why']).rstrip('。')}。{was}"
    )


def _proposed(row: Record) -> str:
    """What is proposed by the order of the rules, and what somebody picked that nobody confirmed yet."""
    said = f"建议采用 {_amount(row, row['value'])}：{_reason(row['candidates'])}。"
    if row["ruling"] == "pending":
        picked = f" {_amount(row, row['picked'])}" if row["picked"] is not None else ""
        said += f"{row['who']} 拟采用{picked}，理由：{str(row['why']).rstrip('。')}；待第二人复核。"
    return f"{said}裁定前按建议数计算。"


def _reason(candidates: list[dict[str, Any]]) -> str:
    """The rule that puts the first candidate before the next: method, source, finality, recency, else the fixed order."""
    best = candidates[0]
    other = next((one for one in candidates if one["value"] != best["value"]), candidates[-1])
    if best["method"] != other["method"]:
        return f"方法最直接（{_METHODS.get(best['method'], best['method'])}）"
    if best["source_rank"] != other["source_rank"]:
        return f"来源权威最高（{best['source_rank']} 级，{best['source']}）"
    if (best["status"] == ObsStatus.PROVISIONAL) != (other["status"] == ObsStatus.PROVISIONAL):
        return "它是最终数，其余为初步数"
    if best["recorded"] != other["recorded"]:
        return f"方法和来源权威相同，它记录得最晚（{best['recorded']}）"
    return "方法、来源、记录时间都相同，只按固定次序排在前面，请核实"


def _amount(row: Record, value: float) -> str:
    return f"{exact_text(value)} {row['unit'] or ''}".strip()
