"""What strangers and users write stays text: on every page in Chromium, in every workbook that is handed out."""

import csv
import io
import itertools
import re
import secrets
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import jwt
import openpyxl
import pytest
from office import filled
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from sqlalchemy import Engine, text

from learning_city.catalogue import workbook
from learning_city.cli.catalogue_effect import put_in_force
from learning_city.collect import inbox, register, tables
from learning_city.collect.reader import Readers
from learning_city.indicators import effect
from learning_city.model.edition import Edition
from learning_city.model.ledger import SignOff
from learning_city.prepare import issue
from learning_city.prepare.workbook import write_ledger
from learning_city.reports.build import build
from learning_city.reports.build import paths as built
from learning_city.review import settle
from learning_city.validate import store
from learning_city.warehouse import intake, keys, ref

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.airflow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*extension is not supported"),
]

ROUND, OFFICE = "2017", "/data-office"
MARKUP = (
    "<img src=x onerror=alert(1)>\"><script>alert(1)</script>'><svg onload=alert(1)>[x](javascript:alert(1))"
    "{{7*7}}{% x %}${7*7}'; DROP TABLE x;--"
)
FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", '=HYPERLINK("http://evil.example","y")')
LINKS = ("javascript:alert(1)", "http://evil.example/x", "file:///etc/passwd")
LONG = "长" * 5_000
CONTROL = "a\x01\x07\x0b\x1b[31m\x7f\ufeff\u2028b"
PRINTABLE = (*FORMULAS, *LINKS, MARKUP, LONG)
"""The catalogue takes these as names; signs that nobody sees it refuses, and departments' names are names of files too."""
UNSEEN = ("\t=1+1", "\u202egnp.exe", CONTROL)
SAYINGS = (*PRINTABLE, *UNSEEN)
WORST = FORMULAS[0] + MARKUP + UNSEEN[1]
NAME = "=1+1<img src=x onerror=alert(1)>'{{7*7}}"
"""A user's name, and a folder's and a file's: no slash, no control character."""
ECHO = f'{NAME}"><script>alert(1)</script>'
"""What an address may bring back: at most 120 signs."""
NAMES = ("=1+1'{{7-7}}", "+1+1", "-2+3", "@SUM(1)", "'; DROP TABLE x;--")
SOON = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011 - the database judges by its own clock
TOUCHED = re.compile(r"alert\(1\)|evil\.example|cmd\||\+1\+1|-2\+3|SUM\(1\)|javascript:|=1\+1|etc/passwd|长{99}|\x1b")
NAMED = ("部门", "报表", "口径", "指标", "数据项", "指标体系", "报表项目")
"""Sheets of the catalogue whose names are made hostile."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WATCH = """
addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI));
"""


def rows(engine: Engine, sql: str, **said: object) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(sql), said))


def write(engine: Engine, sql: str, **said: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql), said)


@dataclass(frozen=True)
class Stranger:
    """Somebody with every right whose own name is hostile, writing from our own pages."""

    demo: Any
    engine: Engine
    http: httpx.Client
    token: str
    place: str
    department: str

    def get(self, path: str, **query: str) -> httpx.Response:
        answer = self.http.get(f"{OFFICE}/{path}", params=query)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer

    def post(self, path: str, files: Any = None, query: dict[str, str] | None = None, **said: Any) -> httpx.Response:
        answer = self.http.post(f"{OFFICE}/{path}", data=said, files=files, params={"round": ROUND} | (query or {}))
        assert answer.status_code == 303, (path, answer.status_code, answer.text[:2000])
        assert "refused=" not in answer.headers["location"], answer.headers["location"]
        return answer


@pytest.fixture(scope="module")
def stranger(running_demo: Any, engine: Engine) -> Iterator[Stranger]:
    """Signed in by a token of Airflow's own kind; his grants are gone afterwards, what he sent is withdrawn."""
    login = {"username": running_demo.user, "password": running_demo.password}
    token = httpx.post(f"{running_demo.url}/auth/token", json=login).raise_for_status().json()["access_token"]
    own = jwt.decode(token, options={"verify_signature": False}) | {"sub": NAME}
    token = jwt.encode(own, keys.secret(running_demo.home, "jwt"), jwt.get_unverified_header(token)["alg"])
    for role in ("clerk", "reviewer", "head"):
        write(engine, """INSERT INTO app.grant VALUES (:user, :role, '*', 'test')""", user=NAME, role=role)
    (owed, *_) = rows(engine, OWED, round=ROUND)
    headers = {"Accept": "text/html", "Accept-Language": "zh", "Origin": running_demo.url}
    with httpx.Client(base_url=running_demo.url, headers=headers, timeout=180) as http:
        http.cookies.set("_token", token)
        yield Stranger(running_demo, engine, http, token, owed.place, owed.department)
    write(engine, """DELETE FROM app.grant WHERE "user" = :user""", user=NAME)


