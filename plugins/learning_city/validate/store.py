"""Check what the database holds as collected but not yet checked, and write down what was found."""

import json
from collections.abc import Sequence
from datetime import date

import pandas as pd
from sqlalchemy import Connection, Engine, text

from learning_city.validate.check import Batch, Judged, check_ledgers, check_tables
from learning_city.warehouse import quality


def waiting(engine: Engine, kind: str) -> list[int]:
    """Ids of submissions (``ledger`` or ``table``) that were collected and not checked yet."""
    with engine.connect() as connection:
        rows = connection.execute(text(_WAITING), {"kind": kind})
        return [int(row[0]) for row in rows]


def check(engine: Engine, ids: Sequence[int], today: date) -> int:
    """Check a batch of submissions and store the findings; returns how many. Repeating it changes nothing."""
    if not ids:
        return 0
    with engine.begin() as connection:
        batch, rounds = _batch(connection, list(ids))
        judged: list[Judged] = []
        for round_id, kind, ns in rounds:
            part = Batch(**{name: _only(getattr(batch, name), ns) for name in ("submissions", "items", "evidence")})
            judged += (
                check_ledgers(part, round_id=round_id, place_names=_place_names(connection), today=today)
                if kind == "ledger"
                else check_tables(part)
            )
        suites = {"ledger": len(batch.items), "submissions": len(batch.submissions)}
        quality.write_findings(connection, _rows(judged), list(ids))
        quality.write_run(connection, len(ids), len(batch.items), len(judged), json.dumps(suites))
    return len(judged)


def _batch(connection: Connection, ids: list[int]) -> tuple[Batch, list[tuple[str, str, list[int]]]]:
    def read(sql: str) -> pd.DataFrame:
        return pd.read_sql(text(sql), connection, params={"ids": ids})

    submissions, items, evidence = read(_SUBMISSIONS), read(_ITEMS), read(_EVIDENCE)
    rounds = [
        (str(key[0]), str(key[1]), rows["n"].tolist()) for key, rows in submissions.groupby(["round", "kind"])
    ]
    return Batch(submissions=submissions, items=items, evidence=evidence), rounds


def _only(frame: pd.DataFrame, ns: list[int]) -> pd.DataFrame:
    return frame[frame["n"].isin(ns)]


def _place_names(connection: Connection) -> dict[str, str]:
    return {str(code): str(name) for code, name in connection.execute(text(_PLACES)).tuples()}


def _rows(judged: list[Judged]) -> pd.DataFrame:
    lines = [
        {
            "submission_id": j.n,
            "form": j.form,
            "definition": j.definition,
            "place": j.place,
            "period": j.period,
            **{name: getattr(j.finding, name) for name in j.finding.__slots__},
        }
        for j in judged
    ]
    return pd.DataFrame(lines)


_WAITING = """
SELECT s.submission_id FROM intake.submission AS s
WHERE s.kind = :kind AND (s.state = 'parsed' OR (s.state = 'unclaimed' AND NOT EXISTS (
  SELECT FROM quality.finding AS f WHERE f.submission_id = s.submission_id)))
ORDER BY s.submission_id
"""
_SUBMISSIONS = """
SELECT submission_id AS n, round, kind, department, place, period, identity::text AS identity,
       signoff::text AS signoff, problem, problem_detail,
       CASE WHEN delivered_as = file_name THEN delivered_as ELSE delivered_as || '/' || file_name END AS file
FROM intake.submission WHERE submission_id = ANY(:ids) ORDER BY submission_id
"""
_ITEMS = """
SELECT i.submission_id AS n, i.*, s.department,
       CASE WHEN s.delivered_as = s.file_name THEN s.delivered_as
            ELSE s.delivered_as || '/' || s.file_name END AS file,
       coalesce(fi.label_zh, d.name_zh, i.definition) AS label, fi.low, fi.high,
       CASE WHEN p.place IS NULL THEN i.place END AS out_of_validity
FROM intake.item AS i
JOIN intake.submission AS s USING (submission_id)
CROSS JOIN (SELECT max(edition) AS edition FROM ref.edition) AS e
LEFT JOIN ref.form_item AS fi ON fi.edition = e.edition AND fi.form = i.form AND fi.definition = i.definition
  AND length(i.place) = 6 AND i.place ~ '00$'
LEFT JOIN LATERAL (SELECT name_zh FROM ref.definition AS d
  WHERE d.edition = e.edition AND d.definition = i.definition LIMIT 1) AS d ON true
LEFT JOIN LATERAL (SELECT p.place FROM ref.place AS p WHERE p.edition = e.edition AND p.place = i.place
  AND (i.period !~ '^[0-9]{4}' OR daterange(p.valid_from, p.valid_to)
       @> make_date(substr(i.period, 1, 4)::integer, 12, 31)) LIMIT 1) AS p ON true
WHERE i.submission_id = ANY(:ids) ORDER BY i.submission_id, i.item_no
"""
_EVIDENCE = "SELECT submission_id AS n, name FROM intake.evidence WHERE submission_id = ANY(:ids)"
_PLACES = """
SELECT DISTINCT ON (place) place, name_zh FROM ref.place
WHERE edition = (SELECT max(edition) FROM ref.edition) ORDER BY place, valid_from DESC
"""
