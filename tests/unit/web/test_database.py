"""What many people ask alike is answered once, and never from before something that was committed."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from learning_city.web import database

_NOT_COUNTED = """
SELECT c.oid::regclass::text FROM pg_class AS c
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relnamespace::regnamespace::text IN ('app', 'intake', 'quality', 'ref', 'warehouse', 'report')
  AND c.relname NOT LIKE 'change%'
  AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname = 'note_change')
"""
_GRANTED = """SELECT "user" FROM app.grant WHERE place = :place ORDER BY 1"""


@pytest.fixture
def request_of_a_page(engine: Engine, seen: None) -> Iterator[Engine]:
    """A request that looked when it began; the engine is somebody else's."""
    look()
    yield engine
    database._changes.set(None)


def look() -> None:
    database.remember(database.looked("0 AS nothing"))


def grant(engine: Engine, user: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("""INSERT INTO app.grant VALUES (:user, 'reader', '*', 'a test')"""), {"user": user})


def granted() -> list[str]:
    return [row["user"] for row in database.shared(_GRANTED, place="*")]


def test_the_same_question_is_answered_once_while_nothing_is_written(request_of_a_page: Engine) -> None:
    first = database.shared(_GRANTED, place="*")
    with request_of_a_page.begin() as other:
        other.execute(text("CREATE TEMP TABLE ours_alone (n integer)"))  # the server's own counter moves
    look()
    assert database.shared(_GRANTED, place="*") is first
    assert database.shared(_GRANTED, place="110000") is not first


def test_what_is_written_to_other_tables_asks_nobody_again(request_of_a_page: Engine) -> None:
    first = database.shared(_GRANTED, place="*")
    with request_of_a_page.begin() as other:
        other.execute(text("INSERT INTO app.setting (name, value) VALUES ('pages_url', 'x')"))
    look()
    assert database.shared(_GRANTED, place="*") is first


def test_the_tables_behind_views_and_functions_are_known(seen: None) -> None:
    named = database._tables(
        database._reader(), "SELECT * FROM mart.indicator_table WHERE intake.last_day(period) > :day"
    )
    assert {"warehouse.indicator_value", "ref.indicator", "quality.decision"} <= set(named or ())
    assert database._tables(database._reader(), "SELECT * FROM app.no_such_thing") is None
    assert database._tables(database._reader(), "SELECT * FROM warehouse.observation_unstated") == (
        "warehouse.observation",
    )


def test_every_table_that_pages_read_counts_what_is_written(engine: Engine) -> None:
    with engine.connect() as connection:
        forgotten = connection.execute(text(_NOT_COUNTED)).scalars().all()
    assert not forgotten, "let the migration that makes a table end with SELECT app.watch_changes()"


def test_who_writes_waits_for_nobody_else_who_writes(request_of_a_page: Engine) -> None:
    with request_of_a_page.connect() as one, request_of_a_page.connect() as two:
        for connection, user in ((one, "li"), (two, "wang")):
            connection.execute(text("SET LOCAL lock_timeout = '2s'"))
            connection.execute(
                text("""INSERT INTO app.grant VALUES (:user, 'reader', '*', 'a test')"""), {"user": user}
            )
        two.commit()
        look()
        assert granted() == ["wang"]
        one.commit()
    look()
    assert granted() == ["li", "wang"]


def test_the_next_request_sees_what_somebody_else_committed(request_of_a_page: Engine) -> None:
    assert granted() == []
    grant(request_of_a_page, "li")
    look()
    assert granted() == ["li"]


def test_what_was_begun_before_and_committed_after_a_look_is_seen_by_the_next(request_of_a_page: Engine) -> None:
    with request_of_a_page.connect() as other:
        other.execute(text("""INSERT INTO app.grant VALUES ('li', 'reader', '*', 'a test')"""))
        look()
        assert granted() == []
        other.commit()
    look()
    assert granted() == ["li"]


def test_a_request_sees_what_it_wrote_itself(request_of_a_page: Engine) -> None:
    assert granted() == []
    with database.engine().begin() as connection:
        connection.execute(text("SET LOCAL ROLE NONE"))
        connection.execute(text("""INSERT INTO app.grant VALUES ('li', 'reader', '*', 'a test')"""))
    assert granted() == ["li"]


def test_without_a_look_the_database_is_asked(engine: Engine, seen: None) -> None:
    assert granted() == []
    grant(engine, "li")
    assert granted() == ["li"]


def test_what_was_asked_longest_ago_is_forgotten_first(request_of_a_page: Engine) -> None:
    for number in range(database.MOST_SHARED + 5):
        database.shared(_GRANTED, place=str(number))
    assert len(database._shared) == database.MOST_SHARED
