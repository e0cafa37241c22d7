"""Settle the demonstration's open questions as users who are plainly marked as samples; a likely slip is left to the visitor."""

from sqlalchemy import Engine, text

from learning_city.review import decide
from learning_city.review.decide import Said

WHO = "样例用户"
SECOND = "样例复核人"
ACCEPTED = Said(who=WHO, code="A99", why="样例：按来源原文保留，差异已注明", is_sample=True)


def settle(engine: Engine) -> tuple[int, int]:
    """Accept open questions, but leave forms whose figures are most likely slips; gives (accepted, left).

    What moves a rank is confirmed by a second sample user.
    """
    questions = decide.open_questions(engine)
    with engine.connect() as connection:
        left = set(connection.execute(text(_SLIPS), {"ids": questions}).scalars())
    made = decide.accept(engine, [one for one in questions if one not in left], ACCEPTED).decisions
    with engine.connect() as connection:
        pending = connection.execute(text(_PENDING)).scalars().all()
    for first in pending:
        decide.confirm(engine, first, who=SECOND, is_sample=True)
    return len(made), len(left)


_SLIPS = """
SELECT f.finding_id FROM quality.finding AS f WHERE f.finding_id = ANY(:ids) AND EXISTS (
  SELECT FROM quality.finding AS slip JOIN intake.submission AS s USING (submission_id)
  WHERE slip.submission_id = f.submission_id AND slip.form = f.form AND s.kind = 'ledger'
    AND slip.family IN ('slip', 'decimal', 'swap') AND slip.state IN ('open', 'explained'))
"""
_PENDING = "SELECT min(decision_id) FROM quality.decision_state WHERE state = 'pending' GROUP BY round, link"
