"""Tables of the schema ``intake``: what came in, as it came in."""

from datetime import datetime

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, text

from learning_city.warehouse.answering import take_in
from learning_city.warehouse.copy import copy

ITEM_COLUMNS = [
    "item_no",
    "sheet",
    "cell",
    "form",
    "measure",
    "definition",
    "place",
    "period",
    "unit",
    "decimals",
    "required",
    "previous",
    "yearbook",
    "parent",
    "parts",
    "kind",
    "numerator",
    "denominator",
    "type",
    "text",
    "value",
    "missing_type",
    "missing_cell",
    "reason",
    "reason_cell",
    "evidence",
    "evidence_cell",
    "status",
    "repaired",
    "is_synthetic",
]
_SUBMISSION_COLUMNS = [
    "n",
    "round",
    "kind",
    "delivered_as",
    "file_name",
    "sha256",
    "bytes",
    "department",
    "place",
    "period",
    "source",
    "identity",
    "signoff",
    "problem",
    "problem_detail",
    "reading",
    "beside",
]


def land(
    connection: Connection,
    submissions: pd.DataFrame,
    *,
    rows: pd.DataFrame,
    items: pd.DataFrame,
    evidence: pd.DataFrame,
    tables: pd.DataFrame | None = None,
    unmapped: pd.DataFrame | None = None,
) -> list[int]:
    """Land a batch; frames refer to ``submissions`` by ``n``. Returns the ids of new submissions.

    What was landed before (same round, name, hash and reading) is left as it is.
    """
    if submissions.empty:
        return []
    ids = _land_submissions(connection, submissions.assign(beside=_beside(submissions, evidence)))
    _land_part(connection, "intake.sheet_row", rows, ids, ["sheet", "row_no", "cells"])
    _land_part(connection, "intake.item", items, ids, list(ITEM_COLUMNS))
    _land_part(connection, "intake.evidence", evidence, ids, ["name", "sha256", "bytes", "kind"])
    for name, part in (("intake.yearbook_table", tables), ("intake.unmapped", unmapped)):
        if part is not None and not part.empty:
            _land_part(connection, name, part, ids, [*part.columns.drop("n")])
    new = list(ids.values())
    take_in(connection, new)
    connection.execute(text("ANALYZE intake.submission, intake.item, intake.obligation"))
    return new


def count_answered(connection: Connection, ids: list[int]) -> None:
    """Keep how many items each form asks and how many were given, once their figures are what they stay."""
    connection.execute(text("SELECT intake.count_answered(:ids)"), {"ids": ids})


def _land_submissions(connection: Connection, submissions: pd.DataFrame) -> dict[int, int]:
    for statement in _STAGE:
        connection.execute(text(statement))
    frame = submissions.reindex(columns=_SUBMISSION_COLUMNS).fillna({"reading": 1})
    types = {"n": pa.int64(), "bytes": pa.int64(), "reading": pa.int64()}
    copy(connection, "pg_temp.delivered", _text_table(frame, types))
    return {int(n): int(new) for n, new in connection.execute(text(_INSERT))}


def _beside(submissions: pd.DataFrame, evidence: pd.DataFrame) -> pd.Series:
    """Names and hashes of the files beside each workbook, as one text."""
    lines = (
        (evidence["name"] + " " + evidence["sha256"]).groupby(evidence["n"]).agg(lambda all_: "\n".join(sorted(all_)))
    )
    return submissions["n"].map(lines).fillna("") if len(lines) else submissions["n"].astype(str).str[:0]


def _land_part(
    connection: Connection, table: str, frame: pd.DataFrame, ids: dict[int, int], columns: list[str]
) -> None:
    if frame.empty:
        return
    kept = frame[frame["n"].isin(list(ids))]
    owner = pa.array(kept["n"].map(ids).to_numpy(), pa.int64())
    copy(
        connection,
        table,
        pa.Table.from_pandas(kept.reindex(columns=columns), preserve_index=False).append_column("submission_id", owner),
    )


def open_rounds(connection: Connection) -> list[str]:
    """Rounds that are open, oldest first."""
    found = connection.execute(text("SELECT round FROM intake.round WHERE state = 'open' ORDER BY data_year"))
    return [str(row) for row in found.scalars()]


def next_reading(connection: Connection, round_id: str, delivered_as: str, sha256: str) -> int:
    """Which reading of these bytes a delivery of this name would be; 0 where they are in use or came last already."""
    said = {"round": round_id, "name": delivered_as, "sha256": sha256}
    return int(connection.execute(text(_READING), said).scalar_one())


