"""What all pages share: the frame around them, the language, how numbers are written, rendering."""

import math
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import RowMapping

from learning_city.model.home import Home
from learning_city.web import database, words
from learning_city.web.names import Names
from learning_city.web.rights import PREFIX, Right, Viewer
from learning_city.web.security import airflow_root, logout_url

HERE = Path(__file__).parent
LANGUAGE_COOKIE = "lcm_lang"
_MANY = 100
_HALVES = re.compile(r"(.*?[。！？]) ([!-~].*)", re.DOTALL)
_ROUNDS = """
WITH RECURSIVE batch AS (
SELECT min(s.round) AS round FROM intake.submission AS s WHERE :all_batches
UNION ALL
SELECT (SELECT min(s.round) FROM intake.submission AS s WHERE s.round > b.round) FROM batch AS b WHERE b.round IS NOT NULL
)
SELECT * FROM (
SELECT round, name_zh, data_year, state, period, edition, intake.last_day(period) AS day FROM intake.round
UNION ALL
SELECT b.round, NULL, NULL::smallint, NULL, NULL, NULL::integer, NULL::date FROM batch AS b
WHERE b.round IS NOT NULL AND NOT EXISTS (SELECT FROM intake.round AS r WHERE r.round = b.round)
) AS known
ORDER BY data_year DESC NULLS LAST, round = data_year::text DESC, round DESC
"""
_WAITING = """
SELECT count(*) AS n, (SELECT max(edition) FROM ref.edition) AS edition, (SELECT count(*) FROM (
  SELECT FROM warehouse.conflict AS c WHERE c.state = 'open' AND (CAST(:period AS text) IS NULL OR c.period = :period)
    AND (CAST(:places AS text[]) IS NULL OR c.place = ANY(CAST(:places AS text[])))
  LIMIT :many
) AS apart) AS conflicts FROM (
  SELECT FROM quality.finding AS f JOIN intake.submission AS s USING (submission_id)
  WHERE f.round = :round AND f.state IN ('open', 'explained') AND f.awaits IS NULL AND s.state NOT IN ('superseded', 'withdrawn')
    AND (CAST(:places AS text[]) IS NULL OR f.place = ANY(CAST(:places AS text[])))
  LIMIT :many
) AS waiting
"""


@dataclass(kw_only=True)
class Frame:
    """The page around the page: who looks, in which language, at which round, under which tab; what things are called."""

    request: Request
    viewer: Viewer
    lang: str
    tab: str = ""
    round: str = ""
    rounds: Sequence[RowMapping] = ()
    waiting: int = 0
    conflicts: int = 0
    names: Names = field(default_factory=lambda: Names(0))
    query: dict[str, str] = field(default_factory=dict)
    address: str = ""

    def say(self, key: str, **values: object) -> str:
        """A sentence of ``words`` in the page's language."""
        return words.say(self.lang, key, **values)

    def name(self, row: Mapping[Any, Any], stem: str) -> str:
        """The row's name in the page's language: ``stem`` or ``stem_zh`` in Chinese, ``stem_en`` in English."""
        chinese = row.get(f"{stem}_zh") or row.get(stem)
        return str((row.get(f"{stem}_en") if self.lang == "en" else chinese) or chinese or "")

    def person(self, who: str) -> str:
        """Who did something: a name, or that a rule did."""
        return self.say("by_rule") if who == "rule" else who

    def reason(self, who: str, why: str) -> str:
        """Why something was done: a person's own words; of a rule's, which are in both languages, the page's half."""
        halves = why.split(" / ") if who == "rule" else ()
        return halves[self.lang == "en"] if len(halves) == 2 else why

    def half(self, said: str) -> str:
        """The page's half of a message in both languages: Chinese first, English after its full stop."""
        found = _HALVES.fullmatch(said)
        return found[1 + (self.lang == "en")] if found else said

    def link(self, path: str, **query: object) -> str:
        """The address of one of our pages; the round goes along."""
        asked = {"round": self.round, **{name: value for name, value in query.items() if value is not None}}
        said = urlencode({name: value for name, value in asked.items() if value != ""})
        return f"{self.request.scope.get('root_path', '')}/{path}" + (f"?{said}" if said else "")

    def piece(self, template: str, **said: Hashable) -> Markup:
        """A part of a page that looks the same wherever it is told the same; kept, because many look at the same."""
        return _piece(template, self.lang, tuple(said.items()))

    def again(self, **changed: object) -> str:
        """This page's own address with some of its query changed (an empty value removes)."""
        return self.link(self.address, **{**self.query, **changed})


