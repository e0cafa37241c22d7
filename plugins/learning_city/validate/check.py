"""Check submissions: in the database, or files on a disk. Both go through the same rules."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from learning_city.model import units
from learning_city.model.finding import Finding
from learning_city.model.status import ObsStatus
from learning_city.validate import causes, item_columns, meaning_columns, messages, submission_columns, suites
from learning_city.validate.run import run

_COVER = {r" previous$": "（数据为上一年）", r" data$": "（数据为当年）"}
"""How the rule that dated a table by its cover is told."""


_ABOUT = ("n", "form", "definition", "place", "period")
_MEANING = ("definition", "place", "period", "other_zh", "other_en", "meant_unit", "facet_zh", "facet_en", "meant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A finding and what it is about; ``n`` numbers the workbook in the batch."""

    n: int
    form: str | None
    definition: str | None
    place: str | None
    period: str | None
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is checked together, cross-file rules included.

    ``submissions``: n, file, round, department, place, period, identity, signoff, problem, problem_detail; ``round``
    is the one being collected (empty: the workbook's own).
    ``items``: the columns of ``intake.item`` with n, file, department, label, low, high. ``evidence``: n, name, kind.
    ``meanings``: what other definitions of their measures are known to be (``checks/meanings``). Only a demonstration (``is_demo``) may hold figures that are marked synthetic.
    """

    submissions: pd.DataFrame
    items: pd.DataFrame
    evidence: pd.DataFrame
    meanings: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(_MEANING)))
    is_demo: bool = False


def check_ledgers(batch: Batch, *, place_names: Mapping[str, str], today: date) -> list[Judged]:
    """Findings of issued workbooks, in the order of files, sheets and cells. One run per suite.

    A workbook of another round is that one finding; its cells belong elsewhere.
    """
    found: list[Judged] = []
    if batch.submissions.empty:
        return found
    evidence = _by_any_name(batch.evidence)
    frame = submission_columns.prepare(batch.submissions, batch.items, evidence, place_names=place_names, today=today)
    found += _judge("submission", frame)
    elsewhere = frame.loc[frame["other_round"].notna(), "n"]
    here = batch.items[~batch.items["n"].isin(elsewhere)] if len(elsewhere) else batch.items
    if not here.empty:
        found += _judge("ledger", ledger_frame(replace(batch, items=here, evidence=evidence)))
    return _ordered(found)


def ledger_frame(batch: Batch) -> pd.DataFrame:
    """What the rules of a ledger's items look at."""
    items = causes.prepare(item_columns.prepare(batch.items, batch.evidence, is_demo=batch.is_demo))
    meaning_columns.add_jumps(items, items["previous"])
    return items


def check_tables(batch: Batch) -> list[Judged]:
    """Findings of yearbook and document tables; what was printed can only be asked about or set aside."""
    if batch.items.empty:
        return []
    return _ordered(_judge("table", table_frame(batch)))


def table_frame(batch: Batch) -> pd.DataFrame:
    """What the rules of printed tables look at."""
    items = item_columns.prepare(batch.items, batch.evidence, is_demo=batch.is_demo)
    unstated = items["period"].str.startswith("unstated@")
    items["unread"] = items["unread"].where(items["status"] == ObsStatus.NORMAL, None)  # a symbol is a status
    items["unstated"] = items["text"].where(unstated, None)
    fits = [not theirs or units.factor(unit, theirs) is not None for unit, theirs in _pairs(items)]
    items["other_counting"] = items["unit"].mask(pd.Series(fits, index=items.index), None)
    items["dated_by_cover"] = items["repaired"].replace(_COVER, regex=True)
    meaning_columns.add_columns(items)
    meant = meaning_columns.other_meanings(items, batch.meanings)
    return items.join(meant)


def _pairs(items: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Printed unit and the unit of the definition; empty where that is not known."""
    return zip(items["unit"], items["definition_unit"].fillna(""), strict=True)


def _by_any_name(evidence: pd.DataFrame) -> pd.DataFrame:
    """Files under the name they came with, and those in a folder also under their own."""
    own = evidence.assign(name=evidence["name"].str.rsplit("/", n=1).str[-1])
    return pd.concat([evidence, own], ignore_index=True).drop_duplicates(["n", "name"])


def _judge(suite_name: str, frame: pd.DataFrame) -> Iterator[Judged]:
    suite = suites.load(suite_name)
    for rule_id, rows in run(suite, frame):
        rule = suite.rules[rule_id]
        wanted = {*_ABOUT, *messages.columns_of(rule)}
        failing = frame[[name for name in frame if name in wanted]].loc[rows]
        context: Iterable[dict[str, object]] = failing.reindex(columns=list(_ABOUT)).astype(object).to_dict("records")
        for about, finding in zip(context, messages.findings(rule, failing), strict=True):
            yield Judged(
                n=int(str(about["n"])),
                form=_text(about["form"]),
                definition=_text(about["definition"]),
                place=_text(about["place"]),
                period=_text(about["period"]),
                finding=finding,
            )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _ordered(found: Iterable[Judged]) -> list[Judged]:
    return sorted(found, key=lambda j: (j.n, j.finding.sheet, len(j.finding.cell), j.finding.cell, j.finding.rule_id))
