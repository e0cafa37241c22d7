"""What an answer workbook is made from: the submission, its open findings, the items they are about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, RowMapping, text

from learning_city.errors import NeedsAPerson

ANSWERED = ("block", "ask")
"""Severities a department has to answer; a note is only shown."""
_ENGLISH = re.compile(r"[A-Za-z]{2}")
_CELL = re.compile(r"[A-Z]{1,2}[1-9]\d{0,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A cell that is unlocked: what it is for, and the item it belongs to (a sign-off cell to none)."""

    sheet: str
    cell: str
    role: str
    form: str | None = None
    definition: str | None = None
    place: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding as the department reads it; ``item`` is the row of ``intake.item`` it is about, if any."""

    number: int
    severity: str
    sheet: str
    cell: str
    found: str
    expected: str
    problem: str
    advice: str
    family: str
    item: RowMapping | None

    @property
    def is_answered(self) -> bool:
        """Whether an answer is asked for."""
        return self.severity in ANSWERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A submission that goes back. ``one``: names and the archived original; ``due``: until when it is awaited."""

    one: RowMapping
    items: Sequence[RowMapping]
    problems: Sequence[Problem]
    signoff: Sequence[Slot]
    today: date
    due: date
    is_demo: bool
    nth: int = 0
    answer_id: int = 0

    def numbered(self, answer_id: int, nth: int, due: date) -> "Return":
        """The same with the number it was given."""
        return replace(self, answer_id=answer_id, nth=nth, due=due)

    def counts(self, sheet: str | None = None) -> dict[str, int]:
        """Findings by severity, of one sheet or of all."""
        told = [p.severity for p in self.problems if sheet in (None, p.sheet)]
        return {severity: told.count(severity) for severity in ("block", "ask", "note")}

    @property
    def name(self) -> str:
        """The file's name as departments get it."""
        whose = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|\s]', "_", f"{self.one['place_zh']}_{self.one['department_zh']}")
        return f"答复件_{whose[:80]}_第{self.nth}次.xlsx"


def load(connection: Connection, submission_id: int, *, is_demo: bool) -> Return:
    """What is asked of a submission's department.

    Raises NeedsAPerson where there is no such ledger, its file was purged, or nothing is open that it could answer.
    """
    said = {"id": submission_id, "is_cell": f"^{_CELL.pattern}$"}
    one = connection.execute(text(_ONE), said).mappings().first()
    if one is None or one["purged_at"] is not None:
        raise NeedsAPerson(
            f"报送件 {submission_id} 没有可以退回的工作簿（不存在、未认领、已被取代或已清除）。"
            f" Submission {submission_id} holds no workbook to send back."
        )
    items = connection.execute(text(_ITEMS), said).mappings().all()
    problems = _problems(connection.execute(text(_FINDINGS), said).mappings().all(), items)
    if not any(problem.is_answered for problem in problems):
        raise NeedsAPerson(
            f"报送件 {submission_id} 没有待改正或待说明的问题，不需要答复件。 Nothing is open that it could answer."
        )
    return Return(
        one=one, items=items, problems=problems, signoff=_signoff(one["signoff"]), today=one["today"],
        due=one["due"], is_demo=is_demo,
    )  # fmt: skip


def _problems(findings: Sequence[RowMapping], items: Sequence[RowMapping]) -> list[Problem]:
    at = {
        (item["sheet"], item[name]): item
        for name in ("evidence_cell", "reason_cell", "missing_cell", "cell")
        for item in items
        if item[name]
    }
    return [_problem(number, row, at.get((row["sheet"], row["cell"]))) for number, row in enumerate(findings, start=1)]


def _problem(number: int, row: RowMapping, item: RowMapping | None) -> Problem:
    problem, stop, advice = str(row["message_zh"]).partition("。")
    return Problem(
        number=number, severity=row["severity"], sheet=row["sheet"], cell=_address(row["cell"]), found=row["found"],
        expected=_expected(row, item), problem=problem + stop, advice=advice or "请核对。", family=row["family"],
        item=item,
    )  # fmt: skip


def _expected(row: RowMapping, item: RowMapping | None) -> str:
    """What stands under 应为／参考: the proposal, else the figure a rule expects, else what is known, else its words."""
    if row["would_be"] is not None:
        return f"约 {row['would_be']:.10g}"
    if row["expected"] and not _ENGLISH.search(row["expected"]):
        return str(row["expected"])
    known = (("上年数", "previous"), ("年鉴数", "yearbook"))
    said = [f"{name} {item[column]:.10g}" for name, column in known if item is not None and item[column] is not None]
    return "，".join(said) or str(row["expected"]).partition(" / ")[0] or "—"


