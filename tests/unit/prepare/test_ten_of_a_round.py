"""Ten workbooks of a round: issued, filled in, computed and saved by LibreOffice, collected; nothing is lost on the way."""

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from office import KEY, SEAL, Office
from sqlalchemy import text
from workbooks import fill, hidden, recalculated_all, said_by, sheet_rows

from learning_city.catalogue.read import read
from learning_city.collect.register import register
from learning_city.model.checkcode import check_code
from learning_city.prepare import issue
from learning_city.prepare.rounds import open_round
from learning_city.samples.world import World
from learning_city.samples.world_catalogue import edition
from learning_city.validate import store
from learning_city.warehouse import ref
from learning_city.warehouse.statements import SQL

YEAR, QUARTER = "2017", "2018-Q3"
SIGNED = {"head": "李", "statistician": "王", "filler": "张", "phone": "010", "date": "2018-10-12", "seal": SEAL}
Typed = dict[tuple[str, str], Any]
Books = dict[str, list[Path]]
"""Round -> the workbooks that were issued."""


def of_the_starter(office: Office, folder: Path) -> Books:
    """The workbooks of a year and of a quarter that is not locked yet, with numbers, texts and choices."""
    open_round(office.engine, QUARTER)
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE intake.obligation SET locks = NULL"))
    return {name: issue.issue(office.engine, office.home, name, KEY, folder / name) for name in (YEAR, QUARTER)}


def of_an_invented_world(office: Office, folder: Path) -> Books:
    """Six hundred workbooks of sixty items."""
    world = edition(read(SQL / "reference"), World(cities=60, departments=10, years=1, seed=1))
    with office.engine.begin() as connection:
        connection.execute(text("DELETE FROM intake.obligation"))
        connection.execute(text("DELETE FROM intake.round"))
        ref.store(connection, world, who="tests", why="a big round")
    assert open_round(office.engine, YEAR) == 600
    return {YEAR: issue.issue(office.engine, office.home, YEAR, KEY, folder / YEAR), QUARTER: []}


def typed(file: Path, draw: random.Random, *, spoiled: bool) -> Typed:
    """What a clerk types: numbers that agree, texts, a choice, marks, the sign-off; ``spoiled`` leaves one number wrong."""
    rows = hidden(file)
    cells: Typed = {}
    for row in (row for row in rows if row["role"] == "value"):
        sheet, number = row["sheet"], row["cell"][1:]
        if draw.random() < 0.1 and not row["parent"]:
            cells |= {(sheet, f"I{number}"): "暂缺", (sheet, f"J{number}"): "系统升级，月底补报"}
            continue
        cells[sheet, row["cell"]] = answer(row, draw)
        cells[sheet, f"J{number}"] = "与上年口径一致"
        cells[sheet, f"K{number}"] = "佐证.pdf"
    cells |= rates(rows, cells)
    for row in (row for row in rows if row["role"] == "signoff" and row["measure"] in SIGNED):
        cells[row["sheet"], row["cell"]] = SIGNED[row["measure"]]
    if spoiled:
        number = [place for place, said in cells.items() if isinstance(said, float)][-1]
        cells[number] = -1.0
    return cells


def rates(rows: list[dict[str, Any]], cells: Typed) -> Typed:
    """Rates as they follow from what was typed for their numerator and denominator."""
    typed_at = {
        (row["form"], row["measure"]): cells.get((row["sheet"], row["cell"])) for row in rows if row["role"] == "value"
    }
    found: Typed = {}
    for row in rows:
        if (row["sheet"], row["cell"]) not in cells:
            continue
        top, bottom = (typed_at.get((row["form"], row[side])) for side in ("numerator", "denominator"))
        if row["role"] == "value" and row["unit"] == "%" and isinstance(top, float) and isinstance(bottom, float):
            found[row["sheet"], row["cell"]] = round(100 * top / bottom, int(float(row["decimals"])))
    return found


def answer(row: dict[str, Any], draw: random.Random) -> float | str:
    if row["type"] == "choice":
        return draw.choice(["未启动", "进行中", "已完成"])
    if row["type"] == "text":
        return f"一是开课 {draw.randint(1, 99)} 门；\n二是…"
    if row["parts"] == "all":
        return 20.0
    if row["parts"] == "some" or row["unit"] in ("%", "‰"):
        return float(draw.randint(1, 20))
    return 60.0


def expected(cells: Typed, row: dict[str, Any]) -> tuple[float | str | None, str]:
    """The value and the missing mark that were typed for a row of the hidden sheet."""
    return cells.get((row["sheet"], row["cell"])), cells.get((row["sheet"], f"I{row['cell'][1:]}"), "")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("issued", [of_the_starter, of_an_invented_world])
def test_what_ten_departments_fill_in_arrives_as_they_filled_it_in(
    office: Office, issued: Callable[[Office, Path], Books], tmp_path: Path, require: Callable[[str], str]
) -> None:
    soffice, draw = require("soffice"), random.Random(1)
    books = issued(office, tmp_path / "issued")
    chosen = [*draw.sample(books[YEAR], 10 - len(books[QUARTER])), *books[QUARTER]]
    told = {file.name: typed(file, draw, spoiled=turn % 3 == 2) for turn, file in enumerate(chosen)}
    for file in chosen:
        fill(file, told[file.name])
    for turn, file in enumerate(recalculated_all(chosen, tmp_path / "saved", soffice)):
        assert sheet_rows(file, "核对")[3][0] == ("还不能报出：有错 1 项" if turn % 3 == 2 else "可以报出 ✓"), file.name
        asked = [row for row in hidden(file) if row["role"] == "value"]
        assert said_by(file, "signoff", "code") == check_code(expected(told[file.name], row) for row in asked)
        name = YEAR if file.name in {book.name for book in books[YEAR]} else QUARTER
        arrived(office, name, file, told[file.name])


def arrived(office: Office, round_id: str, file: Path, cells: Typed) -> None:
    """Deliver and collect one workbook: every item holds what was typed, the identity holds."""
    package = office.home.inbox / round_id / file.stem
    package.mkdir(parents=True)
    for name in (SEAL, "佐证.pdf"):
        (package / name).write_bytes(b"x")
    file.rename(package / file.name)
    (number,) = register(office.engine, office.home, round_id, [file.stem], KEY, office.readers)
    store.check(office.engine, [number], date(2018, 10, 20))
    told = office.rows("SELECT family, rule_id, message_zh FROM quality.finding WHERE submission_id = :id", id=number)
    assert [row for row in told if row.family in {"identity", "completeness", "type", "code", "signoff", "legal"}] == []
    identity = office.one("SELECT identity FROM intake.submission WHERE submission_id = :id", id=number)
    assert (identity["token_ok"], identity["template_ok"]) == ("yes", "yes")
    found = office.rows("SELECT * FROM intake.item WHERE submission_id = :id ORDER BY item_no", id=number)
    asked = [row for row in hidden(package / file.name) if row["role"] == "value"]
    assert len(found) == len(asked)
    for item, row in zip(found, asked, strict=True):
        value, mark = expected(cells, row)
        assert (item.sheet, item.cell, item.missing_type or "") == (row["sheet"], row["cell"], mark)
        assert item.value == (value if item.type == "number" else None)
        assert item.status == ("L" if mark else "A")
        if item.type != "number" and not mark:
            assert item.text == value
