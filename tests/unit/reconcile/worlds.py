"""Random worlds from a seed: a hidden truth, the ways it is told, and what was told wrongly on purpose.

The truth lives in atoms: pieces of territory that no event cuts. A place is a set of atoms at a time.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from unit.reconcile.plain import OF_THE_PERIOD, SHARES, Row, Tables, before, last_day, multiple

COLUMNS = {
    "observations": "obs_id measure definition place period value unit decimals source recorded_at",
    "definitions": "measure definition unit aggregation kind population time boundary scope counting valid_from valid_to",
    "bridges": "bridge type from_definition to_definition part parts factor error place valid_from valid_to",
    "places": "place name parent valid_from valid_to",
    "place_events": "date type old_place new_place share",
    "sources": "source rank",
    "wanted": "measure definition place period",
}
YEARS = tuple(str(year) for year in range(2009, 2014))
QUARTERS = tuple(f"{year}-Q{quarter}" for year in (2011, 2012) for quarter in range(1, 5))
TOLD = (
    ("people", "stock", YEARS, "人"),
    ("visits", "flow", YEARS, "人次"),
    ("books", "stock", QUARTERS, "册"),
)
CHANGES = (
    {"east", "west", "united", "renamed"},
    {"former", "north", "south"},
    {"core", "rim", "far"},
    {"giver", "taker"},
)
SOURCES = {"bureau": 1, "yearbook": 1, "ledger": 2, "survey": 3, "media": 4}
FORMER_SHARE = Decimal("0.4")
WRONG = (Fraction(10), Fraction(1, 10), Fraction(5, 4), Fraction(4, 5))


@dataclass
class World:
    """A world and what is hidden in it; ``wrong`` are the observations that lie on purpose."""

    seed: int
    tables: Tables = field(default_factory=lambda: {name: [] for name in COLUMNS})
    truth: dict[tuple[str, str, str], Fraction] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)

    def add(self, table: str, *cells: object) -> None:
        """One row, its cells in the order of the contract's columns."""
        self.tables[table].append(dict(zip(COLUMNS[table].split(), map(str, cells), strict=True)))

    def write(self, folder: Path) -> Path:
        """The world as the seven CSV files."""
        for name, columns in COLUMNS.items():
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns.split())
                writer.writeheader()
                writer.writerows(self.tables[name])
        return folder


@dataclass
class Place:
    """A code: since when, until when, and the atoms it has from each date on."""

    begins: str
    ends: str
    territory: dict[str, tuple[str, ...]]

    def on(self, day: str) -> tuple[str, ...]:
        """Its atoms on a day; before it began the first it had."""
        known = [atoms for date, atoms in sorted(self.territory.items()) if date <= day]
        return known[-1] if known else min(self.territory.items())[1]


@dataclass
class Measure:
    """What the hidden truth of one measure is per definition, atom and period."""

    name: str
    aggregation: str
    boundary: str
    periods: tuple[str, ...]
    unit: str
    truth: dict[str, dict[tuple[str, str], Fraction]] = field(default_factory=dict)


def make(seed: int, *, wrong: float, wanted: int = 200) -> World:
    """A world; ``wrong`` is the share of observations that lie on purpose."""
    rng, world = random.Random(seed), World(seed)
    for source, rank in SOURCES.items():
        world.add("sources", source, rank)
    places = _places(rng, world)
    name, aggregation, periods, unit = rng.choice(TOLD)
    measures = [_amounts(rng, world, name, aggregation, periods, unit), _shares(rng, world)]
    _proxies(rng, world, measures)
    _splits(world, measures)
    _limit_bridges(rng, world, list(places))
    for measure in measures:
        _tell(world, measure, places)
    _observe(rng, world, measures, places, wrong)
    _want(rng, world, measures, list(places), wanted)
    return world


