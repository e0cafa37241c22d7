"""Issue a round: one workbook per department and place, from the forms and what is known already."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.model.ledger import Ledger
from learning_city.prepare import scribe
from learning_city.prepare.asked import Asked
from learning_city.prepare.asking import read

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
"""Signs no file name may have."""


def issue(engine: Engine, home: Home, round_id: str, key: bytes, out: Path) -> list[Path]:
    """Write one workbook per department and place of a round into ``out``; marks the obligations 已下发."""
    out.mkdir(parents=True, exist_ok=True)
    with engine.begin() as connection:
        forms, workbooks = read(connection, round_id)
        paths = [out / f"{stem}.xlsx" for stem in _stems(workbooks)]
        named = list(zip(map(str, paths), workbooks, strict=True))
        scribe.write_all(forms, named, key, is_demo=home.is_demo)
        connection.execute(text(_ISSUED), {"round": round_id})
    return paths


def file_stem(ledger: Ledger | Asked) -> str:
    """The name under which a workbook is handed out: place, department, round."""
    return _UNSAFE.sub("_", f"{ledger.place_name}_{ledger.department_name}_{ledger.identity.round}")


def ledgers(connection: Connection, round_id: str, *, is_demo: bool) -> Iterator[Ledger]:
    """The ledgers of a round, unsigned: what is asked of each department of each place, and what is known.

    Refuses (NeedsAPerson) what ``asking.read`` refuses.
    """
    forms, workbooks = read(connection, round_id)
    for asked in workbooks:
        yield forms.ledger(asked, is_demo=is_demo)


def record_exception(engine: Engine, round_id: str, form: str, *, who: str, why: str) -> None:
    """Record that a form is issued in a round although it lacks a legal mark or is out of validity.

    Raises NeedsAPerson without a reason, or when the round does not ask for the form.
    """
    if not why.strip() or not who.strip():
        raise NeedsAPerson("例外下发须写明经办人和理由。 An exception needs a person and a reason.")
    said = {"round": round_id, "form": form, "who": who, "why": why.strip()}
    with engine.begin() as connection:
        asked = connection.execute(
            text("SELECT EXISTS (SELECT FROM intake.obligation WHERE round = :round AND form = :form)"), said
        ).scalar()
        if not asked:
            raise NeedsAPerson(f"轮次 {round_id} 没有表 {form}。 Round {round_id} does not ask for form {form}.")
        connection.execute(text(_EXCEPT), said)


def _stems(workbooks: list[Asked]) -> list[str]:
    """File names that differ: districts of two cities may share a name, then the code of the place tells them apart."""
    plain = [file_stem(asked) for asked in workbooks]
    known = Counter(plain)
    return [
        stem if known[stem] == 1 else f"{stem}_{asked.identity.place}_{asked.identity.department}"
        for stem, asked in zip(plain, workbooks, strict=True)
    ]


_ISSUED = """
UPDATE intake.obligation SET state = '已下发', changed_at = now() WHERE round = :round AND state = '未下发'
"""
_EXCEPT = """
INSERT INTO intake.form_exception (round, form, who, why) VALUES (:round, :form, :who, :why) ON CONFLICT DO NOTHING
"""
