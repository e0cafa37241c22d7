"""Checks of what tables that others print mean: sources and their profiles, labels, names of places."""

from collections.abc import Iterator

from learning_city.catalogue.draft import UNREAD, Dangling, Draft, is_unread, number, text
from learning_city.catalogue.faults import Fault
from learning_city.model import units
from learning_city.model.edition import Row
from learning_city.model.status import read_legend


def dangling(draft: Draft) -> Iterator[Dangling]:
    """Nothing: references are columns of their own."""
    del draft
    yield from ()


def faults(draft: Draft) -> Iterator[Fault]:
    """Profiles of profiles, legends nobody can read, labels whose definition, measure and unit do not fit."""
    yield from _sources(draft)
    yield from _labels(draft)
    for row in draft.tables["place_alias"]:
        if row["place"] is None and row["note"] is None:
            yield _unexplained("place_alias", row)


def _sources(draft: Draft) -> Iterator[Fault]:
    leads = {row["source"] for row in draft.tables["source"] if row["profile"] is not None}
    ruled = {row["source"] for row in draft.tables["source"] if row["cover_year"] is not None}
    for row in draft.tables["source"]:
        if row["profile"] is not UNREAD and row["profile"] in leads:
            zh = f"“{row['profile']}”自己也用别的来源的标签，请直接写那个来源。"
            en = f"{row['profile']} shares the labels of another source itself; name that one."
            yield _fault("source", row, "profile", zh, en)
        if row["cover"] is not None and not ruled & {row["source"], row["profile"]}:
            zh = "填了封面年就要选封面年规则：数据是当年还是上一年。"
            yield _fault("source", row, "cover_year", zh, "a year on the cover needs the rule: data or previous.")
        try:
            read_legend(text(row, "symbols"))
        except ValueError as wrong:
            zh = f"“{wrong}”应写成 符号=状态，如 …=N；状态用 SDMX 代码，A 表示零。"
            yield _fault("source", row, "symbols", zh, f"{wrong} is no symbol=status; write …=N, with A for zero.")


def _labels(draft: Draft) -> Iterator[Fault]:
    defined = _sound(draft)
    for row in draft.tables["table_label"]:
        if is_unread(row, "measure", "definition", "unit"):
            continue
        if row["definition"] is None and row["measure"] is None:
            if row["note"] is None:
                yield _unexplained("table_label", row)
            continue
        for column in ("measure", "definition", "unit"):
            if row[column] is None:
                zh = "采用的标签要填数据项、口径和单位；不采用的三项都不填。"
                yield _fault("table_label", row, column, zh, "a label in use needs measure, definition and unit.")
        if row["definition"] in defined:
            yield from _unfitting(row, defined[row["definition"]])


def _sound(draft: Draft) -> dict[object, Row]:
    """Definitions whose measure and unit are right: what is wrong with the others is told where they stand."""
    measured = {row["measure"]: text(row, "unit") for row in draft.tables["measure"]}
    return {
        row["definition"]: row
        for row in draft.tables["definition"]
        if row["measure"] in measured and units.factor(text(row, "unit"), measured[row["measure"]]) is not None
    }


def _unfitting(row: Row, meant: Row) -> Iterator[Fault]:
    if row["measure"] is not None and row["measure"] != meant["measure"]:
        zh = f"口径“{row['definition']}”属于数据项“{meant['measure']}”，请改正其中一个。"
        en = f"{row['definition']} is a definition of {meant['measure']}; correct one of them."
        yield _fault("table_label", row, "measure", zh, en)
    unit, theirs = text(row, "unit"), text(meant, "unit")
    if unit and theirs and units.factor(unit, theirs) is None:
        zh = f"“{unit}”不能换算成口径的单位“{theirs}”，请改正。"
        yield _fault("table_label", row, "unit", zh, f"{unit} does not convert into the definition's {theirs}.")


def _unexplained(table: str, row: Row) -> Fault:
    zh = "没有填代码表示不采用，请在备注写明原因，或补上代码。"
    return _fault(table, row, "note", zh, "without a code it is not wanted: say why in the note, or add the code.")


def _fault(table: str, row: Row, column: str, zh: str, en: str) -> Fault:
    return Fault(table=table, row=number(row), column=column, zh=zh, en=en)
