"""The annex of conflicts: what was adopted, by whom and why; of what is open, the proposal and the rule behind it."""

import pytest
from observing import Warehouse
from sqlalchemy import Engine

from learning_city.indicators.compute import compute
from learning_city.model.home import Home
from learning_city.reports import life
from learning_city.reports.build import build
from learning_city.reports.read import read
from learning_city.reports.report_text import Table
from learning_city.reports.report_text_facts import Facts
from learning_city.reports.report_text_make import city_report
from learning_city.reports.tables import Record, ReportTables, records
from learning_city.review import conflict, decide
from learning_city.review.decide import Said

DEPARTMENTS, CITY = "joint_issue_depts", ("110000", "北京市")
WHY = "以领导小组办公室的会议纪要为准"


@pytest.fixture
def disputed(engine: Engine) -> Warehouse:
    """Two sources give another number of departments: 14 of the first rank, 17 of the next."""
    warehouse = Warehouse(engine=engine)
    for source, number in (("bj_lib_2020", 14), ("ledger_edu", 17)):
        warehouse.observe(DEPARTMENTS, number, source=source)
    compute(engine, warehouse.resolve())
    return warehouse


def tables(warehouse: Warehouse, period: str = "2017") -> ReportTables:
    with warehouse.engine.connect() as connection:
        return read(connection, "national_62", period, is_demo=False, places=(CITY[0],))


def annex(warehouse: Warehouse) -> Record:
    (one,) = records(tables(warehouse).conflicts)
    return one


def picked(warehouse: Warehouse, number: float) -> int:
    (found,) = [row for row in warehouse.candidates(DEPARTMENTS) if row.value == number]
    key = {"period": "2017", "place": CITY[0], "definition": DEPARTMENTS}
    said = Said(who="李", why=WHY, code="K99")
    return conflict.settle(warehouse.engine, **key, picked=found.obs_ids, said=said).decisions[0]


def test_an_open_conflict_shows_the_proposal_with_the_rule_behind_it(disputed: Warehouse) -> None:
    one = annex(disputed)
    best = disputed.candidates(DEPARTMENTS)[0].value
    assert (one["value"], one["state_zh"]) == (best, "待裁定")
    assert one["low"] <= 14 < 17 <= one["high"], "the range holds every candidate"
    assert f"建议采用 {best:.0f}" in one["proposal_zh"]
    assert "来源权威最高" in one["proposal_zh"]
    picked(disputed, 17)
    assert "李 拟采用 17" in annex(disputed)["proposal_zh"]
    assert "待第二人复核" in annex(disputed)["proposal_zh"]


def test_the_later_of_two_equal_sources_is_said_to_be_later(engine: Engine) -> None:
    warehouse = Warehouse(engine=engine)
    for day, source in enumerate(("ledger_edu", "ledger_statistics")):
        warehouse.observe(DEPARTMENTS, 14 + 3 * day, source=source, day=day)
    compute(engine, warehouse.resolve())
    assert "记录得最晚（2018-01-02" in annex(warehouse)["proposal_zh"]


def test_a_settled_conflict_shows_what_was_adopted_by_whom_and_why(disputed: Warehouse) -> None:
    other = disputed.candidates(DEPARTMENTS)[1].value
    decide.confirm(disputed.engine, picked(disputed, other), who="王")
    compute(disputed.engine, disputed.resolve())
    one = annex(disputed)
    assert (one["value"], one["state_zh"]) == (other, "已裁定")
    for said in (f"李 裁定采用 {other:.0f}", "王 复核", WHY, "原建议"):
        assert said in one["proposal_zh"]
    report = city_report(Facts(tables(disputed)), CITY, [])
    (told,) = [
        block for section in report.sections for block in section.blocks
        if isinstance(block, Table) and block.title == "并存的数与裁定"
    ]  # fmt: skip
    cells = [cell.said for cell in told.rows[0].cells]
    assert cells[3].startswith(f"{other:.0f}\n")
    assert WHY in cells[-1]


def test_a_conflict_of_a_year_before_stands_against_the_release_as_in_the_report(engine: Engine, home: Home) -> None:
    warehouse = Warehouse(engine=engine)
    for source, number in (("bj_lib_2020", 14), ("ledger_edu", 17)):
        warehouse.observe(DEPARTMENTS, number, source=source, period="2016")
    warehouse.observe(DEPARTMENTS, 15, source="ledger_edu")
    compute(engine, warehouse.resolve())
    found = life.obstacles(engine, build(engine, home, "national_62", "2017", requested_by="li"))
    assert [(one.kind, one.many) for one in found] == [("conflict", 1)]
    assert found[0].what.startswith("北京市 2016 ")
    assert len(tables(warehouse).conflicts) == 1
    assert tables(warehouse, "2016").conflicts["state_zh"].tolist() == ["待裁定"]
