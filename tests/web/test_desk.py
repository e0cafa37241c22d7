"""审核台 through HTTP and in Chromium: a delivery is returned, answered, corrected, confirmed, undone, passed."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from office import filled
from sqlalchemy import Engine, text

from learning_city.collect import inbox, register
from learning_city.collect.reader import Readers
from learning_city.indicators import effect
from learning_city.model.ledger import SignOff
from learning_city.prepare import issue
from learning_city.prepare.workbook import write_ledger
from learning_city.review import settle
from learning_city.validate import store
from learning_city.warehouse import intake, keys

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.airflow, pytest.mark.browser]

ROUND, DESK = "2017", "/data-office/findings"
OWED = {"zh": ("140100", "culture_tourism"), "en": ("430100", "culture_tourism")}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WORDS = {
    "zh": {"check": "先自查", "register": "登记", "make": "答复件", "returned": "已退回", "accepted": "已接受"},
    "en": {"check": "Check", "register": "Register", "make": "answer", "returned": "Returned", "accepted": "Accepted"},
}


@pytest.fixture(scope="module")
def page(running_demo: Any, require: Callable[[str], str]) -> Iterator[Any]:
    login = {"username": running_demo.user, "password": running_demo.password}
    token = httpx.post(f"{running_demo.url}/auth/token", json=login).raise_for_status().json()["access_token"]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=require("chromium"), args=FLAGS)
        context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="zh-CN")
        context.add_cookies([{"name": "_token", "value": token, "url": running_demo.url}])
        opened = context.new_page()
        complaints: list[str] = []
        opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        yield opened
        browser.close()
    assert complaints == []


def one(engine: Engine, sql: str, **said: object) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(sql), said).first()


def package(demo: Any, engine: Engine, folder: Path, place: str, department: str, **changed: float) -> list[Path]:
    """A department's workbook with some figures, and its sealed scan."""
    with engine.connect() as connection:
        ledgers = {
            (one.identity.place, one.identity.department): one for one in issue.ledgers(connection, ROUND, is_demo=True)
        }
    ledger = ledgers[place, department]
    scan = folder / "盖章扫描件.png"
    scan.write_bytes(b"\x89PNG " + folder.name.encode())
    signed = SignOff(head="甲", statistician="乙", filler="丙", phone="1", date=date(2018, 4, 20), seal=scan.name)
    told = filled(ledger, **changed)
    write_ledger(folder / "台账.xlsx", ledger, keys.secret(demo.home, "token"), told, signed)
    return [folder / "台账.xlsx", scan]


def collect(demo: Any, engine: Engine) -> None:
    """What the DAGs do with what lies in the inbox: collect, check, weigh, settle."""
    with engine.connect() as connection:
        known = intake.registered(connection, ROUND)
    folder = demo.home.inbox / ROUND
    new = [
        name
        for name, entry in inbox.deliveries(folder).items()
        if name not in known or inbox.changed(entry, known[name])
    ]
    with Readers(children=1) as readers:
        register.register(engine, demo.home, ROUND, new, keys.secret(demo.home, "token"), readers)
    with engine.connect() as connection:
        ids = intake.unchecked(connection)
    store.check(engine, ids, date(2018, 5, 1), is_demo=True)
    effect.weigh(engine, ids)
    settle.settle_by_rule(engine)


def upload(page: Any, demo: Any, files: list[Path], lang: str) -> None:
    page.goto(f"{demo.url}/data-office/submissions?round={ROUND}&lang={lang}")
    page.set_input_files("input[type=file]", [str(file) for file in files])
    page.locator("form[data-progress] button, form:has(input[type=file]) button").first.click()
    page.wait_for_selector("form[action*='submissions/register'] button", timeout=120_000)
    page.locator("form[action*='submissions/register'] button").click()
    page.wait_for_load_state("networkidle")


