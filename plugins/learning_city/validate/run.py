"""One Great Expectations run per suite and batch; which rows failed which rule."""

import warnings
from collections.abc import Iterator

import pandas as pd

from learning_city.errors import NeedsAPerson
from learning_city.validate.suites import Suite

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="module 'sre_", category=DeprecationWarning)
    import great_expectations as gx


def run(suite: Suite, frame: pd.DataFrame, *, every_rule: bool = False) -> Iterator[tuple[str, list[int]]]:
    """Yield each failed rule's id with the index labels of its failing rows.

    Results do not come back in suite order and are matched on ``meta.rule_id``. A rule that could not be
    evaluated (a column is missing) raises NeedsAPerson: that is a fault of the rule, not of the data. ``every_rule`` asks
    also those whose columns hold nothing, which cannot fail.
    """
    if frame.empty:
        return
    asked, lean = (suite.expectations, frame) if every_rule else _lean(suite, frame)
    if not asked:
        return
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("frames")
    definition = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("batch")
    batch = definition.get_batch({"dataframe": lean})
    checked = batch.validate(gx.ExpectationSuite(name=suite.name, expectations=asked), result_format="COMPLETE")
    for result in checked.results:
        rule_id = result.expectation_config.meta["rule_id"]
        if result.exception_info and _raised(result.exception_info):
            raise NeedsAPerson(
                f"Rule {rule_id} of suite {suite.name} could not be evaluated: {_message(result.exception_info)}"
            )
        if not result.success:
            yield rule_id, list(result.result["unexpected_index_list"])


def _lean(suite: Suite, frame: pd.DataFrame) -> tuple[list[dict[str, object]], pd.DataFrame]:
    """The rules with something to look at, and their columns; one that must only be null keeps of texts that they are there.

    Great Expectations costs by the rule: one whose columns hold nothing in the whole batch holds without being asked.
    """
    columns: dict[str, pd.Series] = {}
    for column, only_null in suite.columns().items():
        if column in frame and (there := frame[column].notna()).any():
            columns[column] = there.astype("float64").where(there) if only_null else frame[column]
    rules = [
        described
        for described, looks_at in zip(suite.expectations, suite.looks_at.values(), strict=True)
        if all(column in columns or column not in frame for column in looks_at)
    ]
    return rules, pd.DataFrame(columns, index=frame.index)


def _message(info: dict[str, object]) -> str:
    parts = [info, *(part for part in info.values() if isinstance(part, dict))]
    said = {str(part["exception_message"]) for part in parts if part.get("exception_message")}
    return " ".join(sorted(said))


def _raised(info: dict[str, object]) -> bool:
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(isinstance(part, dict) and part.get("raised_exception") for part in info.values())
