"""What a finding weighs: places in a rank, attainments that flip, or nothing at all."""

from typing import Any

from desk import BLANK, deliver, question
from office import Office
from sqlalchemy import text

from learning_city.indicators.effect import weigh

CITIES = {"110000": "北京", "310000": "上海", "330100": "杭州"}


def deliver_all(office: Office, **changed: Any) -> dict[str, int]:
    """Three cities with 10, 20 and 30 reading seats on as many people; Beijing's seats are asked about."""
    ids = {}
    for n, (place, name) in enumerate(CITIES.items(), start=1):
        mine = changed if place == "110000" else {}
        ids[name] = deliver(office, name, place, **{"lib_seats": 10.0 * n, "pop_changzhu_y1231": 1000.0, **mine})
    return ids


def proposal(office: Office, definition: str, value: float | None) -> int:
    """A question about Beijing's figure of a definition, with what it would be."""
    with office.engine.begin() as connection:
        return int(
            connection.execute(
                text("""
                INSERT INTO quality.finding (submission_id, round, rule_id, family, severity, file, sheet, cell, form,
                  department, place, definition, period, found, expected, message_zh, message_en, cause, would_be)
                SELECT submission_id, '2017', 'slip.unit', 'slip', 'ask', '', sheet, cell, form, '', place, definition,
                  period, '', '', '', '', '', :value
                FROM intake.item WHERE place = '110000' AND definition = :definition RETURNING finding_id"""),
                {"definition": definition, "value": value},
            ).scalar_one()
        )


def weight(office: Office, finding: int) -> Any:
    return office.one("SELECT effect, moves, impact FROM quality.finding WHERE finding_id = :n", n=finding)


def test_a_proposal_that_moves_the_rank_weighs_the_places_and_needs_a_second_person(office: Office) -> None:
    ids = deliver_all(office)
    last = proposal(office, "lib_seats", 100.0)
    assert weigh(office.engine, list(ids.values())) >= 1
    effect, moves, impact = weight(office, last)
    assert (effect, moves) == (2, True)
    assert (impact[0]["old_rank"], impact[0]["new_rank"], impact[0]["places"]) == (3, 1, 2)
    assert impact[0]["new"] == 10 * impact[0]["old"]


def test_a_proposal_that_changes_no_place_moves_nothing(office: Office) -> None:
    ids = deliver_all(office)
    small = proposal(office, "lib_seats", 11.0)
    weigh(office.engine, list(ids.values()))
    effect, moves, _ = weight(office, small)
    assert 0 < effect < 1
    assert not moves


def test_a_figure_no_indicator_reads_weighs_nothing(office: Office) -> None:
    ids = deliver_all(office, gdp=BLANK)
    weigh(office.engine, list(ids.values()))
    read = office.one("SELECT count(*) FROM ref.formula WHERE expression ~ '\\mgdp\\M'")
    assert weight(office, question(office))[1] is False
    assert (weight(office, question(office))[0] == 0) == (read == 0)


def test_a_figure_without_a_proposal_weighs_less_than_any_that_moves(office: Office) -> None:
    ids = deliver_all(office)
    silent = proposal(office, "lib_seats", None)
    weigh(office.engine, list(ids.values()))
    assert weight(office, silent)[:2] == (0.1, False)


def test_weighing_again_changes_nothing(office: Office) -> None:
    ids = list(deliver_all(office).values())
    one = proposal(office, "lib_seats", 100.0)
    weigh(office.engine, ids)
    before = weight(office, one)
    weigh(office.engine, ids)
    assert weight(office, one) == before