OWED = """
SELECT obligation_id, place, department FROM intake.obligation WHERE round = :round AND state IN ('已退回', '已下发')
ORDER BY department = 'statistics' DESC, place DESC
"""


@contextmanager
def hostile_catalogue(stranger: Stranger) -> Iterator[str]:
    """An edition whose names are hostile, imported on the page; the one before is in force again afterwards."""
    (number,) = rows(stranger.engine, "SELECT max(edition) AS n FROM ref.edition")
    with stranger.engine.connect() as connection:
        before = ref.load(connection, number.n)
    sha = _import(stranger, _with_hostile_names(before))
    (hostile,) = rows(stranger.engine, "SELECT max(edition) AS n FROM ref.edition")
    (was,) = rows(stranger.engine, "SELECT edition FROM intake.round WHERE round = :r", r=ROUND)
    pin = "UPDATE intake.round SET edition = :n WHERE round = :r"
    write(stranger.engine, pin, n=hostile.n, r=ROUND)
    try:
        yield sha
    finally:
        write(stranger.engine, pin, n=was.edition, r=ROUND)
        with stranger.engine.begin() as connection:
            put_in_force(connection, before, who="test", why="as before", with_synthetic=True)


def _with_hostile_names(edition: Edition) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "目录.xlsx"
        workbook.write(path, edition, workbook.About(edition=1, content_hash="", who="", why=""))
        book = openpyxl.load_workbook(path)
    for sheet in NAMED:
        columns = [
            cell.column
            for cell in book[sheet][1]
            if str(cell.value) in ("中文名称", "英文名称", "口径说明", "项目名称", "英文项目名称")
        ]
        for row, said in zip(range(2, book[sheet].max_row + 1), itertools.cycle(PRINTABLE), strict=False):
            for column in columns:
                is_file = sheet == "部门"
                book[sheet].cell(row, column).value = f"{NAMES[row % len(NAMES)] if is_file else said}{row}"
                book[sheet].cell(row, column).data_type = "s"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _import(stranger: Stranger, content: bytes) -> str:
    kept = stranger.post("catalogue/upload", files={"file": (f"{NAME}.xlsx", content)})
    shown = stranger.http.get(kept.headers["location"]).text
    sha = httpx.URL(kept.headers["location"]).params["file"]
    on = re.search(r'name="on" value="(\d+)"', shown)
    assert on, re.findall(r'<td class="any">[^<]*|<b>[^<]*', shown)[:20]
    stranger.post("catalogue/import", file=sha, on=on[1], why=WORST)
    return sha


@dataclass(frozen=True)
class Written:
    """What was written, for the pages that show it: submissions, findings, an upload, a task, a report."""

    first: int
    second: int
    strays: list[int]
    upload: str
    uploaded_catalogue: str
    report: int
    folder: Path
    books: dict[str, Path]


