"""Settle the demonstration's open questions as users who are plainly marked as samples; a few are left for the visitor."""

from sqlalchemy import Engine, text

from learning_city.review import decide
from learning_city.review.decide import Said

WHO = "样例用户"
SECOND = "样例复核人"
ACCEPTED = Said(who=WHO, code="A99", why="样例：按来源原文保留，差异已注明", is_sample=True)
RETURNED = Said(who=WHO, code="R01", why="样例：疑为计量单位写错，请核对后重报", is_sample=True)


def settle(engine: Engine) -> tuple[int, int]:
    """Return forms whose figures are most likely slips, accept the other questions; gives (returned, accepted).

    What moves a rank is confirmed by a second sample user.
    """
    with engine.connect() as connection:
        slips = connection.execute(text(_SLIPS)).all()
    for submission_id, form in slips:
        decide.return_form(engine, submission_id, form, RETURNED)
    made = decide.accept(engine, decide.open_questions(engine), ACCEPTED).decisions
    with engine.connect() as connection:
        pending = connection.execute(text(_PENDING)).scalars().all()
    for first in pending:
        decide.confirm(engine, first, who=SECOND, is_sample=True)
    return len(slips), len(made)


_SLIPS = """
SELECT DISTINCT f.submission_id, f.form FROM quality.finding AS f
JOIN intake.submission AS s USING (submission_id)
WHERE f.family IN ('slip', 'decimal', 'swap') AND f.state IN ('open', 'explained') AND s.kind = 'ledger' AND s.state = 'in_review'
ORDER BY 1, 2
"""
_PENDING = "SELECT min(decision_id) FROM quality.decision_state WHERE state = 'pending' GROUP BY round, link"
