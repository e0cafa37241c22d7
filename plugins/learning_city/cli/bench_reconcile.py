"""Ten years of a country reconciled: every candidate, winner and conflict, beside a plain formulation in DuckDB."""

import time
from dataclasses import dataclass
from typing import Any

import pandas as pd
from rich.console import Console
from sqlalchemy import Engine, text

from learning_city.cli.scratch import scratch_home
from learning_city.reconcile import resolve
from learning_city.warehouse import engine

Counts = dict[str, dict[tuple[str, ...], tuple[float, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """``places`` × ``measures`` × three sources a year; 3 % of the figures were revised, 5 % disagree.

    Seven of ten measures are heard under their own definition, one in another unit, one as two parts, one at year-ends
    whose average is wanted.
    """

    places: int = 337
    measures: int = 500
    years: int = 10
    first: int = 2010

    @property
    def periods(self) -> list[str]:
        """Its data years."""
        return [str(self.first + n) for n in range(self.years)]


def measure(console: Console) -> None:
    """Fill, resolve everything, compare every count, then take in one submission more and compare again."""
    country = Country()
    with scratch_home() as home:
        warehouse = engine.connect(home)
        fill(warehouse, country)
        with warehouse.connect() as connection:
            many = connection.execute(text("SELECT count(*) FROM warehouse.observation")).scalar_one()
        ours = _timed(lambda: resolve.resolve(warehouse, with_synthetic=False, everything=True))
        found = counts(warehouse)
        theirs, plain = plainly(warehouse)
        one = _one_more(warehouse, country)
        after = counts(warehouse)
        resolve.resolve(warehouse, with_synthetic=False, everything=True)
        same = "equal to a full rebuild" if counts(warehouse) == after else "NOT equal to a full rebuild"
        candidates = sum(row[0] for row in found["candidates"].values())
        values, conflicts = (sum(row[n] for row in found["values"].values()) for n in (0, 1))
        agree = "every count agrees" if found == plain else "COUNTS DIFFER"
        console.print(
            f"{many:,} observations → {candidates:,.0f} candidates, {values:,.0f} values, {conflicts:,.0f} conflicts in {ours:.1f} s "
            f"(DuckDB, plainly, in memory: {theirs:.1f} s; {agree}); one submission more {1000 * one:.0f} ms, {same}"
        )


def fill(warehouse: Engine, country: Country) -> None:
    """The country's catalogue and observations; what disagrees and what was revised follows from hashes."""
    said: dict[str, Any] = {"places": country.places, "measures": country.measures}
    with warehouse.begin() as connection:
        for statement in _CATALOGUE:
            connection.execute(text(statement), said)
    for period in country.periods:
        with warehouse.begin() as connection:
            connection.execute(text("SELECT warehouse.ensure_period(:period)"), {"period": period})
            connection.execute(text(_OBSERVATIONS), said | {"period": period})
    with warehouse.begin() as connection:
        connection.execute(text("ANALYZE"))


def counts(warehouse: Engine) -> Counts:
    """Candidates by period and method; values, conflicts and the sum of winners by period."""
    with warehouse.connect() as connection:
        return {name: _read(connection.execute(text(sql)).all()) for name, sql in _COUNTS.items()}


def plainly(warehouse: Engine) -> tuple[float, Counts]:
    """The same counts by DuckDB over the bare observations, and its seconds without the export."""
    import duckdb

    with warehouse.connect() as connection:
        columns = "measure, definition, place, period, value, source, recorded_at"
        observations = pd.read_sql(text(f"SELECT {columns} FROM warehouse.observation"), connection)  # noqa: S608 - ours
    with duckdb.connect() as plain:
        plain.register("observations", observations)
        began = time.perf_counter()
        plain.execute(_PLAIN)
        found = {name: _read(plain.execute(sql).fetchall()) for name, sql in _PLAIN_COUNTS.items()}
        return time.perf_counter() - began, found


def _read(rows: Any) -> dict[tuple[str, ...], tuple[float, ...]]:
    return {
        tuple(v for v in row if isinstance(v, str)): tuple(round(float(v), 3) for v in row if not isinstance(v, str))
        for row in rows
    }


def _one_more(warehouse: Engine, country: Country) -> float:
    """Seconds to resolve one accepted submission of 60 corrected figures of one place."""
    with warehouse.begin() as connection:
        for statement in _SUBMISSION:
            connection.execute(text(statement), {"period": country.periods[-1]})
    return _timed(lambda: resolve.resolve(warehouse, with_synthetic=False))


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


_CATALOGUE = (
    "INSERT INTO ref.edition (edition, content_hash, who, why) VALUES (1, 'bench', 'bench', 'bench')",
    """INSERT INTO ref.source (edition, source, name_zh, name_en, kind, rank)
       SELECT 1, 's' || n, '', '', 'official', n FROM generate_series(1, 3) AS n""",
    """INSERT INTO ref.place (edition, place, name_zh, name_en, level, valid_from)
       SELECT 1, 'p' || n, '', '', '', '1949-10-01' FROM generate_series(1, :places) AS n""",
    """INSERT INTO ref.measure (edition, measure, name_zh, name_en, unit, decimals, aggregation)
       SELECT 1, 'm' || n, '', '', '万人', 1, 'stock' FROM generate_series(1, :measures) AS n""",
    """INSERT INTO ref.definition (edition, definition, measure, name_zh, name_en, unit, decimals, aggregation, kind, valid_from)
       SELECT 1, 'm' || n || s, 'm' || n, '', '', CASE WHEN s = '_u' THEN '人' ELSE '万人' END, 1, 'stock', 'actual', '1949-10-01'
       FROM generate_series(1, :measures) AS n CROSS JOIN LATERAL unnest(CASE n % 10
         WHEN 7 THEN ARRAY['', '_u'] WHEN 8 THEN ARRAY['', '_a', '_b'] WHEN 9 THEN ARRAY['', '_e'] ELSE ARRAY[''] END) AS s""",
    """INSERT INTO ref.bridge (edition, bridge, type, from_definition, to_definition, part, parts, factor, error)
       SELECT 1, 'b' || n, t, 'm' || n || f, 'm' || n, part, parts, factor, 0
       FROM generate_series(1, :measures) AS n INNER JOIN (VALUES (7, 'unit', '_u', 1, 1, 0.0001), (8, 'sum', '_a', 1, 2, NULL),
         (8, 'sum', '_b', 2, 2, NULL), (9, 'average', '_e', 1, 2, NULL), (9, 'average', '_e', 2, 2, NULL)
       ) AS b (k, t, f, part, parts, factor) ON n % 10 = k""",
)
_OBSERVATIONS = """
INSERT INTO warehouse.observation (
  measure, definition, place, period, value, unit, decimals, status, kind, source, submission_id, sheet, cell, recorded_at
)
SELECT d.measure, d.definition, 'p' || p, :period,
  round((1000 + hashtext(d.definition || p || :period) % 500
    + CASE WHEN hashtext(d.definition || p || s || :period || r) % 20 = 0 THEN 5 ELSE 0 END)::numeric, 1)
    * CASE WHEN d.unit = '人' THEN 10000 ELSE 1 END,
  d.unit, CASE WHEN d.unit = '人' THEN 0 ELSE 1 END, 'A', 'actual', 's' || s, -(p * 10 + s), 's', 'c' || r,
  timestamptz '2020-01-01' + r * interval '1 day'
FROM ref.definition AS d CROSS JOIN generate_series(1, :places) AS p CROSS JOIN generate_series(1, 3) AS s
CROSS JOIN generate_series(0, 1) AS r
WHERE (d.definition LIKE '%\\_%' OR substr(d.measure, 2)::int % 10 < 7)
  AND (r = 0 OR hashtext(d.definition || p || s || 'r') % 33 = 0)
"""
_SUBMISSION = (
    """INSERT INTO intake.submission (kind, round, delivered_as, file_name, sha256, bytes, department, place, period, source, state)
       VALUES ('ledger', '', 'one more', 'one.xlsx', 'x', 1, 'd', 'p5', :period, 's1', 'accepted')""",
    """INSERT INTO intake.item (submission_id, item_no, sheet, cell, form, measure, definition, place, period, unit, decimals,
         required, kind, type, value, status)
       SELECT (SELECT max(submission_id) FROM intake.submission), row_number() OVER (), 's', 'c' || row_number() OVER (), 'f',
         d.measure, d.definition, 'p5', :period, d.unit, 1, true, 'actual', 'number', 4321.5, 'A'
       FROM ref.definition AS d WHERE d.definition NOT LIKE '%\\_u' ORDER BY d.definition LIMIT 60""",
    """SELECT quality.decide('accept_form_by_rule', ARRAY[row(max(submission_id), 'f', NULL, NULL, NULL, NULL, false)::quality.ruling],
         'rule', 'bench', NULL, NULL, false) FROM intake.submission""",
)
_COUNTS = {
    "candidates": "SELECT period, method, count(*) FROM warehouse.candidate GROUP BY 1, 2",
    "values": """SELECT period, count(*), count(*) FILTER (WHERE is_conflict), round(sum(value)::numeric, 3)
                 FROM warehouse.reconciled_value GROUP BY 1""",
}
_PLAIN = """
CREATE TABLE heard AS
SELECT measure, definition, place, period, source, recorded_at, regexp_extract(definition, '_.$') AS part,
  value, CASE WHEN part = '_u' THEN 0.5 ELSE 0.05 END AS slack
FROM observations
QUALIFY row_number() OVER (PARTITION BY definition, place, period, source ORDER BY recorded_at DESC) = 1;
CREATE TABLE slot AS
SELECT measure, place, period, part, arg_min(value, source) AS value, min(source) AS source, count(*) AS n,
  max(value - slack) AS low, min(value + slack) AS high
FROM heard GROUP BY ALL;
CREATE TABLE candidate AS
SELECT definition AS key, place, period, 'direct' AS method, value, value - slack AS low, value + slack AS high, source
FROM heard
UNION ALL SELECT measure, place, period, 'unit', value * 0.0001, (value - slack) * 0.0001, (value + slack) * 0.0001, source
FROM heard WHERE part = '_u'
UNION ALL SELECT a.measure, a.place, a.period, 'sum', a.value + b.value, a.low + b.low, a.high + b.high, ''
FROM slot AS a INNER JOIN slot AS b USING (measure, place, period) WHERE a.part = '_a' AND b.part = '_b'
UNION ALL SELECT a.measure, a.place, b.period, 'average', (a.value + b.value) / 2, (a.low + b.low) / 2, (a.high + b.high) / 2, ''
FROM slot AS a INNER JOIN slot AS b ON a.measure = b.measure AND a.place = b.place AND a.part = '_e' AND b.part = '_e'
  AND CAST(a.period AS integer) + 1 = CAST(b.period AS integer);
CREATE TABLE chosen AS
SELECT key, place, period, arg_min(value, source) AS value, max(low) - min(high) > 1e-9 * abs(min(high)) AS is_conflict
FROM candidate GROUP BY ALL;
"""
_PLAIN_COUNTS = {
    "candidates": "SELECT period, method, count(*) FROM candidate GROUP BY 1, 2",
    "values": "SELECT period, count(*), count(*) FILTER (WHERE is_conflict), round(sum(value), 3) FROM chosen GROUP BY 1",
}
