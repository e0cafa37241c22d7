"""口径与冲突 through HTTP: a conflict is shown, settled, confirmed by another person, taken back; its register is a workbook."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import openpyxl
import pytest
from sqlalchemy import Engine, text

from learning_city.review import conflict, decide
from learning_city.review.decide import Said

pytestmark = pytest.mark.airflow
PAGE, OTHER = "/data-office/definitions", "330100"
Granted = Callable[..., AbstractContextManager[None]]


def rows(engine: Engine, sql: str, **said: object) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(sql), said))


@pytest.fixture(scope="module")
def disputed(engine: Engine) -> Any:
    """The conflict that the sample year holds: two counts of community schools in Beijing."""
    (found, *_) = rows(engine, "SELECT period, place, definition FROM warehouse.conflict WHERE place = '110000'")
    return found


@pytest.fixture
def key(disputed: Any, engine: Engine) -> Iterator[str]:
    """Its key; what was not confirmed is taken back afterwards."""
    yield f"{disputed.period}~{disputed.place}~{disputed.definition}"
    for ruling in rows(engine, "SELECT decision_id FROM quality.conflict_ruling WHERE state = 'pending'"):
        decide.undo(engine, ruling.decision_id, who="test")


def picks(page: httpx.Client, key: str) -> list[str]:
    return re.findall(r'name="picked" value="([0-9,]+)"', page.get(PAGE, params={"key": key}).text)


def settle(page: httpx.Client, key: str, **said: str) -> httpx.Response:
    return page.post(f"{PAGE}/{key}/settle", data=said)


def rulings(engine: Engine) -> list[tuple[str, str]]:
    found = rows(engine, "SELECT who, state FROM quality.conflict_ruling WHERE state <> 'undone' ORDER BY decision_id")
    return [tuple(row) for row in found]


def test_the_page_shows_every_candidate_and_which_is_proposed(own_page: httpx.Client, key: str) -> None:
    shown = own_page.get(PAGE, params={"key": key, "lang": "zh"})
    assert shown.status_code == 200
    assert len(picks(own_page, key)) >= 2
    for said in ("目标口径", "候选 A", "候选 B", "到目标口径的路", "同名不同义", "建议采用 A"):
        assert said in shown.text
    assert "Ways to the target" in own_page.get(PAGE, params={"key": key, "lang": "en"}).text


@pytest.mark.parametrize("key", ["2017", "2016~110000~no_such", "~~", "x~y~z"])
def test_a_conflict_that_is_not_there_is_said_to_be_gone(own_page: httpx.Client, key: str) -> None:
    gone = own_page.get(PAGE, params={"key": key, "lang": "zh"})
    assert gone.status_code == 404
    assert "这个冲突已不在" in gone.text


def test_nothing_is_settled_without_a_reason_or_a_candidate(own_page: httpx.Client, engine: Engine, key: str) -> None:
    before, (first, *_) = rulings(engine), picks(own_page, key)
    missing = settle(own_page, key, picked=first, why="")
    assert missing.status_code == 422
    no_pick = settle(own_page, key, picked="", code="K99", why="我写的理由")
    assert no_pick.status_code == 409
    assert "我写的理由" in no_pick.text
    for wrong in ("1", "x", "1;DROP", "９", "," * 9):
        assert settle(own_page, key, picked=wrong, code="K01").status_code == 409
    assert rulings(engine) == before


def test_nobody_confirms_his_own_ruling_and_may_take_it_back(
    own_page: httpx.Client, running_demo: Any, engine: Engine, key: str
) -> None:
    (_, second, *_) = picks(own_page, key)
    done = settle(own_page, key, picked=second, code="K01")
    assert done.status_code == 303
    assert rulings(engine)[-1] == (running_demo.user, "pending")
    shown = own_page.get(done.headers["location"]).text
    (ruling,) = set(re.findall(r"definitions/rulings/(\d+)/undo", shown))
    assert f"rulings/{ruling}/confirm" not in shown
    assert own_page.post(f"{PAGE}/rulings/{ruling}/confirm").status_code == 403
    assert settle(own_page, key, picked=second, code="K01").status_code == 409
    assert own_page.post(f"{PAGE}/rulings/{ruling}/undo").status_code == 303
    assert (running_demo.user, "pending") not in rulings(engine)
    assert own_page.post(f"{PAGE}/rulings/{ruling}/undo").status_code == 409


def test_a_right_at_another_place_settles_and_confirms_nothing_here(
    own_page: httpx.Client, granted: Granted, engine: Engine, disputed: Any, key: str
) -> None:
    picked = [int(number) for number in picks(own_page, key)[0].split(",")]
    about = {"period": disputed.period, "place": disputed.place, "definition": disputed.definition}
    said = Said(who="李", code="K01")
    (ruling,) = conflict.settle(engine, **about, picked=picked, said=said).decisions
    with granted(("reviewer", OTHER), ("reader", "*")):
        assert settle(own_page, key, picked=str(picked[0]), code="K01").status_code == 403
        for act in ("confirm", "undo"):
            assert own_page.post(f"{PAGE}/rulings/{ruling}/{act}").status_code == 403
        assert "definitions/rulings/" not in own_page.get(PAGE, params={"key": key}).text
    with granted(("reviewer", OTHER)):
        assert own_page.get(PAGE, params={"key": key}).status_code == 404
        assert settle(own_page, key, picked=str(picked[0]), code="K01").status_code == 404
    assert rulings(engine)[-1] == ("李", "pending")


def test_every_way_on_carries_the_period_that_is_shown(own_page: httpx.Client, disputed: Any, key: str) -> None:
    """The round in the header is 2017; the conflict is of 2016."""
    period = f"period={disputed.period}"
    first = own_page.get(PAGE, params={"round": "2017", "lang": "zh"}).text
    assert f'<option value="{disputed.period}" selected>' in first
    assert "没有未决的冲突" not in first
    (action,) = set(re.findall(r'action="([^"]*/settle[^"]*)"', first))
    assert period in action
    picked = picks(own_page, key)[0]
    refused = own_page.post(action.replace("&amp;", "&"), data={"picked": picked, "why": ""})
    assert refused.status_code == 422
    assert "没有未决的冲突" not in refused.text
    done = own_page.post(action.replace("&amp;", "&"), data={"picked": picked, "code": "K01"})
    assert period in done.headers["location"]
    assert "没有未决的冲突" not in own_page.get(done.headers["location"]).text
    second = own_page.get(PAGE, params={"round": "2017", "state": "second", "lang": "zh"}).text
    assert "没有打开的冲突" not in second
    assert "待复核（1）" in second


def test_the_desk_of_findings_confirms_no_ruling_on_a_conflict(
    own_page: httpx.Client, engine: Engine, disputed: Any, key: str
) -> None:
    picked = [int(number) for number in picks(own_page, key)[0].split(",")]
    about = {"period": disputed.period, "place": disputed.place, "definition": disputed.definition}
    (ruling,) = conflict.settle(engine, **about, picked=picked, said=Said(who="李", code="K01")).decisions
    for act in ("confirm", "undo"):
        assert own_page.post(f"/data-office/decisions/{ruling}/{act}").status_code == 404


def test_names_and_reasons_that_are_markup_stay_text(
    own_page: httpx.Client, engine: Engine, disputed: Any, key: str
) -> None:
    hostile = "<script>alert(1)</script>{{7*7}}"
    source = "UPDATE ref.source SET name_zh = :name WHERE source IN (SELECT source FROM warehouse.observation WHERE obs_id = ANY(:ids))"
    definition = "UPDATE ref.definition SET name_zh = :name WHERE definition = :definition"
    ids = [int(number) for pick in picks(own_page, key) for number in pick.split(",")]
    with engine.begin() as connection:
        before = connection.execute(text("SELECT edition, source, name_zh FROM ref.source")).all()
        was = connection.execute(
            text("SELECT DISTINCT name_zh FROM ref.definition WHERE definition = :d"), {"d": disputed.definition}
        ).scalar_one()
        connection.execute(text(source), {"name": hostile, "ids": ids})
        connection.execute(text(definition), {"name": hostile, "definition": disputed.definition})
    try:
        typed = settle(own_page, key, picked="1", code="K01", why=hostile).text
        assert "<script>alert" not in typed
        assert typed.count("&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}") >= 2
        book = openpyxl.load_workbook(io.BytesIO(own_page.get(f"{PAGE}.xlsx", params={"period": "all"}).content))
        assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}
    finally:
        with engine.begin() as connection:
            connection.execute(text(definition), {"name": was, "definition": disputed.definition})
            for row in before:
                connection.execute(
                    text("UPDATE ref.source SET name_zh = :z WHERE edition = :e AND source = :s"),
                    {"z": row.name_zh, "e": row.edition, "s": row.source},
                )


def test_the_register_holds_a_row_for_each_candidate(own_page: httpx.Client, key: str) -> None:
    answer = own_page.get(f"{PAGE}.xlsx", params={"period": "all", "state": "all", "lang": "zh"})
    assert answer.headers["content-disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    head, *told = list(sheet.values)
    assert {"候选", "数值", "人口口径", "时点", "地域", "结论", "来源"} <= set(head)
    assert len(told) >= 2
    assert sheet.print_title_rows == "$1:$1"


def test_a_second_person_confirms_and_the_choice_holds(
    own_page: httpx.Client, running_demo: Any, engine: Engine, disputed: Any, key: str
) -> None:
    picked = [int(number) for number in picks(own_page, key)[-1].split(",")]
    about = {"period": disputed.period, "place": disputed.place, "definition": disputed.definition}
    said = Said(who="李", code="K05", why="已电话核对")
    (ruling,) = conflict.settle(engine, **about, picked=picked, said=said).decisions
    shown = own_page.get(PAGE, params={"key": key, "lang": "zh"}).text
    assert "已电话核对" in shown
    assert f"rulings/{ruling}/confirm" in shown
    assert own_page.post(f"{PAGE}/rulings/{ruling}/confirm").status_code == 303
    (found,) = rows(engine, "SELECT state, confirmed_by FROM quality.conflict_ruling WHERE decision_id = :n", n=ruling)
    assert tuple(found) == ("in_force", running_demo.user)
    assert own_page.post(f"{PAGE}/rulings/{ruling}/undo").status_code == 409


def test_the_register_says_what_was_adopted_by_whom_and_why(
    own_page: httpx.Client, engine: Engine, disputed: Any, key: str
) -> None:
    said = {"period": disputed.period, "state": "all", "lang": "zh"}
    asked = "SELECT who, why, confirmed_by FROM quality.conflict_ruling WHERE state = 'in_force'"
    (ruling,) = rows(engine, asked)
    book = openpyxl.load_workbook(io.BytesIO(own_page.get(f"{PAGE}.xlsx", params=said).content))
    head, *told = list(book.active.values)
    table = [dict(zip(head, row, strict=True)) for row in told]
    (taken,) = [row for row in table if row["裁定"]]
    assert taken["采用的数"] == taken["数值"]
    assert taken["裁定人和时间"].startswith(ruling.who)
    assert (taken["复核人"], taken["裁定理由"]) == (ruling.confirmed_by, ruling.why)


def test_the_lineage_of_a_settled_number_names_who_decided_and_who_confirmed(
    own_page: httpx.Client, engine: Engine
) -> None:
    (ruling,) = rows(
        engine, "SELECT who, confirmed_by, period, place FROM quality.conflict_ruling WHERE state = 'in_force'"
    )
    asked = {
        "framework": "national_62",
        "indicator": "n2_2_3",
        "period": ruling.period,
        "place": ruling.place,
        "lang": "zh",
    }
    shown = own_page.get("/data-office/indicators", params=asked).text
    assert re.search(rf"{ruling.who} 裁定：已电话核对 [^<]*· [^<]*{ruling.confirmed_by}", shown)


RELATIONS = f"{PAGE}/relations"


def test_what_does_not_add_up_is_listed_as_an_equation_with_its_cells(own_page: httpx.Client) -> None:
    """CG04: five kinds of schools of one report add up to 189, the report says 194. CG11: 12 months of 30 and more."""
    shown = own_page.get(RELATIONS, params={"lang": "zh"})
    assert shown.status_code == 200
    plain = re.sub(r"<[^>]+>", "", shown.text)
    assert "194 ≠ 67 + 72 + 44 + 4 + 2 = 189（差 5）" in plain
    assert "342 ≠ 30场/月 × 12 = 360（差 −18）" in plain
    assert "60.38% ≠ n ÷ 104所（最近的是 59.62% 和 60.58%）" in plain
    assert re.search(r'<a href="[^"]*submissions/\d+[^>]*>194</a>', shown.text)
    assert "Does not hold" in own_page.get(RELATIONS, params={"lang": "en", "place": "110102"}).text


def test_relations_are_filtered_by_outcome_place_and_period(own_page: httpx.Client) -> None:
    def plain(**asked: str) -> str:
        return re.sub(r"<[^>]+>", "", own_page.get(RELATIONS, params={"lang": "zh", **asked}).text)

    assert "6.3% = 7.8万人 ÷ 124.3万人 = 6.28%" in plain(outcome="holds", place="110102")
    assert "差在 人口口径" in plain(outcome="not_comparable", place="110102")
    assert "194 ≠" not in plain(outcome="holds")
    assert "342 ≠" in plain(period="2017")
    assert "342 ≠" in plain(period="all")
    assert "342 ≠" not in plain(period="2016")
    assert "没有符合筛选的勾稽关系" in plain(outcome="kept_apart")


def test_a_reader_of_one_city_sees_its_relations_only(own_page: httpx.Client, granted: Granted) -> None:
    with granted(("reader", OTHER)):
        shown = own_page.get(RELATIONS, params={"outcome": "all"}).text
        assert "194 ≠" not in re.sub(r"<[^>]+>", "", shown)
        assert "西城" not in shown


def test_the_register_lists_relations_on_a_second_sheet(own_page: httpx.Client) -> None:
    book = openpyxl.load_workbook(io.BytesIO(own_page.get(f"{PAGE}.xlsx", params={"lang": "zh"}).content))
    assert book.sheetnames == ["口径与冲突", "勾稽关系"]
    said = {row[3]: row for row in book["勾稽关系"].iter_rows(min_row=2, values_only=True)}
    found = said["194 ≠ 67 + 72 + 44 + 4 + 2 = 189（差 5）"]
    assert (found[4], found[6], found[8], found[11]) == ("不成立", 194, 189, 5)


def test_the_mart_judges_the_relations_of_the_sample(engine: Engine) -> None:
    found = rows(
        engine, """SELECT relation, outcome, facet FROM mart.relation WHERE NOT is_synthetic AND place <> '110000'"""
    )
    assert {tuple(row) for row in found} >= {
        ("schools_by_level", "does_not_hold", ""), ("lectures_of_a_year", "does_not_hold", ""),
        ("demo_high_schools_share", "holds", ""), ("minority_share_total", "not_comparable", "population"),
        ("school_creation_rate", "not_comparable", "counting"),
    }  # fmt: skip