def frame(request: Request, viewer: Viewer, tab: str, *, all_batches: bool = False, **query: str) -> Frame:
    """The frame of one tab; ``query`` is what the page understood of its address."""
    page = Frame(request=request, viewer=viewer, lang=language(request), tab=tab, address=tab, query=query)
    page.rounds = database.shared(_ROUNDS, all_batches=all_batches)
    asked = request.query_params.get("round", "")
    known = [row["round"] for row in page.rounds]
    newest = next((row["round"] for row in page.rounds if row["state"] == "open"), known[0] if known else "")
    page.round = asked if asked in known else newest
    chosen = next((row for row in page.rounds if row["round"] == page.round), _NO_ROUND)
    about = {"round": page.round, "period": chosen["period"], "places": viewer.places(Right.LOOK), "many": _MANY}
    found = next(iter(database.shared(_WAITING, **about)), _NOTHING)
    page.waiting, page.conflicts = found["n"], found["conflicts"]
    page.names = Names(found["edition"] or 0, chosen["edition"], chosen["day"])
    return page


_NO_ROUND: Mapping[Any, Any] = {"edition": None, "day": None, "period": None}
_NOTHING: Mapping[Any, Any] = {"n": 0, "conflicts": 0, "edition": None}


def year_of(around: Frame) -> str:
    """The data year of the round in the header; empty for a batch that answers no round."""
    chosen = next((row for row in around.rounds if row["round"] == around.round), None)
    return str(chosen["data_year"]) if chosen and chosen["data_year"] else ""


def language(request: Request) -> str:
    """``?lang=``, else what was chosen before, else what the browser prefers, else Chinese."""
    for said in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if said in words.LANGUAGES:
            return str(said)
    return words.preferred(request.headers.get("accept-language", ""))


def render(page: Frame, template: str, status: int = 200, **content: object) -> HTMLResponse:
    """A whole page; a language that was chosen in the address is remembered."""
    shared: dict[str, Any] = {
        "page": page, "t": page.say, "link": page.link, "again": page.again, "name": page.name,
        "person": page.person, "reason": page.reason, "half": page.half, "piece": page.piece,
        "viewer": page.viewer, "lang": page.lang, "is_demo": Home.from_environment().is_demo,
        "base": page.request.scope.get("root_path", ""), "airflow": airflow_root(page.request),
        "logout": logout_url(page.request), "many": _MANY,
    }  # fmt: skip
    answer = HTMLResponse(_environment().get_template(template).render(shared | content), status)
    if page.request.query_params.get("lang") in words.LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, page.lang, max_age=31_536_000, path=PREFIX, samesite="lax", httponly=True)
    return answer


@lru_cache(maxsize=8192)
def _piece(template: str, lang: str, said: tuple[tuple[str, Hashable], ...]) -> Markup:
    shown = _environment().get_template(template).render(dict(said), t=partial(words.say, lang), lang=lang)
    return Markup(shown)  # noqa: S704 - rendered with autoescape


@lru_cache(maxsize=256)
def _options(choices: tuple[tuple[str, str], ...]) -> Markup:
    return Markup("").join(Markup('<option value="{}">{}</option>').format(code, word) for code, word in choices)


def options(choices: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    """The options of a select, (code, word) each; hundreds of them are written once, the chosen one is marked each time."""
    unmarked = _options(choices)
    plain = Markup('value="{}">').format(chosen)
    return unmarked.replace(plain, Markup('{}" selected>').format(plain[:-2]), 1) if chosen else unmarked


def number(value: float | None, decimals: int | None = None) -> str:
    """A figure with its prescribed decimals and no-break spaces between thousands; empty for none."""
    if value is None or not math.isfinite(value):
        return ""
    said = f"{value:,.{decimals}f}" if decimals is not None else f"{value:,.6f}".rstrip("0").rstrip(".")
    return said.replace(",", "\u00a0").replace("-", "\u2212")


@cache
def static_files() -> dict[str, bytes]:
    """Everything a page may load besides itself, by name; nothing else is ever served."""
    return {file.name: file.read_bytes() for file in sorted((HERE / "static").iterdir()) if file.is_file()}


@cache
def _version() -> str:
    return sha256(b"".join(static_files().values())).hexdigest()[:12]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., str]] = {"number": number, "size": _size, "moment": _moment}
    made.filters.update(filters)
    made.globals |= {"version": _version(), "options": options}
    return made


def _size(count: int) -> str:
    return f"{count / 1_048_576:.1f} MB" if count >= 1_048_576 else f"{max(count / 1024, 0.1):.1f} KB"


def _moment(when: Any) -> str:
    return f"{when:%Y-%m-%d %H:%M}" if when else ""
