"""What the database knows of an item beside its workbook: earlier years, breaks, the yearbook, other departments."""

from collections.abc import Mapping
from dataclasses import replace

from office import Office, filled

from learning_city.model.ledger import Answer

CALM = {str(2011 + n): value for n, value in enumerate((20_000.0, 21_100.0, 22_000.0, 23_200.0, 24_300.0, 25_600.0))}
NO_RATE = {"rd_gdp_share": Answer(missing_type="不适用")}


def remember(office: Office, values: Mapping[str, float], definition: str = "gdp") -> None:
    """Reconciled values of earlier years for Beijing."""
    with office.engine.begin() as connection:
        for period, value in values.items():
            connection.exec_driver_sql("SELECT warehouse.ensure_period(%s)", (period,))
            connection.exec_driver_sql(
                """INSERT INTO warehouse.reconciled_value VALUES (%s, '110000', %s, %s, %s, %s, %s,
                     'A', '可比', '', 'direct', 'actual', '{}', 1, false)""",
                (period, definition, definition, value, value, value),
            )


def asked(office: Office, gdp: float) -> list[tuple[str, str]]:
    office.deliver("北京", told=filled(office.ledger(), gdp=gdp, **NO_RATE))
    office.check("北京")
    return [(finding.rule_id, finding.cause) for finding in office.findings("北京") if finding.definition == "gdp"]


def test_six_earlier_values_say_what_growth_is_usual(office: Office) -> None:
    remember(office, CALM)
    assert asked(office, 37_500.0) == [("outlier.history", "large_change")]


def test_a_growth_as_in_earlier_years_is_left_in_peace(office: Office) -> None:
    remember(office, CALM)
    assert asked(office, 26_900.0) == []


def test_four_earlier_values_leave_it_to_the_rules_own_bounds(office: Office) -> None:
    remember(office, {period: value for period, value in CALM.items() if period > "2012"})
    assert asked(office, 37_500.0) == []


def test_years_before_a_new_definition_are_no_history(office: Office) -> None:
    remember(office, CALM)
    with office.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE ref.definition SET valid_from = '2017-01-01' WHERE definition = 'gdp'")
    assert asked(office, 52_000.0) == []


def test_nothing_is_compared_across_a_change_of_the_boundary(office: Office) -> None:
    remember(office, CALM)
    with office.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE ref.place_event SET date = '2017-06-01', new_place = '110000' WHERE type = 'merge'"
        )
    assert asked(office, 52_000.0) == []


def test_history_in_the_definitions_unit_is_held_against_a_row_in_another_multiple(office: Office) -> None:
    remember(office, {"2016": 25_600.0})
    ledger = office.ledger()
    (form,) = ledger.forms
    items = tuple(replace(i, unit="万元", decimals=0) if i.definition == "gdp" else i for i in form.items)
    ledger = replace(ledger, forms=(replace(form, items=items),))
    office.deliver("北京", ledger, filled(ledger, gdp=269_000_000, **NO_RATE))
    office.check("北京")
    assert [
        finding.rule_id for finding in office.findings("北京") if finding.family in ("slip", "decimal", "change")
    ] == []


def test_another_departments_figure_of_an_earlier_batch_is_known(office: Office) -> None:
    statistics, culture = office.ledger(), office.ledger("culture_tourism")
    gdp = next(item for item in statistics.forms[0].items if item.definition == "gdp")
    (form,) = culture.forms
    culture = replace(culture, forms=(replace(form, items=(*form.items, replace(gdp, form="culture"))),))
    with office.engine.begin() as connection:
        connection.exec_driver_sql(
            """INSERT INTO ref.form_item SELECT (jsonb_populate_record(i, '{"form": "culture", "position": 99}')).*
               FROM ref.form_item AS i WHERE definition = 'gdp'"""
        )
    office.deliver("统计", statistics)
    office.check("统计")
    office.deliver("文旅", culture, filled(culture, gdp=20_000.0))
    office.check("文旅")
    (finding,) = [one for one in office.findings("文旅") if one.rule_id == "departments.differ"]
    assert finding.expected == f"{filled(statistics)['statistics', 'gdp'].value:.10g}"
