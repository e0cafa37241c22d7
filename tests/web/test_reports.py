"""报告 through HTTP: ask for a build and see how far it is, a second person releases, an earlier one comes back, compare."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from learning_city.reports import build as builds

pytestmark = pytest.mark.airflow
PAGE, PERIOD = "/data-office/reports", "2014"
RELEASED = {"why": "已核对", "certified_by": "市学习办", "despite": "样例，签章未核对"}
Granted = Callable[..., AbstractContextManager[None]]


@pytest.fixture(scope="module")
def two(running_demo: Any, engine: Engine) -> Iterator[tuple[int, int]]:
    """Two builds of one year that somebody else asked for; between them one figure changed."""
    change = (
        "UPDATE warehouse.indicator_value SET value = value * :by WHERE period = :period AND framework = 'national_62'"
    )
    made = []
    for by in (1.0, 2.0):
        with engine.begin() as connection:
            connection.execute(text(change), {"by": by, "period": PERIOD})
        made.append(builds.build(engine, running_demo.home, "national_62", PERIOD, requested_by="li"))
    yield made[0], made[1]
    with engine.begin() as connection:
        connection.execute(text(change), {"by": 0.5, "period": PERIOD})


def act(page: httpx.Client, build: int, what: str, **said: str) -> httpx.Response:
    return page.post(f"{PAGE}/{build}/{what}", data=said)


def test_a_build_that_is_asked_for_is_made_and_listed(own_page: httpx.Client, engine: Engine) -> None:
    sent = {"framework": "national_62", "period": "2013", "places": ["110000"], "formats": ["xlsx"]}
    answer = own_page.post(f"{PAGE}/build", data=sent)
    assert answer.status_code == 303
    until = time.monotonic() + 120
    while True:
        with engine.connect() as connection:
            row = connection.execute(text("SELECT * FROM report.request ORDER BY request_id DESC LIMIT 1")).one()
        shown = own_page.get(PAGE, params={"scope": "all", "lang": "zh"})
        if row.state in ("done", "failed"):
            break
        assert shown.headers["refresh"] == "3"
        assert time.monotonic() < until
        time.sleep(1)
    assert (row.state, row.said) == ("done", "")
    assert f"R-{row.build_id:03d}" in own_page.get(PAGE, params={"build": row.build_id}).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"period": "17"}, "数据期写作"), ({"formats": ""}, "至少选一种格式"), ({"places": "9"}, "没有这个地区")],
)
def test_a_form_that_is_wrong_comes_back_with_what_to_do(
    own_page: httpx.Client, wrong: dict[str, str], said: str
) -> None:
    sent = {"framework": "national_62", "period": "2017", "formats": "xlsx"} | wrong
    answer = own_page.post(f"{PAGE}/build", params={"lang": "zh"}, data=sent)
    assert answer.status_code == 422
    assert said in answer.text


def test_nobody_is_offered_to_approve_his_own_build(own_page: httpx.Client, running_demo: Any, engine: Engine) -> None:
    number = builds.build(engine, running_demo.home, "national_62", "2012", requested_by=running_demo.user)
    assert "须由另一人批准" in own_page.get(PAGE, params={"build": number, "lang": "zh"}).text
    answer = act(own_page, number, "release", **RELEASED)
    assert answer.status_code == 409
    assert "生成人不能批准自己的版本" in answer.text


def test_what_is_open_keeps_a_release_back_and_what_was_typed_stays(
    own_page: httpx.Client, two: tuple[int, int]
) -> None:
    answer = act(own_page, two[0], "release", **(RELEASED | {"despite": "", "why": "我写了很久"}))
    assert answer.status_code == 409
    assert "还有未决事项" in answer.text
    assert "我写了很久" in answer.text


def test_a_release_supersedes_and_an_earlier_build_comes_back(own_page: httpx.Client, two: tuple[int, int]) -> None:
    first, second = two
    for number in two:
        assert act(own_page, number, "release", **RELEASED).status_code == 303
    shown = own_page.get(PAGE, params={"build": first, "lang": "zh"}).text
    assert "已被替代" in shown
    assert "市学习办 认定" in shown
    assert act(own_page, first, "restore", why="更正有误").status_code == 303
    shown = own_page.get(PAGE, params={"build": first, "lang": "zh"}).text
    assert "恢复为现行 · " in shown
    assert "更正有误" in shown
    assert act(own_page, first, "restore", why="再来").status_code == 409
    assert "superseded" in own_page.get(PAGE, params={"build": second, "lang": "en"}).text.lower()


@pytest.mark.parametrize(("lang", "said"), [("zh", "变了什么"), ("en", "compared with")])
def test_two_builds_are_compared(own_page: httpx.Client, two: tuple[int, int], lang: str, said: str) -> None:
    shown = own_page.get(f"{PAGE}/compare", params={"older": two[0], "newer": two[1], "lang": lang})
    assert shown.status_code == 200
    assert said in shown.text
    assert 'class="num nowrap">+' in shown.text


def test_who_may_only_look_is_offered_nothing(own_page: httpx.Client, granted: Granted, two: tuple[int, int]) -> None:
    with granted(("reader", "*")):
        shown = own_page.get(PAGE, params={"build": two[0]})
        assert shown.status_code == 200
        assert 'method="post"' not in shown.text
        assert act(own_page, two[0], "release", **RELEASED).status_code == 403
        assert own_page.post(f"{PAGE}/build", data={"period": "2017"}).status_code == 403


def test_a_head_of_one_place_releases_nothing(own_page: httpx.Client, granted: Granted, two: tuple[int, int]) -> None:
    with granted(("head", "140100"), ("reader", "*")):
        assert act(own_page, two[1], "restore", why="试").status_code == 403


@pytest.mark.parametrize(
    ("why", "said", "kept"), [("长" * 2001, "最多 2000 个", "长" * 2001), ("写\x00了", "控制字符", "写了")]
)
def test_a_reason_that_cannot_be_kept_says_why_and_stays(
    own_page: httpx.Client, running_demo: Any, engine: Engine, why: str, said: str, kept: str
) -> None:
    number = builds.build(engine, running_demo.home, "national_62", "2015", requested_by="li")
    answer = act(own_page, number, "release?lang=zh", **(RELEASED | {"why": why}))
    assert answer.status_code == 422
    assert said in answer.text
    assert kept in answer.text


def test_a_number_beyond_all_builds_is_no_page(own_page: httpx.Client) -> None:
    assert own_page.post(f"{PAGE}/{2**70}/release", data=RELEASED).status_code == 400
    assert own_page.get(f"{PAGE}/{2**70}/files/x").status_code == 400


def test_a_file_that_is_gone_is_told_at_the_download_and_keeps_a_release_back(
    own_page: httpx.Client, running_demo: Any, engine: Engine
) -> None:
    number = builds.build(engine, running_demo.home, "national_62", "2011", requested_by="li")
    with engine.connect() as connection:
        (path,) = builds.paths(connection, running_demo.home, number)
    content = path.read_bytes()
    path.unlink()
    answer = own_page.get(f"{PAGE}/{number}/files/{path.name}", params={"lang": "zh"})
    assert answer.status_code == 409
    assert f"lcm report rebuild {number}" in answer.text
    answer = act(own_page, number, "release", **RELEASED)
    assert answer.status_code == 409
    assert path.name in answer.text
    path.write_bytes(content)
    assert act(own_page, number, "release", **RELEASED).status_code == 303


def test_a_comparison_that_fails_says_so_and_no_path(own_page: httpx.Client, running_demo: Any, engine: Engine) -> None:
    one = builds.build(engine, running_demo.home, "national_62", "2016", requested_by="li")
    other = builds.build(engine, running_demo.home, "national_62", "2016", requested_by="li", formats=("parquet",))
    with engine.connect() as connection:
        frozen = connection.execute(text("SELECT frozen FROM report.build WHERE build_id = :n"), {"n": one}).scalar()
    path = running_demo.home.reports / "frozen" / str(frozen)
    content = path.read_bytes()
    path.write_bytes(b"{}")
    shown = own_page.get(f"{PAGE}/compare", params={"older": one, "newer": other, "lang": "en"}).text
    path.write_bytes(content)
    assert "A frozen input is gone or damaged" in shown
    assert "不在或已损坏" not in shown
    assert "0 of 0" not in shown
    assert str(running_demo.home.root) not in shown


@pytest.fixture
def many(engine: Engine) -> Iterator[list[int]]:
    """More builds than a page holds; gone afterwards."""
    with engine.begin() as connection:
        made = connection.execute(
            text("""INSERT INTO report.build (framework, period, edition, code_version, inputs_hash, requested_by)
                    SELECT 'national_62', '2010', 1, 'x', n::text, 'li' FROM generate_series(1, 62) AS n
                    RETURNING build_id""")
        )
        numbers = sorted(made.scalars())
    yield numbers
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM report.build WHERE build_id = ANY(:ids)"), {"ids": numbers})


def test_an_old_build_opens_though_it_stands_on_a_later_page(own_page: httpx.Client, many: list[int]) -> None:
    newest = own_page.get(PAGE, params={"scope": "all", "lang": "zh"}).text
    link = f"R-{many[0]:03d}</a>"
    assert link not in newest
    assert "更早的各版" in newest
    assert link in own_page.get(PAGE, params={"scope": "all", "before": many[2], "lang": "zh"}).text
    opened = own_page.get(PAGE, params={"build": many[0]})
    assert opened.status_code == 200
    assert f'<h2 id="h-build">R-{many[0]:03d}' in opened.text
