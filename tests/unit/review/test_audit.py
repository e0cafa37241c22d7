"""The record of decisions: one link an act, and whoever changes a row behind its back is found."""

from pathlib import Path

import pytest
from desk import BLANK, LI, NOW, deliver, question
from office import Office
from sqlalchemy import text

from learning_city.review import audit, decide, settle

KEY = b"the audit key"


@pytest.fixture
def decided(office: Office) -> Office:
    """Two forms: one passed by rule, one after a question was accepted."""
    deliver(office, gdp=BLANK)
    settle.settle_by_rule(office.engine, undo=NOW)
    decide.accept(office.engine, [question(office)], LI)
    settle.settle_by_rule(office.engine, undo=NOW)
    return office


def change(office: Office, *statements: str) -> None:
    with office.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_every_act_is_one_link_of_its_round(decided: Office) -> None:
    assert decided.rows("SELECT round, seq, action, who, decisions FROM quality.link ORDER BY seq") == [
        ("2017", 1, "accept_form_by_rule", "rule", 1),
        ("2017", 2, "accept_finding", "李", 1),
        ("2017", 3, "accept_form", "李", 1),
    ]
    assert audit.verify(decided.engine) == []
    assert [(head.round, head.seq) for head in audit.heads(decided.engine)] == [("2017", 3)]


@pytest.mark.parametrize(
    ("statement", "seq", "kind"),
    [
        ("UPDATE quality.decision SET why = '改过' WHERE link = 2", 2, "row"),
        ("UPDATE quality.decision SET decided_at = decided_at - interval '1 day' WHERE link = 1", 1, "row"),
        ("UPDATE quality.link SET who = '王' WHERE seq = 2", 2, "link"),
        ("DELETE FROM quality.link WHERE seq = 1", 1, "unsealed"),
        ("INSERT INTO quality.decision (action, who, why, round, link) VALUES ('accept_form', '王', '补', '2017', 2)", 2, "count"),
        ("INSERT INTO quality.decision (action, who, why, round, link) VALUES ('accept_form', '王', '补', '2017', 9)", 9, "unsealed"),
    ],
)  # fmt: skip
def test_a_row_changed_behind_its_back_is_found(decided: Office, statement: str, seq: int, kind: str) -> None:
    change(decided, statement)
    first = audit.verify(decided.engine)[0]
    assert (first.seq, first.kind) == (seq, kind)


def test_a_chain_rewritten_from_end_to_end_differs_from_the_head_kept_outside(decided: Office, tmp_path: Path) -> None:
    audit.keep(tmp_path, KEY, audit.heads(decided.engine))
    change(
        decided,
        "UPDATE quality.decision SET why = '改过' WHERE link = 2",
        "DELETE FROM quality.link",
        "UPDATE quality.decision SET link = 1",
        "SELECT quality.add_links('seal', 'rule', 'x', 0)",
    )
    assert audit.verify(decided.engine) == [], "the database alone cannot tell"
    (fault,) = audit.verify(decided.engine, list(audit.kept(tmp_path, KEY)))
    assert (fault.seq, fault.kind) == (3, "lost")


def test_a_head_is_kept_once_and_a_line_that_was_tampered_with_is_told(decided: Office, tmp_path: Path) -> None:
    for _ in range(2):
        audit.keep(tmp_path, KEY, audit.heads(decided.engine))
    file = tmp_path / "heads.txt"
    assert len(file.read_text().splitlines()) == 1
    assert audit.verify(decided.engine, list(audit.kept(tmp_path, KEY))) == []
    file.write_text(file.read_text().replace('"2017", 3', '"2017", 2'))
    assert [fault.kind for fault in audit.verify(decided.engine, list(audit.kept(tmp_path, KEY)))] == ["seal"]


def test_functions_that_were_replaced_hide_nothing(decided: Office) -> None:
    change(
        decided,
        """CREATE OR REPLACE FUNCTION quality.rows_hash(of_round text, of_link integer) RETURNS text LANGUAGE sql STABLE
           RETURN (SELECT l.rows_hash FROM quality.link AS l WHERE l.round = of_round AND l.seq = of_link)""",
        "UPDATE quality.decision SET why = '改过' WHERE link = 2",
    )
    assert [(fault.seq, fault.kind) for fault in audit.verify(decided.engine)] == [(2, "row")]


def test_the_head_as_it_is_printed_is_enough_to_verify(decided: Office) -> None:
    (head,) = audit.heads(decided.engine)
    round_id, seq, digest = head.printed.split("/")
    assert audit.verify(decided.engine, [audit.Head(round=round_id, seq=int(seq), hash=digest)]) == []
    (fault,) = audit.verify(decided.engine, [audit.Head(round="2017", seq=2, hash=digest)])
    assert fault.kind == "head"
