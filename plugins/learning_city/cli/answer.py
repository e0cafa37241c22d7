"""``lcm answer``: the department's own workbook back, with what is wrong in it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Engine, text

from learning_city.cli import office
from learning_city.model.rights import Right
from learning_city.warehouse import engine

console = Console(soft_wrap=True, highlight=False)


def answer(
    submission: Annotated[int, typer.Argument(min=1, max=2**62, help="报送件编号 / number of the submission")],
    out: Annotated[Path, typer.Option(help="文件或文件夹 / a file, or a folder")] = Path(),
    who: Annotated[str, typer.Option(help="退回人 / who sends it back")] = "",
) -> None:
    """答复件 / write the workbook that goes back to a department: failing cells coloured, commented and open."""
    from learning_city.review.answer_issue import issue

    home = office.any_home()
    warehouse = engine.connect(home)
    person = office.person(warehouse, who, Right.RECEIVE, _place(warehouse, submission))
    path = issue(warehouse, home, submission, out, who=person)
    console.print(str(path), markup=False)


def _place(warehouse: Engine, submission: int) -> list[str] | None:
    """Where a submission is from; None where nobody knows."""
    with warehouse.connect() as connection:
        sql = text("SELECT place FROM intake.submission WHERE submission_id = :id AND place IS NOT NULL")
        return list(connection.execute(sql, {"id": submission}).scalars()) or None
