"""The steps of the year. Imports stand inside: a DAG file that names a step must parse in milliseconds."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypedDict
from zoneinfo import ZoneInfo

from learning_city.model.home import Home
from learning_city.orchestration.failures import translated

if TYPE_CHECKING:
    from airflow.sdk import ObjectStoragePath

BATCH = 2_000
"""Deliveries or submissions per task: Great Expectations costs per run, not per row."""


class Deliveries(TypedDict):
    """A batch of deliveries of one round, by the names people read."""

    round: str
    names: list[str]


def today() -> date:
    """Today in Shanghai, whatever the machine's clock is set to."""
    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()


def rounds_to_open(wanted: list[str], partition: str | None) -> list[str]:
    """The rounds to open: those asked for, else those the calendar has for the partition (2017, or 2018-04 as a quarter).

    A partition that names a quarter does so by its first month. Empty where the calendar has none of them.
    """
    from learning_city.prepare import rounds
    from learning_city.warehouse import engine

    with translated(), engine.connect(Home.from_environment()).connect() as connection:
        if wanted:
            return rounds.known_rounds(connection, wanted)
        year, _, month = (partition or "").partition("-")
        period = f"{year}-Q{(int(month) + 2) // 3}" if month else year
        return rounds.rounds_of(connection, period)


def open_rounds(wanted: list[str]) -> int:
    """Open rounds and issue their workbooks; returns how many workbooks were written."""
    from learning_city.prepare import issue, rounds
    from learning_city.warehouse import engine, keys

    home = Home.from_environment()
    written = 0
    with translated():
        warehouse, key = engine.connect(home), keys.secret(home, "token")
        for round_id in wanted:
            rounds.open_round(warehouse, round_id)
            written += len(issue.issue(warehouse, home, round_id, key, home.issued / round_id))
    return written


def remind(*, only_waiting: bool = False) -> dict[str, int]:
    """Write today's reminders (unless ``only_waiting``) and send what waits; how many are new, sent and failed.

    Mail goes through the Airflow connection ``lcm_smtp`` where there is one, else into the day's file.
    """
    from learning_city.orchestration.smtp import mailbox
    from learning_city.prepare import remind as room
    from learning_city.warehouse import engine

    home = Home.from_environment()
    with translated():
        out = home.root / "reminders"
        return asdict(room.remind(engine.connect(home), out, today(), mailbox(), only_waiting=only_waiting))


def open_inbox(home: Home) -> "ObjectStoragePath":
    """The inbox, wherever it is: a folder of the home, or the object store that ``LCM_INBOX_URL`` names.

    A URL may name an Airflow connection before an @: ``s3://office_store@bucket/inbox``.
    """
    from airflow.sdk import ObjectStoragePath

    return ObjectStoragePath(home.inbox_url or home.inbox.as_uri())


def list_deliveries() -> list[list[Deliveries]]:
    """Deliveries in the inboxes of open rounds that are not registered yet, in batches over all rounds."""
    from learning_city.collect import inbox
    from learning_city.warehouse import engine, intake

    home = Home.from_environment()
    found: list[tuple[str, str]] = []
    with translated(), engine.connect(home).connect() as connection:
        for round_id in intake.open_rounds(connection):
            known = intake.registered(connection, round_id)
            folder = inbox.near(open_inbox(home) / round_id)
            found += [
                (round_id, name)
                for name, entry in inbox.deliveries(folder).items()
                if name not in known or inbox.changed(entry, known[name])
            ]
    return [_by_round(found[n : n + BATCH]) for n in range(0, len(found), BATCH)]


def _by_round(batch: list[tuple[str, str]]) -> list[Deliveries]:
    rounds = dict.fromkeys(round_id for round_id, _ in batch)
    return [{"round": r, "names": [name for of, name in batch if of == r]} for r in rounds]


def register(batch: list[Deliveries]) -> int:
    """Archive, parse and land one batch; returns how many submissions are new."""
    from learning_city.collect import register as room
    from learning_city.collect.reader import Readers
    from learning_city.warehouse import engine, keys

    home = Home.from_environment()
    with translated(), Readers() as readers:
        warehouse, key = engine.connect(home), keys.secret(home, "token")
        place = open_inbox(home)
        return sum(
            len(room.register(warehouse, home, d["round"], d["names"], key, readers, place / d["round"])) for d in batch
        )


def register_tables() -> int:
    """Collect the yearbook and document tables of every source; returns how many are new."""
    from learning_city.collect import tables
    from learning_city.collect.reader import Readers
    from learning_city.warehouse import engine

    home = Home.from_environment()
    with translated(), Readers(children=1) as readers:
        place = open_inbox(home)
        return len(tables.register_tables(engine.connect(home), home, tables.list_sources(place), readers, place))


def list_unchecked() -> list[list[int]]:
    """Submissions that were not checked yet, in batches of ids."""
    from learning_city.warehouse import engine, intake

    with translated(), engine.connect(Home.from_environment()).connect() as connection:
        ids = intake.unchecked(connection)
    return [ids[n : n + BATCH] for n in range(0, len(ids), BATCH)]


def check(ids: list[int]) -> int:
    """Check a batch of submissions and weigh what was found; returns the number of findings."""
    from learning_city.indicators import effect
    from learning_city.validate import store
    from learning_city.warehouse import engine

    home = Home.from_environment()
    with translated():
        warehouse = engine.connect(home)
        found = store.check(warehouse, ids, today(), is_demo=home.is_demo)
        effect.weigh(warehouse, ids)
    return found


def settle() -> dict[str, int]:
    """Accept, return or keep in review every form that was checked; returns counts by state."""
    from learning_city.review import settle as room
    from learning_city.warehouse import engine

    with translated():
        return room.settle_by_rule(engine.connect(Home.from_environment()))


def resolve() -> list[str]:
    """Load what was accepted and reconcile the periods it touches; returns them."""
    from learning_city.reconcile import resolve as room
    from learning_city.warehouse import engine

    home = Home.from_environment()
    with translated():
        return room.resolve(engine.connect(home), with_synthetic=home.is_demo)


def compute(periods: list[str]) -> int:
    """Compute the indicators of these periods; returns how many values were stored."""
    from learning_city.indicators import compute as room
    from learning_city.warehouse import engine

    with translated():
        return room.compute(engine.connect(Home.from_environment()), periods)


def waiting_decisions() -> int:
    """Decisions whose consequences were not applied yet."""
    from learning_city.warehouse import deciding, engine

    with translated(), engine.connect(Home.from_environment()).connect() as connection:
        return deciding.waiting(connection)


def apply_decisions() -> list[str]:
    """Apply what waits: check corrected forms anew, pass what is settled, reconcile, compute. Returns the periods.

    A decision stays in the outbox until all of that is done; killed at any point and run again nothing is lost. The
    heads of the chains are kept outside the database.
    """
    from learning_city.review import audit
    from learning_city.review.settle import UNDO
    from learning_city.warehouse import deciding, engine, keys

    home = Home.from_environment()
    with translated():
        warehouse = engine.connect(home)
        with warehouse.connect() as connection:
            up_to = deciding.settled_up_to(connection, UNDO)
            corrected = deciding.corrected_since(connection)
        if corrected:
            check(corrected)
            with warehouse.begin() as connection:
                deciding.reopen_mended(connection, corrected)
        settle()
        periods = resolve()
        compute(periods)
        with warehouse.begin() as connection:
            deciding.mark_applied(connection, up_to)
        audit.keep(home.root / "audit", keys.secret(home, "audit"), audit.heads(warehouse))
    return periods
