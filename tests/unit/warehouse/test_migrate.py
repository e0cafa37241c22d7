"""Migrations: numbered, forward only, each applied once, as it was written."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.warehouse.engine import scalar
from learning_city.warehouse.migrate import MIGRATIONS, migrate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))


def test_migrating_twice_does_nothing(engine: Engine) -> None:
    said = "SELECT name, sha256 FROM public.schema_file ORDER BY name"
    with engine.connect() as connection:
        before = connection.execute(text(said)).all()
    assert migrate(engine) == []
    with engine.connect() as connection:
        assert connection.execute(text(said)).all() == before
    assert {row.name for row in before} >= {path.stem for path in MIGRATIONS.glob("*.sql")}


def test_an_edited_migration_is_refused_and_says_what_to_do(engine: Engine, folder: Path) -> None:
    first = sorted(folder.glob("*.sql"))[0]
    first.write_text(first.read_text(encoding="utf-8") + "-- a small edit\n", encoding="utf-8")
    with pytest.raises(NeedsAPerson, match=rf"{first.name} was edited .* write a new migration"):
        migrate(engine, folder)


def test_a_new_migration_is_applied_once_and_remembered(engine: Engine, folder: Path) -> None:
    (folder / "0900_notes.sql").write_text("-- Notes.\nCREATE TABLE app.note (said text);\n", encoding="utf-8")
    assert migrate(engine, folder) == ["0900_notes"]
    assert migrate(engine, folder) == []
    with engine.connect() as connection:
        assert scalar(connection, "SELECT count(*) FROM app.note") == 0


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine, folder: Path) -> None:
    (folder / "0900_notes.sql").write_text("-- Notes.\nCREATE TABLE app.note (said text);\nSELECT 1 / 0;\n")
    with pytest.raises(Exception, match="division by zero"):
        migrate(engine, folder)
    with engine.connect() as connection:
        assert scalar(connection, "SELECT to_regclass('app.note')") is None
        assert scalar(connection, "SELECT count(*) FROM public.schema_file WHERE name = '0900_notes'") == 0
    assert migrate(engine) == []
