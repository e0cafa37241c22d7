"""The pages under load: a million findings, 20 people who read and 5 who decide, over HTTP through a running Airflow."""

import asyncio
import itertools
import random
import statistics
import time
from collections import defaultdict

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, text

from learning_city.cli import airflow_service, office
from learning_city.cli.bench_home import bench_home
from learning_city.prepare import rounds
from learning_city.review import audit
from learning_city.samples.world import World
from learning_city.warehouse import engine

PERIOD = "2017"
READERS, REVIEWERS = 20, 5
READ_EVERY, DECIDE_EVERY = 0.5, 10.0
FINDINGS = 1_000_000
PAGES = "/data-office"


def measure(console: Console, world: World, seconds: float) -> None:
    """Load the database, then the pages for so many seconds; print times by page, and what became of the decisions."""
    with bench_home(world) as home:
        warehouse = engine.connect(home)
        rounds.open_round(warehouse, PERIOD)
        began = time.perf_counter()
        _fill(warehouse)
        console.print(
            f"{FINDINGS:,} findings of {world.cities * world.departments:,} workbooks in {time.perf_counter() - began:.0f} s"
        )
        names = [*(f"reader{n}" for n in range(READERS)), *(f"reviewer{n}" for n in range(REVIEWERS))]
        for name in names:
            office.add_user(warehouse, home, name, [name.rstrip("0123456789")])
        url = airflow_service.start(home)
        try:
            load = Load(url, {name: airflow_service.password(home, name) for name in names}, _targets(warehouse))
            asyncio.run(load.run(seconds))
        finally:
            airflow_service.stop(home)
        _report(console, load, seconds)
        _verdict(console, warehouse, load)


class Load:
    """People at their pages: what each request took in ms by page, and how decisions were answered."""

    def __init__(self, url: str, passwords: dict[str, str], targets: dict[str, list[str]]) -> None:
        self.url, self.passwords, self.targets = url, passwords, targets
        self.took: dict[str, list[float]] = defaultdict(list)
        self.answers: dict[int, int] = defaultdict(int)

    async def run(self, seconds: float) -> None:
        """Everybody at once until the time is up; the first pages of a process are not counted."""
        signed_in = [await self._signed_in(name) for name in self.passwords]
        for client in signed_in[:2]:
            for page in self._pages():
                await client.get(page)
        until = time.perf_counter() + seconds
        tasks = [self._read(client, until, n) for n, client in enumerate(signed_in[:READERS])]
        tasks += [self._decide(client, until, n) for n, client in enumerate(signed_in[READERS:])]
        await asyncio.gather(*tasks)
        for client in signed_in:
            await client.aclose()

    async def _signed_in(self, name: str) -> httpx.AsyncClient:
        client = httpx.AsyncClient(base_url=self.url, headers={"Accept": "text/html", "Origin": self.url}, timeout=30)
        login = {"username": name, "password": self.passwords[name]}
        token = (await client.post("/auth/token", json=login)).raise_for_status().json()["access_token"]
        client.cookies.set("_token", token)
        return client

    def _pages(self) -> dict[str, str]:
        """An address of each page, anywhere in the data; the value names the kind."""
        pick = {name: random.choice(known) for name, known in self.targets.items()}  # noqa: S311 - a load, not a secret
        base = f"{PAGES}/findings?round={PERIOD}"
        return {
            base: "desk, first page",
            f"{base}&after={pick['after']}": "desk, deep page",
            f"{base}&place={pick['place']}&finding={pick['finding']}": "desk and sheet of one finding",
            f"{base}&place={pick['place']}&department={pick['department']}": "desk, one department",
            f"{PAGES}/?round={PERIOD}": "board",
            f"{PAGES}/submissions/{pick['submission']}": "one submission",
        }

    async def _read(self, client: httpx.AsyncClient, until: float, turn: int) -> None:
        await asyncio.sleep(turn * READ_EVERY / READERS)
        while time.perf_counter() < until:
            began = time.perf_counter()
            page, kind = random.choice(list(self._pages().items()))  # noqa: S311
            answer = await client.get(page)
            self.took[kind].append(1000 * (time.perf_counter() - began))
            answer.raise_for_status()
            await asyncio.sleep(max(0.0, READ_EVERY - (time.perf_counter() - began)))

    async def _decide(self, client: httpx.AsyncClient, until: float, turn: int) -> None:
        """A decision each ten seconds; two of the people take the same finding at the same moment."""
        for step in itertools.count():
            if time.perf_counter() >= until:
                return
            began = time.perf_counter()
            number = self.targets["decide"][step * REVIEWERS + max(turn, 1)]
            answer = await client.post(
                f"{PAGES}/findings/{number}/accept?round={PERIOD}", data={"code": "A01", "why": ""}
            )
            self.took["a decision"].append(1000 * (time.perf_counter() - began))
            self.answers[answer.status_code] += 1
            await asyncio.sleep(max(0.0, DECIDE_EVERY - (time.perf_counter() - began)))


