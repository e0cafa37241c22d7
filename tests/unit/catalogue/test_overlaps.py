"""Indicators that say the same are found, and what the office declared of them is kept apart from what it did not."""

from learning_city.catalogue.overlaps import Pair, hints, pairs, proxies
from learning_city.catalogue.read import read
from learning_city.model.edition import Edition, Row
from learning_city.warehouse.statements import SQL


def starter(**tables: list[Row]) -> Edition:
    return Edition(tables=read(SQL / "reference").tables | tables)


def between(found: list[Pair], one: str, other: str) -> Pair:
    return next(pair for pair in found if {pair.one[1], pair.other[1]} == {one, other})


def test_the_starter_declares_what_the_plan_and_the_national_framework_share() -> None:
    found = pairs(starter())
    share = between(found, "n3_1_2", "a1_1_2")
    assert (share.strength, share.relation) == ("formula", "same")
    assert share.definitions == ("demo_districts", "municipal_districts")
    assert between(found, "n3_1", "n3_2").relation == "overlap"


def test_every_leaf_of_the_fourth_framework_is_declared_to_be_a_national_one() -> None:
    edition = starter()
    leaves = [r for r in edition.tables["indicator"] if r["framework"] == "unesco_2013" and r["formula"]]
    said = {(pair.one[0], pair.other[1], pair.relation) for pair in pairs(edition) if pair.other[0] == "unesco_2013"}
    assert {("national_62", row["indicator"], "same") for row in leaves} <= said


def test_without_the_declaration_the_pair_is_a_hint() -> None:
    found = pairs(starter(overlap=[]))
    assert between(hints(found), "n3_1_2", "a1_1_2").relation == ""
    assert len(hints(found)) > 20


def test_a_common_denominator_alone_is_no_hint() -> None:
    found = pairs(starter())
    basis = between(found, "n4_1_2", "n4_1_3")
    assert (basis.strength, basis.definitions) == ("basis", ("pop_changzhu_y1231",))
    assert basis not in hints(found)


def test_proxies_are_listed_whether_bridge_or_indicator() -> None:
    edition = starter()
    bridge = edition.tables["bridge"][0] | {"type": "proxy", "bridge": "stand_in"}
    overlap = edition.tables["overlap"][0] | {"relation": "proxy"}
    found = proxies(starter(bridge=[bridge], overlap=[overlap]))
    assert [(one.what, one.instead_of) for one in found] == [
        ("indicator", "action_plan_2020/a1_1_2"), ("bridge", "pop_changzhu_y1231"),
    ]  # fmt: skip