def registered(connection: Connection, round_id: str) -> dict[str, datetime]:
    """Deliveries of a round that were registered, and when last."""
    found = connection.execute(
        text("SELECT delivered_as, max(received_at) FROM intake.submission WHERE round = :round GROUP BY delivered_as"),
        {"round": round_id},
    )
    return {str(name): moment for name, moment in found}


def received_since(connection: Connection, moment: datetime) -> int:
    """How many submissions were registered after a moment."""
    counted = connection.execute(
        text("SELECT count(*) FROM intake.submission WHERE received_at >= :moment"), {"moment": moment}
    )
    return int(counted.scalar_one())


def unchecked(connection: Connection) -> list[int]:
    """Ids of submissions that were collected and not checked yet."""
    return [int(row) for row in connection.execute(text(_UNCHECKED)).scalars()]


def array(cells: list[str]) -> str:
    """A PostgreSQL text array literal; empty cells are null."""
    quoted = ("NULL" if cell == "" else '"' + cell.replace("\\", "\\\\").replace('"', '\\"') + '"' for cell in cells)
    return "{" + ",".join(quoted) + "}"


def _text_table(frame: pd.DataFrame, types: dict[str, pa.DataType]) -> pa.Table:
    """An Arrow table in which every column without a stated type is text."""
    return pa.table(
        {name: pa.array(frame[name], types.get(name, pa.string()), from_pandas=True) for name in frame.columns}
    )


_UNCHECKED = """
SELECT s.submission_id FROM intake.submission AS s
WHERE s.state = 'parsed' OR (s.state = 'unclaimed' AND NOT EXISTS (
  SELECT FROM quality.finding AS f WHERE f.submission_id = s.submission_id))
ORDER BY s.submission_id
"""
_READING = """
SELECT CASE
  WHEN bool_or(sha256 = :sha256 AND (submission_id = newest OR state NOT IN ('superseded', 'withdrawn'))) THEN 0
  ELSE coalesce(max(reading) FILTER (WHERE sha256 = :sha256), 0) + 1 END
FROM (
  SELECT s.*, max(s.submission_id) OVER () AS newest FROM intake.submission AS s
  WHERE s.round = :round AND s.delivered_as = :name
) AS known
"""
_STAGE = (
    """CREATE TEMP TABLE IF NOT EXISTS delivered (
  n bigint, round text, kind text, delivered_as text, file_name text, sha256 text, bytes bigint, department text,
  place text, period text, source text, identity text, signoff text, problem text, problem_detail text, reading integer,
  beside text
) ON COMMIT DROP""",
    "TRUNCATE delivered",
)
_INSERT = """
WITH landed AS (
  INSERT INTO intake.submission (kind, round, delivered_as, file_name, sha256, bytes, department, place, period,
                                 source, identity, signoff, problem, problem_detail, reading, state)
  SELECT kind, round, delivered_as, file_name, sha256, bytes, department, place, period, source, identity::jsonb,
         coalesce(signoff, '{}')::jsonb, problem, problem_detail, coalesce(again.next, delivered.reading),
         CASE WHEN problem IS NOT NULL THEN 'unclaimed' ELSE 'parsed' END
  FROM delivered
  LEFT JOIN LATERAL (
    SELECT CASE WHEN x.state = 'withdrawn' OR x.beside <> delivered.beside
                     OR (x.state = 'superseded' AND x.received_at < max(x.received_at) OVER ())
           THEN x.reading + 1 ELSE x.reading END AS next, x.sha256 AS known
    FROM (
      SELECT s.submission_id, s.sha256, s.state, s.received_at, s.reading, (
        SELECT coalesce(string_agg(e.name || ' ' || e.sha256, E'\n' ORDER BY (e.name || ' ' || e.sha256) COLLATE "C"), '')
        FROM intake.evidence AS e WHERE e.submission_id = s.submission_id) AS beside
      FROM intake.submission AS s
      WHERE s.round = delivered.round AND s.delivered_as = delivered.delivered_as
    ) AS x
    ORDER BY x.sha256 <> delivered.sha256, x.submission_id DESC LIMIT 1
  ) AS again ON delivered.kind = 'ledger' AND again.known = delivered.sha256
  ORDER BY delivered_as, file_name
  ON CONFLICT (round, delivered_as, sha256, reading) DO NOTHING
  RETURNING submission_id, delivered_as, sha256
)
SELECT DISTINCT ON (l.submission_id) d.n, l.submission_id
FROM landed AS l JOIN delivered AS d USING (delivered_as, sha256) ORDER BY l.submission_id, d.file_name
"""
