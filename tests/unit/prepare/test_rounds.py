"""Opening rounds: who owes what under which definition, and what need not be asked again."""

from datetime import date

import pytest
from editions import starter, use
from observing import BEIJING, Warehouse
from sqlalchemy import Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.model.ledger import Ledger, LedgerItem
from learning_city.prepare import issue, rounds

EVER = date(1949, 10, 1)


def ledgers(engine: Engine, round_id: str) -> dict[tuple[str, str], Ledger]:
    rounds.open_round(engine, round_id)
    with engine.begin() as connection:
        made = list(issue.ledgers(connection, round_id, is_demo=True))
    return {(ledger.identity.department, ledger.identity.place): ledger for ledger in made}


def items(ledger: Ledger) -> dict[str, LedgerItem]:
    return {item.definition: item for form in ledger.forms for item in form.items}


def rows(engine: Engine, sql: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def test_opening_a_round_twice_gives_the_same(engine: Engine) -> None:
    owed = rounds.open_round(engine, "2017")
    before = rows(engine, "SELECT form, department, place, due, grace FROM intake.obligation ORDER BY obligation_id")
    assert rounds.open_round(engine, "2017") == owed == len(before)
    assert (
        rows(engine, "SELECT form, department, place, due, grace FROM intake.obligation ORDER BY obligation_id")
        == before
    )


def test_a_round_the_calendar_does_not_have_is_refused_and_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(NeedsAPerson, match="没有轮次 2099"):
        rounds.open_round(engine, "2099")
    assert rows(engine, "SELECT round FROM intake.round") == []


def test_2012_and_2018_are_asked_of_their_own_departments_under_their_own_thresholds(engine: Engine) -> None:
    then, now = ledgers(engine, "2012"), ledgers(engine, "2018")
    assert then["culture_tourism", BEIJING].department_name == "文化广电新闻出版局"
    assert now["culture_tourism", BEIJING].department_name == "文化和旅游局"
    assert "≥2.5%" in items(then["edu", BEIJING])["firms_training_at_cap"].definition_text
    assert "≥8%" in items(now["hr", BEIJING])["firms_training_at_cap"].definition_text
    assert "income_urban_before_2013" in items(then["statistics", BEIJING])
    assert "income_urban" not in items(then["statistics", BEIJING])
    assert "income_urban" in items(now["statistics", BEIJING])
    assert "income_urban_before_2013" not in items(now["statistics", BEIJING])


def test_an_item_led_by_another_department_stands_in_that_departments_workbook_alone(engine: Engine) -> None:
    made = ledgers(engine, "2017")
    assert set(items(made["hr", BEIJING])) == {"training_fund_firms", "firms_training_at_cap"}
    assert not set(items(made["hr", BEIJING])) & set(items(made["edu", BEIJING]))


def test_a_responsibility_of_one_place_outranks_that_of_its_level(engine: Engine) -> None:
    own = {
        "form": "culture",
        "level": "city",
        "place": BEIJING,
        "department": "publicity",
        "role": "lead",
        "valid_from": EVER,
    }
    use(engine, starter(responsibility=[own]))
    made = ledgers(engine, "2017")
    assert ("publicity", BEIJING) in made
    assert ("culture_tourism", BEIJING) not in made
    assert ("culture_tourism", "310000") in made


def test_a_quarter_is_a_round_of_its_own_with_figures_and_text(engine: Engine) -> None:
    made = ledgers(engine, "2018-Q3")
    assert set(made) == {("edu", "110102"), ("culture_tourism", "110102")}
    ledger = made["edu", "110102"]
    assert (ledger.identity.period, ledger.round_name) == ("2018-Q3", "2018年3季度")
    assert {item.type for item in items(ledger).values()} == {"number", "choice", "text"}
    assert items(ledger)["progress_edu_state"].choices == ("未启动", "进行中", "已完成", "需调整")


def test_a_quarter_shows_the_same_quarter_of_the_year_before(engine: Engine) -> None:
    Warehouse(engine=engine).observe(
        "class_visits_ytd", 4321, period="2017-Q3", place="110102", source="ledger_progress_edu"
    )
    Warehouse(engine=engine).resolve()
    assert items(ledgers(engine, "2018-Q3")["edu", "110102"])["class_visits_ytd"].previous == 4321


def asks_population_too(row: dict[str, object]) -> dict[str, object]:
    """The education form asks for the resident population instead of its first item."""
    if row["form"] != "edu" or row["position"] != 1:
        return row
    return {
        **row,
        "measure": "population",
        "definition": "pop_changzhu_y1231",
        "unit": "万人",
        "decimals": 1,
        "minutes": 9.0,
    }


def test_what_another_form_asks_already_is_dropped_once_and_the_minutes_are_counted(engine: Engine) -> None:
    use(engine, starter({"form_item": asks_population_too}))
    made = ledgers(engine, "2017")
    asked_by = [key for key, ledger in made.items() if "pop_changzhu_y1231" in items(ledger) and key[1] == BEIJING]
    assert len(asked_by) == 1
    with engine.connect() as connection:
        (saved,) = rounds.spared(connection, "2017")
    assert (saved.dropped, saved.prefilled, saved.minutes) == (8, 0, 8 * 9.0)
    assert made["edu", BEIJING].dropped == 1, "there it is not required"


def test_who_reported_an_item_before_is_asked_for_it_again(engine: Engine) -> None:
    Warehouse(engine=engine).observe("pop_changzhu_y1231", 2170.7, period="2016", source="ledger_edu")
    use(engine, starter({"form_item": asks_population_too}))
    made = ledgers(engine, "2017")
    assert "pop_changzhu_y1231" in items(made["edu", BEIJING])
    assert made["statistics", BEIJING].dropped == 1


def test_a_round_follows_the_catalogue_until_it_is_handed_out_and_keeps_its_edition_afterwards(engine: Engine) -> None:
    rounds.open_round(engine, "2017")
    corrected = use(engine, starter({"form_item": asks_population_too}))
    assert "pop_changzhu_y1231" not in items(ledgers(engine, "2017")["edu", BEIJING])
    assert rows(engine, "SELECT edition FROM intake.round") == [(corrected,)]
    with engine.begin() as connection:
        connection.execute(text("UPDATE intake.obligation SET state = '已下发' WHERE form = 'culture'"))
    use(engine, starter())
    rounds.open_round(engine, "2017")
    assert rows(engine, "SELECT edition FROM intake.round") == [(corrected,)]


def test_a_yearbook_value_comes_pre_filled_in_the_units_of_the_row(engine: Engine) -> None:
    warehouse = Warehouse(engine=engine)
    warehouse.observe("pop_changzhu_y1231", 21_707_000, unit="人", decimals=0, source="hz_yearbook_2018")
    warehouse.resolve()
    item = items(ledgers(engine, "2017")["statistics", BEIJING])["pop_changzhu_y1231"]
    assert item.prefill == 2170.7
    assert item.prefill_source


def test_a_rate_follows_from_its_accepted_parts(engine: Engine) -> None:
    warehouse = Warehouse(engine=engine)
    warehouse.observe("comm_teachers", 800, source="ledger_edu")
    warehouse.observe("comm_teachers_degree", 600, source="ledger_edu")
    warehouse.resolve()
    made = items(ledgers(engine, "2017")["edu", BEIJING])
    assert made["comm_teachers_degree_rate"].prefill == 75.0
    assert made["comm_teachers"].prefill == 800


def test_synthetic_and_disputed_values_are_never_pre_filled(engine: Engine) -> None:
    warehouse = Warehouse(engine=engine)
    warehouse.observe("comm_teachers", 800, source="ledger_edu", kind="synthetic")
    warehouse.observe("lib_seats", 100, source="ledger_culture")
    warehouse.observe("lib_seats", 900, source="ledger_edu")
    warehouse.resolve()
    made = ledgers(engine, "2017")
    assert items(made["edu", BEIJING])["comm_teachers"].prefill is None
    assert items(made["culture_tourism", BEIJING])["lib_seats"].prefill is None


def test_what_was_handed_out_is_not_asked_differently_later(engine: Engine) -> None:
    made = ledgers(engine, "2017")
    with engine.begin() as connection:
        connection.execute(text("UPDATE intake.obligation SET state = '已下发'"))
    warehouse = Warehouse(engine=engine)
    warehouse.observe("pop_changzhu_y1231", 2170.7, source="hz_yearbook_2018")
    warehouse.resolve()
    again = ledgers(engine, "2017")
    assert items(made["statistics", BEIJING])["pop_changzhu_y1231"].prefill is None
    assert items(again["statistics", BEIJING])["pop_changzhu_y1231"].prefill is None


def without_number(row: dict[str, object]) -> dict[str, object]:
    return {**row, "approval_no": None} if row["form"] == "culture" else row


def test_a_form_without_its_legal_marks_is_not_issued_without_a_recorded_exception(engine: Engine) -> None:
    use(engine, starter({"form": without_number}))
    with pytest.raises(NeedsAPerson, match="culture（缺法定标识"):
        ledgers(engine, "2017")
    issue.record_exception(engine, "2017", "culture", who="王主任", why="文号待批，先行试填")
    form = ledgers(engine, "2017")["culture_tourism", BEIJING].forms[0]
    assert form.exception == "文号待批，先行试填"
    assert rows(engine, "SELECT who, why FROM intake.form_exception") == [("王主任", "文号待批，先行试填")]


def ended(row: dict[str, object]) -> dict[str, object]:
    return {**row, "valid_to": date(2018, 3, 1)} if row["form"] == "culture" else row


def test_a_form_whose_validity_ends_before_it_is_due_is_not_issued(engine: Engine) -> None:
    use(engine, starter({"form": ended}))
    with pytest.raises(NeedsAPerson, match="culture（不在有效期内"):
        ledgers(engine, "2017")


def test_an_exception_needs_a_reason(engine: Engine) -> None:
    rounds.open_round(engine, "2017")
    with pytest.raises(NeedsAPerson, match="理由"):
        issue.record_exception(engine, "2017", "culture", who="王主任", why=" ")


def test_an_obligation_of_a_department_that_no_longer_exists_is_said_and_not_lost(engine: Engine) -> None:
    def closed(row: dict[str, object]) -> dict[str, object]:
        return {**row, "valid_to": date(2015, 1, 1)} if row["department"] == "hr" else row

    use(engine, starter({"department": closed}))
    with pytest.raises(NeedsAPerson, match="edu hr 110000"):
        ledgers(engine, "2017")


def test_a_form_all_of_whose_items_are_asked_elsewhere_is_exempt_by_rule(engine: Engine) -> None:
    def only_one(row: dict[str, object]) -> dict[str, object] | None:
        return None if row["form"] == "edu" and row["position"] != 1 else asks_population_too(row)

    use(engine, starter({"form_item": only_one}))
    made = ledgers(engine, "2017")
    assert rows(engine, "SELECT DISTINCT form FROM intake.obligation WHERE state = '豁免'") == [("edu",)]
    assert rows(engine, "SELECT DISTINCT who FROM intake.obligation_event") == [("rule",)]
    assert not [key for key in made if key[0] == "edu"]


def by_school_year(row: dict[str, object]) -> dict[str, object]:
    return {**row, "frequency": "schoolyear"} if row["form"] == "edu" else row


def test_a_school_year_has_its_own_dates_and_is_called_by_its_name(engine: Engine) -> None:
    def earlier(row: dict[str, object]) -> dict[str, object]:
        is_it = row["form"] == "edu" and row["round"] == "2017"
        return {**row, "opens": date(2017, 10, 15), "due": date(2017, 11, 30), "grace": None} if is_it else row

    use(engine, starter({"form": by_school_year, "calendar": earlier}))
    ledger = ledgers(engine, "2017")["edu", BEIJING]
    assert ledger.identity.due == "2017-11-30"
    assert ledger.forms[0].frequency == "schoolyear"
    dues = rows(engine, "SELECT form, min(due), max(due) FROM intake.obligation GROUP BY form ORDER BY form")
    assert dues[1] == ("edu", date(2017, 11, 30), date(2017, 11, 30))
    assert dues[0] == ("culture", date(2018, 4, 30), date(2018, 4, 30))
