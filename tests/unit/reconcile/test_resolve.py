"""One value per key: by the written rules, with the losers kept and every disagreement shown."""

from dataclasses import replace
from datetime import date

import pytest
from observing import Warehouse
from sqlalchemy import Engine

from learning_city.catalogue.read import read
from learning_city.warehouse import ref
from learning_city.warehouse.statements import SQL

RESIDENT = "pop_changzhu_y1231"
REGISTERED, MIGRANT = "pop_changzhu_huji_y1231", "pop_changzhu_wailai_y1231"
BULLETIN, OFFICIAL, LEDGER = "bj_bulletin_2017", "bj_lib_2020", "ledger_statistics"


@pytest.fixture
def warehouse(engine: Engine) -> Warehouse:
    return Warehouse(engine=engine)


def test_an_observation_speaks_for_its_own_definition_with_half_a_unit_of_slack(warehouse: Warehouse) -> None:
    number = warehouse.observe(RESIDENT, 2170.7)
    assert warehouse.resolve() == ["2017"]
    value = warehouse.value(RESIDENT)
    assert value is not None
    assert (value.value, value.method, value.verdict, value.winner) == (2170.7, "direct", "可比", [number])
    assert (value.low, value.high) == pytest.approx((2170.65, 2170.75))
    assert (value.candidates, value.is_conflict) == (1, False)


def test_another_multiple_of_the_unit_is_converted_and_stays_comparable(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 21_707_000, unit="人", decimals=0)
    warehouse.resolve()
    value = warehouse.value(RESIDENT)
    assert value is not None
    assert (value.value, value.method, value.verdict) == (pytest.approx(2170.7), "unit", "可比")
    assert value.high - value.low == pytest.approx(0.0001)


def test_another_counting_unit_is_no_candidate(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2170.7, unit="万人次")
    warehouse.resolve()
    assert warehouse.candidates(RESIDENT) == []


def test_a_definition_in_another_unit_reaches_over_its_bridge(warehouse: Warehouse) -> None:
    warehouse.observe("pop_changzhu_y1231_persons", 21_707_000)
    warehouse.resolve()
    value = warehouse.value(RESIDENT)
    assert value is not None
    assert (value.value, value.method, value.verdict) == (pytest.approx(2170.7), "unit", "可比")


def test_a_sum_needs_every_part_and_adds_their_slack(warehouse: Warehouse) -> None:
    registered = warehouse.observe(REGISTERED, 1312.1, period="2013")
    warehouse.resolve()
    assert warehouse.value(RESIDENT, period="2013") is None
    migrant = warehouse.observe(MIGRANT, 802.7, period="2013", source=OFFICIAL)
    warehouse.resolve()
    value = warehouse.value(RESIDENT, period="2013")
    assert value is not None
    assert (value.value, value.method, value.verdict) == (pytest.approx(2114.8), "sum", "调整后可比")
    assert value.winner == [registered, migrant]
    assert value.high - value.low == pytest.approx(0.2)


def test_a_difference_is_the_total_less_the_other_part(warehouse: Warehouse) -> None:
    total = warehouse.observe(RESIDENT, 2114.8, period="2013")
    part = warehouse.observe(MIGRANT, 802.7, period="2013")
    warehouse.resolve()
    value = warehouse.value(REGISTERED, period="2013")
    assert value is not None
    assert (value.value, value.method, value.winner) == (pytest.approx(1312.1), "difference", [total, part])
    assert value.low < 1312.1 < value.high
    assert value.high - value.low == pytest.approx(0.2)


def test_an_average_takes_the_year_end_before_and_the_years_own(warehouse: Warehouse) -> None:
    before = warehouse.observe(RESIDENT, 2172.9, period="2016")
    now = warehouse.observe(RESIDENT, 2170.7, period="2017")
    warehouse.resolve()
    value = warehouse.value("pop_changzhu_avg")
    assert value is not None
    assert (value.value, value.method, value.winner) == (pytest.approx(2171.8), "average", [before, now])
    assert warehouse.value("pop_changzhu_avg", period="2016") is None
    assert warehouse.value(RESIDENT, period="2016").value == 2172.9  # type: ignore[union-attr]


def test_a_new_year_end_reaches_the_average_of_the_year_after(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2170.7, period="2017")
    warehouse.resolve()
    warehouse.observe(RESIDENT, 2172.9, period="2016")
    assert warehouse.resolve() == ["2016", "2017"]
    assert warehouse.value("pop_changzhu_avg") is not None


def test_merged_places_are_replayed_for_the_years_before_with_every_old_part(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 68.6, period="2009", place="110102_2009")
    warehouse.resolve()
    assert warehouse.value(RESIDENT, period="2009", place="110102") is None
    warehouse.observe(RESIDENT, 55.3, period="2009", place="110104")
    warehouse.resolve()
    value = warehouse.value(RESIDENT, period="2009", place="110102")
    assert value is not None
    assert (value.value, value.method, value.verdict) == (pytest.approx(123.9), "merge", "调整后可比")
    assert warehouse.value(RESIDENT, period="2009", place="110101") is None


