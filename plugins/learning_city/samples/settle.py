"""Settle the demonstration's open questions as a user who is plainly marked as a sample."""

from sqlalchemy import Engine, text

from learning_city.review import decide

WHO = "样例用户"
ACCEPTED = "样例：按来源原文保留，差异已注明"
RETURNED = "样例：疑为计量单位写错，请核对后重报"


def settle(engine: Engine) -> tuple[int, int]:
    """Return forms whose figures are most likely slips, accept the other questions; gives (returned, accepted)."""
    with engine.connect() as connection:
        slips = connection.execute(text(_SLIPS)).all()
    for submission_id, form in slips:
        decide.return_form(engine, submission_id, form, who=WHO, why=RETURNED, is_sample=True)
    questions = decide.open_questions(engine)
    accepted = decide.accept_findings(engine, questions, who=WHO, why=ACCEPTED, is_sample=True) if questions else 0
    return len(slips), accepted


_SLIPS = """
SELECT DISTINCT f.submission_id, f.form FROM quality.finding AS f
JOIN intake.submission AS s USING (submission_id)
WHERE f.family IN ('slip', 'decimal', 'swap') AND f.state IN ('open', 'explained') AND s.kind = 'ledger' AND s.state = 'in_review'
ORDER BY 1, 2
"""
