"""What an unmapped label may mean: definitions or places, best first, each with its reason."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rapidfuzz import fuzz

from learning_city.catalogue.spans import is_in_force
from learning_city.collect.mapping_tasks import Task
from learning_city.collect.table_profile import FROM_NOW_ON
from learning_city.collect.table_words import bare
from learning_city.model import units
from learning_city.model.edition import Edition

MOST = 5
LEAST = 40.0
"""A name that resembles less is not worth showing."""
_ALIKE, _SAME = 85.0, 100.0
Known = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A definition or a place a label may mean; ``score`` 0 to 100 orders suggestions of one task only."""

    code: str
    name: str
    score: float
    why_zh: str
    why_en: str


def suggest(edition: Edition, task: Task) -> list[Suggestion]:
    """At most ``MOST`` suggestions for a task; of the edition, what measures, definitions, sources, places are called."""
    found = _places(edition, task) if task.axis == "place" else _definitions(edition, task)
    ranked = sorted(found, key=lambda one: (-one.score, one.code))
    return [one for one in ranked if one.score >= LEAST][:MOST]


def _definitions(edition: Edition, task: Task) -> Iterator[Suggestion]:
    measures: dict[object, Known] = {row["measure"]: row for row in edition.tables["measure"]}
    elsewhere = _elsewhere(edition, task)
    themes = _themes(edition, task, measures)
    said = task.label.replace("|", "")
    for row in edition.tables["definition"]:
        if not is_in_force(row, _day(task)):
            continue
        measure = measures[row["measure"]]
        names = (str(row["name_zh"]), str(measure["name_zh"]), str(row["name_en"]))
        score = max(_alike(said, name) for name in names) * 0.8
        why = [(f"名称相近 {score / 0.8:.0f}%", f"name {score / 0.8:.0f} % alike")] if score >= LEAST else []
        if row["definition"] in elsewhere:
            alike, where = elsewhere[row["definition"]]
            score = max(score, alike)
            why.insert(0, (f"“{where}”里同样的标签是这个口径", f"{where} maps an equal label so"))
        if measure["theme"] in themes:
            score += 5
            why.append(("与同一张表已对应的标签同主题", "same theme as its neighbours"))
        score, unit = _unit(score, task.unit, str(row["unit"]))
        zh, en = zip(*why, *unit, strict=True) if why or unit else ((), ())
        yield Suggestion(
            code=str(row["definition"]), name=names[0], score=min(score, 100.0), why_zh="；".join(zh), why_en="; ".join(en)
        )  # fmt: skip


def _unit(score: float, printed: str | None, expected: str) -> tuple[float, list[tuple[str, str]]]:
    """A unit that converts speaks for a definition, another counting unit against it."""
    if not printed:
        return score, []
    if units.factor(printed, expected) is not None:
        return score + 10, [(f"单位相合（{printed}）", f"unit fits ({printed})")]
    return score * 0.3, [(f"单位不合（{printed}，口径为 {expected}）", f"unit differs ({printed}, not {expected})")]


def _elsewhere(edition: Edition, task: Task) -> dict[object, tuple[float, str]]:
    """Definition -> how alike a label is that another source, or another table of this one, maps to it; and which."""
    names = {row["source"]: str(row["name_zh"]) for row in edition.tables["source"]}
    found: dict[object, tuple[float, str]] = {}
    for row in edition.tables["table_label"]:
        if row["definition"] is None:
            continue
        alike = fuzz.ratio(bare(str(row["label"])), bare(task.label))
        near = fuzz.partial_ratio(bare(str(row["title"])), task.title) / 20 if row["title"] and task.title else 0.0
        if alike >= _ALIKE:
            better = max(found.get(row["definition"], (0.0, "")), (alike * 0.9 + near, names[row["source"]]))
            found[row["definition"]] = better
    return found


def _themes(edition: Edition, task: Task, measures: Mapping[object, Known]) -> set[object]:
    """Themes of what labels of the same profile mean in tables of this title."""
    mine = (row for row in edition.tables["table_label"] if row["source"] == task.profile and row["measure"])
    near = (row for row in mine if row["title"] and all(bare(word) in task.title for word in str(row["title"]).split()))
    return {measures[row["measure"]]["theme"] for row in near}


def _places(edition: Edition, task: Task) -> Iterator[Suggestion]:
    near = next((row["place"] for row in edition.tables["source"] if row["source"] == task.profile), None)
    called: dict[object, set[str]] = {}
    for alias in edition.tables["place_alias"]:
        called.setdefault(alias["place"], set()).add(str(alias["alias"]))
    for row in edition.tables["place"]:
        if not is_in_force(row, _day(task)):
            continue
        names = {str(row["name_zh"]), str(row["name_en"]), *called.get(row["place"], ())}
        score = max(max(_alike(task.label, name), _alike(_plain(task.label), _plain(name))) for name in names)
        why = [(f"名称相近 {score:.0f}%", f"name {score:.0f} % alike")]
        if near and row["parent"] == near:
            score += 5
            why.append(("在这一来源所述地区之内", "lies in the place of the source"))
        zh, en = zip(*why, strict=True)
        name = str(row["name_zh"])
        yield Suggestion(
            code=str(row["place"]), name=name, score=min(score, _SAME), why_zh="；".join(zh), why_en="; ".join(en)
        )


def _day(task: Task) -> date:
    return date(int(task.years[-1]), 12, 31) if task.years else FROM_NOW_ON


def _plain(name: str) -> str:
    """A place without the word for its kind."""
    return re.sub(r"(?:新区|地区|[省市区县旗])$", "", bare(name)) or bare(name)


def _alike(label: str, name: str) -> float:
    """How alike two names are, 0 to 100, also when their parts stand in another order."""
    left, right = bare(re.sub(r"[(（].*$", "", label)) or bare(label), bare(re.sub(r"[(（].*$", "", name))
    return max(fuzz.ratio(left, right), 0.9 * fuzz.token_sort_ratio(" ".join(left), " ".join(right)))
