"""The pages, looking at the database of one test."""

from collections.abc import Iterator

import pytest

from learning_city.model.home import Home
from learning_city.warehouse.engine import dispose
from learning_city.web import database


def forget() -> None:
    """The pages open their database anew."""
    for kept in vars(database).values():
        if hasattr(kept, "cache_clear"):
            kept.cache_clear()


@pytest.fixture
def seen(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pages look at this test's home."""
    monkeypatch.setenv("LCM_HOME", str(home.root))
    monkeypatch.setenv("LCM_DATABASE_URL", home.database_url)
    forget()
    yield
    dispose()
    forget()
