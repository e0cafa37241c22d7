"""The sample year: every fact is delivered once, read back from where it was put, and nothing real is invented."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from learning_city.collect.inbox import list_deliveries
from learning_city.collect.reader import Readers
from learning_city.collect.register import register
from learning_city.collect.tables import list_sources, register_tables
from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.model.period import last_day
from learning_city.prepare.rounds import open_round
from learning_city.reconcile.resolve import resolve
from learning_city.review.settle import settle_by_rule
from learning_city.samples import inbox
from learning_city.samples.facts import HERE, facts
from learning_city.samples.settle import settle
from learning_city.validate import store
from learning_city.warehouse.engine import connect

KEY = b"the office's key"
Rows = list[Mapping[str, Any]]


class Year:
    """The sample from inbox to reconciled values, in one home."""

    def __init__(self, home: Home, readers: Readers) -> None:
        self.home, self.engine = home, connect(home)
        for year in inbox.YEARS:
            open_round(self.engine, str(year))
        inbox.fill(self.engine, home, KEY)
        ids = register_tables(self.engine, home, list_sources(home.inbox), readers)
        for year in inbox.YEARS:
            names = list_deliveries(home.inbox / str(year))
            ids += register(self.engine, home, str(year), names, KEY, readers)
        store.check(self.engine, sorted(ids), date(2018, 5, 1), is_demo=True)
        settle_by_rule(self.engine)
        settle(self.engine)
        settle_by_rule(self.engine)
        resolve(self.engine, with_synthetic=True)

    def rows(self, sql: str) -> Rows:
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql)).mappings())

    def manifest(self) -> list[dict[str, str]]:
        return read_csv(self.home.root / "sample_manifest.csv")


def read_csv(path: Any) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def year(new_home: Any, readers: Readers) -> Iterator[Year]:
    with new_home() as home:
        yield Year(home, readers)


def test_every_fact_of_the_inventory_is_used_or_left_out_with_its_reason_once() -> None:
    left_out = read_csv(HERE / "left_out.csv")
    inventory = [f"SF{n:03}" for n in range(1, 250)] + [f"EF{n:03}" for n in range(1, 151)]
    told = [fact.fact_id for fact in facts()] + [row["fact_id"] for row in left_out]
    assert sorted(told) == sorted(inventory)
    assert all(row["reason"] and row["reason_en"] for row in left_out)


def test_no_fact_without_a_stated_year_gets_one() -> None:
    for row in read_csv(HERE / "facts.csv"):
        unstated = row["period"].startswith("unstated@")
        assert unstated == (row["year_basis"] == "unstated"), row["fact_id"]
        assert (last_day(row["period"]) is None) == unstated, row["fact_id"]


def test_every_fact_is_delivered_exactly_once(year: Year) -> None:
    delivered = Counter(row["fact_id"] for row in year.manifest())
    assert delivered == Counter(fact.fact_id for fact in facts())


def test_every_fact_is_read_back_from_the_file_it_was_put_in(year: Year) -> None:
    read = Counter(
        (row["delivered_as"], row["definition"], row["place"], row["period"], row["value"])
        for row in year.rows(
            """SELECT s.delivered_as, i.definition, i.place, i.period, i.value FROM intake.item AS i
               JOIN intake.submission AS s USING (submission_id)"""
        )
    )
    put = {row["fact_id"]: row["delivered_as"] for row in year.manifest()}
    missing = [
        fact.fact_id
        for fact in facts()
        if not read[put[fact.fact_id], fact.definition, fact.place, fact.period, fact.value]
    ]
    assert missing == []


def test_every_observation_that_is_not_synthetic_has_a_fact(year: Year) -> None:
    known = {(row["delivered_as"], row["definition"], row["place"]) for row in year.manifest()}
    real = year.rows(
        """SELECT s.delivered_as, o.definition, o.place, o.period FROM warehouse.observation AS o
           JOIN intake.submission AS s USING (submission_id)
           WHERE o.kind <> 'synthetic' AND o.value IS NOT NULL"""
    )
    assert len(real) > 250
    assert [row for row in real if (row["delivered_as"], row["definition"], row["place"]) not in known] == []


def test_every_fact_of_an_accepted_file_is_an_observation_with_its_own_period(year: Year) -> None:
    observed = {
        (row["delivered_as"], row["definition"], row["place"], row["period"], row["value"])
        for row in year.rows(
            """SELECT s.delivered_as, o.definition, o.place, o.period, o.value FROM warehouse.observation AS o
               JOIN intake.submission AS s USING (submission_id) WHERE o.kind <> 'synthetic'"""
        )
    }
    put = {row["fact_id"]: row["delivered_as"] for row in year.manifest()}
    lost = [f.fact_id for f in facts() if (put[f.fact_id], f.definition, f.place, f.period, f.value) not in observed]
    assert lost == []


def test_figures_without_a_year_stand_in_no_year(year: Year) -> None:
    unstated = {fact.fact_id for fact in facts() if fact.period.startswith("unstated@")}
    assert len(unstated) > 50
    (count,) = year.rows("SELECT count(*) AS n FROM warehouse.observation WHERE period LIKE 'unstated@%'")
    assert count["n"] >= len(unstated)
    assert year.rows("SELECT * FROM warehouse.reconciled_value WHERE period LIKE 'unstated@%'") == []


def test_the_districts_of_beijing_add_up_exactly_to_the_published_totals_of_2010(year: Year) -> None:
    rows = year.rows(
        """SELECT v.definition, sum(v.value::numeric) AS total, count(*) AS districts
           FROM warehouse.reconciled_value AS v
           JOIN ref.place AS p ON p.edition = 1 AND p.place = v.place AND p.level = 'district'
             AND daterange(p.valid_from, p.valid_to) @> date '2010-12-31'
           WHERE v.period = '2010' AND v.definition IN ('pop_changzhu_y1101', 'pop_huji_y1231')
           GROUP BY v.definition ORDER BY v.definition"""
    )
    assert [(row["definition"], str(row["total"]).rstrip("0"), row["districts"]) for row in rows] == [
        ("pop_changzhu_y1101", "1961.2", 16),
        ("pop_huji_y1231", "1257.8", 16),
    ]


def test_no_synthetic_figure_stands_beside_a_real_one_of_its_series(year: Year) -> None:
    mixed = year.rows(
        """SELECT definition, place FROM warehouse.reconciled_value GROUP BY definition, place
           HAVING bool_or(kind = 'synthetic') AND bool_or(kind <> 'synthetic')"""
    )
    assert mixed == []


def test_every_planted_fault_is_found_and_every_stray_is_set_aside(year: Year) -> None:
    found = year.rows(
        """SELECT DISTINCT s.delivered_as, s.department, s.place, f.rule_id FROM quality.finding AS f
           JOIN intake.submission AS s USING (submission_id) WHERE s.round = '2017' AND f.severity <> 'note'"""
    )
    rules = {(row["place"], row["department"], row["rule_id"]) for row in found}
    assert {
        ("330200", "culture_tourism", "slip.unit"),
        ("430100", "statistics", "signoff.seal"),
        ("510100", "edu", "parts.over_total"),
        ("420100", "culture_tourism", "type.not_a_number"),
        ("330100", "statistics", "identity.printed"),
        ("430100", "culture_tourism", "legal.expired"),
    } <= rules
    strays = {row["delivered_as"]: row["rule_id"] for row in found if re.search(r"\.(txt|xlsx)$", row["delivered_as"])}
    assert strays == {
        "说明.txt": "identity.unreadable",
        "下载中断.xlsx": "identity.unreadable",
        "去年的表.xlsx": "identity.round",
    }


def test_the_sample_never_enters_a_home_that_is_no_demonstration(year: Year, tmp_path: Any) -> None:
    office = Home(root=tmp_path, database_url=year.home.database_url)
    with pytest.raises(NeedsAPerson, match="no demonstration"):
        inbox.fill(year.engine, office, KEY)
    assert list(tmp_path.iterdir()) == []
