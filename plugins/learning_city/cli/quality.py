"""``make quality``: planted errors against what the checks find, by kind, over three seeds."""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from learning_city.cli.check import check_files
from learning_city.model.finding import Finding, Severity
from learning_city.model.home import Home
from learning_city.samples.generate import generate

SEEDS = (1, 2, 3)


@dataclass(slots=True)
class Score:
    """Counts of one run: planted and found by kind, cells of findings that nothing planted, clean cells."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    false_alarms: Counter[str] = field(default_factory=Counter)
    blocks: int = 0
    false_blocks: int = 0
    cells: int = 0


def score(truth: Sequence[dict[str, str]], findings: Sequence[Finding], root: Path, cells: int, total: Score) -> None:
    """Add one run: a planted error is found when a finding of its severity stands at its cell.

    Findings in the planted error's own form block (its parts, its rate) are consequences, not false alarms.
    """
    said: dict[tuple[str, str, str], set[str]] = {}
    for finding in findings:
        where = (str(Path(finding.file).relative_to(root)), finding.sheet, finding.cell)
        said.setdefault(where, set()).add(finding.severity)
    touched = {line["file"] for line in truth}
    for line in truth:
        total.planted[line["kind"]] += 1
        here = said.get((line["file"], line["sheet"], line["cell"]), set())
        if line["expect"] in here or (line["expect"] == "ask" and "block" in here):
            total.found[line["kind"]] += 1
    for finding in findings:
        is_false = str(Path(finding.file).relative_to(root)) not in touched
        if finding.severity != Severity.NOTE and is_false:
            total.false_alarms[finding.rule_id] += 1
        if finding.severity == Severity.BLOCK:
            total.blocks += 1
            total.false_blocks += is_false
    total.cells += cells


def run(cities: int = 12, departments: int = 4, errors: float = 0.02) -> Score:
    """Generate, check and score over SEEDS; two years each, so that history is there."""
    total = Score()
    for seed in SEEDS:
        with tempfile.TemporaryDirectory(prefix="lcm-quality-", dir="/tmp") as folder:
            out = Path(folder)
            generate(out, cities=cities, departments=departments, years=2, seed=seed, errors=errors)
            truth = [json.loads(line) for line in (out / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
            truth = [line for line in truth if line["file"].startswith("2017/")]
            files = sorted(out.glob("2017/*/*.xlsx"))
            findings = check_files(Home.from_environment(), files, "2017")
            score(truth, findings, out, len(files) * 60, total)
    return total


def main() -> int:
    """Print recall by kind, false alarms and precision; exit status 1 when an aim is missed."""
    total = run()
    table = Table("kind", "planted", "found", "recall %")
    for kind, planted in sorted(total.planted.items()):
        table.add_row(kind, str(planted), str(total.found[kind]), f"{100 * total.found[kind] / planted:.1f}")
    console = Console()
    console.print(table)
    alarms = 100 * sum(total.false_alarms.values()) / max(total.cells, 1)
    precision = 100 * (1 - total.false_blocks / max(total.blocks, 1))
    console.print(
        f"false alarms {alarms:.3f} % of {total.cells} cells {dict(total.false_alarms)}; precision of block {precision:.1f} %"
    )
    missed = [kind for kind, planted in total.planted.items() if total.found[kind] < 0.98 * planted]
    return 1 if missed or alarms > 0.3 else 0


if __name__ == "__main__":
    sys.exit(main())
