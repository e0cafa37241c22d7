"""Homes: prepare one, start and stop it, add people."""

import getpass
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine, text

from learning_city.catalogue.read import read
from learning_city.cli import airflow_service
from learning_city.errors import NeedsAPerson
from learning_city.model.home import CHECKOUT, Home
from learning_city.model.rights import EVERYWHERE, Right
from learning_city.warehouse import engine, grants, migrate, ref, server

STARTER = CHECKOUT / "sql" / "reference"
AIRFLOW_ROLES = {"reader": "viewer", "inspector": "viewer", "clerk": "user", "reviewer": "user", "head": "op"}
ADMIN = "admin"


def demo_home() -> Home:
    """The demonstration's home (``LCM_HOME`` or ``var/demo``); refuses an office's home."""
    root = Home.from_environment().root
    if root == (CHECKOUT / "var" / "office").absolute():
        root = (CHECKOUT / "var" / "demo").absolute()
    home = Home(root=root, database_url=Home.from_environment().database_url)
    if (root / "postgres").exists() and not home.is_demo:
        raise NeedsAPerson(f"{root} is the home of an office: sample data may not enter it. Set LCM_HOME elsewhere.")
    root.mkdir(parents=True, exist_ok=True)
    (root / "DEMO").touch()
    return home


def office_home() -> Home:
    """The office's own home (``LCM_HOME`` or ``var/office``); refuses a demonstration's."""
    home = Home.from_environment()
    if home.is_demo:
        raise NeedsAPerson(f"{home.root} is a demonstration. Start it with `lcm demo`, or set LCM_HOME elsewhere.")
    home.root.mkdir(parents=True, exist_ok=True)
    return home


def prepare(home: Home) -> Engine:
    """Start the database, migrate it, and load the starter catalogue into an empty one."""
    warehouse = engine.connect(home)
    migrate.migrate(warehouse)
    with warehouse.begin() as connection:
        if ref.current(connection) == 0:
            ref.store(
                connection, read(STARTER), who="系统 system", why="起始目录：第一次启动 / starter edition, first start"
            )
    return warehouse


def add_user(warehouse: Engine, home: Home, name: str, roles: list[str], place: str = "*") -> str | None:
    """Give a person rights on the pages and an account in Airflow; returns a new password, None if he had one."""
    unknown = set(roles) - set(AIRFLOW_ROLES)
    if unknown:
        raise NeedsAPerson(f"Unknown role(s) {sorted(unknown)}; choose from {sorted(AIRFLOW_ROLES)}.")
    with warehouse.begin() as connection:
        known = connection.execute(text("SELECT EXISTS (SELECT FROM ref.place WHERE place = :place)"), {"place": place})
        if place != "*" and not known.scalar():
            raise NeedsAPerson(f"目录里没有地区 {place}。 No such place in the catalogue: {place}; * means everywhere.")
        connection.execute(
            text("""INSERT INTO app."grant" ("user", role, place, granted_by) VALUES (:user, :role, :place, 'command line')
                    ON CONFLICT DO NOTHING"""),
            [{"user": name, "role": role, "place": place} for role in roles],
        )
        held = connection.execute(
            text("""SELECT role FROM app."grant" WHERE "user" = :user"""), {"user": name}
        ).scalars()
        strongest = max((AIRFLOW_ROLES[role] for role in held), key=("viewer", "user", "op").index)
    return airflow_service.add_user(home, name, "admin" if name == ADMIN else strongest)


def person(warehouse: Engine, who: str, right: Right, places: Sequence[str] | None = None) -> str:
    """Who acts: ``who``, or the account where it is not said. Raises Refused without ``right`` at the places (all of them).

    What a page asks for, the command line asks for too; only in a home where nobody holds any right yet, anybody may act.
    """
    name = who.strip() or getpass.getuser()
    with warehouse.connect() as connection:
        if not grants.is_empty(connection):
            grants.require(connection, name, right, places or (EVERYWHERE,))
    return name


def writable(out: Path | None) -> None:
    """Raise NeedsAPerson where the folder of a file to be written is not there: a slip of the pen makes no folders."""
    if out is not None and not out.absolute().parent.is_dir():
        raise NeedsAPerson(
            f"没有文件夹 {out.parent}，请先建好或改路径。 There is no folder {out.parent}: make it, or name another."
        )


def first_user(warehouse: Engine, home: Home, console: Console) -> None:
    """Make the first user once and print the password once."""
    if ADMIN in airflow_service.users(home):
        return
    password = add_user(warehouse, home, ADMIN, ["clerk", "reviewer", "head"])
    if password:
        console.print(f"用户 user {ADMIN}   密码 password {password}   （只显示一次 / shown once）")


def stop(home: Home) -> list[str]:
    """Stop Airflow and the embedded database of a home; returns what was stopped."""
    stopped = ["Airflow"] if airflow_service.stop(home) else []
    if not home.database_url and (home.server_data / "postmaster.pid").exists():
        server.stop(home.server_data)
        stopped.append("PostgreSQL")
    return stopped


def known_homes() -> list[Home]:
    """The homes the command line may have started: LCM_HOME where it is set, else var/office and var/demo."""
    named = Home.from_environment()
    if "LCM_HOME" in os.environ:
        return [named] if named.root.exists() else []
    roots = dict.fromkeys([named.root, CHECKOUT / "var" / "office", CHECKOUT / "var" / "demo"])
    return [
        Home(root=root, database_url=named.database_url if root == named.root else "")
        for root in roots
        if root.exists()
    ]


def publish_inbox(draft: Path, inbox: Path) -> None:
    """Move finished round folders into the inbox one by one, so that nobody collects a half-written one."""
    inbox.mkdir(parents=True, exist_ok=True)
    for folder in sorted(draft.iterdir()):
        if not (inbox / folder.name).exists():
            shutil.move(folder, inbox / folder.name)


def any_home() -> Home:
    """LCM_HOME, else the office's home if it has a database, else the demonstration's."""
    home = Home.from_environment()
    if "LCM_HOME" in os.environ or home.database_url or home.server_data.exists():
        return home
    return next((known for known in known_homes() if known.server_data.exists()), home)
