"""``lcm round``: open and list rounds, exempt and extend what is owed, allow a form without its legal marks."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from sqlalchemy import Engine, text

from learning_city.cli import office
from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.model.rights import Right

if TYPE_CHECKING:
    from learning_city.prepare.obligations import Action

round_app = typer.Typer(no_args_is_help=True, help="轮次与应报 / rounds and what is owed")
console = Console(soft_wrap=True, highlight=False)

Who = Annotated[str, typer.Option(help="经办人 / who decides")]
Why = Annotated[str, typer.Option(help="理由 / why")]
Form = Annotated[str, typer.Option(help="表 / form; empty: every form")]
Until = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="到哪一天 / the last day")]


@round_app.command("open")
def open_one(round_id: str) -> None:
    """建立应报任务 / open a round of the calendar: 2017, 2018-Q3 …; twice gives the same."""
    from learning_city.prepare import rounds

    warehouse = office.prepare(Home.from_environment())
    owed = rounds.open_round(warehouse, round_id)
    console.print(f"{round_id}: {owed} 项应报 obligations")
    show_spared(warehouse, round_id)


@round_app.command("list")
def list_all() -> None:
    """轮次清单 / the calendar's rounds and how far each is."""
    with office.prepare(Home.from_environment()).connect() as connection:
        found = connection.execute(text(_LIST)).all()
    console.print("轮次 round  下发 opens   截止 due     锁定 locks   应报 owed  已通过 passed")
    for round_id, opens, due, locks, owed, passed in found:
        console.print(f"{round_id:<11} {opens}   {due}   {locks or '—'!s:<12} {owed:>8} {passed:>8}", markup=False)


@round_app.command()
def allow(round_id: str, form: str, why: Why, who: Who = "") -> None:
    """例外下发 / issue a form that lacks a legal mark or is out of validity, with a recorded reason."""
    from learning_city.prepare import issue

    warehouse = office.prepare(Home.from_environment())
    issue.record_exception(warehouse, round_id, form, who=office.person(warehouse, who, Right.EXCUSE), why=why)
    console.print(f"{round_id} {form}: 已记录例外 exception recorded")


@round_app.command()
def exempt(round_id: str, department: str, place: str, until: Until, why: Why, who: Who = "", form: Form = "") -> None:
    """豁免 / nothing is owed until a day; afterwards it is owed again."""
    _decide("exempt", round_id, department, place, form, until, who, why)


@round_app.command()
def extend(round_id: str, department: str, place: str, until: Until, why: Why, who: Who = "", form: Form = "") -> None:
    """延期 / a later day, also for what came after the lock date."""
    _decide("extend", round_id, department, place, form, until, who, why)


@round_app.command()
def resume(round_id: str, department: str, place: str, why: Why, who: Who = "", form: Form = "") -> None:
    """恢复 / end an exemption or extension now."""
    _decide("resume", round_id, department, place, form, None, who, why)


def edition_of(warehouse: Engine, round_id: str) -> int:
    """The edition of the catalogue that a round asks under."""
    with warehouse.connect() as connection:
        sql = text("SELECT edition FROM intake.round WHERE round = :round")
        return int(connection.execute(sql, {"round": round_id}).scalar_one())


def show_spared(warehouse: Engine, round_id: str) -> None:
    """Print what asking once saved, by department."""
    from learning_city.prepare import rounds

    with warehouse.connect() as connection:
        found, dropped = rounds.spared(connection, round_id), rounds.dropped(connection, round_id)
    for one in found:
        console.print(
            f"  一数一源 {one.department}: 免填 dropped {one.dropped} · 预填 pre-filled {one.prefilled} · "
            f"约省 {one.minutes:.0f} 分钟 minutes"
        )
    for definition, form, kept_in, places in dropped[:20]:
        console.print(
            f"    {form} 不问 drops {definition}：由“{kept_in}”填报 asked there（{places} 地 places）", markup=False
        )
    if len(dropped) > 20:
        console.print(f"    … {len(dropped) - 20} 项 more")
    if found:
        console.print(f"  （估算：每项 {rounds.MINUTES:g} 分钟，核对预填 {rounds.CONFIRM:g} 分钟 / estimate）")


def _decide(
    action: "Action",
    round_id: str,
    department: str,
    place: str,
    form: str,
    until: datetime | None,
    who: str,
    why: str,
) -> None:
    from learning_city.prepare import obligations

    warehouse = office.prepare(Home.from_environment())
    person = office.person(warehouse, who, Right.EXCUSE, [place])
    said = {"round": round_id, "department": department, "place": place, "form": form}
    with warehouse.connect() as connection:
        ids = list(connection.execute(text(_CHOSEN), said).scalars())
    if not ids:
        raise NeedsAPerson(f"没有这样的应报任务 no such obligation: {round_id} {department} {place} {form}".rstrip())
    day = until.date() if until else None
    count = obligations.decide(warehouse, ids, action, until=day, who=person, why=why)
    console.print(f"{count} 项 obligations: {obligations.STATE[action]}" + (f" → {day}" if day else ""))


_CHOSEN = """
SELECT obligation_id FROM intake.obligation
WHERE round = :round AND department = :department AND place = :place AND (:form = '' OR form = :form)
ORDER BY obligation_id
"""
_LIST = """
SELECT c.round, min(c.opens), min(c.due), max(c.locks), count(DISTINCT o.obligation_id),
       count(DISTINCT o.obligation_id) FILTER (WHERE o.state = '已通过')
FROM ref.calendar AS c LEFT JOIN intake.obligation AS o ON o.round = c.round AND o.form = c.form
WHERE c.edition = (SELECT max(edition) FROM ref.edition) GROUP BY c.round ORDER BY c.round
"""
