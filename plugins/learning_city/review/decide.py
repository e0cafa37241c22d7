"""Decisions: every acceptance, correction and return is a row that says who, when and why."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, text

from learning_city.errors import NeedsAPerson

BY_RULE = "rule"


def settle_by_rule(engine: Engine) -> dict[str, int]:
    """Accept forms without a block or an open question, return forms with a block, leave the rest in review.

    Returns counts by outcome (accepted, returned, in_review). Repeating it changes nothing.
    """
    with engine.begin() as connection:
        _one_at_a_time(connection)
        settle_forms(connection, who=BY_RULE, why="no block, nothing to ask", action="accept_form_by_rule")
        connection.execute(text(_RETURN))
        connection.execute(text(_IN_REVIEW))
        connection.execute(text(_SUBMISSIONS))
        rows = connection.execute(text(_COUNTS)).all()
    return {str(state): int(count) for state, count in rows}


def settle_forms(
    connection: Connection,
    *,
    who: str,
    why: str,
    action: str,
    findings: Sequence[int] | None = None,
    is_sample: bool = False,
) -> None:
    """Accept delivered forms that have neither a block nor an open question; with ``findings``, only forms of those."""
    asked = None if findings is None else list(findings)
    said = {"who": who, "why": why, "action": action, "findings": asked, "sample": is_sample}
    connection.execute(text(_ACCEPT), said)


def accept_findings(engine: Engine, finding_ids: Sequence[int], *, who: str, why: str, is_sample: bool = False) -> int:
    """Accept open questions as they stand, with a reason; one transaction, one outbox row each.

    Returns how many were accepted now. Raises NeedsAPerson for a finding that blocks: it cannot be explained.
    """
    if not why.strip():
        raise NeedsAPerson("An acceptance needs a reason: say why the figure is right as it stands.")
    with engine.begin() as connection:
        _one_at_a_time(connection)
        said = {"ids": list(finding_ids), "who": who, "why": why, "sample": is_sample}
        blocking = connection.execute(text(_BLOCKING), said).scalar()
        if blocking:
            raise NeedsAPerson(f"{blocking} of the findings block: correct the value or return the form.")
        accepted = connection.execute(text(_ACCEPT_FINDINGS), said).rowcount
        settle_forms(connection, who=who, why=why, action="accept_form", findings=finding_ids, is_sample=is_sample)
        connection.execute(text(_SUBMISSIONS))
    return int(accepted)


def return_form(engine: Engine, submission_id: int, form: str, *, who: str, why: str, is_sample: bool = False) -> None:
    """Return one form of a submission to its department (打回); its figures count nowhere until it comes back."""
    if not why.strip():
        raise NeedsAPerson("A return needs a reason: say what the department has to correct.")
    said = {"submission": submission_id, "form": form, "who": who, "why": why, "sample": is_sample}
    with engine.begin() as connection:
        _one_at_a_time(connection)
        connection.execute(text(_RETURN_ONE), said)
        connection.execute(text(_SUBMISSIONS))


def open_questions(engine: Engine, round_id: str | None = None) -> list[int]:
    """Ids of open findings that ask, of submissions that are not returned anyway."""
    with engine.connect() as connection:
        return [int(row[0]) for row in connection.execute(text(_OPEN), {"round": round_id})]


def _one_at_a_time(connection: Connection) -> None:
    """Two people, or a person and the rules, never decide the same thing twice."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('review.decide'))"))


