"""Migrations: numbered SQL files run by Alembic, forward only; then the marts as they stand today."""

import hashlib
import types
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script.base import Script
from alembic.script.revision import RevisionMap
from sqlalchemy import Connection, Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.warehouse.engine import driver
from learning_city.warehouse.statements import SQL

MIGRATIONS = SQL / "migrations"
_LEDGER = "CREATE TABLE IF NOT EXISTS public.schema_file (name text PRIMARY KEY, sha256 text NOT NULL)"


def migrate(engine: Engine, folder: Path = MIGRATIONS) -> list[str]:
    """Bring the warehouse to the newest schema; returns the names of the files applied now.

    One process at a time (advisory lock). A file that was edited after it was applied is refused.
    """
    files = sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('learning_city.migrate'))"))
        connection.execute(text(_LEDGER))
        applied: dict[str, str] = dict(connection.execute(text("SELECT name, sha256 FROM public.schema_file")).all())
        _refuse_edited(files, applied)
        _refuse_newer(files, applied)
        _upgrade(connection, files)
        for file in files:
            if file.stem not in applied:
                _remember(connection, file)
        _marts(connection, applied)
    return [file.stem for file in files if file.stem not in applied]


def _refuse_edited(files: list[Path], applied: dict[str, str]) -> None:
    for file in files:
        if applied.get(file.stem, _digest(file)) != _digest(file):
            raise NeedsAPerson(f"{file.name} was edited after it was applied. Undo the edit and write a new migration.")


def _refuse_newer(files: list[Path], applied: dict[str, str]) -> None:
    unknown = sorted(name for name in applied if "/" not in name and name not in {file.stem for file in files})
    if unknown:
        raise NeedsAPerson(
            f"数据库比程序新（{'、'.join(unknown)}），请升级程序。 "
            "The database is newer than this program; upgrade the program."
        )


def _upgrade(connection: Connection, files: list[Path]) -> None:
    scripts = list(_scripts(files))
    chain = RevisionMap(lambda: scripts)

    def steps(revision: tuple[str, ...], context: MigrationContext) -> list[MigrationStep]:
        del context
        head = scripts[-1].revision
        todo = [
            script
            for script in chain.iterate_revisions(head, revision or "base")
            if isinstance(script, Script) and script.revision not in revision
        ]
        return [MigrationStep.upgrade_from_script(chain, script) for script in reversed(todo)]

    context = MigrationContext.configure(connection, opts={"fn": steps})
    context.run_migrations(connection=connection)


def _scripts(files: list[Path]) -> Iterator[Script]:
    before: str | None = None
    for file in files:
        module = types.ModuleType(file.stem)
        vars(module).update(revision=file.stem[:4], down_revision=before, upgrade=partial(_run, file))
        yield Script(module, file.stem[:4], str(file))
        before = file.stem[:4]


def _run(file: Path, connection: Connection) -> None:
    driver(connection).execute(file.read_text(encoding="utf-8").encode())


def _marts(connection: Connection, applied: dict[str, str]) -> None:
    files = sorted((SQL / "marts").glob("*.sql"))
    if all(applied.get(f"marts/{file.stem}") == _digest(file) for file in files):
        return
    for file in files:
        _run(file, connection)
        _remember(connection, file, prefix="marts/")


def _remember(connection: Connection, file: Path, prefix: str = "") -> None:
    connection.execute(
        text("""INSERT INTO public.schema_file VALUES (:name, :sha256)
                ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256"""),
        {"name": prefix + file.stem, "sha256": _digest(file)},
    )


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
