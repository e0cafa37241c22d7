"""``lcm audit``: prove that every decision is as it was made."""

import re
from typing import Annotated

import typer
from rich.console import Console

from learning_city.cli import office
from learning_city.errors import NeedsAPerson
from learning_city.review import audit

audit_app = typer.Typer(no_args_is_help=True, help="裁定链 / the record of decisions")
_HEAD = re.compile(r"^(.+)/([0-9]+)/([0-9a-f]{16,64})$")


@audit_app.callback()
def _group() -> None:
    """Keep ``verify`` a command of its own."""


@audit_app.command()
def verify(
    head: Annotated[
        list[str] | None, typer.Option(help="a head printed in a released workbook: 2017/42/0123456789abcdef")
    ] = None,
) -> None:
    """核对裁定链和报告 / recompute every chain, against the heads kept outside, and hold reports and their files against it.

    Exit status 1 if a row or a file was changed.
    """
    from learning_city.reports import files
    from learning_city.review import audit
    from learning_city.warehouse import engine, keys

    console = Console(soft_wrap=True, highlight=False)
    home = office.any_home()
    warehouse, key, folder = engine.connect(home), keys.secret(home, "audit"), home.root / "audit"
    known = [*audit.kept(folder, key), *map(_head, head or [])]
    faults = audit.verify(warehouse, known)
    now = audit.heads(warehouse)
    if now and not known:
        faults = [*faults, audit.alone()]
    with warehouse.connect() as connection:
        wrong = [f"{one.round} 第 {one.seq} 环 link: {one.says}" for one in faults]
        wrong += [str(one) for one in files.damaged(connection, home)]
    for said in wrong or [one.printed for one in now]:
        console.print(f"{'✗' if wrong else '✓'} {said}", markup=False)
    if not wrong:
        console.print(f"裁定链完好 / every chain holds: {len(now)} 轮 rounds, {len(known)} 个链头 heads compared")
    raise typer.Exit(1 if wrong else 0)


def _head(said: str) -> audit.Head:
    match = _HEAD.match(said.strip())
    if match is None:
        raise NeedsAPerson(f"链头写法不对：{said}。 A head looks like 2017/42/0123456789abcdef.")
    return audit.Head(round=match[1], seq=int(match[2]), hash=match[3])