def test_a_ratio_of_merged_places_is_not_added(warehouse: Warehouse) -> None:
    for place in ("110102_2009", "110104"):
        warehouse.observe("pop_density_changzhu", 24_000, period="2009", place=place)
    warehouse.resolve()
    assert warehouse.value("pop_density_changzhu", period="2009", place="110102") is None


def test_a_renamed_place_keeps_its_ratios(warehouse: Warehouse) -> None:
    warehouse.observe("pop_density_changzhu", 215, period="2014", place="110228")
    warehouse.resolve()
    value = warehouse.value("pop_density_changzhu", period="2014", place="110118")
    assert value is not None
    assert (value.value, value.method) == (215, "merge")


def test_intervals_that_touch_agree(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2170.7, source=OFFICIAL)
    warehouse.observe(RESIDENT, 2171, decimals=0, source=LEDGER)
    warehouse.resolve()
    value = warehouse.value(RESIDENT)
    assert value is not None
    assert (value.value, value.candidates, value.is_conflict, value.verdict) == (2170.7, 2, False, "可比")
    assert warehouse.rows("SELECT * FROM warehouse.conflict") == []


def test_intervals_apart_are_a_conflict_with_the_proposal_of_the_better_source(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2170.7, source=OFFICIAL)
    warehouse.observe(RESIDENT, 2170.9, source=BULLETIN)
    warehouse.resolve()
    value = warehouse.value(RESIDENT)
    assert value is not None
    assert (value.value, value.verdict, value.is_conflict) == (2170.7, "conflict", True)
    ((proposal, spread, state),) = warehouse.rows("SELECT proposal, spread, state FROM warehouse.conflict")
    assert (proposal, spread, state) == (2170.7, pytest.approx(0.2), "open")


def test_losers_are_kept_with_their_rank(warehouse: Warehouse) -> None:
    media = warehouse.observe(RESIDENT, 2171.9, source=BULLETIN)
    ledger = warehouse.observe(RESIDENT, 2170.9, source=LEDGER)
    official = warehouse.observe(RESIDENT, 2170.7, source=OFFICIAL)
    warehouse.resolve()
    ranked = [(row.rank, row.obs_ids, row.source_rank) for row in warehouse.candidates(RESIDENT)]
    assert ranked == [(1, [official], 1), (2, [ledger], 2), (3, [media], 5)]


def test_the_method_decides_before_the_source(warehouse: Warehouse) -> None:
    warehouse.observe(REGISTERED, 1312.1, source=OFFICIAL)
    warehouse.observe(MIGRANT, 802.7, source=OFFICIAL)
    warehouse.observe(RESIDENT, 2114.9, source=BULLETIN)
    warehouse.resolve()
    value = warehouse.value(RESIDENT)
    assert value is not None
    assert (value.value, value.method) == (2114.9, "direct")
    assert [row.method for row in warehouse.candidates(RESIDENT)] == ["direct", "sum"]


def test_a_conflict_that_was_settled_by_a_correction_is_gone(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2170.7, source=OFFICIAL)
    warehouse.observe(RESIDENT, 21_707.0, source=LEDGER)
    warehouse.resolve()
    assert len(warehouse.rows("SELECT * FROM warehouse.conflict")) == 1
    warehouse.observe(RESIDENT, 2170.7, source=LEDGER, day=1)
    warehouse.resolve()
    assert warehouse.rows("SELECT * FROM warehouse.conflict") == []


def test_a_superseded_observation_is_no_candidate(warehouse: Warehouse) -> None:
    old = warehouse.observe(RESIDENT, 2170.9)
    new = warehouse.observe(RESIDENT, 2170.7, day=1)
    warehouse.resolve()
    assert [row.obs_ids for row in warehouse.candidates(RESIDENT)] == [[new]]
    assert warehouse.rows("SELECT obs_id, by_obs_id FROM warehouse.superseded") == [(old, new)]


def test_a_blank_replaces_nothing(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2170.9)
    warehouse.observe(RESIDENT, None, day=1)
    warehouse.resolve()
    value = warehouse.value(RESIDENT)
    assert value is not None
    assert value.value == 2170.9


def test_a_later_observation_of_another_source_supersedes_nothing(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2170.7, source=OFFICIAL)
    warehouse.observe(RESIDENT, 2170.7, source=LEDGER, day=1)
    warehouse.resolve()
    assert len(warehouse.candidates(RESIDENT)) == 2


