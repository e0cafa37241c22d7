"""Every rule of ``expectations/`` finds the fault planted for it, at its cell, as severe as it says."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from editions import starter, use
from office import KEY, SEAL, SIGNED, Ledgers, Office, Told, filled, open_office, with_items

from learning_city.cli.check import check_files
from learning_city.collect.reader import Readers
from learning_city.collect.tables import register_tables
from learning_city.model.home import CHECKOUT
from learning_city.model.ledger import Answer, Ledger
from learning_city.samples.facts import Fact, SampleTable
from learning_city.samples.table_writer import write_table
from learning_city.validate import store
from learning_city.validate.check import Batch, check_tables

CITIES = ("110000", "310000", "330100", "330200", "510100", "420100", "430100", "140100")
SIGNOFF = {"head": "C6", "date": "C10", "seal": "C11", "code": "C13"}
"""Where the fields stand on the sheet 签署."""
Known = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault in an otherwise clean workbook.

    ``at``: a definition, a cell of 签署 or empty for the whole workbook; ``also``: rules that the same fault breaks.
    ``answers`` and ``known`` may be computed from what the clean workbook says.
    """

    rule: str
    severity: str
    at: str
    department: str = "statistics"
    answers: Callable[[dict[str, float]], dict[str, float | str | Answer]] = lambda _: {}
    known: Callable[[dict[str, float]], Known] = lambda _: {}
    would_be: Callable[[dict[str, float]], float] | None = None
    column: str = "H"
    also: frozenset[str] = frozenset()
    signed: dict[str, Any] = field(default_factory=dict)
    ledger: Callable[[Ledger], Ledger] = lambda ledger: ledger
    edit: dict[str, dict[str, object]] = field(default_factory=dict)


def answered(**answers: float | str | Answer) -> Callable[[object], dict[str, float | str | Answer]]:
    return lambda _: answers