def _places(rng: random.Random, world: World) -> dict[str, Place]:
    """One quiet place and two of: a merger and a rename, a split, a code that goes on across mergers, a transfer."""
    here = {"quiet"}.union(*rng.sample(CHANGES, 2))
    dates = [f"{rng.choice(YEARS[1:4])}-{rng.choice(['01-01', '03-31', '05-06', '07-01', '12-31'])}" for _ in range(4)]
    merged, split, first, moved = dates[:4]
    renamed = f"{int(merged[:4]) + rng.randint(1, 2)}-04-01"
    second = f"{int(first[:4]) + 1}-10-01"
    start = "1990-01-01"
    places = {
        "quiet": Place(start, "", {start: ("q",)}),
        "east": Place(start, merged, {start: ("e",)}),
        "west": Place(start, merged, {start: ("w",)}),
        "united": Place(merged, renamed, {merged: ("e", "w")}),
        "renamed": Place(renamed, "", {renamed: ("e", "w")}),
        "former": Place(start, split, {start: ("n", "s")}),
        "north": Place(split, "", {split: ("n",)}),
        "south": Place(split, "", {split: ("s",)}),
        "core": Place(start, "", {start: ("c",), first: ("c", "r"), second: ("c", "r", "f")}),
        "rim": Place(start, first, {start: ("r",)}),
        "far": Place(start, second, {start: ("f",)}),
        "giver": Place(start, "", {start: ("g", "t"), moved: ("g",)}),
        "taker": Place(start, "", {start: ("k",), moved: ("k", "t")}),
    }
    places = {name: place for name, place in places.items() if name in here}
    for name, place in places.items():
        world.add("places", name, name, "", place.begins, place.ends)
    itself = [(first, "merge", "core", "core", ""), (second, "merge", "core", "core", "")]
    shares = (FORMER_SHARE, 1 - FORMER_SHARE) if rng.random() < 0.8 else ("", "")
    for event in [
        (merged, "merge", "east", "united", ""),
        (merged, "merge", "west", "united", ""),
        (renamed, "rename", "united", "renamed", ""),
        (split, "split", "former", "north", shares[0]),
        (split, "split", "former", "south", shares[1]),
        (first, "merge", "rim", "core", ""),
        (second, "merge", "far", "core", ""),
        *(itself if rng.random() < 0.5 else []),
        (moved, "transfer", "giver", "taker", "0.1"),
    ]:
        if event[2] in here:
            world.add("place_events", *event)
    return places


def _define(world: World, measure: Measure, name: str, unit: str, **facets: str) -> str:
    """A definition of a measure: named, with the measure's facets unless told otherwise."""
    said = {
        "kind": "actual", "population": "常住", "time": "Y1231", "scope": "全部", "valid_from": "", "valid_to": "",
        "boundary": measure.boundary, "counting": "" if unit in SHARES else unit[-1],
    } | facets  # fmt: skip
    definition = f"{measure.name}_{name}"
    ordered = (said[key] for key in ("kind", "population", "time", "boundary", "scope", "counting"))
    dates = said["valid_from"], said["valid_to"]
    world.add("definitions", measure.name, definition, unit, measure.aggregation, *ordered, *dates)
    return definition


def _bridge(world: World, kind: str, target: str, *parts: str, factor: object = "", error: object = "") -> None:
    bridge = f"{target}_by_{kind}_{len(world.tables['bridges'])}"
    for number, part in enumerate(parts, start=1):
        world.add("bridges", bridge, kind, part, target, number, len(parts), factor, error, "", "", "")


