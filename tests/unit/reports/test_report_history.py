"""Earlier years of a build: which of them its own year may be compared with, and the report of a real build."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest
from office import Office
from sqlalchemy import text

from learning_city.reports import build as builds
from learning_city.reports.rebuild import rebuild
from learning_city.warehouse.statements import load

FRAMEWORK, INDICATOR, BEIJING = "national_62", "n1_1_3", "110000"
SAID = {"framework": FRAMEWORK, "period": "2017", "places": [], "everywhere": True}
INSERT = """
INSERT INTO warehouse.indicator_value
  (framework, indicator, place, period, value, status, verdict, kind, formula, formula_version, inputs, missing, edition)
VALUES (:framework, :indicator, '110000', :period, :value, :status, '可比', :kind, 'joint_issue_depts', :version,
  ARRAY[:input], '{}', 1)
"""


def computed(office: Office, *years: Mapping[str, object]) -> pd.DataFrame:
    """Put values of years in place of what was computed; gives the history of 2017."""
    plain = {"framework": FRAMEWORK, "indicator": INDICATOR, "value": 10, "status": "A", "kind": "actual", "version": 1}
    with office.engine.begin() as connection:
        for one in years:
            connection.execute(text(INSERT), plain | {"input": "joint_issue_depts"} | dict(one))
        return pd.read_sql(load("reports/history"), connection, params=SAID)


def broken(found: pd.DataFrame) -> dict[str, bool]:
    return dict(zip(found["period"], found["is_broken"], strict=True))


def test_earlier_years_stand_oldest_first_without_this_one(office: Office) -> None:
    found = computed(office, *({"period": period} for period in ("2017", "2016", "2015", "2018", "2016-Q3", "2001")))
    assert broken(found) == {"2015": False, "2016": False}


def test_years_before_a_break_are_told_apart(office: Office) -> None:
    found = computed(office, {"period": "2015"}, {"period": "2016", "status": "B"}, {"period": "2017"})
    assert broken(found) == {"2015": True, "2016": False}


def test_a_break_in_this_year_parts_it_from_all_before(office: Office) -> None:
    found = computed(office, {"period": "2015"}, {"period": "2016"}, {"period": "2017", "status": "B"})
    assert broken(found) == {"2015": True, "2016": True}


def test_another_version_of_the_formula_is_a_break(office: Office) -> None:
    found = computed(office, {"period": "2016"}, {"period": "2017", "version": 2})
    assert broken(found) == {"2016": True}


def test_a_break_of_a_definition_it_reads_is_a_break(office: Office) -> None:
    last = office.rows(
        "SELECT definition, day FROM warehouse.series_break WHERE place IS NULL ORDER BY day DESC LIMIT 1"
    )
    if not last:
        pytest.fail("the starter catalogue has no break any more: choose another case")
    (definition, day), at = last[0], SAID | {"period": str(last[0].day.year + 1)}
    with office.engine.begin() as connection:
        for year in (day.year - 1, day.year + 1):
            plain = {"framework": FRAMEWORK, "indicator": INDICATOR, "value": 1, "status": "A", "kind": "actual"}
            said = plain | {"version": 1, "input": definition, "period": str(year)}
            connection.execute(text(INSERT), said)
        assert broken(pd.read_sql(load("reports/history"), connection, params=at)) == {str(day.year - 1): True}


def test_the_report_of_a_build_is_written_again_with_the_same_bytes(office: Office, tmp_path: Path) -> None:
    computed(office, {"period": "2015"}, {"period": "2016", "kind": "synthetic"}, {"period": "2017"})
    number = builds.build(
        office.engine, office.home, FRAMEWORK, "2017", requested_by="li", places=[BEIJING], formats=["docx", "html"]
    )
    files = rebuild(office.engine, office.home, number, tmp_path)
    assert sorted(one.name for one in files) == ["监测报告_北京市_2017.docx", "监测报告_北京市_2017.html"]
    assert all(one.is_equal for one in files)
    digest = office.one("SELECT inputs_hash FROM report.build")
    assert digest in (tmp_path / "监测报告_北京市_2017.html").read_text(encoding="utf-8")
