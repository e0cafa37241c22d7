"""Ways to the target definition: the words of a route as steps and parts, and what the catalogue says of each step."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_WORD = re.compile(r"[^(),]+|[(),]")
_LEAF = re.compile(r"^(?P<definition>[^@]+?)(?:@(?P<place>[^@]+?))?(?:-(?P<back>[0-9]+))?$")
_JOINED = " ← "
"""Between the steps that all parts share and the chains of the parts, as candidates say it."""
PLACE = "place:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Where a way begins: a definition, of another place or so many periods before where it says so."""

    definition: str
    place: str = ""
    back: int = 0
    figure: Mapping[Any, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One bridge or place event over its parts; ``to`` is the definition it reaches, empty for the target."""

    name: str
    parts: tuple["Heard | Step", ...]
    to: str = ""
    bridge: Mapping[str, Any] | None = None
    event: Mapping[str, Any] | None = None


Way = Heard | Step


def way(route: str, figures: Sequence[Mapping[Any, Any]], known: Mapping[str, Mapping[str, Any]]) -> Way:
    """A candidate's route as a tree, its figures at the leaves; ``known`` are bridges and ``place:…`` events by name."""
    shared, _, chains = route.partition(_JOINED)
    for chain in chains.split(", ") if chains else ():
        shared = shared.replace("#", chain, 1)
    words, turn = iter(_WORD.findall(shared)), iter(figures)
    read = list(_parts(words, turn, known))
    return read[0] if read else Heard(definition=route)


def names(routes: Sequence[str]) -> list[str]:
    """The bridges and events that routes name."""
    return sorted({name for route in routes for name in re.findall(r"([^(),\s]+)\(", route)})


def steps(tree: Way) -> Iterator[Step]:
    """Every step of a way, the first one taken first."""
    if isinstance(tree, Step):
        for part in tree.parts:
            yield from steps(part)
        yield tree


def _parts(
    words: Iterator[str], figures: Iterator[Mapping[Any, Any]], known: Mapping[str, Mapping[str, Any]]
) -> Iterator[Way]:
    """The parts up to the bracket that closes them."""
    waiting = ""
    for word in words:
        if word == "(":
            yield _step(waiting, tuple(_parts(words, figures, known)), known)
            waiting = ""
        elif word in (",", ")"):
            if waiting:
                yield _heard(waiting, figures)
            waiting = ""
            if word == ")":
                return
        else:
            waiting = word
    if waiting:
        yield _heard(waiting, figures)


def _step(name: str, parts: tuple[Way, ...], known: Mapping[str, Mapping[str, Any]]) -> Step:
    found = known.get(name)
    if name.startswith(PLACE):
        return Step(name=name, parts=parts, event=found)
    return Step(name=name, parts=parts, to=str(found["to_definition"]) if found else "", bridge=found)


def _heard(word: str, figures: Iterator[Mapping[Any, Any]]) -> Heard:
    said = _LEAF.match(word)
    figure = next(figures, None)
    if said is None:
        return Heard(definition=word, figure=figure)
    return Heard(definition=said["definition"], place=said["place"] or "", back=int(said["back"] or 0), figure=figure)