def _amounts(
    rng: random.Random, world: World, name: str, aggregation: str, periods: tuple[str, ...], unit: str
) -> Measure:
    """A total with two parts and all their identities, multiples of the unit, an average, and what is only near it."""
    boundary = rng.choice([OF_THE_PERIOD, "现行", "现行"])
    measure = Measure(name, aggregation, boundary, periods, unit)
    native = _define(world, measure, "native", unit, population="户籍")
    migrant = _define(world, measure, "migrant", unit, population="外来")
    total = _define(world, measure, "total", unit)
    for definition in (native, migrant):
        measure.truth[definition] = _numbers(rng, periods)
    parts = measure.truth[native], measure.truth[migrant]
    measure.truth[total] = {at: parts[0][at] + parts[1][at] for at in parts[0]}
    _bridge(world, "sum", total, native, migrant)
    _bridge(world, "difference", native, total, migrant)
    _bridge(world, "difference", migrant, total, native)
    _multiples(rng, world, measure, total)
    if aggregation == "stock":
        mean = _define(world, measure, "mean", unit, time="AVG")
        _bridge(world, "average", mean, total, total, factor=rng.choice(["", "0.5"]))
        measure.truth[mean] = {}  # told per place, of two periods
    for kind, facets in (("coefficient", {"time": "Y1101"}), ("splice", {"scope": "旧"})):
        near = _define(world, measure, kind, unit, **facets)
        _approximate(rng, world, measure, kind, (near, total))
    _define(world, measure, "apart", unit, population="暂住", scope=rng.choice(["全部", "规上"]))
    for kind in ("target", "forecast", "synthetic"):
        never = _define(world, measure, kind, unit, kind=kind)
        _bridge(world, "coefficient", total, never, error="0.1")
    old = _define(world, measure, "old", unit, time="Y0901", valid_to="2011-07-01")
    measure.truth[old] = dict(measure.truth[total])
    _bridge(world, "sum", old, total)  # one part: the figure itself
    return measure


def _multiples(rng: random.Random, world: World, measure: Measure, total: str) -> None:
    """The total in larger units: a circle of unit bridges that multiply to 1, and a dead end."""
    tens = _define(world, measure, "wan", f"万{measure.unit}")
    thousands = _define(world, measure, "qian", f"千{measure.unit}")
    _bridge(world, "unit", tens, total, factor="0.0001")
    _bridge(world, "unit", thousands, tens, factor="10")
    if rng.random() < 0.7:
        _bridge(world, "unit", total, thousands, factor=100 if world.seed % 6 == 5 else 1000)  # some circles are wrong
    for definition, factor in ((tens, Fraction(1, 10000)), (thousands, Fraction(1, 1000))):
        measure.truth[definition] = {at: number * factor for at, number in measure.truth[total].items()}


def _approximate(rng: random.Random, world: World, measure: Measure, kind: str, ends: tuple[str, str]) -> None:
    """A bridge between two definitions of which the first has no truth yet: it is made, inside the stated error."""
    error, factor = Fraction(rng.randint(1, 8), 100), Fraction(rng.randint(50, 150), 100)
    known = measure.truth[ends[1]]
    said = {"factor": float(factor), "error": float(error)}
    if rng.random() < 0.5:
        _bridge(world, kind, ends[0], ends[1], **said)
        measure.truth[ends[0]] = {at: number * factor * _off(rng, error) for at, number in known.items()}
    else:
        _bridge(world, kind, ends[1], ends[0], **said)
        measure.truth[ends[0]] = {at: number / (factor * _off(rng, error)) for at, number in known.items()}


def _off(rng: random.Random, error: Fraction) -> Fraction:
    """A true factor whose relative error stays inside what is stated, seen from either end."""
    return 1 + error * Fraction(rng.randint(-90, 90), 100)


def _numbers(rng: random.Random, periods: tuple[str, ...]) -> dict[tuple[str, str], Fraction]:
    """Numbers per atom and period; the two halves of the former place keep about their shares."""
    found: dict[tuple[str, str], Fraction] = {}
    for atom in "qewscrfgtk":
        size = rng.randint(10**5, 10**7)
        for period in (before(periods[0]), *periods):
            found[atom, period] = Fraction(size * rng.randint(950, 1050), 10**4)
    ratio = Fraction(FORMER_SHARE) / (1 - Fraction(FORMER_SHARE))
    for period in (before(periods[0]), *periods):
        found["n", period] = found["s", period] * ratio * Fraction(rng.randint(980, 1020), 1000)
    return found


