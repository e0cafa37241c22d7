"""``lcm answer``: the department's own workbook back, with what is wrong in it."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from learning_city.cli import office
from learning_city.warehouse import engine

console = Console(soft_wrap=True, highlight=False)


def answer(
    submission: Annotated[int, typer.Argument(help="报送件编号 / number of the submission")],
    out: Annotated[Path, typer.Option(help="文件或文件夹 / a file, or a folder")] = Path(),
    who: Annotated[str, typer.Option(help="退回人 / who sends it back")] = "",
) -> None:
    """答复件 / write the workbook that goes back to a department: failing cells coloured, commented and open."""
    from learning_city.review.answer_issue import issue

    home = office.any_home()
    path = issue(engine.connect(home), home, submission, out, who=who or getpass.getuser())
    console.print(str(path), markup=False)