def _report(console: Console, load: Load, seconds: float) -> None:
    table = Table(
        f"{READERS} readers, {REVIEWERS} reviewers, {seconds:.0f} s", "requests", "p50 ms", "p95 ms", "max ms"
    )
    for kind, took in sorted(load.took.items()):
        cuts = statistics.quantiles(took, n=20) if len(took) > 1 else [took[0]] * 19
        table.add_row(kind, str(len(took)), f"{cuts[9]:.0f}", f"{cuts[18]:.0f}", f"{max(took):.0f}")
    console.print(table)


def _verdict(console: Console, warehouse: Engine, load: Load) -> None:
    """Every decision that was answered as done is there once, and the others were told."""
    with warehouse.connect() as connection:
        made, findings = connection.execute(text(_MADE)).one()
    told = load.answers[303]
    holds = not audit.verify(warehouse)
    console.print(
        f"decisions: {told} answered as done, {load.answers[409]} told that somebody was first; "
        f"{made} in the record on {findings} findings; lost {told - made}, double {made - findings}; "
        f"chain {'holds' if holds else 'BROKEN'}; answers {dict(load.answers)}"
    )


def _fill(warehouse: Engine) -> None:
    with warehouse.begin() as connection:
        for statement in _FILL:
            connection.execute(text(statement), {"round": PERIOD, "many": FINDINGS})


def _targets(warehouse: Engine) -> dict[str, list[str]]:
    """What people open and decide: keys from all over the data."""
    with warehouse.connect() as connection:
        return {name: [str(said) for said in connection.execute(text(sql)).scalars()] for name, sql in _TARGETS.items()}


_FILL = (
    """INSERT INTO intake.submission (kind, round, delivered_as, file_name, sha256, bytes, department, place, period,
         identity, signoff, state)
       SELECT 'ledger', o.round, concat(o.place, '_', o.department), concat(o.place, '_', o.department, '.xlsx'),
         md5(o.place || o.department) || md5(o.department || o.place), 40000, o.department, o.place, o.period,
         jsonb_build_object('round', o.round, 'token_ok', 'yes'), '{}', 'in_review'
       FROM (SELECT DISTINCT round, department, place, period FROM intake.obligation WHERE round = :round) AS o""",
    """UPDATE intake.obligation AS o SET submission_id = s.submission_id, state = '审核中'
       FROM intake.submission AS s WHERE s.round = o.round AND s.department = o.department AND s.place = o.place""",
    """INSERT INTO intake.item (submission_id, item_no, sheet, cell, form, measure, definition, place, period, unit,
         decimals, required, previous, kind, type, text, value, status)
       SELECT o.submission_id, row_number() OVER (PARTITION BY o.submission_id, o.form ORDER BY fi.definition), '统计台账',
         'H' || (9 + row_number() OVER (PARTITION BY o.submission_id, o.form ORDER BY fi.definition)), o.form,
         fi.definition, fi.definition, o.place, o.period, fi.unit, fi.decimals, true, 95, fi.kind, 'number', '100', 100, 'A'
       FROM intake.obligation AS o JOIN ref.form_item AS fi ON fi.form = o.form WHERE o.round = :round""",
    "SELECT intake.count_answered(array_agg(submission_id)) FROM intake.submission",
    """INSERT INTO intake.sheet_row (submission_id, sheet, row_no, cells)
       SELECT i.submission_id, i.sheet, 9 + i.item_no, ARRAY[i.item_no::text, '数据项' || i.item_no, '口径说明，当年年末数', i.unit,
         'X' || i.item_no, '95', '', i.text, '', '说明', '', '通过'] FROM intake.item AS i""",
    """INSERT INTO quality.finding (submission_id, round, rule_id, family, severity, file, sheet, cell, form, department,
         place, definition, period, found, expected, message_zh, message_en, cause, would_be, effect)
       SELECT i.submission_id, :round, r.rule_id, 'range', CASE WHEN i.item_no % 7 = 0 THEN 'block' ELSE 'ask' END,
         s.file_name, i.sheet, i.cell, i.form, s.department, i.place, i.definition, i.period, '100', '≤ 99',
         '「数据项」为 100，高于本表通常的上限 99。核对单位与口径。', 'It is 100, above the usual bound 99.', '', 10,
         (hashtext(i.place || i.definition || r.rule_id) & 1023) / 100.0
       FROM intake.item AS i JOIN intake.submission AS s USING (submission_id)
       CROSS JOIN (VALUES ('range.high'), ('change.year_on_year')) AS r (rule_id)
       ORDER BY hashtext(i.cell || i.submission_id) LIMIT :many""",
    "ANALYZE",
)
_TARGETS = {
    "after": "SELECT effect || '_' || finding_id FROM quality.finding TABLESAMPLE system (1) LIMIT 300",
    "finding": "SELECT finding_id FROM quality.finding TABLESAMPLE system (1) LIMIT 300",
    "place": "SELECT DISTINCT place FROM intake.obligation ORDER BY place LIMIT 300",
    "department": "SELECT DISTINCT department FROM intake.obligation ORDER BY department",
    "submission": "SELECT submission_id FROM intake.submission ORDER BY submission_id LIMIT 300",
    "decide": "SELECT finding_id FROM quality.finding WHERE severity = 'ask' ORDER BY finding_id LIMIT 5000",
}
_MADE = "SELECT count(*), count(DISTINCT finding_id) FROM quality.decision WHERE action = 'accept_finding'"
