"""What a user would do instead: the usual library calls, file by file and row by row. Only for measuring against."""

from pathlib import Path

import pandas as pd
from sqlalchemy import Engine


def read_file(path: Path) -> dict[str, pd.DataFrame]:
    """Pandas with openpyxl, every sheet of one workbook."""
    sheets: dict[str, pd.DataFrame] = pd.read_excel(path, sheet_name=None, engine="openpyxl")
    return sheets


def validate_file(items: pd.DataFrame) -> set[tuple[str, str]]:
    """One Great Expectations run over one file's rows with the product's own ledger suite, every rule: (rule, cell)."""
    from learning_city.validate import causes, item_columns, suites
    from learning_city.validate.run import run

    evidence = pd.DataFrame({"n": [1], "name": [""], "kind": [""]})
    frame = items.assign(n=1, file="", department="", label="", low=None, high=None, evidence="")
    judged = causes.prepare(item_columns.prepare(frame, evidence, is_demo=True))
    found = run(suites.load("ledger"), judged, every_rule=True)
    return {(rule_id, str(cell)) for rule_id, rows in found for cell in judged.loc[rows, "cell"]}


def load(warehouse: Engine, items: pd.DataFrame) -> None:
    """DataFrame.to_sql as most people call it."""
    items.to_sql("to_sql_items", warehouse, schema="public", if_exists="replace", index=False)


def reconcile(observations: pd.DataFrame) -> dict[object, float]:
    """The newest value per key and source, then the best source, key by key."""
    found = {}
    for key, group in observations.groupby(["period", "place", "definition"]):
        found[key] = float(group.sort_values(["source", "recorded_at"]).iloc[0]["value"])
    return found


def write(items: pd.DataFrame, folder: Path) -> None:
    """One ledger sheet by openpyxl, cell by cell, with a border and a fill."""
    from openpyxl import Workbook
    from openpyxl.styles import Border, Font, PatternFill, Side

    book = Workbook()
    sheet = book.create_sheet()
    side = Side(style="hair")
    for row in items.itertuples(index=False):
        sheet.append([str(cell) for cell in row[:12]])
        for cell in sheet[sheet.max_row]:
            cell.border, cell.font, cell.fill = (
                Border(side, side, side, side),
                Font(size=10),
                PatternFill("solid", "FFFBE8"),
            )
    book.save(folder / "naive.xlsx")