@pytest.mark.parametrize(("place", "period"), [("110102_2009", "2010"), ("110102", "2009"), ("110228", "2015")])
def test_an_observation_of_a_place_that_did_not_exist_is_no_candidate(
    warehouse: Warehouse, place: str, period: str
) -> None:
    warehouse.observe(RESIDENT, 124.3, place=place, period=period)
    warehouse.resolve()
    assert warehouse.candidates(RESIDENT, place=place, period=period) == []


def test_a_figure_without_a_year_is_never_in_a_year(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2170.7, period="unstated@doc_xicheng_book_2013")
    assert warehouse.resolve() == []
    assert warehouse.rows("SELECT * FROM warehouse.reconciled_value") == []
    assert warehouse.rows("SELECT * FROM warehouse.candidate") == []


def test_of_two_figures_without_a_year_from_one_document_the_later_counts(warehouse: Warehouse) -> None:
    unstated = "unstated@doc_xicheng_book_2013"
    old = warehouse.observe(RESIDENT, 124.0, period=unstated)
    new = warehouse.observe(RESIDENT, 124.3, period=unstated, day=1)
    warehouse.resolve()
    assert warehouse.rows("SELECT obs_id, by_obs_id FROM warehouse.superseded") == [(old, new)]


@pytest.mark.parametrize("kind", ["target", "forecast"])
def test_targets_and_forecasts_are_never_candidates(warehouse: Warehouse, kind: str) -> None:
    warehouse.observe(RESIDENT, 2300, kind=kind)
    warehouse.resolve(with_synthetic=True)
    assert warehouse.candidates(RESIDENT) == []


def test_a_synthetic_figure_is_a_candidate_only_in_a_demonstration_and_stays_marked(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2000, kind="synthetic")
    warehouse.resolve()
    assert warehouse.value(RESIDENT) is None
    warehouse.resolve(with_synthetic=True)
    value = warehouse.value(RESIDENT)
    assert value is not None
    assert (value.value, value.kind) == (2000, "synthetic")


def test_a_synthetic_figure_never_stands_beside_a_real_one(warehouse: Warehouse) -> None:
    real = warehouse.observe(RESIDENT, 2170.7, source=BULLETIN)
    warehouse.observe(RESIDENT, 2000, kind="synthetic", source=OFFICIAL)
    warehouse.resolve(with_synthetic=True)
    assert [row.obs_ids for row in warehouse.candidates(RESIDENT)] == [[real]]
    value = warehouse.value(RESIDENT)
    assert value is not None
    assert (value.kind, value.is_conflict) == ("actual", False)


def test_a_real_and_a_synthetic_part_make_no_sum(warehouse: Warehouse) -> None:
    warehouse.observe(REGISTERED, 1312.1)
    warehouse.observe(MIGRANT, 802.7, kind="synthetic")
    warehouse.resolve(with_synthetic=True)
    assert warehouse.candidates(RESIDENT) == []


def test_a_real_and_a_synthetic_place_make_no_merger(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 68.6, period="2009", place="110102_2009")
    warehouse.observe(RESIDENT, 55.3, period="2009", place="110104", kind="synthetic")
    warehouse.resolve(with_synthetic=True)
    assert warehouse.candidates(RESIDENT, period="2009", place="110102") == []


def test_resolving_again_changes_nothing(warehouse: Warehouse) -> None:
    warehouse.observe(RESIDENT, 2170.7, source=OFFICIAL)
    warehouse.observe(RESIDENT, 2172.9, source=LEDGER)
    warehouse.observe(RESIDENT, 2172.9, period="2016")
    everything = "SELECT * FROM warehouse.candidate ORDER BY 1, 2, 4, 5", "SELECT * FROM warehouse.conflict"
    warehouse.resolve()
    before = [warehouse.rows(sql) for sql in everything]
    warehouse.resolve()
    assert [warehouse.rows(sql) for sql in everything] == before


@pytest.mark.parametrize(
    ("limits", "reaches"),
    [
        ({"place": "110000"}, True),
        ({"place": "310000"}, False),
        ({"valid_to": date(2018, 1, 1)}, True),
        ({"valid_to": date(2017, 12, 31)}, False),
        ({"valid_from": date(2018, 1, 1)}, False),
    ],
    ids=str,
)
def test_a_bridge_holds_for_its_place_and_its_dates_only(
    warehouse: Warehouse, limits: dict[str, object], reaches: bool
) -> None:
    edition = read(SQL / "reference")
    bridges = [row | (limits if row["bridge"] == "changzhu_from_parts" else {}) for row in edition.tables["bridge"]]
    with warehouse.engine.begin() as connection:
        ref.store(connection, replace(edition, tables={**edition.tables, "bridge": bridges}), who="clerk", why="a test")
    warehouse.observe(REGISTERED, 1312.1)
    warehouse.observe(MIGRANT, 802.7)
    warehouse.resolve()
    assert (warehouse.value(RESIDENT) is not None) == reaches
