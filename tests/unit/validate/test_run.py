"""One run per suite and batch: which rows failed, and whose fault it is when a rule cannot be evaluated."""

import pandas as pd
import pytest

from learning_city.errors import NeedsAPerson
from learning_city.validate import suites
from learning_city.validate.run import run


def clean(name: str) -> pd.DataFrame:
    """A frame with every column the suite looks at, two rows without fault."""
    suite = suites.load(name)
    columns: dict[str, object] = {}
    for described in suite.native["expectations"]:  # type: ignore[attr-defined]
        for column in described["kwargs"].values():
            for each in column if isinstance(column, list) else [column]:
                if isinstance(each, str):
                    columns[each] = None
    frame = pd.DataFrame(columns, index=[7, 9])
    return frame.assign(n=[1, 2]) if name == "ledger" else frame


@pytest.mark.parametrize("name", ["ledger", "submission", "table"])
def test_rows_without_fault_fail_no_rule(name: str) -> None:
    assert list(run(suites.load(name), clean(name))) == []


def test_failing_rows_are_named_by_their_own_labels() -> None:
    frame = clean("ledger").assign(blank=[None, "—"])
    assert list(run(suites.load("ledger"), frame)) == [("completeness.blank", [9])]


def test_a_rule_whose_column_is_missing_is_a_fault_of_the_rule() -> None:
    with pytest.raises(NeedsAPerson, match=r"completeness\.blank .*could not be evaluated"):
        list(run(suites.load("ledger"), clean("ledger").drop(columns="blank")))


def test_nothing_to_check_is_no_fault() -> None:
    assert list(run(suites.load("ledger"), clean("ledger").iloc[:0])) == []