@pytest.fixture(scope="module")
def written(stranger: Stranger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    """Hostile strings in every field that somebody writes; taken back afterwards."""
    folder = tmp_path_factory.mktemp("hostile")
    with ExitStack() as stack:
        stack.enter_context(_nothing_left_in_the_inbox(stranger))
        sha = stack.enter_context(hostile_catalogue(stranger))
        stack.callback(_withdraw, stranger, _newest(stranger))
        strays = _strays(stranger)
        books = _issued(stranger, folder)
        upload, first = _upload(stranger, books["filled"])
        _decide(stranger, first)
        books |= _answer(stranger, first, folder)
        second = _send(stranger, books["answered"])
        stack.enter_context(_excused_and_reminded(stranger))
        stack.enter_context(_labels(stranger))
        number = build(stranger.engine, stranger.demo.home, "national_62", ROUND, requested_by=WORST)
        with stranger.engine.connect() as connection:
            books["report"] = built(connection, stranger.demo.home, number)[0]
        yield Written(first, second, strays, upload, sha, number, folder, books)


@contextmanager
def _nothing_left_in_the_inbox(stranger: Stranger) -> Iterator[None]:
    folder = stranger.demo.home.inbox / ROUND
    before = set(folder.iterdir())
    try:
        yield
    finally:
        for entry in set(folder.iterdir()) - before:
            shutil.rmtree(entry)


def _strays(stranger: Stranger) -> list[int]:
    """Two folders of the inbox that nobody identifies: one is claimed, for one a purge is asked."""
    before = _newest(stranger)
    for _ in range(2):
        folder = stranger.demo.home.inbox / ROUND / f"{NAME}{secrets.token_hex(4)}"
        folder.mkdir()
        (folder / f"{NAME}.txt").write_text(WORST + folder.name, encoding="utf-8")
    _collect(stranger)
    claimed, asked = _since(stranger, before)
    stranger.post(f"submissions/{claimed}/claim", whose=f"{stranger.place}/{stranger.department}", why=WORST)
    stranger.post(f"submissions/{asked}/purge", why=WORST)
    return [claimed, asked]


def _newest(stranger: Stranger) -> int:
    return int(rows(stranger.engine, "SELECT coalesce(max(submission_id), 0) FROM intake.submission")[0][0])


def _since(stranger: Stranger, before: int) -> list[int]:
    sql = "SELECT submission_id FROM intake.submission WHERE submission_id > :n ORDER BY 1"
    return [row[0] for row in rows(stranger.engine, sql, n=before)]


def _collect(stranger: Stranger) -> None:
    """What the DAGs do with what lies in the inbox: collect, check, weigh, settle."""
    engine, home = stranger.engine, stranger.demo.home
    with engine.connect() as connection:
        known = intake.registered(connection, ROUND)
    new = [name for name in inbox.deliveries(home.inbox / ROUND) if name not in known]
    with Readers(children=1) as readers:
        register.register(engine, home, ROUND, new, keys.secret(home, "token"), readers)
    with engine.connect() as connection:
        ids = intake.unchecked(connection)
    store.check(engine, ids, date(2018, 5, 1), is_demo=True)
    effect.weigh(engine, ids)
    settle.settle_by_rule(engine)


def _issued(stranger: Stranger, folder: Path) -> dict[str, Path]:
    """The workbook of a department under hostile names, blank and filled in by a hostile clerk."""
    with stranger.engine.connect() as connection:
        (ledger,) = [
            one
            for one in issue.ledgers(connection, ROUND, is_demo=True)
            if (one.identity.place, one.identity.department) == (stranger.place, stranger.department)
        ]
    told = filled(ledger)
    for (key, answer), said, turn in zip(told.items(), itertools.cycle(SAYINGS), itertools.count()):
        figure = answer.value * 1_000 if isinstance(answer.value, float) else answer.value
        value = said if turn % 3 == 0 else figure
        told[key] = replace(answer, value=value, reason=said, evidence=f"{NAME}.png")
    signed = SignOff(
        head=WORST, statistician=LINKS[0], filler=NAME, phone=FORMULAS[1], date=date(2018, 4, 20), seal=f"{NAME}.png"
    )
    books = {"blank": folder / "blank.xlsx", "filled": folder / f"{NAME}.xlsx"}
    key = keys.secret(stranger.demo.home, "token")
    write_ledger(books["blank"], ledger, key)
    write_ledger(books["filled"], ledger, key, told, signed)
    return books


def _upload(stranger: Stranger, book: Path) -> tuple[str, int]:
    """Upload, wait for the self-check, register, collect; the upload's token and the submission."""
    before = _newest(stranger)
    sent = [(book.name, book.read_bytes()), (f"{NAME}.png", b"\x89PNG 1"), (f"{MARKUP}.png", b"\x89PNG 2")]
    kept = stranger.post("submissions/upload", files=[("files", one) for one in sent])
    token = httpx.URL(kept.headers["location"]).params["upload"]
    while "refresh" in stranger.http.get(kept.headers["location"]).headers:
        time.sleep(0.3)
    stranger.post("submissions/register", upload=token)
    _collect(stranger)
    (new,) = _since(stranger, before)
    return token, new


def _send(stranger: Stranger, book: Path) -> int:
    """Put a delivery into the inbox in a folder with a hostile name and collect it; the submission."""
    before = _newest(stranger)
    folder = stranger.demo.home.inbox / ROUND / f"{NAME}{secrets.token_hex(4)}"
    folder.mkdir()
    shutil.copy(book, folder)
    (folder / f"{NAME}.png").write_bytes(b"\x89PNG 3")
    _collect(stranger)
    (new,) = _since(stranger, before)
    return new


FOUND = """
SELECT finding_id, severity, form, rule_id FROM mart.open_finding WHERE submission_id = :id
ORDER BY severity, finding_id
"""


def _decide(stranger: Stranger, submission: int) -> None:
    """Accept, undo, accept, correct, return: with hostile reasons, sources and texts."""
    found = rows(stranger.engine, FOUND, id=submission)
    ask = next(row for row in found if row.severity == "ask")
    said = {"code": "A99", "why": WORST}
    done = stranger.post(f"findings/{ask.finding_id}/accept", **said)
    number = httpx.URL(done.headers["location"]).params["done"]
    stranger.post(f"decisions/{number}/undo")
    stranger.post(f"findings/{ask.finding_id}/accept", **said)
    block = next(row for row in found if row.severity == "block" and row.form)
    stranger.post(f"findings/{block.finding_id}/correct", code="C99", why=WORST, value="12", basis=WORST)
    left = next(row for row in rows(stranger.engine, FOUND, id=submission) if row.severity == "block" and row.form)
    stranger.post(f"findings/{left.finding_id}/return", code="R99", why=WORST)


def _answer(stranger: Stranger, submission: int, folder: Path) -> dict[str, Path]:
    """The answer workbook as it is handed out, and as a hostile clerk fills in what is unlocked in it."""
    made = stranger.http.post(f"{OFFICE}/submissions/{submission}/answer")
    assert made.status_code == 200, made.text[:3000]
    blank, answered = folder / "answer.xlsx", folder / f"{NAME}答复.xlsx"
    blank.write_bytes(made.content)
    book, said = openpyxl.load_workbook(blank), itertools.cycle(SAYINGS)
    for sheet in book.worksheets:
        unlocked = [
            cell for row in sheet.iter_rows() for cell in row if sheet.protection.sheet and not cell.protection.locked
        ]
        for cell in unlocked:
            words = ILLEGAL_CHARACTERS_RE.sub("", next(said))
            cell.value, cell.data_type = (words, "s")
    book.save(answered)
    return {"answer": blank, "answered": answered}


@contextmanager
def _excused_and_reminded(stranger: Stranger) -> Iterator[None]:
    """An extension and a letter, both with hostile words; the obligation is as before afterwards."""
    (one, *_) = [row for row in rows(stranger.engine, OWED, round=ROUND) if row.place != stranger.place]
    stranger.post(f"obligations/{one.obligation_id}/decide", action="extend", until=SOON, why=WORST)
    sent = stranger.post("reminders", query={"pick": f"{one.place}~{one.department}"}, copied="1")
    stranger.post(f"reminders/{httpx.URL(sent.headers['location']).params['batch']}/take-back")
    try:
        yield
    finally:
        with stranger.engine.begin() as connection:
            for sql in AS_BEFORE:
                connection.execute(text(sql), {"id": one.obligation_id})


AS_BEFORE = (
    "DELETE FROM intake.obligation_event WHERE obligation_id = :id",
    "DELETE FROM intake.reminder WHERE obligation_id = :id",
    "UPDATE intake.obligation SET state = '已退回', until = NULL, why = NULL WHERE obligation_id = :id",
)


@contextmanager
def _labels(stranger: Stranger) -> Iterator[None]:
    """A printed table whose labels are hostile; one of them is answered with a hostile reason."""
    before, source = _newest(stranger), "hz_yearbook_2018"
    path = stranger.demo.home.inbox / "yearbooks" / source / f"{NAME}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerows([(f"杭州市 {MARKUP}{secrets.token_hex(4)}",), ("指标", "单位", "2017年")])
        sheet.writerows((said, "个", number) for number, said in enumerate(SAYINGS, start=1))
    with Readers(children=1) as readers:
        tables.register_tables(stranger.engine, stranger.demo.home, [source], readers)
    (task, *_) = re.findall(r'task=([0-9a-f]{24})"', stranger.get("labels").text)
    stranger.post("labels/answer", task=task, meaning="-", why=FORMULAS[0] + MARKUP)
    try:
        yield
    finally:
        path.unlink()
        for number in _since(stranger, before):
            write(
                stranger.engine, "UPDATE intake.submission SET state = 'withdrawn' WHERE submission_id = :n", n=number
            )


def _withdraw(stranger: Stranger, before: int) -> None:
    """Take back what was delivered, the newest first, with a hostile reason."""
    for number in reversed(_since(stranger, before)):
        stranger.http.post(f"{OFFICE}/submissions/{number}/withdraw", data={"why": WORST})


@dataclass
class Watched:
    """A browser and everything it did that no page of ours does."""

    page: Any
    url: str
    told: list[str]


@pytest.fixture(scope="module")
def watched(stranger: Stranger, require: Callable[[str], str]) -> Iterator[Watched]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=require("chromium"), args=FLAGS)
        context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="zh-CN")
        context.add_cookies([{"name": "_token", "value": stranger.token, "url": stranger.demo.url}])
        context.add_init_script(WATCH)
        one = Watched(context.new_page(), stranger.demo.url, [])
        one.page.on("dialog", lambda asked: (one.told.append(f"dialog {asked.message}"), asked.dismiss()))
        one.page.on("console", lambda said: one.told.append(said.text) if said.type == "error" else None)
        one.page.on("pageerror", lambda problem: one.told.append(str(problem)))
        one.page.on("request", lambda sent: None if _is_ours(one.url, sent.url) else one.told.append(sent.url))
        yield one
        browser.close()


