"""Planted errors: every kind with its truth, and the score that ``make quality`` makes of it."""

import json
import random
from pathlib import Path

import pytest

from learning_city.cli.quality import Score, score
from learning_city.model.finding import Finding, Severity
from learning_city.model.ledger import Answer, SignOff
from learning_city.samples import faults
from learning_city.samples.generate import generate
from learning_city.samples.world import BLOCKS, World


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    monkeypatch.setenv("LCM_HOME", str(tmp_path / "home"))
    generate(tmp_path / "out", cities=3, departments=1, years=2, seed=1, errors=0.3, workers=1)
    lines = (tmp_path / "out" / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) | {"out": str(tmp_path / "out")} for line in lines]


def test_every_line_of_the_truth_names_a_file_a_cell_and_what_is_expected(made: list[dict[str, str]]) -> None:
    for line in made:
        assert (Path(line["out"]) / line["file"]).is_file()
        assert line["expect"] in ("block", "ask")
        assert line["cell"] or line["kind"] == "copied"
        assert line["cell"] in [*line["kin"].split(), line["cell"]]


@pytest.mark.parametrize("fault", faults.FAULTS, ids=lambda fault: fault[0])
def test_every_kind_changes_what_was_told(fault: tuple[str, int, faults.Fault, str]) -> None:
    _, at, plant, _ = fault
    world = World(cities=1, departments=1, years=2, seed=3)
    figures = world.figures(0)
    ledger = world.ledger(0, 0, 1, figures)
    told = {
        (item.form, item.definition): Answer(value=value)
        for item, value in zip(ledger.forms[0].items, figures[1, 0].tolist(), strict=True)
    }
    before = dict(told)
    blocks = ledger.forms[0].items[at :: world.items_per_form // BLOCKS]
    planted = next(filter(None, (plant(item, told, random.Random(1)) for item in blocks)))
    assert {key[1] for key in told if told[key] != before[key]} == {one.definition for one in planted}


def test_errors_of_a_workbook_never_meet_in_one_block() -> None:
    world = World(cities=1, departments=1, years=2, seed=3)
    figures = world.figures(0)
    ledger = world.ledger(0, 0, 1, figures)
    items = ledger.forms[0].items
    told = {(i.form, i.definition): Answer(value=v) for i, v in zip(items, figures[1, 0].tolist(), strict=True)}
    _, _, planted = faults.plant(ledger, told, SignOff(seal="s"), 1.0, random.Random(5))
    section = {item.definition: item.section for item in items}
    kinds = [{one.kind for one in planted if section.get(one.definition) == block} for block in set(section.values())]
    assert all(len(kind) <= 1 for kind in kinds)


def finding(cell: str, severity: Severity = Severity.ASK, **said: object) -> Finding:
    plain = {"rule_id": "slip.unit", "family": "slip", "file": "/r/a.xlsx", "sheet": "s", "found": "", "expected": ""}
    plain |= {"message_zh": "", "message_en": "", "cause": "unit_slip", "would_be": 5.0}
    return Finding(**{**plain, "cell": cell, "severity": severity, **said})  # type: ignore[arg-type]


TRUTH = {
    "file": "a.xlsx", "sheet": "s", "cell": "B1", "kind": "slip", "original": "5", "planted": "500", "expect": "ask",
    "cause": "unit_slip", "kin": "B1 B2",
}  # fmt: skip


def test_a_found_and_explained_error_reaches_every_aim() -> None:
    total = Score()
    score([TRUTH], [finding("B1"), finding("B2", Severity.BLOCK)], Path("/r"), 1000, total)
    assert (total.misses(), total.alarms, total.precision) == ([], 0, 100)


def test_what_is_missed_misnamed_or_falsely_blocked_is_told() -> None:
    total = Score()
    score([TRUTH], [finding("B1", cause="", would_be=None), finding("C9", Severity.BLOCK)], Path("/r"), 10, total)
    score([TRUTH | {"kind": "other"}], [], Path("/r"), 10, total)
    assert total.misses() == ["recall of other", "causes", "proposed numbers", "false alarms", "precision of block"]


def test_kinds_out_of_reach_are_shown_and_not_held_against_the_aims() -> None:
    total = Score()
    score([TRUTH | {"kind": "swapped_within_20_%", "cause": ""}], [], Path("/r"), 10, total)
    assert total.planted["swapped_within_20_%"] == 1
    assert total.misses() == []
