"""Sign-off (签章核对): a person reads the 校验码 on the sealed scan; it must be the one that follows from the file's figures."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.model.checkcode import check_code
from learning_city.warehouse import answering, deciding

DIGITS = 6
RULE = "signoff.paper"
_TRANSLATED = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What comparing paper and file gave.

    ``changed``: where they differ, the cells (``sheet!cell old → new``) that changed since the delivery whose figures
    the paper does stand for; empty where no delivery of the department made that code.
    """

    agrees: bool
    paper_code: str
    file_code: str
    changed: tuple[str, ...] = ()


def confirm(engine: Engine, submission_id: int, paper_code: str, *, who: str) -> Confirmation:
    """Record that ``who`` read this code on the sealed scan; the code binds the scan and the canonical values.

    Where it is not the file's code the sign-off is void: a finding that blocks says which cells changed since the
    signature, and what was accepted is open again; a right reading closes it. Neither says the file's code: whoever
    types it has to have read it. Raises NeedsAPerson for a code that is none, and for a submission that counts nowhere.
    """
    paper = re.sub(r"\s", "", paper_code).translate(_TRANSLATED)
    if not re.fullmatch(rf"\d{{1,{DIGITS}}}", paper):
        raise NeedsAPerson(f"校验码是 {DIGITS} 位数字，请照扫描件填写。 The code is a number of {DIGITS} digits.")
    paper = paper.zfill(DIGITS)
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        if connection.execute(text(_COUNTS), {"id": submission_id}).scalar() is None:
            raise NeedsAPerson("这份报送件没有可核对的签章。 This submission has no sign-off to confirm.")
        code = file_code(connection, submission_id)
        said = {"id": submission_id, "paper": paper, "file": code, "who": who, "rule": RULE}
        connection.execute(text(_CONFIRM), said)
        if paper == code:
            if connection.execute(text(_CLOSE), said).rowcount:
                answering.reopen(connection, [submission_id], ["return_form_by_rule"], "validated")
            return Confirmation(agrees=True, paper_code=paper, file_code=code)
        changed = _changed_since(connection, submission_id, paper)
        connection.execute(text(_FINDING), {**said, **_words(paper, changed)})
        answering.reopen(connection, [submission_id], ["accept_form", "accept_form_by_rule"], "validated")
    return Confirmation(agrees=False, paper_code=paper, file_code=code, changed=changed)


def file_code(connection: Connection, submission_id: int) -> str:
    """The 校验码 that follows from the figures of a submission, six digits."""
    rows = connection.execute(text(_CELLS), {"id": submission_id})
    return f"{check_code((_said(row.value, row.text, row.is_repaired), row.missing_type) for row in rows):0{DIGITS}d}"


def _said(value: float | None, shown: str, is_repaired: bool) -> float | str | None:  # noqa: FBT001 - a row's columns
    """What the sheet's own formula sees in a cell: a number, a text, or nothing."""
    if not shown:
        return None
    return shown if is_repaired or value is None else value


def _changed_since(connection: Connection, submission_id: int, paper: str) -> tuple[str, ...]:
    """Cells that differ from the newest earlier delivery whose figures make the code on the paper."""
    for (earlier,) in connection.execute(text(_EARLIER), {"id": submission_id}).all():
        if file_code(connection, earlier) == paper:
            rows = connection.execute(text(_CHANGED), {"id": submission_id, "earlier": earlier})
            return tuple(f"{row.sheet}!{row.cell} {row.old_said} → {row.new_said}" for row in rows)
    return ()


def _words(paper: str, changed: tuple[str, ...]) -> dict[str, str]:
    """The finding's texts in both languages."""
    zh, en = "纸质签章与文件不符。", "The sealed paper does not stand for this file."
    if changed:
        zh = f"签章后改动了 {len(changed)} 格，签章失效：{'；'.join(changed)}。"
        en = f"{len(changed)} cells changed after the signature, which is void."
    return {
        "found": paper,
        "expected": "与文件数值相符的校验码 / the code that follows from the file",
        "zh": zh + "请填报单位按现有数值重新打印、签字、盖章后报送。",
        "en": f"{en} The department prints, signs and seals the present figures again.",
    }


_COUNTS = """
SELECT submission_id FROM intake.submission
WHERE submission_id = :id AND kind = 'ledger' AND problem IS NULL AND state NOT IN ('superseded', 'withdrawn')
FOR UPDATE
"""
_CELLS = """
SELECT value, coalesce(text, '') AS text, repaired IS NOT NULL AS is_repaired, coalesce(missing_type, '') AS missing_type
FROM intake.item WHERE submission_id = :id ORDER BY item_no
"""
_CONFIRM = """
INSERT INTO intake.signoff (submission_id, paper_code, file_code, values_hash, scan_sha256, who)
SELECT s.submission_id, :paper, :file, intake.values_hash(s.submission_id), e.sha256, :who
FROM intake.submission AS s
LEFT JOIN intake.evidence AS e ON e.submission_id = s.submission_id
  AND regexp_replace(e.name, '^.*/', '') = s.signoff -> 'seal' ->> 'text'
WHERE s.submission_id = :id
"""
_EARLIER = """
SELECT e.submission_id FROM intake.submission AS s
JOIN intake.submission AS e USING (round, department, place)
WHERE s.submission_id = :id AND e.submission_id < s.submission_id AND e.kind = 'ledger' AND e.problem IS NULL
ORDER BY e.submission_id DESC LIMIT 20
"""
_CHANGED = "SELECT sheet, cell, old_said, new_said FROM intake.changed_items(:id, :earlier) ORDER BY item_no"
_CLOSE = """
UPDATE quality.finding SET state = 'closed' WHERE submission_id = :id AND rule_id = :rule AND state <> 'closed'
"""
_FINDING = """
INSERT INTO quality.finding AS f (submission_id, round, rule_id, family, severity, file, sheet, cell, department, place,
  period, found, expected, message_zh, message_en, cause)
SELECT submission_id, round, :rule, 'signoff', 'block', delivered_as || '/' || file_name,
  coalesce(signoff -> 'code' ->> 'sheet', ''), coalesce(signoff -> 'code' ->> 'cell', ''), department, place, period,
  :found, :expected, :zh, :en, ''
FROM intake.submission WHERE submission_id = :id
ON CONFLICT (submission_id, rule_id, sheet, cell) DO UPDATE
SET state = 'open', found = excluded.found, message_zh = excluded.message_zh, message_en = excluded.message_en
"""