def _is_ours(url: str, asked: str) -> bool:
    return asked.startswith((f"{url}/", "file:///tmp/"))


def addresses(stranger: Stranger, written: Written) -> dict[str, str]:
    """Every page, with what shows the most of what was written; the last ones give back what stands in the address."""
    cell = f"{stranger.place}~{stranger.department}"
    mine = {"place": stranger.place, "department": stranger.department}
    found = rows(stranger.engine, FOUND, id=written.second)
    ask, block = (next((row for row in found if row.severity == kind), found[0]) for kind in ("ask", "block"))
    (value,) = rows(stranger.engine, VALUE, period=ROUND)
    asked: dict[str, dict[str, Any]] = {
        "": {},
        " panel": {"pick": cell},
        "reminders": {},
        "submissions": {},
        " checked": {"upload": written.upload},
        **{f"submissions/{one}": {} for one in (written.first, written.second, *written.strays)},
        "findings": {**mine, "finding": block.finding_id},
        " question": {**mine, "finding": ask.finding_id, "compare": "1"},
        " bulk": {**mine, "severity": "ask", "rule": ask.rule_id, "bulk": "1"},
        " mine": {"show": "mine", "rule": ECHO, "q": ECHO},
        "definitions": {"period": "all", "state": "all"},
        " sought": {"period": ECHO, "place": ECHO, "state": ECHO},
        "indicators": {"framework": "national_62", "period": ROUND, "indicator": value.indicator, "place": value.place},
        "reports": {"build": written.report},
        "catalogue": {"file": written.uploaded_catalogue},
        "labels": {"words": ECHO, "told": WORST, "done": ECHO},
        " refused": {"refused": "no_date", "typed": WORST, "q": ECHO, "n": ECHO},
        f"no/{WORST[:40]}": {},
    }
    pages = {
        " panel": "",
        " refused": "",
        " checked": "submissions",
        " question": "findings",
        " bulk": "findings",
        " sought": "definitions",
        " mine": "findings",
    }
    return {key: f"{quote(pages.get(key, key))}?{urlencode({'round': ROUND} | said)}" for key, said in asked.items()}


