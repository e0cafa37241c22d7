"""Tables of the schema ``quality``: findings and validation runs."""

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, text

from learning_city.warehouse.copy import copy
from learning_city.warehouse.deciding import one_at_a_time


def write_findings(connection: Connection, findings: pd.DataFrame, ids: list[int]) -> None:
    """Add findings of the checked submissions; ones that are known stay with their state and decisions.

    Of a submission that is checked anew, what is not found any more is closed, what is found again is open again.
    """
    one_at_a_time(connection)
    connection.execute(
        text("CREATE TEMP TABLE IF NOT EXISTS found ON COMMIT DROP AS TABLE quality.finding WITH NO DATA")
    )
    if not findings.empty:
        types = {"submission_id": pa.int64(), "would_be": pa.float64()}
        columns = {
            name: pa.array(findings[name], types.get(name, pa.string()), from_pandas=True) for name in findings.columns
        }
        copy(connection, "pg_temp.found", pa.table(columns))
    for statement in (_CLOSE, _OPEN_AGAIN, _ADD, _VALIDATED):
        connection.execute(text(statement), {"ids": ids})


def write_run(
    connection: Connection, submissions: int, items: int, findings: int, suites: str, *, changed: int
) -> None:
    """Record that a batch was checked; ``changed`` counts the cells of its revisions that are not as they were."""
    connection.execute(
        text("""INSERT INTO quality.validation_run (submissions, items, findings, suites, changed)
                VALUES (:submissions, :items, :findings, CAST(:suites AS jsonb), :changed)"""),
        {"submissions": submissions, "items": items, "findings": findings, "suites": suites, "changed": changed},
    )


_CLOSE = """
-- what a person found on the sealed paper is his to close
UPDATE quality.finding AS f SET state = 'closed'
WHERE f.submission_id = ANY(:ids) AND f.state IN ('open', 'explained', 'returned') AND f.rule_id <> 'signoff.paper'
  AND NOT EXISTS (
  SELECT FROM found AS n
  WHERE n.submission_id = f.submission_id AND n.rule_id = f.rule_id AND n.sheet = f.sheet AND n.cell = f.cell)
"""
_OPEN_AGAIN = """
UPDATE quality.finding AS f SET found = n.found,
  state = CASE WHEN f.state IN ('closed', 'returned') OR f.found <> n.found THEN 'open' ELSE f.state END, expected = n.expected, message_zh = n.message_zh,
  message_en = n.message_en, cause = n.cause, would_be = n.would_be
FROM found AS n
WHERE f.submission_id = ANY(:ids) AND (f.state IN ('closed', 'returned') OR f.found <> n.found
    OR (f.state IN ('open', 'explained') AND (f.message_zh, f.expected, f.cause, f.would_be) IS DISTINCT FROM
      (n.message_zh, n.expected, n.cause, n.would_be)))
  AND n.submission_id = f.submission_id AND n.rule_id = f.rule_id AND n.sheet = f.sheet AND n.cell = f.cell
"""
_ADD = """
INSERT INTO quality.finding (submission_id, round, rule_id, family, severity, file, sheet, cell, form, department,
  place, definition, period, found, expected, message_zh, message_en, cause, would_be)
SELECT f.submission_id, s.round, f.rule_id, f.family, f.severity, f.file, f.sheet, f.cell, f.form, s.department,
       coalesce(f.place, s.place), f.definition, f.period, f.found, f.expected, f.message_zh, f.message_en,
       f.cause, f.would_be
FROM found AS f JOIN intake.submission AS s USING (submission_id)
ORDER BY f.submission_id, f.sheet, f.cell, f.rule_id
ON CONFLICT (submission_id, rule_id, sheet, cell) DO NOTHING
"""
_VALIDATED = """
UPDATE intake.submission SET state = 'validated' WHERE submission_id = ANY(:ids) AND state = 'parsed'
"""
