"""What many people ask alike is answered once, and never from before something that was committed."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from learning_city.web import database

_GRANTED = """SELECT "user" FROM app.grant WHERE place = :place ORDER BY 1"""


@pytest.fixture
def request_of_a_page(engine: Engine, seen: None) -> Iterator[Engine]:
    """A request that looked when it began; the engine is somebody else's."""
    database.look()
    yield engine
    database._moment.set("")


def grant(engine: Engine, user: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("""INSERT INTO app.grant VALUES (:user, 'reader', '*', 'a test')"""), {"user": user})


def granted() -> list[str]:
    return [row["user"] for row in database.shared(_GRANTED, place="*")]


def test_the_same_question_is_answered_once_while_nothing_is_committed(request_of_a_page: Engine) -> None:
    assert any(_answered_once() for _ in range(20)), "the server commits something of its own now and then"
    assert database.shared(_GRANTED, place="*") is not database.shared(_GRANTED, place="110000")


def _answered_once() -> bool:
    first = database.shared(_GRANTED, place="*")
    database.look()
    return database.shared(_GRANTED, place="*") is first


def test_the_next_request_sees_what_somebody_else_committed(request_of_a_page: Engine) -> None:
    assert granted() == []
    grant(request_of_a_page, "li")
    database.look()
    assert granted() == ["li"]


def test_what_was_begun_before_and_committed_after_a_look_is_seen_by_the_next(request_of_a_page: Engine) -> None:
    with request_of_a_page.connect() as other:
        other.execute(text("""INSERT INTO app.grant VALUES ('li', 'reader', '*', 'a test')"""))
        database.look()
        assert granted() == []
        other.commit()
    database.look()
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