VALUE = """
SELECT indicator, place FROM mart.indicator_table
WHERE framework = 'national_62' AND period = :period AND value IS NOT NULL ORDER BY indicator, place LIMIT 1
"""
HARM = """() => {
  const out = [...document.querySelectorAll('a[href],form[action],[formaction],[src]')].map(
    one => new URL(one.getAttribute('href') || one.getAttribute('formaction') || one.getAttribute('action') || one.getAttribute('src'), location));
  return [
    ...out.filter(one => one.origin !== location.origin).map(one => 'leads away: ' + one),
    ...[...document.querySelectorAll('main img, header img, main script, main iframe, [onerror], [onload], [onclick], [style]')].map(one => one.outerHTML),
    ...(document.documentElement.scrollWidth > innerWidth ? [`wider: ${document.documentElement.scrollWidth}`] : []),
  ]
}"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_that_was_written_runs_asks_elsewhere_or_widens_a_page(
    stranger: Stranger, written: Written, watched: Watched, lang: str
) -> None:
    wrong, shown = [], set()
    for key, address in addresses(stranger, written).items():
        answer = watched.page.goto(f"{watched.url}{OFFICE}/{address}&lang={lang}")
        is_there = not key.startswith("no/")
        harm = [one for one in watched.told if is_there or "404" not in one] + watched.page.evaluate(HARM)
        harm += [] if answer.status == (200 if is_there else 404) else [f"status {answer.status}"]
        wrong += [(key, harm)] if harm else []
        watched.told.clear()
        shown |= {key} if "onerror=alert(1)" in watched.page.locator("body").inner_text() else set()
    assert wrong == []
    assert len(shown) > 10, f"hostile strings stand as text on {sorted(shown)} only"


def test_who_may_nothing_is_named_as_he_is(stranger: Stranger, watched: Watched) -> None:
    """The refusal shows the name and the command that would help."""
    watched.told.clear()
    write(stranger.engine, """UPDATE app.grant SET "user" = "user" || 'x' WHERE "user" = :user""", user=NAME)
    try:
        assert watched.page.goto(f"{watched.url}{OFFICE}/?lang=zh").status == 403
        assert NAME in watched.page.locator("main").inner_text()
    finally:
        write(stranger.engine, """UPDATE app.grant SET "user" = :user WHERE "user" = :user || 'x'""", user=NAME)
    assert [one for one in watched.told if "403" not in one] == []
    watched.told.clear()
    assert watched.page.evaluate(HARM) == []


def test_the_handbook_runs_nothing_even_without_its_headers(
    stranger: Stranger, written: Written, watched: Watched, tmp_path: Path
) -> None:
    book = tmp_path / "handbook.html"
    book.write_text(stranger.get("catalogue/handbook", year="2018").text, encoding="utf-8")
    assert "onerror=alert(1)" in book.read_text(encoding="utf-8")
    watched.told.clear()
    watched.page.goto(book.as_uri())
    assert watched.told == []
    assert watched.page.locator("img, script, iframe, [onerror]").count() == 0


@pytest.fixture(scope="module")
def books(stranger: Stranger, written: Written) -> dict[str, Path]:
    """Every kind of workbook that is handed out, with what was written in it."""
    made = dict(written.books)
    del made["answered"]
    (number,) = rows(stranger.engine, "SELECT edition AS n FROM intake.round WHERE round = :r", r=ROUND)
    made["catalogue"], made["board"] = written.folder / "catalogue.xlsx", written.folder / "board.xlsx"
    made["catalogue"].write_bytes(stranger.get(f"catalogue/editions/{number.n}/excel").content)
    made["board"].write_bytes(stranger.get("board.xlsx", round=ROUND).content)
    return made


def texts(book: Path) -> list[Any]:
    """Cells that hold something a stranger could have written."""
    opened = openpyxl.load_workbook(book)
    return [
        cell for sheet in opened for row in sheet.iter_rows() for cell in row
        if isinstance(cell.value, str) and TOUCHED.search(cell.value)
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["blank", "filled", "answer", "report", "catalogue", "board"])
def test_no_workbook_holds_a_formula_or_a_link_that_a_stranger_wrote(books: dict[str, Path], kind: str) -> None:
    cells = texts(books[kind])
    assert len(cells) > 3
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.coordinate for cell in cells if cell.hyperlink] == []
    with zipfile.ZipFile(books[kind]) as parts:
        names = parts.namelist()
        assert [one for one in names if one.endswith(".rels") and b'"External"' in parts.read(one)] == []
        assert [one for one in names if "externalLink" in one or "vba" in one.lower()] == []


def test_libreoffice_shows_it_as_text(books: dict[str, Path], require: Callable[[str], str], tmp_path: Path) -> None:
    copies = {kind: tmp_path / f"{kind}.xlsx" for kind in books}
    for kind, path in copies.items():
        shutil.copy(books[kind], path)
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = [require("soffice"), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    command += [every_sheet, "--outdir", str(tmp_path), *map(str, copies.values())]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    csv.field_size_limit(1_000_000)
    for kind, path in copies.items():
        said = set()
        for sheet in tmp_path.glob(f"{kind}-*.csv"):
            with sheet.open(encoding="utf-8", newline="") as file:
                said |= {_plain(cell) for row in csv.reader(file) for cell in row}
        hidden = [
            cell for cell in texts(path) if cell.parent.sheet_state == "visible" and _plain(cell.value) not in said
        ]
        assert [(cell.parent.title, cell.coordinate, cell.value[:80]) for cell in hidden] == [], kind


def _plain(said: str) -> str:
    """Without what CSV or XML write in another way: line ends and signs that nobody sees."""
    return re.sub(r"_x00[0-9A-F]{2}_|[\s\x00-\x1f\x7f\ufeff\u2028]", "", said)


@pytest.mark.parametrize("address", ["findings?place=%00", "?q=%00&place=%00", "?pick=1%00~x", "reports/1/files/%00"])
def test_a_sign_that_no_text_holds_is_no_failure_of_the_database(stranger: Stranger, address: str) -> None:
    assert stranger.http.get(f"{OFFICE}/{address}").status_code < 500
