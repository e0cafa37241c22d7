"""Why a value changed between two builds, told from what each of them froze of its lineage."""

from typing import Any

import pandas as pd

from learning_city.reports.lineage import NOTHING, WINNER
from learning_city.reports.tables import Record, ReportTables, records

CAUSES: dict[str, tuple[str, str]] = {
    "judgement": ("评定", "judgement"),
    "formula": ("公式", "formula"),
    "definition": ("口径（目录换版）", "definition (edition of the catalogue)"),
    "boundary": ("区划", "boundary"),
    "decision": ("裁定", "decision"),
    "revision": ("修订", "revision"),
    "new_data": ("新数据", "new data"),
    "other": ("其他", "other"),
}
"""In the order in which they are looked for: the first that holds is named."""
_KEY = ["indicator", "place"]
_BOUNDARY = {"merge", "split"}
Said = tuple[str, str, str]
"""Cause, and what it was in Chinese and English."""


def causes(older: ReportTables, newer: ReportTables, keys: pd.DataFrame) -> pd.DataFrame:
    """The cause of each key's change: indicator, place, cause (of CAUSES), detail_zh, detail_en."""
    was, now = _by_key(older.lineage, keys), _by_key(newer.lineage, keys)
    edition, judged = older.edition != newer.edition, _judged(older, newer)
    told = [
        (*key, *(judged.get(key) or _cause(was.get(key, []), now.get(key, []), is_other_edition=edition)))
        for key in keys.itertuples(index=False, name=None)
    ]
    return pd.DataFrame(told, columns=[*_KEY, "cause", "detail_zh", "detail_en"])


def _judged(older: ReportTables, newer: ReportTables) -> dict[Any, Said]:
    """Of each key whose judged level is another one: who judged and confirmed, and why."""
    columns = [*_KEY, "judgement_zh", "judged_by", "confirmed_by", "commentary"]
    was, now = (
        {(row["indicator"], row["place"]): row for row in records(tables.values.reindex(columns=columns))}  # noqa: PD011 - a frame of that name
        for tables in (older, newer)
    )
    found: dict[Any, Said] = {}
    for key, row in now.items():
        if row["judgement_zh"] and row["judgement_zh"] != was.get(key, {}).get("judgement_zh"):
            who, why = (row["judged_by"], row["confirmed_by"]), row["commentary"] or ""
            said = "{} 评定，{} 复核：{}".format(*who, why)
            found[key] = ("judgement", said, "judged by {}, confirmed by {}: {}".format(*who, why))
    gone = {key for key, row in was.items() if row["judgement_zh"] and not now.get(key, {}).get("judgement_zh")}
    return found | dict.fromkeys(gone, ("judgement", "原来的评定不再有效", "the judgement holds no more"))


def _by_key(lineage: pd.DataFrame, keys: pd.DataFrame) -> dict[Any, list[Record]]:
    if lineage.empty:
        return {}
    wanted = lineage.merge(keys, on=_KEY)
    grouped: dict[Any, list[Record]] = {}
    for row in records(wanted):
        grouped.setdefault((row["indicator"], row["place"]), []).append(row)
    return grouped


def _cause(was: list[Record], now: list[Record], *, is_other_edition: bool) -> Said:
    if not was and not now:
        return "other", "两版都没有它的来历", "neither build knows where it comes from"
    before, after = (_one(rows, "expression") for rows in (was, now))
    if before and after and before != after:
        return "formula", f"{before} → {after}", f"{before} → {after}"
    taken, takes = (_figures(rows, only_winners=True) for rows in (was, now))
    if {row["definition"] for row in was} != {row["definition"] for row in now} and was and now:
        return "definition", "所用口径变了", "it reads other definitions"
    if _boundary(was) != _boundary(now):
        return "boundary", "新旧区划的衔接变了", "areas were merged or split otherwise"
    return _of_figures(was, now, taken, takes, is_other_edition=is_other_edition)


def _of_figures(
    was: list[Record], now: list[Record], taken: dict[Any, Record], takes: dict[Any, Record], *, is_other_edition: bool
) -> Said:
    came = [takes[key] for key in takes if key not in taken]
    ruled = [row for row in now if row["ruled_by"]] if _rulings(was) != _rulings(now) else []
    corrected = [row for row in came if row["corrected_by"]]
    if ruled:
        return "decision", f"{ruled[0]['ruled_by']}：{ruled[0]['ruled_why']}", f"ruled by {ruled[0]['ruled_by']}"
    if corrected:
        one = corrected[0]
        return "decision", f"{one['corrected_by']}更正：{one['corrected_why']}", f"corrected by {one['corrected_by']}"
    if not came and is_other_edition:
        return "definition", "目录换版，口径或换算变了", "definitions or bridges of another edition"
    if came:
        return _came(came[0], {_place_of(row) for row in _figures(was, only_winners=False).values()})
    gone = [key for key in taken if key not in takes]
    if gone:
        return "other", "原来的数不再计入（撤回、退回或被替代）", "what it stood on counts no more"
    return "other", "来历未变", "its lineage is the same"


def _came(one: Record, known: set[Any]) -> Said:
    where = f"{one['file_name']} {one['sheet']}!{one['cell']} = {one['cell_text'] or one['observed_value']}"
    return ("revision" if _place_of(one) in known else "new_data"), where, where


def _figures(rows: list[Record], *, only_winners: bool) -> dict[Any, Record]:
    """Observations by what they say and where they stand, so that two databases agree on them."""
    return {
        (*_place_of(row), row["sha256"], row["sheet"], row["cell"], row["observed_value"], row["corrected_by"]): row
        for row in rows
        if row["role"] == WINNER or (not only_winners and row["role"] != NOTHING)
    }


def _place_of(row: Record) -> tuple[Any, ...]:
    """What an observation is about, whatever it says: another of the same is a revision."""
    return row["source"], row["observed_definition"], row["observed_place"], row["observed_period"]


def _rulings(rows: list[Record]) -> set[tuple[Any, ...]]:
    return {(row["definition"], row["ruled_by"], row["ruled_why"]) for row in rows if row["ruled_by"]}


def _boundary(rows: list[Record]) -> set[tuple[Any, ...]]:
    moved = (row for row in rows if row["role"] == WINNER and row["method"] in _BOUNDARY)
    return {(row["definition"], row["observed_place"]) for row in moved}


def _one(rows: list[Record], column: str) -> str:
    return next((str(row[column]) for row in rows if row[column]), "")