_RETURN_ONE = """
WITH decided AS (
  INSERT INTO quality.decision (action, submission_id, form, who, why, is_sample)
  SELECT 'return_form', :submission, :form, :who, :why, :sample
  WHERE NOT EXISTS (SELECT FROM quality.form_decision AS last
                    WHERE last.submission_id = :submission AND last.form = :form AND last.action = 'return_form')
  RETURNING submission_id, form
), told AS (
  UPDATE quality.finding AS f SET state = 'returned' FROM decided AS d
  WHERE f.submission_id = d.submission_id AND f.form = d.form AND f.state IN ('open', 'explained')
)
UPDATE intake.obligation AS o SET state = '已退回', changed_at = now()
FROM decided AS d WHERE o.submission_id = d.submission_id AND o.form = d.form
"""
_FORMS = """
WITH form AS (
  SELECT DISTINCT i.submission_id, i.form FROM intake.item AS i
  JOIN intake.submission AS s USING (submission_id) WHERE s.state IN ('validated', 'in_review')
), judged AS (
  SELECT form.submission_id, form.form,
         bool_or(f.severity = 'block' AND f.state <> 'closed') AS blocked,
         bool_or(f.severity = 'ask' AND f.state IN ('open', 'explained')) AS asked, min(last.action) AS last
  FROM form LEFT JOIN quality.finding AS f
    ON f.submission_id = form.submission_id AND coalesce(f.form, form.form) = form.form
  LEFT JOIN quality.form_decision AS last ON last.submission_id = form.submission_id AND last.form = form.form
  GROUP BY form.submission_id, form.form
)
"""
_ACCEPT = (
    _FORMS
    + """
, decided AS (
  INSERT INTO quality.decision (action, submission_id, form, who, why, is_sample)
  SELECT :action, j.submission_id, j.form, :who, :why, :sample FROM judged AS j
  WHERE NOT coalesce(j.blocked, false) AND NOT coalesce(j.asked, false) AND coalesce(j.last, 'reopen_form') = 'reopen_form'
    AND (CAST(:findings AS bigint[]) IS NULL OR EXISTS (
      SELECT FROM quality.finding AS x WHERE x.finding_id = ANY(:findings) AND x.submission_id = j.submission_id
        AND coalesce(x.form, j.form) = j.form))
  ORDER BY j.submission_id, j.form
  RETURNING decision_id, submission_id, form
), sent AS (
  INSERT INTO quality.outbox (decision_id) SELECT decision_id FROM decided
)
UPDATE intake.obligation AS o SET state = '已通过', accepted_by = :who, changed_at = now()
FROM decided AS d WHERE o.submission_id = d.submission_id AND o.form = d.form
"""
)
_RETURN = (
    _FORMS
    + """
, decided AS (
  INSERT INTO quality.decision (action, submission_id, form, who, why)
  SELECT 'return_form_by_rule', submission_id, form, 'rule', 'a finding blocks' FROM judged
  WHERE blocked AND coalesce(last, 'reopen_form') = 'reopen_form'
  ORDER BY submission_id, form
)
UPDATE intake.obligation AS o SET state = '已退回', changed_at = now()
FROM judged AS j WHERE o.submission_id = j.submission_id AND o.form = j.form AND j.blocked AND o.state <> '已退回'
"""
)
_IN_REVIEW = (
    _FORMS
    + """
UPDATE intake.obligation AS o SET state = '审核中', changed_at = now()
FROM judged AS j WHERE o.submission_id = j.submission_id AND o.form = j.form
  AND j.asked AND NOT coalesce(j.blocked, false) AND o.state = '已报送'
"""
)
_SUBMISSIONS = """
UPDATE intake.submission AS s SET state = outcome.state
FROM (
  SELECT s.submission_id, CASE
      WHEN count(DISTINCT i.form) > count(DISTINCT d.form) THEN 'in_review'
      WHEN bool_or(d.action IN ('return_form_by_rule', 'return_form')) THEN 'returned'
      ELSE 'accepted' END AS state
  FROM intake.submission AS s
  JOIN (SELECT DISTINCT submission_id, form FROM intake.item) AS i USING (submission_id)
  LEFT JOIN quality.form_decision AS d
    ON d.submission_id = s.submission_id AND d.form = i.form AND d.action <> 'reopen_form'
  WHERE s.state IN ('validated', 'in_review')
  GROUP BY s.submission_id
) AS outcome WHERE s.submission_id = outcome.submission_id
"""
_COUNTS = "SELECT state, count(*) FROM intake.submission GROUP BY state ORDER BY state"
_BLOCKING = "SELECT count(*) FROM quality.finding WHERE finding_id = ANY(:ids) AND severity = 'block'"
_ACCEPT_FINDINGS = """
WITH decided AS (
  INSERT INTO quality.decision (action, submission_id, form, finding_id, who, why, is_sample)
  SELECT 'accept_finding', submission_id, form, finding_id, :who, :why, :sample
  FROM quality.finding WHERE finding_id = ANY(:ids) AND state IN ('open', 'explained') ORDER BY finding_id
  RETURNING decision_id, finding_id
), sent AS (
  INSERT INTO quality.outbox (decision_id) SELECT decision_id FROM decided
)
UPDATE quality.finding AS f SET state = 'accepted' FROM decided AS d WHERE f.finding_id = d.finding_id
"""
_OPEN = """
SELECT f.finding_id FROM quality.finding AS f JOIN intake.submission AS s USING (submission_id)
WHERE f.severity = 'ask' AND f.state IN ('open', 'explained') AND s.state IN ('validated', 'in_review')
  AND (CAST(:round AS text) IS NULL OR f.round = :round)
ORDER BY f.finding_id
"""