def _shares(rng: random.Random, world: World) -> Measure:
    """A ratio: per cent and per mille, and one that is near; it is never added over places."""
    measure = Measure("rate", "ratio", rng.choice([OF_THE_PERIOD, "现行"]), YEARS, "%")
    rate = _define(world, measure, "rate", "%")
    mille = _define(world, measure, "mille", "‰")
    near = _define(world, measure, "near", "%", population="户籍")
    measure.truth[rate] = {at: number / 20000 for at, number in _numbers(rng, YEARS).items()}
    measure.truth[mille] = {at: number * 10 for at, number in measure.truth[rate].items()}
    _bridge(world, "unit", mille, rate, factor="10")
    _bridge(world, "unit", rate, mille, factor="0.1")
    _approximate(rng, world, measure, "coefficient", (near, rate))
    return measure


def _proxies(rng: random.Random, world: World, measures: list[Measure]) -> None:
    """A proxy across measures, of the same counting unit, boundary and periods."""
    first = measures[0]
    near = Measure("near", first.aggregation, first.boundary, first.periods, first.unit)
    definition = _define(world, near, "all", first.unit, population="会员")
    near.truth[f"{first.name}_total"] = first.truth[f"{first.name}_total"]
    _approximate(rng, world, near, "proxy", (definition, f"{first.name}_total"))
    del near.truth[f"{first.name}_total"]
    measures.append(near)


def _splits(world: World, measures: list[Measure]) -> None:
    """The north has a split row for some definitions, the south for none."""
    for measure in measures:
        for number, definition in enumerate(measure.truth):
            if number % 3 != 1:
                row = ("split", definition, definition, 1, 1, FORMER_SHARE, "0.12", "north", "", "")
                world.add("bridges", f"split_{definition}", *row)


def _limit_bridges(rng: random.Random, world: World, places: list[str]) -> None:
    """Some bridges hold in one place or for some time only."""
    for bridge in sorted({row["bridge"] for row in world.tables["bridges"] if row["type"] != "split"}):
        limits: Row = {}
        if rng.random() < 0.15:
            limits["place"] = rng.choice(places)
        if rng.random() < 0.15:
            limits["valid_from"] = rng.choice(["2010-01-01", "2010-12-31", "2011-01-01"])
        if rng.random() < 0.15:
            limits["valid_to"] = rng.choice(["2012-12-31", "2013-01-01", "2013-06-30"])
        for row in world.tables["bridges"]:
            if row["bridge"] == bridge:
                row.update(limits)


def _tell(world: World, measure: Measure, places: dict[str, Place]) -> None:
    """The truth per place: in the territory of the period for such definitions, else in the last the code had."""
    for definition in measure.truth:
        for name, place in places.items():
            for period in measure.periods:
                atoms = place.on(last_day(period) if measure.boundary == OF_THE_PERIOD else "9999")
                world.truth[definition, name, period] = _amount(measure, definition, atoms, period)


def _amount(measure: Measure, definition: str, atoms: tuple[str, ...], period: str) -> Fraction:
    """The truth for some atoms; a mean is that of the total's two ends, of the same atoms."""
    numbers = measure.truth[definition]
    if numbers:
        return _of_atoms(measure, atoms, period, numbers)
    total = measure.truth[definition.removesuffix("mean") + "total"]
    return sum((_of_atoms(measure, atoms, end, total) for end in (before(period), period)), Fraction(0)) / 2


def _of_atoms(
    measure: Measure, atoms: tuple[str, ...], period: str, numbers: dict[tuple[str, str], Fraction]
) -> Fraction:
    total = sum((numbers[atom, period] for atom in atoms), Fraction(0))
    return total / len(atoms) if measure.aggregation == "ratio" else total