def open_desk(page: Any, demo: Any, place: str, department: str, lang: str) -> None:
    page.goto(f"{demo.url}{DESK}?round={ROUND}&place={place}&department={department}&severity=ask&lang={lang}")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_delivery_is_returned_answered_and_accepted(
    page: Any, running_demo: Any, engine: Engine, tmp_path: Path, lang: str
) -> None:
    place, department = OWED[lang]
    (tmp_path / "first").mkdir()
    upload(
        page, running_demo, package(running_demo, engine, tmp_path / "first", place, department, libraries=90.0), lang
    )
    collect(running_demo, engine)
    open_desk(page, running_demo, place, department, lang)
    assert page.locator(".sheet td.sel").inner_text().strip().endswith("90")
    page.locator("h1").click()
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "why", "R asks for the text first"
    page.keyboard.type("图书馆数请核对" if lang == "zh" else "please check the libraries")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_selector(".status .undo")
    assert WORDS[lang]["returned"] in page.locator(".status .undo").inner_text()

    sent = one(engine, "SELECT max(submission_id) FROM intake.submission WHERE place = :p AND department = :d", p=place, d=department)[0]  # fmt: skip
    page.goto(f"{running_demo.url}/data-office/submissions/{sent}?lang={lang}")
    with page.expect_download() as download:
        page.locator("form[action*='/answer'] button").click()
    answer = tmp_path / "答复件.xlsx"
    download.value.save_as(answer)
    explain(answer, "libraries", engine, sent)
    scan = tmp_path / "first" / "盖章扫描件.png"
    upload(page, running_demo, [answer, scan], lang)
    collect(running_demo, engine)

    open_desk(page, running_demo, place, department, lang)
    assert "新建一批社区图书馆" in page.locator("main").inner_text()
    assert page.locator(".sheet td.sel").inner_text().strip().endswith("90")
    for _ in range(9):
        if not page.locator("[data-act=a]").count():
            break
        page.locator("select[name=code]").select_option("A02")
        page.locator("h1").click()
        page.keyboard.press("a")
        page.wait_for_selector(".status .undo")
        assert WORDS[lang]["accepted"] in page.locator(".status .undo").inner_text()
    left = one(engine, """SELECT count(*) FROM quality.finding JOIN intake.submission AS s USING (submission_id)
        WHERE s.place = :p AND s.department = :d AND s.state = 'in_review' AND quality.finding.state IN ('open', 'explained')
          AND severity <> 'note' AND awaits IS NULL""", p=place, d=department)[0]  # fmt: skip
    assert left == 0


def explain(book: Path, definition: str, engine: Engine, submission: int) -> None:
    """Write into the answer workbook what a department would: a code and a text beside the failing cell."""
    cell = one(engine, "SELECT sheet, cell FROM intake.item WHERE submission_id = :s AND definition = :d", s=submission, d=definition)  # fmt: skip
    opened = openpyxl.load_workbook(book)
    sheet = opened[cell.sheet]
    hidden = {
        (row[2].value, row[4].value): row[1].value for row in opened["_lcm"].iter_rows(min_row=15) if row[0].value
    }
    free = [c for c in sheet[int("".join(filter(str.isdigit, cell.cell)))] if not c.protection.locked and c.column > 12]
    assert hidden
    free[0].value, free[1].value = "E01 情况属实，业务量确有变化", "新建一批社区图书馆"
    opened.save(book)


def test_a_visitor_settles_a_sample_finding_in_four_actions(page: Any, running_demo: Any, engine: Engine) -> None:
    asked = one(engine, "SELECT count(*) FROM mart.open_finding WHERE round = '2017' AND severity = 'ask'")[0]
    page.goto(f"{running_demo.url}/data-office/?round={ROUND}&lang=zh")
    page.locator(".tabs a", has_text="审核台").click()  # one: the desk, its first finding open
    page.locator(".queue a", has=page.locator(".chip.ask")).first.click()  # two: a question
    page.locator("select[name=code]").select_option("A01")  # three: the reason
    page.locator("[data-act=a]").click()  # four: accept
    page.wait_for_selector(".status .undo")
    assert "已接受" in page.locator(".status .undo").inner_text()
    page.locator("h1").click()
    page.keyboard.press("u")
    playwright.expect(page.locator(".status .undo")).to_contain_text("已撤销")
    assert one(engine, "SELECT count(*) FROM mart.open_finding WHERE round = '2017' AND severity = 'ask'")[0] == asked


def test_the_keys_move_through_the_queue_and_never_while_typing(page: Any, running_demo: Any) -> None:
    page.goto(f"{running_demo.url}{DESK}?round={ROUND}&lang=zh")
    first = page.locator(".queue .on").inner_text()
    page.keyboard.press("j")
    playwright.expect(page.locator(".queue .on")).not_to_have_text(first, use_inner_text=True)
    page.keyboard.press("k")
    playwright.expect(page.locator(".queue .on")).to_have_text(first, use_inner_text=True)
    page.locator("textarea[name=why]").focus()
    page.keyboard.type("jkacru")
    assert page.locator("textarea[name=why]").input_value() == "jkacru"
    assert page.locator(".queue .on").inner_text() == first
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "place"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('.queue') !== null")
    page.reload()
    assert page.locator("textarea[name=why]").input_value() == "jkacru", "typed text survives a reload"
    page.evaluate("sessionStorage.clear()")