def _signoff(signoff: dict[str, dict[str, str]]) -> list[Slot]:
    return [
        Slot(sheet=said["sheet"], cell=said["cell"], role="signoff")
        for field, said in signoff.items()
        if field != "code" and _address(said.get("cell", ""))
    ]


def _address(said: str) -> str:
    """The address of a cell; empty for what is none, which a hidden sheet that was tampered with may name."""
    return said if _CELL.fullmatch(said) else ""


_ONE = """
WITH RECURSIVE chain AS (
  SELECT s.submission_id, s.answers, s.sha256, s.file_name, s.purged_at FROM intake.submission AS s WHERE s.submission_id = :id
  UNION ALL
  SELECT b.submission_id, b.answers, b.sha256, b.file_name, b.purged_at
  FROM chain AS c JOIN intake.answer AS a ON c.answers = a.answer_id JOIN intake.submission AS b
    ON a.submission_id = b.submission_id
)
SELECT s.submission_id, s.round, s.department, s.place, s.period, s.signoff, s.answers IS NOT NULL AS is_answer,
  coalesce(r.name_zh, s.round) AS round_zh, coalesce(p.name_zh, s.place) AS place_zh,
  coalesce(d.name_zh, s.department) AS department_zh, original.sha256, original.file_name, original.purged_at,
  app.today() AS today, CASE WHEN owed.due > app.today() THEN owed.due ELSE app.today() + 10 END AS due
FROM intake.submission AS s
JOIN chain AS original ON original.answers IS NULL
LEFT JOIN intake.round AS r ON r.round = s.round
LEFT JOIN LATERAL (SELECT x.name_zh FROM ref.place AS x WHERE x.place = s.place
  ORDER BY x.edition DESC, daterange(x.valid_from, x.valid_to) @> intake.last_day(s.period) DESC, x.valid_from DESC LIMIT 1) AS p ON true
LEFT JOIN LATERAL (SELECT x.name_zh FROM ref.department AS x WHERE x.department = s.department
  ORDER BY x.edition DESC, daterange(x.valid_from, x.valid_to) @> intake.last_day(s.period) DESC, x.valid_from DESC LIMIT 1) AS d ON true
LEFT JOIN LATERAL (SELECT min(coalesce(o.until, o.due)) AS due FROM intake.obligation AS o
  WHERE o.round = s.round AND o.department = s.department AND o.place = s.place) AS owed ON true
WHERE s.submission_id = :id AND s.kind = 'ledger' AND s.problem IS NULL AND s.state NOT IN ('superseded', 'withdrawn')
"""
_ITEMS = """
SELECT i.item_no, i.sheet, i.cell, i.form, i.measure, i.definition, i.place, i.period, i.unit, i.decimals, i.type, i.previous,
  i.yearbook, i.text, i.value, i.missing_type, i.reason, i.evidence, i.repaired, substring(i.missing_cell FROM :is_cell) AS missing_cell,
  substring(i.reason_cell FROM :is_cell) AS reason_cell, substring(i.evidence_cell FROM :is_cell) AS evidence_cell
FROM intake.item AS i WHERE i.submission_id = :id AND i.cell ~ :is_cell ORDER BY i.item_no
"""
_FINDINGS = """
SELECT f.severity, f.sheet, f.cell, f.found, f.expected, f.message_zh, f.would_be, f.family
FROM quality.finding AS f
LEFT JOIN (SELECT sheet, min(item_no) AS first FROM intake.item WHERE submission_id = :id GROUP BY sheet) AS s USING (sheet)
LEFT JOIN LATERAL (SELECT i.item_no FROM intake.item AS i WHERE i.submission_id = :id AND i.sheet = f.sheet
  AND f.cell IN (i.cell, i.missing_cell, i.reason_cell, i.evidence_cell) LIMIT 1) AS at ON true
WHERE f.submission_id = :id AND (f.state IN ('open', 'returned') OR (f.severity = 'block' AND f.state = 'explained'))
ORDER BY array_position(ARRAY['block', 'ask', 'note'], f.severity), s.first NULLS LAST, at.item_no NULLS LAST, f.cell, f.rule_id
"""
