"""The table of 指标表: indicators down, cities across, with counts, filters and a line for each series."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import RowMapping

from learning_city.web import database, page
from learning_city.web.indicators_scope import MINE, ONLY, Scope, Wanted
from learning_city.web.indicators_spark import Point, Row, spark

PLACES_A_PAGE = 12
_COUNTS = f"""
WITH leaf AS (
  SELECT * FROM unnest(CAST(:indicators AS text[]), CAST(:scopes AS text[]), CAST(:natures AS text[]))
    AS l (indicator, level, nature)
), owed AS (SELECT level, count(*) AS n FROM leaf GROUP BY level),
found AS (
  SELECT v.place, l.level, count(*) AS value, count(*) FILTER (WHERE v.verdict = '不可比') AS incomparable,
    count(*) FILTER (WHERE v.status = 'B') AS broken, count(*) FILTER (WHERE v.verdict = 'conflict') AS conflict,
    count(*) FILTER (WHERE v.kind = 'synthetic') AS synthetic
  FROM warehouse.indicator_value AS v JOIN leaf AS l USING (indicator)
  WHERE v.framework = :framework AND v.period = :period AND v.value IS NOT NULL AND {MINE}
  GROUP BY v.place, l.level
), judged AS (
  SELECT j.place, l.level, count(*) AS value FROM quality.judgement_in_force AS j JOIN leaf AS l USING (indicator)
  WHERE j.framework = :framework AND j.period = :period AND j.level_zh IS NOT NULL AND l.nature = 'qualitative' AND {MINE}
  GROUP BY j.place, l.level
)
SELECT p.place, p.name_zh AS place_zh, p.name_en AS place_en,
  coalesce(f.value, 0) + coalesce(j.value, 0) AS value, o.n - coalesce(f.value, 0) - coalesce(j.value, 0) AS missing,
  coalesce(f.incomparable, 0) AS incomparable, coalesce(f.broken, 0) AS broken, coalesce(f.conflict, 0) AS conflict,
  coalesce(f.synthetic, 0) AS synthetic
FROM ref.place AS p JOIN owed AS o USING (level)
LEFT JOIN found AS f ON f.place = p.place AND f.level = p.level
LEFT JOIN judged AS j ON j.place = p.place AND j.level = p.level
WHERE p.edition = (SELECT max(edition) FROM ref.edition)
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(:period) AND {MINE.replace("place =", "p.place =")}
  AND (CAST(:places AS text[]) = '{{}}' OR p.place = ANY(CAST(:places AS text[])))
ORDER BY p.place
"""  # noqa: S608 - constants
_CELLS = f"""
SELECT framework, indicator, parent, position, name_zh, name_en, nature, unit, decimals, direction, provenance, place,
  place_name AS place_zh, place_name_en AS place_en, period, value, status, verdict, is_synthetic, formula,
  formula_version, inputs, missing, aggregated, edition, low, high, places_met, places_all, places_unknown,
  break_facet, break_zh, break_en, before_period, before_value, judgement_zh, judgement_en
FROM mart.indicator_table
WHERE framework = :framework AND period = :period AND place = ANY(CAST(:shown AS text[]))
  AND indicator = ANY(CAST(:indicators AS text[])) AND {MINE}
"""  # noqa: S608
_SERIES = f"""
SELECT indicator, place, array_agg(period ORDER BY period) AS periods, array_agg(value ORDER BY period) AS values,
  array_agg(status::text ORDER BY period) AS statuses, array_agg(verdict ORDER BY period) AS verdicts,
  array_agg(kind = 'synthetic' ORDER BY period) AS samples
FROM warehouse.indicator_value
WHERE framework = :framework AND place = ANY(CAST(:shown AS text[])) AND {MINE} AND value IS NOT NULL
  AND indicator = ANY(CAST(:indicators AS text[])) AND period = ANY(CAST(:line AS text[]))
