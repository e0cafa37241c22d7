"""Answer workbooks (答复件) that came back: recognised, merged cell by cell into what counts, their explanations kept.

Base is the submission that was answered, theirs the newest one that counts, mine what came back. An unlocked cell that
is not as in base is mine, every other one theirs; what a cell said that is not taken stands in ``intake.merge_note``.
"""

import calendar
import re
from collections.abc import Hashable
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, text

from learning_city.model.explanations import EXPLANATIONS
from learning_city.model.status import NEEDS_REASON
from learning_city.warehouse.copy import copy
from learning_city.warehouse.statements import load

DOUBTS = ("answer_foreign", "merged_locked", "merged_both", "answer_unclear")
"""Keys that merging adds to a submission's identity, each in words, where there is something to tell."""
_CODE = re.compile(r"\s*([A-Za-z]\d{2})\b[\s:、.]*(.*)", re.DOTALL)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_ITEM = ["submission_id", "base", "form", "definition", "place", "period", "sheet", "cell"]
_COUNTING = """
SELECT submission_id FROM intake.submission
WHERE submission_id = ANY(:ids) AND state <> 'superseded' ORDER BY submission_id
"""
_STAGES = (
    """CREATE TEMP TABLE IF NOT EXISTS answer_part (submission_id bigint, item_no integer, part text, sheet text,
  cell text, theirs bigint, their_no integer, their_said text, my_said text, is_open boolean, is_changed boolean,
  is_theirs_changed boolean) ON COMMIT DROP""",
    """CREATE TEMP TABLE IF NOT EXISTS told (submission_id bigint, base bigint, form text, definition text, place text,
  period text, sheet text, cell text, code text, text text, valid_until date, unclear text) ON COMMIT DROP""",
    "TRUNCATE answer_part, told",
)


def turns(submissions: pd.DataFrame) -> pd.Series:
    """In which turn each submission of a batch is landed, from 0: answers of one department one after the other.

    Each is then merged into the one before, so that two people may answer one return on the same day.
    """
    claims = submissions["claims"] != ""
    same = [submissions["department"], submissions["place"]]
    others = (~claims).groupby(same, dropna=False).transform("max").astype(int)
    return (claims.groupby(same, dropna=False).cumsum() - 1 + others).where(claims, 0).astype(int)


def merge(connection: Connection, ids: list[int]) -> None:
    """Merge the answers among submissions that were just landed; others stay as they are."""
    if not ids:
        return
    found = connection.execute(load("collect/answers"), {"ids": ids}).all()
    answers = [row.submission_id for row in found if row.answers is not None]
    if not answers:
        return
    for statement in _STAGES:
        connection.execute(text(statement))
    said = {"ids": answers, "marks": sorted(NEEDS_REASON)}
    told = explained(pd.read_sql(load("collect/answer_said"), connection, params={"ids": answers}))
    types = {"submission_id": pa.int64(), "base": pa.int64(), "valid_until": pa.date32()}
    columns = {name: pa.array(told[name], types.get(name, pa.string()), from_pandas=True) for name in told.columns}
    copy(connection, "pg_temp.told", pa.table(columns))
    for name in ("parts", "notes", "merged", "reasons", "explained", "doubts"):
        connection.execute(load(f"collect/answer_{name}"), said)


def counting(connection: Connection, ids: list[int]) -> list[int]:
    """Those of submissions that no later one of their batch superseded."""
    return [int(row) for row in connection.execute(text(_COUNTING), {"ids": ids}).scalars()]


def explained(said: pd.DataFrame) -> pd.DataFrame:
    """Explanations as they were meant: ``code`` of the list or None, ``text``, ``valid_until`` (date or None).

    ``said`` has the columns of ``collect/answer_said``. What is not understood is kept in the text, and ``unclear``
    says where and what.
    """
    meant = [_meant(row) for row in said.to_dict("records")]
    columns = ["code", "text", "valid_until", "unclear"]
    return pd.concat([said[_ITEM], pd.DataFrame(meant, columns=columns, dtype=object)], axis="columns")


def _meant(said: dict[Hashable, Any]) -> tuple[str | None, str, date | None, str | None]:
    code_said, text_said, until_said = said["code_said"], said["text_said"], said["until_said"]
    found = _CODE.fullmatch(code_said)
    code = found[1].upper() if found else ""
    known = EXPLANATIONS.get(code)
    until = _day(until_said)
    unclear = []
    if code_said and known is None:
        unclear.append(("code_cell", f"说明代码“{code_said}”不在清单内"))
    elif known is not None and known.needs_text and not text_said:
        unclear.append(("cell", f"选了“{known.offered}”，没有写明"))
        known = None
    if until_said and until is None:
        unclear.append(("until_cell", f"有效期“{until_said}”读不出日期"))
    words = text_said or (known.zh if known else "")
    if known is None and code_said:
        words = "：".join(filter(None, (code_said, text_said)))
    if until_said and until is None:
        words += f"（有效期至 {until_said}）"
    told = "，".join(f"{said['sheet']}!{said[where]} {what}" for where, what in unclear)
    return (known.code if known else None), words, until, told or None


def _day(said: str) -> date | None:
    """A day as people write it; None for what is none."""
    found = _DAY.match(said.strip())
    if not found:
        return None
    year, month, day = map(int, found.groups())
    exists = year > 0 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
    return date(year, month, day) if exists else None
