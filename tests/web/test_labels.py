"""The page 表中标签: what a label means is said once, by who may, with a reason; its tables are read anew."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from learning_city.collect import tables
from learning_city.collect.reader import Readers

pytestmark = pytest.mark.airflow

PAGE = "/data-office/labels"
SOURCE = "hz_yearbook_2018"
Granted = Callable[..., AbstractContextManager[None]]


@pytest.fixture(scope="module")
def tasks(own_page: httpx.Client, running_demo: Any, engine: Engine, readers: Readers) -> Iterator[dict[str, str]]:
    """A table of Hangzhou with three labels nobody knows: label -> key."""
    folder = running_demo.home.inbox / "yearbooks" / SOURCE
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "未知标签.csv"
    path.write_text(
        "杭州市 <b>其他</b> 指标\n指标,单位,2017年\n茶园数,个,12\n公园个数,个,34\n<i>湖</i>,个,56\n", encoding="utf-8"
    )
    tables.register_tables(engine, running_demo.home, [SOURCE], readers)
    yield _waiting(own_page)
    path.unlink()


def _waiting(own_page: httpx.Client) -> dict[str, str]:
    shown = own_page.get(PAGE).text
    return {label: key for key, label in re.findall(r'task=([0-9a-f]{24})"[^>]*>([^<]+)</a>', shown)}


def state(engine: Engine, label: str) -> list[str]:
    sql = """SELECT u.state FROM intake.unmapped AS u JOIN intake.submission AS s USING (submission_id)
             WHERE u.label = :label AND s.state NOT IN ('superseded', 'withdrawn')"""
    with engine.connect() as connection:
        return [str(row) for row in connection.execute(text(sql), {"label": label}).scalars()]


def test_labels_that_wait_are_shown_and_never_run(own_page: httpx.Client, tasks: dict[str, str]) -> None:
    assert {"茶园数", "公园个数", "&lt;i&gt;湖&lt;/i&gt;"} <= set(tasks)
    assert "<i>湖" not in own_page.get(PAGE).text


@pytest.mark.parametrize(
    ("meaning", "why", "said"),
    [("", "x", "请选择一个含义"), ("nobody", "x", "请选择一个含义"), ("-", " ", "请写明依据")],
)
def test_what_is_no_answer_is_refused_in_words(
    own_page: httpx.Client, engine: Engine, tasks: dict[str, str], meaning: str, why: str, said: str
) -> None:
    answer = own_page.post(f"{PAGE}/answer", data={"task": tasks["茶园数"], "meaning": meaning, "why": why})
    assert said in own_page.get(answer.headers["location"]).text
    assert state(engine, "茶园数") == ["unknown"]


@pytest.mark.parametrize("role", ["reader", "clerk", "inspector"])
def test_who_may_not_say_what_labels_mean(
    own_page: httpx.Client, granted: Granted, tasks: dict[str, str], role: str
) -> None:
    with granted((role, "*")):
        assert own_page.get(PAGE).status_code == 200
        assert (
            own_page.post(f"{PAGE}/answer", data={"task": tasks["茶园数"], "meaning": "-", "why": "x"}).status_code
            == 403
        )
    with granted(("reviewer", "330100")):
        assert (
            own_page.post(f"{PAGE}/answer", data={"task": tasks["茶园数"], "meaning": "-", "why": "x"}).status_code
            == 403
        )


def test_another_site_says_nothing(own_page: httpx.Client, tasks: dict[str, str]) -> None:
    said = {"task": tasks["茶园数"], "meaning": "-", "why": "x"}
    assert own_page.post(f"{PAGE}/answer", data=said, headers={"Origin": "http://evil.example"}).status_code == 403


def test_an_answer_becomes_a_row_of_the_catalogue_and_figures_follow(
    own_page: httpx.Client, engine: Engine, tasks: dict[str, str]
) -> None:
    shown = own_page.get(PAGE, params={"task": tasks["公园个数"], "words": "公园"}).text
    assert 'value="parks_y1231"' in shown
    said = {"task": tasks["公园个数"], "meaning": "parks_y1231", "why": "按原书指标解释"}
    done = own_page.post(f"{PAGE}/answer", data=said)
    assert "已记住“公园个数”，重新读取 1 张表" in own_page.get(done.headers["location"]).text
    with engine.connect() as connection:
        row = connection.execute(text("SELECT who, why FROM ref.edition ORDER BY edition DESC LIMIT 1")).one()
        item = text(
            "SELECT value FROM intake.item WHERE definition = 'parks_y1231' AND place = '330100' AND period = '2017'"
        )
        assert connection.execute(item).scalars().all() == [34.0]
    assert tuple(row) == ("admin", "按原书指标解释")
    assert state(engine, "公园个数") == []


def test_several_labels_are_set_aside_at_once(own_page: httpx.Client, engine: Engine, tasks: dict[str, str]) -> None:
    chosen = [tasks["茶园数"], tasks["&lt;i&gt;湖&lt;/i&gt;"]]
    own_page.post(f"{PAGE}/answer", data={"task": chosen, "meaning": "-", "why": "与监测无关"})
    assert state(engine, "茶园数") == ["unused"]
    assert not set(_waiting(own_page)) & {"茶园数", "&lt;i&gt;湖&lt;/i&gt;"}