FAULTS = [
    Fault(rule="completeness.blank", severity="ask", at="gdp", answers=answered(gdp=Answer())),
    Fault(
        rule="completeness.value_and_type",
        severity="block",
        at="gdp",
        answers=lambda clean: {"gdp": Answer(value=clean["gdp"], missing_type="暂缺", reason="没有统计")},
    ),
    Fault(rule="completeness.no_reason", severity="block", at="gdp", answers=answered(gdp=Answer(missing_type="暂缺"))),
    Fault(
        rule="code.missing_type",
        severity="block",
        at="gdp",
        column="I",
        answers=answered(gdp=Answer(missing_type="没有")),
    ),
    Fault(
        rule="type.not_a_number",
        severity="block",
        at="libraries",
        department="culture_tourism",
        answers=answered(libraries="12人"),
    ),
    Fault(rule="type.uncalculated", severity="block", at="gdp", edit={"学监统01表": {"gdp": "=10000+1"}}),
    Fault(
        rule="type.repaired",
        severity="note",
        at="libraries",
        department="culture_tourism",
        answers=answered(libraries="２４ 个"),
        would_be=lambda _: 24,
    ),
    Fault(
        rule="unit.negative",
        severity="block",
        at="libraries",
        department="culture_tourism",
        answers=answered(libraries=-5),
        also=frozenset({"range.low"}),
    ),
    Fault(
        rule="unit.share",
        severity="block",
        at="learning_street_award_rate",
        department="edu",
        answers=answered(learning_street_award_rate=120.5),
        also=frozenset({"range.high"}),
    ),
    Fault(
        rule="unit.whole",
        severity="block",
        at="libraries",
        department="culture_tourism",
        answers=answered(libraries=23.5),
    ),
    Fault(rule="range.low", severity="ask", at="subdistricts", answers=answered(subdistricts=0)),
    Fault(
        rule="range.high",
        severity="ask",
        at="libraries",
        department="culture_tourism",
        answers=answered(libraries=81),
    ),
    Fault(
        rule="parts.total",
        severity="block",
        at="museums",
        department="culture_tourism",
        answers=lambda clean: {"museums": clean["museums"] + 10},
        would_be=lambda clean: clean["museums"],
    ),
    Fault(
        rule="parts.over_total",
        severity="block",
        at="culture_spend",
        answers=lambda clean: {"culture_spend": clean["budget_spend"] + 0.02},
        also=frozenset({"range.high"}),
    ),
    Fault(
        rule="rate.parts",
        severity="block",
        at="comm_teachers_degree_rate",
        department="edu",
        answers=lambda clean: {"comm_teachers_degree_rate": round(clean["comm_teachers_degree_rate"] - 5, 2)},
        would_be=lambda clean: 100 * clean["comm_teachers_degree"] / clean["comm_teachers"],
    ),
    Fault(
        rule="cumulative.fall",
        severity="ask",
        at="week_sessions",
        department="edu",
        answers=answered(week_sessions=10),
        known=lambda _: {"week_sessions": {"previous": 12.0}},
    ),
    Fault(
        rule="yearbook.differs",
        severity="ask",
        at="gdp",
        known=lambda clean: {"gdp": {"yearbook": round(clean["gdp"] * 1.05, 1)}},
        would_be=lambda clean: round(clean["gdp"] * 1.05, 1),
    ),
    Fault(
        rule="slip.unit",
        severity="ask",
        at="class_visits",
        department="edu",
        answers=answered(class_visits=1200),
        known=lambda _: {"class_visits": {"previous": 11_500_000.0}},
        would_be=lambda _: 12_000_000,
    ),
    Fault(
        rule="slip.unit",
        severity="ask",
        at="gdp",
        answers=answered(gdp=2.8),
        known=lambda _: {"gdp": {"yearbook": 28_014.9}},
        would_be=lambda _: 28_000,
        also=frozenset({"yearbook.differs", "rate.parts"}),
    ),
    Fault(
        rule="decimal.shift",
        severity="ask",
        at="class_visits",
        department="edu",
        answers=answered(class_visits=520_000),
        known=lambda _: {"class_visits": {"previous": 5_000_000.0}},
        would_be=lambda _: 5_200_000,
    ),
    Fault(
        rule="change.year_on_year",
        severity="ask",
        at="class_visits",
        department="edu",
        answers=answered(class_visits=2_000_000),
        known=lambda _: {"class_visits": {"previous": 5_000_000.0}},
    ),
    Fault(
        rule="change.year_on_year",
        severity="ask",
        at="class_visits",
        department="edu",
        answers=answered(class_visits=0),
        known=lambda _: {"class_visits": {"previous": 5_000_000.0}},
    ),
    Fault(
        rule="evidence.absent",
        severity="ask",
        at="gdp",
        column="K",
        answers=lambda clean: {"gdp": Answer(value=clean["gdp"], evidence=f"{SEAL}; 公报.pdf")},
    ),
    Fault(rule="identity.token", severity="block", at="", edit={"_lcm": {"B8": "0" * 32}}),
    Fault(rule="identity.template", severity="block", at="", edit={"_lcm": {"K15": 0}}),
    Fault(
        rule="identity.round",
        severity="block",
        at="",
        ledger=lambda ledger: replace(ledger, identity=replace(ledger.identity, round="2016", period="2016")),
    ),
    Fault(rule="identity.printed", severity="block", at="", ledger=lambda ledger: replace(ledger, place_name="宁波市")),
    Fault(
        rule="identity.printed",
        severity="block",
        at="",
        edit={"学监统01表": {"D6": "2016年度 · 数据期 2016年"}},
    ),
    Fault(rule="identity.printed", severity="block", at="", edit={"学监统01表": {"K3": "学监教01表"}}),
    Fault(
        rule="legal.expired",
        severity="block",
        at="",
        ledger=lambda ledger: replace(
            ledger, forms=tuple(replace(form, valid_to=date(2016, 6, 30)) for form in ledger.forms)
        ),
    ),
    Fault(rule="signoff.seal", severity="block", at=SIGNOFF["seal"], signed={"seal": ""}),
    Fault(rule="signoff.seal", severity="block", at=SIGNOFF["seal"], signed={"seal": "没有的.png"}),
    Fault(rule="signoff.future", severity="block", at=SIGNOFF["date"], signed={"date": date(2018, 5, 2)}),
    Fault(rule="signoff.unsigned", severity="ask", at=SIGNOFF["head"], signed={"head": ""}),
    Fault(rule="signoff.code", severity="note", at=SIGNOFF["code"], edit={"签署": {"C13": 123_456}}),
]


def clean_values(told: Told) -> dict[str, float]:
    return {definition: float(a.value) for (_, definition), a in told.items() if isinstance(a.value, int | float)}


def plant(office: Office, fault: Fault, place: str, name: str) -> None:
    issued = office.ledger(fault.department, place)
    clean = clean_values(filled(issued))
    ledger = fault.ledger(with_items(issued, **fault.known(clean)))
    told = filled(issued, **fault.answers(clean))
    path = office.deliver(name, ledger, told, replace(SIGNED, **fault.signed))
    if fault.edit:
        book = openpyxl.load_workbook(path)
        for sheet, cells in fault.edit.items():
            for cell, value in cells.items():
                book[sheet][cell if cell[0].isupper() else value_cell(book, cell)] = value
        book.save(path)
        book.close()


