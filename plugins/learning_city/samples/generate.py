"""``lcm generate``: packages over contract 1 for an invented world, with planted errors and the truth about them."""

import json
import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

from learning_city.model.home import Home
from learning_city.model.ledger import Answer, Ledger, SignOff
from learning_city.prepare.ledger_layout import lay_out
from learning_city.prepare.workbook import write_ledger
from learning_city.samples import faults
from learning_city.samples.world import World
from learning_city.warehouse import keys

SEAL = "盖章扫描件.png"
EVIDENCE = "名录.pdf"


def generate(
    out: Path, *, cities: int, departments: int, years: int, seed: int, errors: float, workers: int = 2
) -> int:
    """Write one package per city, department and year below ``out/<year>/`` and ``out/truth.jsonl``.

    ``errors`` is the share of items with a planted error; a line of the truth names its likely ``cause`` and, in ``kin``,
    the cells of the block of rows that belongs together with it. The same arguments give the same files.
    Returns the number of packages.
    """
    world = World(cities=cities, departments=departments, years=years, seed=seed)
    out.mkdir(parents=True, exist_ok=True)
    key = keys.secret(Home.from_environment(), "token")
    jobs = [(world, department, out, key, errors) for department in range(departments)]
    with ProcessPoolExecutor(workers) as pool, (out / "truth.jsonl").open("w", encoding="utf-8") as truth:
        count = 0
        for written, lines in pool.map(_department, jobs):
            count += written
            truth.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return count


def _department(job: tuple[World, int, Path, bytes, float]) -> tuple[int, list[dict[str, str]]]:
    """All packages of one department; figures are drawn once."""
    world, department, out, key, errors = job
    figures = world.figures(department)
    chance = random.Random(f"{world.seed}/{department}")  # noqa: S311 - samples, not secrets
    lines: list[dict[str, str]] = []
    for year in range(world.years):
        for place in range(world.cities):
            ledger = world.ledger(place, department, year, figures)
            lines += _package(ledger, figures[year, place].tolist(), out, key, errors, chance)
    return world.years * world.cities, lines


def _package(
    ledger: Ledger, values: list[float], out: Path, key: bytes, errors: float, chance: random.Random
) -> Iterator[dict[str, str]]:
    identity = ledger.identity
    name = f"{identity.place}_{identity.department}"
    folder = out / identity.round / name
    told = {
        (item.form, item.definition): Answer(value=value, evidence=EVIDENCE if item.evidence else "")
        for item, value in zip(ledger.forms[0].items, values, strict=True)
    }
    sign_off = SignOff(
        head="甲", statistician="乙", filler="丙", phone="00000000", date=date.fromisoformat(identity.due), seal=SEAL
    )
    if chance.random() < errors / 4:
        yield from _copied(ledger, told, sign_off, out, key)
    told, sign_off, planted = faults.plant(ledger, told, sign_off, errors, chance)
    path = _write(folder, ledger, told, sign_off, key)
    if not planted:
        return
    cells = _cells(ledger)
    block = {item.definition: item.section for item in ledger.forms[0].items}
    for one in planted:
        sheet, cell = cells[one.role, one.definition]
        kin = [at for (_, name), (_, at) in cells.items() if name in block and block[name] == block.get(one.definition)]
        yield {
            "file": str(path.relative_to(out)), "sheet": sheet, "cell": cell, "kind": one.kind, "original": one.original,
            "planted": one.planted, "expect": one.expect, "cause": one.cause, "kin": " ".join(kin),
        }  # fmt: skip


def _write(folder: Path, ledger: Ledger, told: faults.Answers, sign_off: SignOff, key: bytes) -> Path:
    path = folder / f"{ledger.identity.place}_{ledger.identity.department}.xlsx"
    folder.mkdir(parents=True, exist_ok=True)
    write_ledger(path, ledger, key, told, sign_off)
    (folder / SEAL).write_bytes(b"\x89PNG\r\n")
    (folder / EVIDENCE).write_bytes(b"%PDF-1.4\n")
    return path


def _copied(ledger: Ledger, told: faults.Answers, sign_off: SignOff, out: Path, key: bytes) -> Iterator[dict[str, str]]:
    """A second package of the same workbook with one other figure: both are blocked."""
    identity = ledger.identity
    name = f"{identity.place}_{identity.department}"
    last = ledger.forms[0].items[-1]
    other = told | {(last.form, last.definition): Answer(value=float(told[last.form, last.definition].value or 0) + 1)}
    path = _write(out / identity.round / f"{name}_2", ledger, other, sign_off, key)
    for file in (path, path.parent.parent / name / path.name):
        yield {
            "file": str(file.relative_to(out)), "sheet": "", "cell": "", "kind": "copied", "original": "",
            "planted": str(path.relative_to(out)), "expect": "block", "cause": "", "kin": "",
        }  # fmt: skip


def _cells(ledger: Ledger) -> dict[tuple[str, str], tuple[str, str]]:
    """(role, definition or sign-off field) -> (sheet, cell), as the hidden sheet will say."""
    from learning_city.model.ledger import COLUMNS
    from learning_city.prepare import hidden_sheet

    rows = hidden_sheet.rows(lay_out(ledger), ledger.identity)
    found = {}
    for row in rows:
        said = {name: str(cell) for name, cell in zip(COLUMNS, row, strict=False)}
        name = said["measure"] if said["role"] == "signoff" else said["definition"]
        found[said["role"], name] = (said["sheet"], said["cell"])
    return found


def clear(out: Path) -> None:
    """Remove what an earlier run wrote."""
    shutil.rmtree(out, ignore_errors=True)
