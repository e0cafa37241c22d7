"""The pages as people see them: in Chromium, in both languages, alone and inside Airflow's own frame."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from learning_city.warehouse.engine import connect

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = [pytest.mark.airflow, pytest.mark.browser]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = {
    "": ("收集进度", "Collection"),
    "findings": ("审核台", "Review"),
    "definitions?period=all&state=all": ("口径与冲突", "Definitions"),
    "indicators": ("指标表", "Indicators"),
    "judgements": ("定性与述评", "Judgements"),
    "reports": ("报告", "Reports"),
}
EVERY_PAGE = [
    *PAGES,
    "submissions",
    "reminders",
    "labels",
    "catalogue",
    "?state=豁免",
    "findings?severity=note",
    "definitions?state=decided&place=none",
    "judgements?indicator=n2_2_1&place=110000&period=2017",
    "judgements?only=none&shows=all",
    "indicators?nature=qualitative",
    "indicators?indicator=n2_2_3&place=140100&period=2016&framework=national_62",
    "indicators/cities",
    "indicators/trend",
    "indicators/targets",
]
VIOLATIONS = "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"


@pytest.fixture(scope="module")
def browser(require: Callable[[str], str]) -> Iterator[Any]:
    program = require("chromium")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any, running_demo: Any) -> Iterator[Any]:
    """A page of a signed-in user, 1366 x 900; what the console complains of fails the test."""
    login = {"username": running_demo.user, "password": running_demo.password}
    token = httpx.post(f"{running_demo.url}/auth/token", json=login).raise_for_status().json()["access_token"]
    context = browser.new_context(viewport={"width": 1366, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": "_token", "value": token, "url": running_demo.url}])
    context.add_init_script(VIOLATIONS)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda problem: complaints.append(str(problem)))
    yield opened
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def engine(running_demo: Any) -> Engine:
    return connect(running_demo.home)


def one(engine: Engine, sql: str, **said: object) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(sql), said).first()


def opened(page: Any, running_demo: Any, path: str, lang: str) -> Any:
    joint = "&" if "?" in path else "?"
    assert page.goto(f"{running_demo.url}/data-office/{path}{joint}lang={lang}").ok
    return page


def is_wider_than_the_window(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_in_both_languages(page: Any, running_demo: Any, path: str, lang: str) -> None:
    opened(page, running_demo, path, lang)
    assert page.title().startswith(PAGES[path][lang == "en"])
    assert page.locator("html").get_attribute("lang") == ("en" if lang == "en" else "zh-CN")
    assert page.locator(".tabs a[aria-current=page]").count() == 1
    assert page.locator(".demo").is_visible()
    assert page.locator("main table").count() >= 1
    assert not is_wider_than_the_window(page)


@pytest.mark.parametrize("path", PAGES)
def test_every_table_says_what_it_is(page: Any, running_demo: Any, path: str) -> None:
    opened(page, running_demo, path, "zh")
    for table in page.locator("main table").all():
        assert table.locator("caption").inner_text().strip()
        assert table.locator("th:not([scope])").count() == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_shuts_anybody_out(page: Any, running_demo: Any, engine: Engine, lang: str) -> None:
    """Nothing serious or critical by axe-core, on any page, nor on a page with something chosen."""
    cell = one(
        engine, "SELECT place || '~' || department FROM intake.obligation WHERE round = '2017' AND state = '已退回'"
    )
    submission = one(engine, "SELECT submission_id FROM intake.submission WHERE round = '2017' AND state = 'returned'")
    found = []
    for path in [*EVERY_PAGE, f"?round=2017&pick={cell[0]}", f"submissions/{submission[0]}"]:
        opened(page, running_demo, path, lang)
        said = axe.Axe().run(page).response["violations"]
        found += [
            (path, one["id"], one["nodes"][0]["html"]) for one in said if one["impact"] in ("serious", "critical")
        ]
    assert found == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_is_wider_than_a_telephone(page: Any, running_demo: Any, lang: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    wide = [path for path in EVERY_PAGE if is_wider_than_the_window(opened(page, running_demo, path, lang))]
    assert wide == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_header_shows_every_tab_and_who_is_signed_in(page: Any, running_demo: Any, lang: str) -> None:
    opened(page, running_demo, "indicators", lang)
    who = page.locator(".top .who")
    assert who.evaluate("element => element.scrollWidth <= element.clientWidth")
    assert page.locator(".tabs a").count() == 9
    tabs, end = page.locator(".tabs").bounding_box(), page.locator(".top .end").bounding_box()
    assert tabs["x"] + tabs["width"] <= end["x"]
    assert end["x"] + end["width"] <= 1366


def test_nothing_overprints_a_figure_of_the_table(page: Any, running_demo: Any) -> None:
    """Neither the line before it on the screen nor the mark of a sample behind it on paper."""
    opened(page, running_demo, "indicators", "zh")
    overlaps = """() => [...document.querySelectorAll(".wide-table td.num")].filter(cell => {
      const link = cell.querySelector("a").getBoundingClientRect();
      return [...cell.querySelectorAll(".spark, .sample")].map(one => one.getBoundingClientRect()).some(
        one => one.width && one.left < link.right && link.left < one.right && one.top < link.bottom && link.top < one.bottom);
    }).map(cell => cell.textContent)"""
    assert page.evaluate(overlaps) == []
    assert not page.locator("h2 .paper").is_visible()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 960, "height": 700})
    assert page.evaluate(overlaps) == []
    assert page.locator("h2 .paper").is_visible()


def test_what_was_submitted_is_not_offered_as_a_draft_again(page: Any, running_demo: Any) -> None:
    opened(page, running_demo, "judgements?framework=national_62&indicator=n5_3_1&place=330200&period=2017", "zh")
    page.locator("input[name=level]").first.check()
    page.locator("textarea[name=commentary]").fill("样例述评")
    page.reload()
    assert page.locator("textarea[name=commentary]").input_value() == "样例述评"
    page.locator("input[name=level]").first.check()
    page.locator("form[data-draft] button.primary").click()
    page.wait_for_url("**done=judge**")
    assert page.locator("textarea[name=commentary]").input_value() == ""


def test_paper_carries_the_matrix_and_no_controls(page: Any, running_demo: Any) -> None:
    opened(page, running_demo, "", "zh")
    page.emulate_media(media="print")
    assert page.locator(".matrix").is_visible()
    assert not any(page.locator(gone).first.is_visible() for gone in (".filters", ".tabs", "#urge", ".head .btn"))
    cell = page.locator(".matrix .cell.ok a").first
    assert cell.locator("svg").is_visible()
    assert "已通过" in cell.inner_text()


def test_a_download_leaves_the_page_as_it_was(page: Any, running_demo: Any) -> None:
    opened(page, running_demo, "catalogue", "zh")
    with page.expect_download():
        page.locator("form[action$=handbook] button").click()
    assert "waits" not in (page.locator("body").get_attribute("class") or "")


def test_the_language_that_was_chosen_stays(page: Any, running_demo: Any) -> None:
    opened(page, running_demo, "", "en")
    page.goto(f"{running_demo.url}/data-office/reports")
    assert page.title().startswith("Reports")


def test_signing_in_leads_back_to_the_page(browser: Any, running_demo: Any) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{running_demo.url}/data-office/reports?lang=zh")
    page.fill("input[name=username]", running_demo.user)
    page.fill("input[name=password]", running_demo.password)
    page.click("button[type=submit]")
    page.wait_for_url("**/data-office/reports**")
    assert page.title().startswith("报告")
    context.close()


def test_the_board_shows_every_obligation_of_the_round(page: Any, running_demo: Any, engine: Engine) -> None:
    row = one(
        engine,
        "SELECT round, count(*) AS owed, count(DISTINCT place) AS places FROM intake.obligation GROUP BY 1 ORDER BY 1 DESC",
    )
    opened(page, running_demo, f"?round={row.round}", "zh")
    assert page.locator(".figures b").first.inner_text() == str(row.owed)
    assert page.locator(".matrix tbody tr").count() == min(row.places, 25)


def test_a_cell_of_the_board_opens_its_forms(page: Any, running_demo: Any) -> None:
    opened(page, running_demo, "", "zh")
    page.locator(".matrix .cell a").first.click()
    page.wait_for_url("**pick=*")
    assert page.locator(".matrix .pick").count() == 1
    assert page.locator("#cell tbody tr").count() >= 1


def test_a_filter_without_a_match_says_so_and_offers_the_way_back(page: Any, running_demo: Any, engine: Engine) -> None:
    with engine.connect() as connection:
        used = set(connection.execute(text("SELECT state FROM mart.reporting_status")).scalars())
    unused = next(state for state in ("延期", "豁免", "未下发", "已下发") if state not in used)
    opened(page, running_demo, f"?state={unused}", "zh")
    assert "没有符合筛选的应报" in page.locator(".empty").first.inner_text()
    page.locator(".empty a").first.click()
    assert page.locator(".matrix").is_visible()


def test_the_queue_and_the_sheet_show_what_is_in_the_database(page: Any, running_demo: Any, engine: Engine) -> None:
    row = one(
        engine,
        """SELECT f.finding_id, f.round, f.found, f.message_zh, f.rule_id, f.cell, c.text FROM mart.open_finding AS f
           JOIN intake.cell AS c USING (submission_id, sheet, cell) ORDER BY f.effect DESC, f.finding_id DESC""",
    )
    if row is None:
        pytest.skip("the demo holds no open finding at a cell")
    opened(page, running_demo, f"findings?round={row.round}&finding={row.finding_id}", "zh")
    shown = page.locator("main").inner_text()
    assert row.message_zh in shown
    assert row.rule_id in shown
    assert page.locator(".sheet td.sel").get_attribute("title") == row.text


def test_a_number_shows_where_it_comes_from(page: Any, running_demo: Any) -> None:
    opened(page, running_demo, "indicators", "zh")
    page.locator(".wide-table td.num a").first.click()
    page.wait_for_selector("#lineage")
    assert page.locator("#lineage tbody tr").count() >= 1
    assert len(page.locator("#lineage tbody tr code").first.inner_text()) == 12
    assert "!" in page.locator("#lineage tbody td.nowrap").first.inner_text()


def test_every_synthetic_number_is_marked(page: Any, running_demo: Any, engine: Engine) -> None:
    opened(page, running_demo, "indicators", "zh")
    period = page.locator("select[name=period]").input_value()
    framework = page.locator("select[name=framework]").input_value()
    marked = "SELECT count(*) FROM mart.indicator_table WHERE is_synthetic AND value IS NOT NULL AND period = :p AND framework = :f"
    assert page.locator(".wide-table td.num .sample").count() == one(engine, marked, p=period, f=framework)[0]


def test_a_missing_value_is_a_word(page: Any, running_demo: Any) -> None:
    opened(page, running_demo, "indicators", "zh")
    cells = page.locator(".wide-table tbody td").all_inner_texts()
    assert cells
    assert all(cell.strip() for cell in cells)


def test_the_pages_work_from_the_keyboard(page: Any, running_demo: Any) -> None:
    opened(page, running_demo, "", "zh")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_board_shows_inside_airflow(page: Any, running_demo: Any) -> None:
    page.goto(f"{running_demo.url}/plugin/data-office")
    frame = page.frame_locator("iframe")
    frame.locator("h1").wait_for()
    assert frame.locator("h1").inner_text() in PAGES[""]
    assert frame.locator(".matrix").is_visible()
    inside = next(frame for frame in page.frames if frame.url.endswith("/data-office/") and frame != page.main_frame)
    assert not inside.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_airflows_navigation_names_the_data_office(page: Any, running_demo: Any) -> None:
    page.goto(running_demo.url)
    page.get_by_text("数据办").first.wait_for()