def value_cell(book: Any, definition: str) -> str:
    rows = book["_lcm"].iter_rows(min_row=15, values_only=True)
    return next(str(row[1]) for row in rows if row[2] == "value" and row[5] == definition)


def turns() -> Iterator[tuple[int, str, Fault]]:
    """Batch and place of every fault: no two workbooks of a batch are of one department and place."""
    used: Counter[str] = Counter()
    for fault in FAULTS:
        batch, turn = divmod(used[fault.department], len(CITIES))
        used[fault.department] += 1
        yield batch, CITIES[turn], fault


@pytest.fixture(scope="module")
def planted(new_home: Any, readers: Readers, ledgers: Ledgers) -> Iterator[Office]:
    """All faults, each in a workbook of its own, checked a batch at a time; later batches are revisions of earlier ones."""
    with new_home() as home:
        office = open_office(home, readers, ledgers)
        batches: dict[int, list[str]] = {}
        for n, (batch, place, fault) in enumerate(turns()):
            plant(office, fault, place, f"fault {n}")
            batches.setdefault(batch, []).append(f"fault {n}")
        for names in batches.values():
            office.check(*names)
        yield office


def findings(office: Office) -> list[Any]:
    office.check("北京")
    return office.findings("北京")


def cell_of(office: Office, fault: Fault, name: str) -> str:
    if not fault.at or fault.at[0].isupper():
        return fault.at
    return fault.column + office.cell(name, fault.at)[1:]


@pytest.mark.parametrize("department", ["statistics", "edu", "culture_tourism"])
def test_a_clean_workbook_has_no_findings(office: Office, department: str) -> None:
    office.deliver("北京", office.ledger(department))
    assert findings(office) == []
    assert office.submission("北京").state == "validated"


@pytest.mark.parametrize("n", range(len(FAULTS)), ids=lambda n: f"{FAULTS[n].rule}@{FAULTS[n].at or 'workbook'}")
def test_a_planted_fault_is_found_at_its_cell(planted: Office, n: int) -> None:
    _, place, fault = list(turns())[n]
    found = {finding.rule_id: finding for finding in planted.findings(f"fault {n}")}
    assert set(found) - fault.also - {"duplicate.revised"} == {fault.rule}
    finding = found[fault.rule]
    assert (finding.severity, finding.cell) == (fault.severity, cell_of(planted, fault, f"fault {n}"))
    if fault.would_be is None:
        assert finding.would_be is None
    else:
        expected = fault.would_be(clean_values(filled(planted.ledger(fault.department, place))))
        assert finding.would_be == pytest.approx(expected, rel=1e-9)
    assert "$" not in "".join((finding.message_zh, finding.message_en, finding.expected, finding.found))


def test_a_figure_marked_as_sample_blocks_outside_a_demonstration(office: Office) -> None:
    told = filled(
        office.ledger(),
        gdp=Answer(value=28_014.9, reason="[样例] 样例数据"),
        rd_gdp_share=Answer(missing_type="不适用"),
    )
    office.deliver("北京", told=told)
    (finding,) = [found for found in findings(office) if found.family == "identity"]
    where = office.cell("北京", "gdp")
    assert (finding.rule_id, finding.severity) == ("identity.synthetic", "block")
    assert (finding.cell, finding.found) == (where, "28014.9 [样例]")


def test_a_row_removed_from_the_hidden_sheet_is_named(office: Office) -> None:
    path = office.deliver("北京")
    book = openpyxl.load_workbook(path)
    hidden = book["_lcm"]
    rows = [row[0].row for row in hidden.iter_rows(min_row=15) if row[5].value in ("gdp", "budget_revenue")]
    for number in reversed(rows):
        hidden.delete_rows(number)
    book.save(path)
    book.close()
    said = {(finding.rule_id, finding.severity): finding.found for finding in findings(office)}
    assert said["completeness.rows", "block"] == "地区生产总值、一般公共预算收入"
    assert ("identity.template", "block") in said
    office.home.keys.mkdir()
    (office.home.keys / "token").write_bytes(KEY)
    (alone,) = [one for one in check_files(office.home, [path], "2017") if one.rule_id == "completeness.rows"]
    assert alone.found.startswith("地区生产总值、一般公共预算收入")


