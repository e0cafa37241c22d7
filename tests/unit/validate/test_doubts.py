"""What was noticed when a workbook was read (links, formulas, hidden sheets, names) becomes one finding on the whole."""

import json

import pytest
from office import TODAY, Office
from sqlalchemy import text

from learning_city.validate import store

DOUBTS = [
    ("identity.outside", "ask", "outside", "外部链接 external link"),
    ("type.formula", "note", "formulas", "3 格是公式：学监统01表!H11、学监统01表!H12、学监统01表!H13"),
    ("identity.hidden_sheets", "note", "hidden_sheets", "底稿"),
    ("identity.ending", "note", "ending", ".xls → .xlsx"),
    ("identity.strays", "note", "strays", "../台账.xlsx"),
    ("identity.answer", "ask", "answer_foreign", "17"),
    ("identity.merged_locked", "ask", "merged_locked", "学监统01表!H11 30 ← 31"),
    ("identity.merged_both", "ask", "merged_both", "学监统01表!H11 30 / 31"),
    ("identity.answer_unclear", "note", "answer_unclear", "学监统01表!M11 E99"),
]


@pytest.mark.parametrize(("rule", "severity", "said", "words"), DOUBTS)
def test_what_was_noticed_is_one_finding_that_names_it(
    office: Office, rule: str, severity: str, said: str, words: str
) -> None:
    office.deliver("北京")
    ids = office.register("北京")
    with office.engine.begin() as connection:
        noticed = {"said": json.dumps({said: words}), "n": ids[0]}
        connection.execute(
            text("UPDATE intake.submission SET identity = identity || cast(:said AS jsonb) WHERE submission_id = :n"),
            noticed,
        )
    store.check(office.engine, ids, TODAY)
    (finding,) = office.findings("北京")
    assert (finding.rule_id, finding.severity, finding.cell, finding.found) == (rule, severity, "", words)
    assert words in finding.message_zh
    assert words in finding.message_en
