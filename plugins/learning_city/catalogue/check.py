"""Checks that need more than one cell, all of them in one pass; what has a fault already is passed over."""

from learning_city.catalogue import (
    check_aims,
    check_definitions,
    check_forms,
    check_formulas,
    check_indicators,
    check_relations,
    check_rows,
    check_sense,
    check_tables,
)
from learning_city.catalogue.draft import Draft, told
from learning_city.catalogue.faults import Fault


def check(draft: Draft) -> list[Fault]:
    """Every contradiction within and between the tables of a draft, besides the faults that reading found."""
    rooms = (
        check_rows, check_definitions, check_formulas, check_indicators, check_forms, check_aims, check_sense,
        check_relations, check_tables,
    )  # fmt: skip
    dangling = [one for room in rooms for one in room.dangling(draft)]
    found = [fault for room in rooms for fault in room.faults(draft)]
    mistaken = {(fault.table, fault.row, fault.column) for fault in draft.faults}
    every = [*told(dangling, draft), *found]
    return [fault for fault in dict.fromkeys(every) if (fault.table, fault.row, fault.column) not in mistaken]
