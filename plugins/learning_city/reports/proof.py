"""算给我看: one number with everything that makes it, as a single HTML page that needs nothing else to be read or checked.

The facts stand twice: for people as the page, for programs as one JSON text inside ``<pre hidden id="proof">``, which no
browser runs and no Content-Security-Policy stops; its SHA-256 is printed on the page.
"""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection

from learning_city.model.home import Home
from learning_city.model.status import SYNTHETIC_MARK
from learning_city.reports import proof_words
from learning_city.reports.proof_facts import facts
from learning_city.reports.proof_read import Cell, stands

STYLE = (Path(__file__).parent / "proof.css").read_text(encoding="utf-8")
POLICY = f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
"""What the page allows itself: its own style and nothing else."""


def card(connection: Connection, home: Home, cell: Cell) -> str:
    """The proof of a cell as HTML. Raises NeedsAPerson where there is no such number."""
    said = facts(connection, stands(connection, home, cell))
    document = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    words = {name.lower(): value for name, value in vars(proof_words).items() if name.isupper()}
    page: str = _template().render(
        **said, **words, style=STYLE, policy=POLICY, document=document, is_demo=home.is_demo, mark=SYNTHETIC_MARK,
        hash=hash_of_text(document), filled=_filled(said),
    )  # fmt: skip
    return page


def file_name(cell: Cell) -> str:
    """How the card of a cell is called."""
    build = f"_R-{cell.build:03d}" if cell.build else ""
    return f"proof_{cell.indicator}_{cell.place}_{cell.period}{build}.html"


def hash_of(card: str) -> str:
    """The SHA-256 a card states of its data."""
    return card.split('name="proof-sha256" content="', 1)[1][:64]


def hash_of_text(document: str) -> str:
    """The SHA-256 a card states of its JSON text."""
    return hashlib.sha256(document.encode()).hexdigest()


def number(value: float | None, decimals: int | None = None) -> str:
    """A number as people read it: with the indicator's decimals, or with all the digits it has."""
    if value is None:
        return "—"
    return f"{value:,.{decimals}f}" if decimals is not None else f"{value:,.10g}"


def _filled(said: dict[str, Any]) -> str:
    """The formula with the numbers put in; names that have none stay."""
    values = {one["definition"]["code"]: one.get("value") for one in said["inputs"]}
    return re.sub(
        r"[A-Za-z_]\w*",
        lambda word: f"{values[word[0]]:.10g}" if values.get(word[0]) is not None else word[0],
        said["formula"]["expression"],
    )


def _letters(column: int) -> str:
    return chr(64 + column) if column <= 26 else _letters((column - 1) // 26) + _letters((column - 1) % 26 + 1)


@cache
def _template() -> Any:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters |= {
        "number": number,
        "letters": _letters,
        "moment": lambda said: str(said or "")[:16].replace("T", " "),
    }
    return made.get_template("proof.html")
