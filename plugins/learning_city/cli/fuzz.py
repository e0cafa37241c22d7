"""``make fuzz``: mutated workbooks and tables through the archive and the reading children; nothing may fall over."""

import argparse
import json
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from learning_city.collect import archive, inbox, register
from learning_city.collect.reader import Readers
from learning_city.prepare.workbook import write_ledger
from learning_city.samples import mutations
from learning_city.samples.world import World

BATCH = 100
MOST_SECONDS, MOST_MB = 20.0, 1024
KEY = b"fuzz"
_TABLE = "表1-1 各区人口（2017年）,,\n单位：万人,,\n地区,常住人口,户籍人口\n东城区,85.1,97.4\n西城区,122.0,146.5\n注：年末数,,\n"


@dataclass(kw_only=True)
class Fuzzed:
    """What a run saw: answers by problem (empty: read), the slowest batch, the largest child, what was not answered."""

    answers: Counter[str] = field(default_factory=Counter)
    unanswered: list[int] = field(default_factory=list)
    not_archived: list[int] = field(default_factory=list)
    seconds: float = 0.0
    slowest_batch: float = 0.0
    largest_child_mb: float = 0.0


def fuzz(count: int, seed: int, folder: Path) -> Fuzzed:
    """Feed ``count`` mutations to both readers through the archive below ``folder``; the same seed gives the same files."""
    chance, seen, began = random.Random(seed), Fuzzed(), time.monotonic()  # noqa: S311 - samples, not secrets
    bases = list(_bases(folder))
    with Readers() as readers:
        for start in range(0, count, BATCH):
            batch = [mutations.mutate(chance.choice(bases), chance) for _ in range(min(BATCH, count - start))]
            moment = time.monotonic()
            _ledgers(batch, start, folder, readers, seen)
            _tables(batch, start, folder, readers, seen)
            seen.slowest_batch = max(seen.slowest_batch, time.monotonic() - moment)
    seen.largest_child_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    seen.seconds = time.monotonic() - began
    return seen


def _ledgers(batch: list[bytes], start: int, folder: Path, readers: Readers, seen: Fuzzed) -> None:
    """As deliveries: archived, read, laid out; one submission a file, whatever it holds."""
    deliveries = [inbox.Delivery(name=f"{start + n}", files={"件.xlsx": content}) for n, content in enumerate(batch)]
    parsed = register.parse(deliveries, folder / "archive", KEY, readers)
    answered = set(parsed.submissions["delivered_as"])
    seen.unanswered += [start + n for n in range(len(batch)) if f"{start + n}" not in answered]
    seen.answers.update(parsed.submissions["problem"].fillna("").astype(str))


def _tables(batch: list[bytes], start: int, folder: Path, readers: Readers, seen: Fuzzed) -> None:
    """As yearbook tables: archived and read; each file has a table, a reason, or a dead child's answer."""
    stored = archive.put(folder / "archive", batch)
    seen.not_archived += [start + n for n, one in enumerate(stored) if not one.path.exists()]
    answered: set[int] = set()
    for indices, frames, problems in readers.read("table", [one.path for one in stored]):
        answered |= set(problems) | (set(indices) if frames else set())
        seen.answers.update(f"table: {problem}" for problem in problems.values())
        said = json.loads(frames[0]) if frames else []
        seen.answers.update(f"table: {one['problem']}" for one in said)
    seen.unanswered += [start + n for n in range(len(batch)) if n not in answered]


def _bases(folder: Path) -> Iterator[bytes]:
    """Sound files to start from: issued workbooks, a CSV in two encodings, an HTML table."""
    world = World(cities=2, departments=1, years=2, seed=1)
    figures = world.figures(0)
    for place in range(2):
        path = folder / f"base{place}.xlsx"
        write_ledger(path, world.ledger(place, 0, 1, figures), KEY)
        yield path.read_bytes()
    yield _TABLE.encode()
    yield _TABLE.encode("gb18030")
    rows = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in line.split(",")) + "</tr>" for line in _TABLE.splitlines()
    )
    yield f"<html><body><table>{rows}</table></body></html>".encode()


def main() -> None:
    """Run as a command; exit status 1 when something fell over."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--count", type=int, default=10_000)
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    console = Console(soft_wrap=True, highlight=False)
    with tempfile.TemporaryDirectory(prefix="lcm-fuzz-") as folder:
        seen = fuzz(asked.count, asked.seed, Path(folder))
    for problem, n in seen.answers.most_common():
        console.print(f"{n:>7}  {problem or 'read'}", markup=False)
    console.print(
        f"{asked.count} files twice in {seen.seconds:.0f} s · slowest batch of {BATCH} {seen.slowest_batch:.1f} s · "
        f"largest child {seen.largest_child_mb:.0f} MB · unanswered {seen.unanswered[:5]} · not archived {seen.not_archived[:5]}",
        markup=False,
    )
    fell = seen.unanswered or seen.not_archived or seen.largest_child_mb > MOST_MB
    raise SystemExit(1 if fell else 0)


if __name__ == "__main__":
    main()