def test_a_file_that_is_no_workbook_is_one_finding(office: Office) -> None:
    office.put("说明.txt", b"x")
    office.check("说明.txt")
    (finding,) = office.findings("说明.txt")
    assert (finding.rule_id, finding.severity, finding.cell) == ("identity.unreadable", "block", "")


def test_both_cells_of_a_swap_are_asked_about(office: Office) -> None:
    ledger = with_items(
        office.ledger("edu"), experience_sites={"previous": 100.0}, experience_projects={"previous": 400.0}
    )
    office.deliver("北京", ledger, filled(ledger, experience_sites=401, experience_projects=102))
    sites, projects = findings(office)
    for finding, definition, would_be in (
        (sites, "experience_sites", 102),
        (projects, "experience_projects", 401),
    ):
        assert (finding.rule_id, finding.severity) == ("swap.neighbour", "ask")
        assert (finding.cell, finding.would_be) == (office.cell("北京", definition), would_be)


def test_an_item_that_stands_twice_is_found_at_both_cells(office: Office) -> None:
    ledger = office.ledger()
    (form,) = ledger.forms
    gdp = next(item for item in form.items if item.definition == "gdp")
    office.deliver("北京", replace(ledger, forms=(replace(form, items=(*form.items, gdp)),)))
    found = findings(office)
    assert [(finding.rule_id, finding.severity) for finding in found] == [("duplicate.item", "block")] * 2
    cells = office.rows("SELECT cell FROM intake.item WHERE definition = 'gdp'")
    assert {finding.cell for finding in found} == {row.cell for row in cells}


def test_an_answer_that_is_none_of_the_choices_blocks(office: Office) -> None:
    def with_choices(row: dict[str, object]) -> dict[str, object]:
        return {**row, "choices": "好;中;差"} if row["definition"] == "gdp" else row

    use(office.engine, starter({"form_item": with_choices}))
    ledger = with_items(office.ledger(), gdp={"type": "choice", "choices": ("好", "中", "差")})
    office.deliver("北京", ledger, filled(ledger, gdp="不好说"))
    (finding,) = [one for one in findings(office) if one.definition == "gdp"]
    assert (finding.rule_id, finding.severity) == ("code.choice", "block")
    assert (finding.found, finding.cell) == ("不好说", office.cell("北京", "gdp"))


def test_two_departments_that_report_one_item_differently_are_both_asked(office: Office) -> None:
    statistics, culture = office.ledger(), office.ledger("culture_tourism")
    gdp = next(item for item in statistics.forms[0].items if item.definition == "gdp")
    (form,) = culture.forms
    culture = replace(culture, forms=(replace(form, items=(*form.items, replace(gdp, form="culture"))),))
    clean = clean_values(filled(statistics))["gdp"]
    office.deliver("统计", statistics)
    office.deliver("文旅", culture, filled(culture, gdp=round(clean + 12, 1)))
    office.check("统计", "文旅")
    for name in ("统计", "文旅"):
        (finding,) = office.findings(name)
        assert (finding.rule_id, finding.severity) == ("departments.differ", "ask")
        assert finding.cell == office.cell(name, "gdp")


def test_two_workbooks_of_one_token_with_other_values_block_each_other(office: Office) -> None:
    office.deliver("甲")
    office.deliver("乙", told=filled(office.ledger(), gdp=20_000.0, rd_gdp_share=Answer(missing_type="不适用")))
    office.check("甲", "乙")
    for name in ("甲", "乙"):
        (finding,) = office.findings(name)
        assert (finding.rule_id, finding.severity, finding.cell) == ("duplicate.token", "block", "")


def test_the_same_workbook_twice_is_a_note(office: Office) -> None:
    office.deliver("甲")
    office.deliver("乙")
    office.check("甲", "乙")
    for name in ("甲", "乙"):
        (finding,) = office.findings(name)
        assert (finding.rule_id, finding.severity, finding.cell) == ("duplicate.copy", "note", "")


def test_a_typed_missing_value_with_what_it_needs_is_no_finding(office: Office) -> None:
    told = filled(
        office.ledger("edu"),
        community_colleges=Answer(missing_type="不适用"),
        community_schools=Answer(missing_type="暂缺", reason="没有原始记录"),
        citizen_courses=Answer(missing_type="零"),
        class_visits=Answer(value=0, missing_type="零"),
    )
    office.deliver("北京", office.ledger("edu"), told)
    assert findings(office) == []
    said = office.rows(
        "SELECT definition, status, value FROM intake.item WHERE missing_type <> '' ORDER BY item_no",
    )
    assert said == [
        ("community_colleges", "M", None),
        ("community_schools", "L", None),
        ("citizen_courses", "A", 0),
        ("class_visits", "A", 0),
    ]


