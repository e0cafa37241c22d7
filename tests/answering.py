"""A department of a test that answers: a return with a share above 100 %, a large figure and a pre-explained one."""

import shutil
from pathlib import Path
from typing import Any

from office import SEAL, Office, Told, filled
from openpyxl import load_workbook
from workbooks import fill

from learning_city.model.explanations import EXPLANATION_ROLES
from learning_city.review.answer_issue import issue

DEPARTMENT = "culture_tourism"
ROOMS, AUDIENCE = "culture_rooms", "lecture_audience"
"""Two items asked about when they are larger than the form thinks a city's could be."""


def deliver(office: Office, name: str = "甲", told: Told | None = None, **changed: Any) -> int:
    """Deliver and check a ledger with one negative figure (block) and a large one (ask)."""
    ledger = office.ledger(DEPARTMENT)
    wrong = {"libraries": -3, ROOMS: 20_000} | changed
    office.deliver(name, ledger, filled(ledger, **wrong) if told is None else told)
    (one,) = office.check(name)
    return one


def answer(office: Office, one: int, folder: Path, who: str = "李") -> Path:
    """The answer workbook of a submission."""
    return issue(office.engine, office.home, one, folder, who=who)


def slot(office: Office, file: Path, definition: str, role: str) -> tuple[str, str]:
    """Sheet and cell that was unlocked in a workbook for an item."""
    (number,) = [row[1].value for row in load_workbook(file)["_lcm"].iter_rows(max_row=13) if row[0].value == "answer"]
    row = office.one(
        "SELECT sheet, cell FROM intake.answer_cell WHERE answer_id = :id AND definition = :definition AND role = :role",
        id=int(number),
        definition=definition,
        role=role,
    )
    return str(row.sheet), str(row.cell)


def explain(office: Office, file: Path, definition: str, *said: Any) -> dict[tuple[str, str], Any]:
    """What a clerk types into the three columns of an item: code, text, until."""
    return {slot(office, file, definition, role): words for role, words in zip(EXPLANATION_ROLES, said, strict=False)}


def come_back(office: Office, name: str, file: Path, cells: dict[tuple[str, str], Any]) -> None:
    """Fill in an answer workbook as a clerk does and put it into the inbox, a scan beside it."""
    package = office.inbox / name
    package.mkdir(parents=True)
    shutil.copy(file, package / "答复.xlsx")
    if cells:
        fill(package / "答复.xlsx", cells)
    (package / SEAL).write_bytes(b"another scan")


def items(office: Office, name: str, *definitions: str) -> list[Any]:
    """Figures of a submission as they count."""
    return [
        office.one(
            """SELECT coalesce(value::text, text) FROM intake.item JOIN intake.submission USING (submission_id)
               WHERE delivered_as = :name AND definition = :definition""",
            name=name,
            definition=definition,
        )
        for definition in definitions
    ]