GROUP BY indicator, place
"""  # noqa: S608


def table(around: page.Frame, wanted: Wanted, scope: Scope) -> dict[str, Any]:
    """Everything the table shows: its groups, its columns and where the next ones begin, and the counts of the filters."""
    fit = scope.indicators(wanted)
    asked = {**scope.key, "indicators": [row["indicator"] for row in fit]}
    counted, columns = _columns(scope, wanted, fit)
    later = [row for row in columns if row["place"] > wanted.after]
    shown = later[:PLACES_A_PAGE]
    asked |= {"shown": [row["place"] for row in shown]}
    cells = database.shared(_CELLS, **asked) if shown else ()
    series = database.shared(_SERIES, **asked, line=list(scope.line)) if shown else ()
    return {
        "columns": shown, "more": shown[-1]["place"] if len(later) > len(shown) else "", "cells": cells,
        "without": [row for row in counted if not row["value"] and row not in columns], "fit": len(fit),
        "counts": {kind: sum(row[kind] for row in counted) for kind in ONLY},
        "groups": _grouped(scope, fit, [cell for cell in cells if fits(cell, wanted.only)]),
        "lines": _lines(around, scope, series),
        "any_synthetic": any(cell["is_synthetic"] and (cell["value"] is not None or cell["judgement_zh"]) for cell in cells),
    }  # fmt: skip


def listed(wanted: Wanted, scope: Scope) -> list[RowMapping]:
    """Every cell that fits the filters, of every place, in the order of the table: indicators down, cities across."""
    fit = scope.indicators(wanted)
    order = {row["indicator"]: turn for turn, row in enumerate(fit)}
    shown = [row["place"] for row in _columns(scope, wanted, fit)[1]]
    cells = database.rows(_CELLS, **scope.key, indicators=list(order), shown=shown)
    found = [cell for cell in cells if fits(cell, wanted.only)]
    return sorted(found, key=lambda cell: (order[cell["indicator"]], cell["place"]))


def _columns(scope: Scope, wanted: Wanted, fit: Sequence[Row]) -> tuple[Sequence[RowMapping], list[RowMapping]]:
    """The places with how many cells of each kind they have, and those of them that are shown."""
    of = {f"{name}s": [row[name] for row in fit] for name in ("indicator", "scope", "nature")}
    counted = database.shared(_COUNTS, **scope.key, **of, places=list(wanted.places))
    every = not wanted.only and bool(wanted.places or wanted.nature == "qualitative")
    return counted, [row for row in counted if every or row[wanted.only or "value"]]


def fits(cell: Row, only: str) -> bool:
    """Whether a cell is of the kind that is looked for."""
    is_missing = cell["value"] is None and not cell["judgement_zh"]
    if only == "missing" or is_missing:
        return only == "" or (only == "missing" and is_missing)
    kinds = {
        "incomparable": cell["verdict"] == "不可比", "broken": cell["status"] == "B",
        "conflict": cell["verdict"] == "conflict", "synthetic": cell["is_synthetic"] and cell["value"] is not None,
    }  # fmt: skip
    return bool(kinds.get(only, True))


def _lines(around: page.Frame, scope: Scope, series: Sequence[RowMapping]) -> dict[tuple[str, str], Markup]:
    """The drawn series by (indicator, place)."""
    drawn = {}
    for row in series:
        told = zip(row["periods"], row["values"], row["statuses"], row["verdicts"], row["samples"], strict=True)
        drawn[row["indicator"], row["place"]] = spark(
            [Point(*one) for one in told], scope.line, scope.period, around.say
        )
    return drawn


def _grouped(scope: Scope, fit: Sequence[Row], cells: Sequence[Row]) -> list[dict[str, Any]]:
    """The tree of any depth as two levels: each top group with the groups below it that hold indicators.

    A held group carries its whole ``path`` from the top, and its indicators, each with its cells by place.
    """
    by_indicator: dict[str, dict[str, Row]] = {}
    for cell in cells:
        by_indicator.setdefault(cell["indicator"], {})[cell["place"]] = cell
    tops: dict[str, dict[str, Any]] = {}
    for row in fit:
        path: list[Mapping[Any, Any]] = list(scope.path(row["parent"] or "")) or [_NO_GROUP]
        top = tops.setdefault(path[0]["indicator"], {"group": path[0], "seconds": {}})
        second = top["seconds"].setdefault(path[-1]["indicator"], {"group": path[-1], "path": path, "rows": []})
        if row["indicator"] in by_indicator:
            second["rows"].append({"row": row, "cells": by_indicator[row["indicator"]]})
    held = ([second for second in top["seconds"].values() if second["rows"]] for top in tops.values())
    return [
        {"group": top["group"], "seconds": seconds} for top, seconds in zip(tops.values(), held, strict=True) if seconds
    ]


_NO_GROUP: dict[str, Any] = {"indicator": "top", "name_zh": "", "name_en": ""}