def test_a_cell_of_spaces_is_a_blank_and_no_text(office: Office) -> None:
    office.deliver("北京", told=filled(office.ledger(), gdp=Answer(value="  ")))
    (finding,) = findings(office)
    assert (finding.rule_id, finding.severity) == ("completeness.blank", "ask")


def test_parts_are_compared_with_a_total_in_another_multiple_of_the_unit(office: Office) -> None:
    ledger = with_items(office.ledger(), edu_spend={"unit": "万元", "decimals": 0})
    clean = clean_values(filled(office.ledger()))
    spent = round(clean["edu_spend"] * 10_000)
    office.deliver("北京", ledger, filled(ledger, edu_spend=spent, edu_spend_share=clean["edu_spend_share"]))
    assert {finding.family for finding in findings(office)} == {"range"}  # the form's bounds are in 亿元


def test_checking_twice_changes_nothing(office: Office) -> None:
    office.deliver("北京", told=filled(office.ledger(), gdp=Answer()))
    ids = office.check("北京")
    before = office.findings("北京")
    store.check(office.engine, ids, date(2018, 5, 1))
    assert office.findings("北京") == before


def test_last_years_workbook_is_the_history_of_this_years(office: Office) -> None:
    """What the database knows of the year before counts more than what the hidden sheet says."""
    with office.engine.begin() as connection:
        connection.exec_driver_sql("SELECT warehouse.ensure_period('2016')")
        connection.exec_driver_sql(
            """INSERT INTO warehouse.reconciled_value VALUES ('2016', '110000', 'gdp', 'gdp', 2801.5, 2801.5, 2801.5,
                 'A', '可比', '', 'direct', 'actual', '{}', 1, false)"""
        )
    office.deliver("北京", told=filled(office.ledger(), gdp=28_014.9, rd_gdp_share=Answer(missing_type="不适用")))
    (finding,) = findings(office)
    assert (finding.rule_id, finding.would_be) == ("decimal.shift", 2801.49)


# ------------------------------------------------------------------------------------------------ printed tables


def fact(label: str, value: float, *, period: str = "2012", place: str = "110102", unit: str = "所") -> Fact:
    return Fact(
        fact_id=f"{label}{period}{place}",
        place=place,
        period=period,
        source="",
        document="",
        measure="",
        definition="",
        label=label,
        value_text=str(value),
        value=value,
        unit=unit,
        kind="actual",
        carrier="",
    )


NAMES = {"110102": "西城区", "110228": "密云县", "110000": "北京市"}


def printed(office: Office, source: str, *facts: Fact, layout: str = "document") -> list[Any]:
    """The findings of a table of a source that prints these figures."""
    folder = office.home.inbox / "yearbooks" / source
    folder.mkdir(parents=True)
    table = SampleTable(
        table_id="t",
        source=source,
        title="基本情况统计表",
        file_name="表.xlsx",
        layout=layout,
        format="xlsx",
        unit_note="单位：万人",
        period_note="（2010年）",
    )
    if layout != "document":
        table = replace(table, title="人口情况（2010年）")
    write_table(folder / "表.xlsx", table, facts, NAMES)
    ids = register_tables(office.engine, office.home, [source], office.readers)
    store.check(office.engine, ids, date(2018, 5, 1))
    return office.findings(f"{source}/表.xlsx")


REPORT, BOOK = "doc_xicheng_report_2012", "doc_xicheng_book_2013"


def test_a_printed_table_without_fault_has_no_findings(office: Office) -> None:
    assert printed(office, BOOK, fact("小学", 72), fact("幼儿园", 67)) == []
    items = office.rows("SELECT definition, period, value FROM intake.item ORDER BY item_no")
    assert items == [("primary_schools", "2012", 72), ("kindergartens", "2012", 67)]


def test_a_figure_without_a_year_is_asked_about_and_gets_none(office: Office) -> None:
    (finding,) = printed(office, BOOK, fact("小学", 72, period="unstated@x"), fact("幼儿园", 67))
    assert (finding.rule_id, finding.severity, finding.cell) == ("period.unstated", "ask", "D3")
    assert finding.period == f"unstated@{BOOK}"