def _observe(rng: random.Random, world: World, measures: list[Measure], places: dict[str, Place], wrong: float) -> None:
    """What was told: rounded, some in another unit, revised, wrong, outside validity or without a year."""
    clock = iter(rng.sample(range(10**6), 20_000))
    for row in world.tables["definitions"]:
        measure = next(measure for measure in measures if measure.name == row["measure"])
        for name, place in places.items():
            for period in measure.periods:
                is_alive = place.begins <= last_day(period) < (place.ends or "9999")
                if rng.random() > (0.3 if is_alive else 0.03):
                    continue
                told = _told(measure, row["definition"], place, period) or Fraction(rng.randint(10**4, 10**6), 7)
                for source in rng.sample(sorted(SOURCES), rng.choice([1, 1, 1, 2])):
                    key = (row["measure"], row["definition"], name, period)
                    _say(rng, world, key, told, source, row["unit"], clock, wrong)
        for name in rng.sample(sorted(places), 2):
            key = (row["measure"], row["definition"], name, "unstated@report")
            _say(rng, world, key, Fraction(1000), "media", row["unit"], clock, 0)


def _told(measure: Measure, definition: str, place: Place, period: str) -> Fraction | None:
    """What an honest observer says on the last day of the period: of the territory of that day."""
    if definition not in measure.truth:
        return None
    return _amount(measure, definition, place.on(last_day(period)), period)


def _say(
    rng: random.Random,
    world: World,
    key: tuple[str, str, str, str],
    told: Fraction,
    source: str,
    unit: str,
    clock: Iterator[int],
    wrong: float,
) -> None:
    """One source's observation, at times with what it said before and a blank or a wrong counting unit after it."""
    spoken = rng.choice(_spellings(unit)) if rng.random() < 0.2 else unit
    value, number = told * (multiple(unit, spoken) or 1), f"o{len(world.tables['observations'])}"
    decimals = rng.randint(0, 2) + (2 if value < 1000 else 0) + (2 if value < 10 else 0)
    if rng.random() < wrong:
        world.wrong.add(number)
        value *= rng.choice(WRONG)
    if rng.random() < 0.03:  # another counting unit: whatever it says, it is no candidate
        spoken = {"人": "人次", "人次": "人", "册": "个"}.get(unit[-1], "人")
    moments = sorted(next(clock) for _ in range(3))
    sayings = [(number, _printed(value, decimals), moments[1])]
    if rng.random() < 0.1:
        sayings.append((f"{number}early", _printed(value * 3, decimals), moments[0]))
    if rng.random() < 0.1:
        sayings.append((f"{number}blank", "", moments[2]))
    for name, text, moment in sayings:
        world.add("observations", name, *key, text, spoken, decimals, source, _moment(moment))


def _spellings(unit: str) -> list[str]:
    if unit in SHARES:
        return list(SHARES)
    counted = unit.lstrip("万千")
    return [counted, f"千{counted}", f"万{counted}"]


def _printed(value: Fraction, decimals: int) -> str:
    return str(Decimal(round(value * 10**decimals)).scaleb(-decimals))


def _moment(seconds: int) -> str:
    days, rest = divmod(seconds, 5000)
    return (
        f"{2015 + days // 28:04}-03-{days % 28 + 1:02}T{rest // 3600 + 8:02}:{rest // 60 % 60:02}:{rest % 60:02}+08:00"
    )


def _want(rng: random.Random, world: World, measures: list[Measure], places: list[str], count: int) -> None:
    """Keys that can be reached and keys that cannot."""
    periods = {measure.name: measure.periods for measure in measures}
    keys = [
        (row["measure"], row["definition"], place, period)
        for row in world.tables["definitions"]
        for place in places
        for period in (*periods[row["measure"]], "unstated@report")
    ]
    for key in rng.sample(keys, count):
        world.add("wanted", *key)
