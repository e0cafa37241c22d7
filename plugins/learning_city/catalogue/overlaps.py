"""Indicators that say the same: pairs that read the same definitions, and whether the office declared them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from learning_city.catalogue import formulas
from learning_city.model.edition import Edition, Row

Indicator = tuple[str, str]
SAME_FORMULA, SHARED, BASIS, NONE = "formula", "definitions", "basis", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two indicators, each (framework, code), and what they share.

    ``strength``: the same formula or expression; definitions that are counted; only the basis they are divided by;
    none (declared, yet nothing shared). ``relation`` is what the office declared, empty where it declared nothing.
    """

    one: Indicator
    other: Indicator
    one_zh: str
    other_zh: str
    one_en: str
    other_en: str
    strength: str
    definitions: tuple[str, ...]
    relation: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A figure that stands in for another: a bridge of type proxy, or an indicator declared as one."""

    what: str
    code: str
    instead_of: str
    note: str


@dataclass(frozen=True, slots=True)
class _Read:
    """What an indicator reads in all its formula versions; ``counted`` leaves out what only divides."""

    expressions: frozenset[str]
    inputs: frozenset[str]
    counted: frozenset[str]


def pairs(edition: Edition) -> list[Pair]:
    """Every pair that shares something or was declared, strongest first; undeclared ones are hints, never faults."""
    names = {_key(row): (str(row["name_zh"]), str(row["name_en"])) for row in edition.tables["indicator"]}
    declared = _declared(edition)
    read = _reads(edition)
    sharing = {frozenset(two) for two in _sharing(read)} | {pair for pair in declared if len(pair) == 2}
    found = []
    for both in sharing:
        one, other = sorted(both, key=_national_first)
        said = declared.get(both)
        strength, shared = _strength(read.get(one), read.get(other))
        found.append(
            Pair(
                one=one,
                other=other,
                one_zh=names.get(one, one)[0],
                other_zh=names.get(other, other)[0],
                one_en=names.get(one, one)[1],
                other_en=names.get(other, other)[1],
                strength=strength,
                definitions=shared,
                relation=str(said["relation"]) if said else "",
                note=str(said["note"] or "") if said else "",
            )
        )
    order = (SAME_FORMULA, SHARED, NONE, BASIS)
    return sorted(found, key=lambda pair: (order.index(pair.strength), pair.one, pair.other))


def hints(found: list[Pair]) -> list[Pair]:
    """Pairs that share what they count and that nobody declared: worth a look."""
    return [pair for pair in found if not pair.relation and pair.strength in (SAME_FORMULA, SHARED)]


def proxies(edition: Edition) -> list[Proxy]:
    """Everything that stands in for something else."""
    bridges = [
        Proxy(
            what="bridge",
            code=str(row["from_definition"]),
            instead_of=str(row["to_definition"]),
            note=str(row["source"] or ""),
        )
        for row in edition.tables["bridge"]
        if row["type"] == "proxy"
    ]
    indicators = [
        Proxy(
            what="indicator",
            code=f"{row['framework']}/{row['indicator']}",
            instead_of=f"{row['other_framework']}/{row['other_indicator']}",
            note=str(row["note"] or ""),
        )
        for row in edition.tables["overlap"]
        if row["relation"] == "proxy"
    ]
    return indicators + bridges


def _key(row: Row) -> Indicator:
    return str(row["framework"]), str(row["indicator"])


def _national_first(key: Indicator) -> tuple[bool, Indicator]:
    return (not key[0].startswith("national"), key)


def _declared(edition: Edition) -> dict[frozenset[Indicator], Row]:
    return {
        frozenset((_key(row), (str(row["other_framework"]), str(row["other_indicator"])))): row
        for row in edition.tables["overlap"]
    }


def _reads(edition: Edition) -> dict[Indicator, _Read]:
    versions: dict[object, list[str]] = defaultdict(list)
    for row in edition.tables["formula"]:
        versions[row["formula"]].append(str(row["expression"]))
    found = {}
    for row in edition.tables["indicator"]:
        expressions = versions.get(row["formula"], [])
        inputs = frozenset(name for said in expressions for name in formulas.inputs(said))
        counted = frozenset(
            name for said in expressions for name in set(formulas.inputs(said)) - formulas.divisors(said)
        )
        if inputs:
            found[_key(row)] = _Read(frozenset(map(formulas.rendered, expressions)), inputs, counted)
    return found


def _sharing(read: dict[Indicator, _Read]) -> Iterator[tuple[Indicator, Indicator]]:
    readers: dict[str, list[Indicator]] = defaultdict(list)
    for key, said in read.items():
        for name in said.inputs:
            readers[name].append(key)
    for keys in readers.values():
        yield from combinations(keys, 2)


def _strength(one: _Read | None, other: _Read | None) -> tuple[str, tuple[str, ...]]:
    if one is None or other is None or not one.inputs & other.inputs:
        return NONE, ()
    shared = one.inputs & other.inputs
    counted = (one.counted & other.inputs) | (other.counted & one.inputs)
    if one.expressions & other.expressions:
        return SAME_FORMULA, tuple(sorted(shared))
    return (SHARED, tuple(sorted(counted))) if counted else (BASIS, tuple(sorted(shared)))
