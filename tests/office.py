"""A data office of a test: real workbooks of the starter catalogue, delivered into a real inbox."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, text

from learning_city.collect.reader import Readers
from learning_city.collect.register import register
from learning_city.model.home import Home
from learning_city.model.ledger import Answer, Ledger, SignOff
from learning_city.prepare.rounds import open_round
from learning_city.prepare.workbook import write_ledger
from learning_city.samples.answers import answers
from learning_city.validate import store
from learning_city.warehouse.engine import connect

KEY = b"the office's key"
ROUND = "2017"
TODAY = date(2018, 5, 1)
SEAL = "盖章扫描件.png"
SIGNED = SignOff(head="李", statistician="王", filler="张", phone="010", date=date(2018, 4, 20), seal=SEAL)
Told = dict[tuple[str, str], Answer]
Ledgers = Mapping[tuple[str, str], Ledger]
"""(place, department) -> the ledger of the round."""


def with_items(ledger: Ledger, **figures: Mapping[str, object]) -> Ledger:
    """The ledger with facts of some items changed: ``gdp={"previous": 100.0}``."""
    forms = tuple(
        replace(form, items=tuple(replace(item, **figures.get(item.definition, {})) for item in form.items))  # type: ignore[arg-type]
        for form in ledger.forms
    )
    return replace(ledger, forms=forms)


def filled(ledger: Ledger, **changed: float | str | Answer) -> Told:
    """What the sample answers to every item (consistent figures, no mark), some of it changed."""
    told: Told = {}
    for form in ledger.forms:
        told |= answers(form, {}, known=(), synthetic=True)
    told = {key: replace(answer, reason="") for key, answer in told.items()}
    for key in told:
        if key[1] in changed:
            given = changed.pop(key[1])
            told[key] = given if isinstance(given, Answer) else replace(told[key], value=given)
    assert not changed, f"not on the form: {sorted(changed)}"
    return told


@dataclass(frozen=True, kw_only=True)
class Office:
    """A home with the round 2017 open, its database, and the workbooks it hands out."""

    home: Home
    engine: Engine
    readers: Readers
    ledgers: Ledgers

    @property
    def inbox(self) -> Path:
        return self.home.inbox / ROUND

    def ledger(self, department: str = "statistics", place: str = "110000") -> Ledger:
        return self.ledgers[place, department]

    def deliver(
        self, name: str, ledger: Ledger | None = None, told: Told | None = None, signed: SignOff = SIGNED
    ) -> Path:
        """Put a package (workbook and sealed scan) into the inbox; gives the path of the workbook."""
        ledger = ledger or self.ledger()
        package = self.inbox / name
        package.mkdir(parents=True)
        (package / SEAL).write_bytes(b"a scan")
        write_ledger(package / "台账.xlsx", ledger, KEY, filled(ledger) if told is None else told, signed)
        return package / "台账.xlsx"

    def put(self, name: str, content: bytes) -> Path:
        """Put a file into the inbox."""
        self.inbox.mkdir(parents=True, exist_ok=True)
        (self.inbox / name).write_bytes(content)
        return self.inbox / name

    def register(self, *names: str) -> list[int]:
        return register(self.engine, self.home, ROUND, list(names), KEY, self.readers)

    def check(self, *names: str) -> list[int]:
        """Register the deliveries and check what is new."""
        ids = self.register(*names)
        store.check(self.engine, ids, TODAY)
        return ids

    def rows(self, sql: str, **said: object) -> list[Row[Any]]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql), said))

    def one(self, sql: str, **said: object) -> Any:
        (row,) = self.rows(sql, **said)
        return row[0] if len(row) == 1 else row

    def submission(self, name: str) -> Row[Any]:
        (row,) = self.rows("SELECT * FROM intake.submission WHERE delivered_as = :name", name=name)
        return row

    def findings(self, name: str) -> list[Row[Any]]:
        return self.rows(
            """SELECT f.* FROM quality.finding AS f JOIN intake.submission AS s USING (submission_id)
               WHERE s.delivered_as = :name ORDER BY finding_id""",
            name=name,
        )

    def cell(self, name: str, definition: str) -> str:
        """Where the value of a definition stands in a delivered workbook."""
        return str(
            self.one(
                """SELECT min(cell) FROM intake.item JOIN intake.submission USING (submission_id)
                   WHERE delivered_as = :name AND definition = :definition""",
                name=name,
                definition=definition,
            )
        )


def open_office(home: Home, readers: Readers, ledgers: Ledgers) -> Office:
    """An office in this home, its round open."""
    engine = connect(home)
    open_round(engine, ROUND)
    return Office(home=home, engine=engine, readers=readers, ledgers=ledgers)
