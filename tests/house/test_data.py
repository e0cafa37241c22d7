"""House rules of what is not code: every rule says why, every statement and every mart column says what it gives."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from learning_city.model.home import CHECKOUT

STATEMENTS = sorted((CHECKOUT / "sql").rglob("*.sql"))
SUITES = sorted((CHECKOUT / "expectations").glob("*.json"))


@pytest.mark.parametrize("suite", SUITES, ids=lambda path: path.stem)
def test_every_rule_says_why_it_exists_and_how_to_mend_it_in_both_languages(suite: Path) -> None:
    for rule in json.loads(suite.read_bytes())["expectations"]:
        meta = rule["meta"]
        for said in ("because", "message_zh", "message_en", "fix_zh", "fix_en", "expected"):
            assert meta[said].strip(), (meta["rule_id"], said)


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: str(path.relative_to(CHECKOUT / "sql")))
def test_a_statement_says_in_its_first_line_what_it_gives(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("-- ")
    assert len(first) > 20


def test_every_mart_and_every_column_of_it_is_explained_in_both_languages(engine: Engine) -> None:
    with engine.connect() as connection:
        said = connection.execute(
            text(
                """SELECT c.relname, coalesce(a.attname, ''), obj_description(c.oid), col_description(c.oid, a.attnum)
                   FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
                   WHERE c.relnamespace = 'mart'::regnamespace AND c.relkind = 'v'"""
            )
        ).all()
    assert {row[0] for row in said} >= {
        "indicator_table", "reporting_status", "open_finding", "definition_conflict", "lineage", "attainment",
        "observation_current",
    }  # fmt: skip
    for mart, column, about, comment in said:
        for words in (about, comment):
            chinese, _, english = (words or "").replace("/ ", " / ", 1).partition(" / ")
            assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese), (mart, column)
            assert any("a" <= sign <= "z" for sign in english), (mart, column)