def test_a_printed_negative_number_is_asked_about(office: Office) -> None:
    (finding,) = printed(office, BOOK, fact("小学", -72), fact("幼儿园", 67))
    assert (finding.rule_id, finding.severity, finding.cell) == ("unit.negative", "ask", "D3")


def test_printed_parts_that_do_not_make_their_total_are_asked_about(office: Office) -> None:
    schools = ("幼儿园", 67), ("小学", 72), ("高中校", 40), ("职业高中", 6), ("成人高校", 3)
    labels = office.rows("SELECT label FROM ref.table_label WHERE source = :s AND measure = 'schools_all'", s=REPORT)
    total = fact(labels[0].label, 200)
    (finding,) = printed(office, REPORT, total, *(fact(label, value) for label, value in schools))
    assert (finding.rule_id, finding.severity, finding.cell) == ("parts.total", "ask", "D3")
    assert (finding.expected, finding.would_be) == ("188", None)


def test_a_place_that_did_not_exist_in_the_year_is_asked_about(office: Office) -> None:
    (finding,) = printed(
        office, BOOK, fact("小学", 72, period="2016", place="110228"), fact("小学", 70, period="2014", place="110228")
    )
    assert (finding.rule_id, finding.severity, finding.cell) == ("table.place_not_of_year", "ask", "D3")
    assert finding.found == "密云县 2015 年改为密云区"


def test_a_symbol_of_the_legend_is_a_status_and_no_finding(office: Office) -> None:
    facts = [fact("小学", 72), replace(fact("幼儿园", 67), value="…")]  # type: ignore[arg-type]
    assert printed(office, BOOK, *facts) == []
    assert office.one("SELECT status, value FROM intake.item WHERE definition = 'kindergartens'") == ("N", None)


def test_a_printed_text_that_is_neither_number_nor_symbol_is_asked_about() -> None:
    item = {
        **dict.fromkeys(("n", "item_no"), 1),
        "sheet": "表",
        "cell": "D3",
        "form": "yearbooks",
        "measure": "m",
        "definition": "d",
        "place": "110000",
        "period": "2012",
        "unit": "所",
        "decimals": 0,
        "required": False,
        "is_synthetic": False,
        "kind": "actual",
        "type": "number",
        **dict.fromkeys(("previous", "yearbook", "low", "high", "value"), float("nan")),
        "text": "近百",
        "status": "A",
        "file": "表.xlsx",
        "department": None,
        "label": "小学",
        "repaired": None,
        **dict.fromkeys(("parent", "parts", "numerator", "denominator", "missing_type", "missing_cell"), ""),
        **dict.fromkeys(("reason", "reason_cell", "evidence", "evidence_cell"), ""),
        **dict.fromkeys(("not_of_year", "not_of_year_en", "definition_unit")),
    }
    none = pd.DataFrame(columns=["n", "name", "kind"])
    (judged,) = check_tables(Batch(submissions=pd.DataFrame(), items=pd.DataFrame([item]), evidence=none))
    assert (judged.finding.rule_id, judged.finding.cell, judged.finding.found) == ("type.not_a_number", "D3", "近百")
    assert judged.finding.severity == "ask"


def test_every_rule_of_every_suite_is_tested_here() -> None:
    planted = {fault.rule for fault in FAULTS}
    own_tests = {
        "identity.unreadable", "swap.neighbour", "duplicate.item", "departments.differ", "duplicate.token",
        "duplicate.copy", "code.choice", "period.unstated", "identity.synthetic",
        "duplicate.revised", "duplicate.after_acceptance", "evidence.kind", "evidence.program", "signoff.seal_kind",
        "identity.outside", "type.formula", "identity.hidden_sheets", "identity.ending", "identity.strays",
        "identity.answer", "identity.merged_locked", "identity.merged_both", "identity.answer_unclear",
        "table.place_not_of_year", "table.counting_unit", "table.cover_year", "outlier.history", "outlier.peers",
        "outlier.level", "outlier.definition", "completeness.rows", "change.repeated", "parts.rounding",
        "table.other_year", "table.other_definition", "table.other_unit", "table.cumulative", "change.at_break",
    }  # fmt: skip
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_*.py")))
    for rule in own_tests:
        assert f'("{rule}", ' in source or f'["{rule}", ' in source, rule
    suites = sorted((CHECKOUT / "expectations").glob("*.json"))
    rules = {rule["meta"]["rule_id"] for path in suites for rule in json.loads(path.read_bytes())["expectations"]}
    assert rules == planted | own_tests
