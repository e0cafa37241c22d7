"""口径与冲突: the queue of conflicts, one of them compared facet by facet, the ways to its target, and its decision."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import RowMapping

from learning_city.model.reasons import Act, offered
from learning_city.web import database, definitions_facts, definitions_file, definitions_queue, page
from learning_city.web.definitions_matrix import matrix
from learning_city.web.definitions_paths import Step, steps
from learning_city.web.definitions_queue import Counts, Wanted, WantedQuery, key_of
from learning_city.web.definitions_table import FACETS, Column, candidates, recorded_apart, unreached
from learning_city.web.findings import DECIDERS, REASON_LIMIT
from learning_city.web.rights import Right, Viewer
from learning_city.web.security import MayLook

router = APIRouter()
_STATUS = {"decide.gone": 409, "decide.too_late": 409, "decide.no_candidate": 409, "decide.not_yours": 403}
"""What a refusal answers with; everything else that was typed wrongly is 422."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the page gives back after a refusal: why, and what was typed; ``done`` is an act just done."""

    problem: str = ""
    why: str = ""
    code: str = ""
    picked: str = ""
    done: str = ""


@router.get("/definitions", response_class=HTMLResponse)
def definitions(
    request: Request, viewer: MayLook, wanted: WantedQuery, done: Annotated[str, Query(max_length=10)] = ""
) -> HTMLResponse:
    """The queue with one conflict open: the one asked for, else the first."""
    return compared(request, viewer, wanted, Opened(done=done if done in ("settle", "confirm", "undo") else ""))


@router.get("/definitions.xlsx", response_model=None)
def register(request: Request, viewer: MayLook, wanted: WantedQuery) -> Response:
    """The conflicts that are listed, a row for each candidate, as an Excel to be printed or filed."""
    around, wanted = _around(request, viewer, wanted)
    rows = definitions_queue.rows(viewer, wanted, wanted.listed, definitions_file.MANY)
    name = f"{around.say('tab.definitions')}_{wanted.listed or around.say('defs.every_period')}.xlsx"
    return definitions_file.download(around, rows, wanted.listed, name)


def compared(request: Request, viewer: Viewer, wanted: Wanted, opened: Opened) -> HTMLResponse:
    """The three columns: queue, comparison, decision."""
    around, wanted = _around(request, viewer, wanted)
    rows = definitions_queue.rows(viewer, wanted, wanted.listed)
    counts = definitions_queue.counts(viewer, wanted.listed, wanted.shows)
    chosen = wanted.key or (key_of(rows[0]) if rows else "")
    found = definitions_queue.one(viewer, chosen) if chosen else None
    content: dict[str, Any] = {
        "queue": around.names.named(rows), "chosen": chosen, "key_of": key_of, "wanted": wanted, "period": wanted.listed,
        "round_period": round_period(around),
        "counts": counts, "query": wanted.query, "most": definitions_queue.MANY, "opened": opened, "limit": REASON_LIMIT,
        "values": definitions_queue.VALUES, "place_options": _places(around, counts), "codes": offered(Act.SETTLE),
        "one": None, **definitions_queue.neighbours(rows, chosen),
        **(_opened(around, found) if found is not None else {}),
    }  # fmt: skip
    is_absent = bool(chosen) and found is None
    status = 404 if is_absent else _STATUS.get(opened.problem, 422 if opened.problem else 200)
    return page.render(around, "definitions.html", status, **content)


def round_period(around: page.Frame) -> str:
    """The period of the round in the header; empty for a batch that answers no round."""
    return next((row["period"] or "" for row in around.rounds if row["round"] == around.round), "")


def _around(request: Request, viewer: Viewer, wanted: Wanted) -> tuple[page.Frame, Wanted]:
    """The frame and what is listed in it; every address of the page carries that."""
    around = page.frame(request, viewer, "definitions", all_batches=True)
    understood = definitions_queue.understood(viewer, wanted, round_period(around))
    around.query = understood.query
    return around, understood


def _places(around: page.Frame, counts: Counts) -> tuple[tuple[str, str], ...]:
    named = around.names.named({"place": place} for place in counts.places)
    return tuple((row["place"], around.name(row, "place") or row["place"]) for row in named)


def _opened(around: page.Frame, found: RowMapping) -> dict[str, Any]:
    """Everything that is said of the chosen conflict."""
    one = around.names.named([found])[0]
    heard = definitions_facts.candidates([one])
    known = definitions_facts.around(around.viewer, one, heard, definitions_facts.unit_of(one["definition"]))
    by_code = {row["definition"]: row for row in known["definitions"]}
    target = by_code.get(one["definition"], {})
    stages = {row["name"]: row for row in (*known["bridges"], *known["events"])}
    columns = candidates(target, heard, by_code, stages)
    beside = unreached(target, known["heard"], by_code, len(columns), (one["period"], one["place"]))
    said = {row["definition"] for column in (*columns, *beside) for row in column.figures}
    leads = {(row["from_definition"], row["to_definition"]) for row in known["leads"]}
    return {
        "one": one, "recorded_apart": recorded_apart, "target": target, "columns": columns, "beside": beside, "facets": FACETS,
        "left_out": _left_out(columns) + _left_out(beside), "called": by_code, "sources": around.names.of("source"),
        "measure_name": around.name(known["measure"][0], "name") if known["measure"] else one["measure"],
        "all_places": around.names.of("place"), "facet_name": _facet_names(around, known["facets"]),
        "bridges": _bridges(columns), "ruling": next(iter(known["rulings"]), None),
        "precedents": around.names.named(known["precedents"]), "indicators": known["indicators"],
        "page_matrix": matrix(one["definition"], known["definitions"], one["measure"], said, leads),
        "deciders": [row["user"] for row in database.rows(DECIDERS, place=one["place"])],
        "may_decide": around.viewer.may(Right.ACCEPT, one["place"]),
    }  # fmt: skip


def _left_out(columns: list[Column]) -> int:
    return columns[0].many - len(columns) if columns else 0


def _bridges(columns: list[Column]) -> list[Step]:
    """The steps of every way, each once, in the order in which they are met."""
    return list({step.name: step for column in columns for step in steps(column.way)}.values())


def _facet_names(around: page.Frame, rows: list[dict[str, Any]]) -> Any:
    """``facet_name(facet, code)``: what a code is called in the page's language; a code without a name is shown as it is."""
    said = {(row["facet"], row["code"]): around.name(row, "name") for row in rows}

    def called(facet: str, code: str) -> str:
        if facet in ("kind", "aggregation"):
            return around.say(f"defs.{facet}.{code}")
        return said.get((facet, code)) or said.get(("threshold", code)) or code

    return called
