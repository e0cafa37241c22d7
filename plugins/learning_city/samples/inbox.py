"""Fill the demonstration's inbox: a package per department and place, the tables, and what goes wrong in real life."""

import csv
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.model.ledger import Answer, Ledger, SignOff
from learning_city.model.status import SYNTHETIC_MARK
from learning_city.prepare.issue import file_stem, ledgers
from learning_city.prepare.workbook import write_ledger
from learning_city.samples.answers import answers
from learning_city.samples.facts import Fact, facts, tables
from learning_city.samples.table_writer import write_table

YEARS = range(2010, 2018)
SYNTHETIC_YEARS = (2016, 2017)
SEAL = "盖章扫描件.png"
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000"
    "000049454e44ae426082"
)
Answers = dict[tuple[str, str], Answer]


def fill(engine: Engine, home: Home, key: bytes) -> int:
    """Write the sample's deliveries for every round, and a manifest of which fact stands in which cell.

    Refuses (NeedsAPerson) a home that is no demonstration. Returns how many packages and tables were written.
    """
    if not home.is_demo:
        raise NeedsAPerson(f"{home.root} is no demonstration: sample data may not enter it. Use `lcm demo`.")
    manifest: list[tuple[str, str, str, str]] = []
    count = sum(_fill_round(engine, home, key, year, manifest) for year in YEARS)
    count += _fill_tables(engine, home, manifest)
    with (home.root / "sample_manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("delivered_as", "definition", "place", "fact_id"), *sorted(manifest)])
    return count


def _fill_round(engine: Engine, home: Home, key: bytes, year: int, manifest: list[tuple[str, str, str, str]]) -> int:
    real: dict[tuple[str, str], dict[str, Fact]] = defaultdict(dict)
    for fact in facts():
        if fact.carrier == "ledger" and fact.period == str(year):
            real[fact.place, fact.source.removeprefix("ledger_")][fact.definition] = fact
    with engine.connect() as connection:
        round_ledgers = list(ledgers(connection, str(year), is_demo=True))
    for ledger in round_ledgers:
        told: Answers = {}
        for form in ledger.forms:
            asked = {item.definition for item in form.items}
            mine = {d: f for d, f in real.get((ledger.identity.place, form.form), {}).items() if d in asked}
            synthetic = year in SYNTHETIC_YEARS
            known = {fact.definition for fact in facts() if fact.place == ledger.identity.place}
            told |= answers(form, {d: f.value for d, f in mine.items()}, known=known, synthetic=synthetic)
            manifest += [(file_stem(ledger), d, f.place, f.fact_id) for d, f in mine.items()]
        _deliver(home.inbox / str(year), ledger, key, told)
    if year == YEARS[-1]:
        _strays(home.inbox / str(year), home.inbox / str(year - 1))
    return len(round_ledgers)


def _deliver(folder: Path, ledger: Ledger, key: bytes, told: Answers) -> None:
    """One package: the workbook, its sealed scan, and for some a planted fault."""
    package = folder / file_stem(ledger)
    package.mkdir(parents=True, exist_ok=True)
    due = date.fromisoformat(ledger.identity.due)
    sign_off = SignOff(
        head="（样例）负责人",
        statistician="（样例）统计负责人",
        filler="（样例）填表人",
        phone="010-00000000",
        date=due,
        seal=SEAL,
    )
    fault = FAULTS.get((ledger.identity.period, ledger.identity.place, ledger.identity.department))
    if fault:
        ledger, told, sign_off = fault(ledger, told, sign_off)
    if sign_off.seal:
        (package / SEAL).write_bytes(_PNG)
    write_ledger(package / f"{file_stem(ledger)}.xlsx", ledger, key, told, sign_off)


Planted = tuple[Ledger, Answers, SignOff]


def _planted(told: Answers, definition: str, **changes: object) -> Answers:
    key = next(key for key in told if key[1] == definition)
    return {**told, key: replace(told[key], missing_type="", **{"reason": f"{SYNTHETIC_MARK} 样例", **changes})}  # type: ignore[arg-type]


def _unit_slip(ledger: Ledger, told: Answers, sign_off: SignOff) -> Planted:
    """Ningbo writes visits in 人次 where the form counts 万人次."""
    key = next(key for key in told if key[1] == "lib_visits")
    return ledger, _planted(told, "lib_visits", value=float(told[key].value or 0) * 10_000), sign_off


def _no_seal(ledger: Ledger, told: Answers, sign_off: SignOff) -> Planted:
    """Changsha forgets the sealed scan."""
    return ledger, told, replace(sign_off, seal="")


def _parts(ledger: Ledger, told: Answers, sign_off: SignOff) -> Planted:
    """Chengdu's part is larger than its total."""
    item = next(i for form in ledger.forms for i in form.items if i.parent)
    total = next(i for form in ledger.forms for i in form.items if i.measure == item.parent)
    value = float(told[total.form, total.definition].value or 0)
    return ledger, _planted(told, item.definition, value=round(value * 1.5, item.decimals)), sign_off


def _text_in_number(ledger: Ledger, told: Answers, sign_off: SignOff) -> Planted:
    """Wuhan types 12人 into a number cell."""
    item = next(i for form in ledger.forms for i in form.items if i.unit != "人" and i.required)
    return ledger, _planted(told, item.definition, value="12人"), sign_off


def _wrong_city(ledger: Ledger, told: Answers, sign_off: SignOff) -> Planted:
    """Hangzhou's statisticians copy Ningbo's sheet: it prints another city than the workbook was issued for."""
    return replace(ledger, place_name="宁波市"), told, sign_off


def _expired(ledger: Ledger, told: Answers, sign_off: SignOff) -> Planted:
    """Changsha's culture bureau answers on a form whose validity has run out."""
    return replace(ledger, forms=tuple(replace(f, valid_to=date(2016, 6, 30)) for f in ledger.forms)), told, sign_off


FAULTS = {
    ("2017", "330200", "culture_tourism"): _unit_slip,
    ("2017", "430100", "statistics"): _no_seal,
    ("2017", "510100", "edu"): _parts,
    ("2017", "420100", "culture_tourism"): _text_in_number,
    ("2017", "330100", "statistics"): _wrong_city,
    ("2017", "430100", "culture_tourism"): _expired,
}
"""(period, place, department) -> the fault planted there; none of these forms carries a real figure."""


def _strays(folder: Path, before: Path) -> None:
    """What also lands in an inbox: a text, half a download, last year's workbook."""
    (folder / "说明.txt").write_text("请查收附件。\n", encoding="utf-8")
    whole = next(before.glob("太原市_*/*.xlsx")).read_bytes()
    (folder / "下载中断.xlsx").write_bytes(whole[: len(whole) // 2])
    (folder / "去年的表.xlsx").write_bytes(whole)


def _fill_tables(engine: Engine, home: Home, manifest: list[tuple[str, str, str, str]]) -> int:
    with engine.connect() as connection:
        names = {str(code): str(name) for code, name in connection.execute(text(_NAMES))}
    for table in tables():
        carried = [fact for fact in facts() if fact.carrier == table.table_id]
        folder = home.inbox / "yearbooks" / table.source
        folder.mkdir(parents=True, exist_ok=True)
        write_table(folder / table.file_name, table, carried, names)
        delivered = f"{table.source}/{table.file_name}"
        manifest += [(delivered, f.definition, f.place, f.fact_id) for f in carried]
    return len(tables())


_NAMES = """
SELECT DISTINCT ON (place) place, name_zh FROM ref.place
WHERE edition = (SELECT max(edition) FROM ref.edition) ORDER BY place, valid_from DESC
"""
