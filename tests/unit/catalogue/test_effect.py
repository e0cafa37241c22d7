"""What a new edition does to the figures: told before it is in force, and true once it is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from observing import Warehouse
from sqlalchemy import Engine
from typer.testing import CliRunner

from learning_city.catalogue.read import read
from learning_city.catalogue.workbook import About, write
from learning_city.cli.catalogue import app
from learning_city.cli.catalogue_effect import Effect, put_in_force
from learning_city.errors import NeedsAPerson
from learning_city.indicators.compute import compute
from learning_city.model.edition import Edition, Row
from learning_city.model.home import Home
from learning_city.warehouse import ref
from learning_city.warehouse.fingerprint import fingerprint
from learning_city.warehouse.statements import SQL

BEIJING, HANGZHOU, TAIYUAN = "110000", "330100", "140100"
RESIDENT, REGISTERED, MIGRANT = "pop_changzhu_y1231", "pop_changzhu_huji_y1231", "pop_changzhu_wailai_y1231"
Change = Callable[[Row], Row | None]


@pytest.fixture
def warehouse(engine: Engine) -> Warehouse:
    """Three cities with seats and people; Beijing's people only by parts, and five demonstration districts."""
    made = Warehouse(engine=engine)
    for place, seats in ((BEIJING, 16_000), (HANGZHOU, 12_000), (TAIYUAN, 9_000)):
        made.observe("lib_seats", seats, place=place)
    made.observe(REGISTERED, 1300.0)
    made.observe(MIGRANT, 800.0)
    made.observe(RESIDENT, 900.0, place=HANGZHOU)
    made.observe(RESIDENT, 440.0, place=TAIYUAN)
    made.observe("demo_districts", 5)
    made.observe("municipal_districts", 16)
    compute(engine, made.resolve())
    return made


def changed(table: str, change: Change) -> Edition:
    """The starter edition with rows of a table changed; None removes a row."""
    edition = read(SQL / "reference")
    rows = [new for row in edition.tables[table] if (new := change(dict(row))) is not None]
    return Edition(tables={**edition.tables, table: rows})


def put(key: str, code: object, /, **cells: object) -> Change:
    return lambda row: row | cells if row[key] == code else row


def tried(warehouse: Warehouse, edition: Edition) -> Effect:
    """The effect of an edition; nothing is kept."""
    with warehouse.engine.connect() as connection, connection.begin() as transaction:
        effect = put_in_force(connection, edition, who="clerk", why="a test", with_synthetic=False)
        transaction.rollback()
    return effect


def prints(warehouse: Warehouse) -> dict[str, str]:
    with warehouse.engine.connect() as connection:
        return fingerprint(connection)


def said(effect: Effect, what: str) -> set[tuple[str, str, object, object]]:
    return {(flip.indicator, flip.place, flip.old, flip.new) for flip in effect.of(what)}


def test_a_target_within_reach_flips_its_attainment_and_nothing_else(warehouse: Warehouse) -> None:
    before = prints(warehouse)
    effect = tried(warehouse, changed("target", put("target", "target_sf222", value=5.0)))
    assert said(effect, "attainment") == {("a1_1_1", BEIJING, False, True)}
    assert effect.of("value") == effect.of("rank") == []
    (difference,) = effect.differences
    assert (difference.table, difference.key, difference.columns) == ("target", "target_sf222", {"value": ("12", "5")})
    assert prints(warehouse) == before


def test_a_formula_turned_over_changes_values_and_ranks_of_every_city(warehouse: Warehouse) -> None:
    before = prints(warehouse)
    turned = put("formula", "library_seats_per_10k", expression=f"10.0 * {RESIDENT} / lib_seats")
    effect = tried(warehouse, changed("formula", turned))
    values = {flip.place: (flip.old, flip.new) for flip in effect.of("value")}
    assert values[TAIYUAN] == (pytest.approx(9_000 / 440), pytest.approx(4_400 / 9_000))
    assert set(values) == {BEIJING, HANGZHOU, TAIYUAN}
    assert said(effect, "rank") == {("n4_1_3", BEIJING, 3, 1), ("n4_1_3", TAIYUAN, 1, 3)}
    assert effect.of("attainment") == []
    assert prints(warehouse) == before


def test_a_bridge_taken_away_leaves_a_city_without_value_and_rank(warehouse: Warehouse) -> None:
    before = prints(warehouse)
    effect = tried(warehouse, changed("bridge", lambda row: None if row["bridge"] == "changzhu_from_parts" else row))
    assert said(effect, "value") == {("n4_1_3", BEIJING, 16_000 / 2_100, None)}
    assert said(effect, "rank") == {("n4_1_3", BEIJING, 3, None)}
    assert [one.what for one in effect.differences] == ["removed", "removed"]
    assert prints(warehouse) == before


def test_a_direction_turned_over_moves_ranks_and_no_value(warehouse: Warehouse) -> None:
    effect = tried(warehouse, changed("indicator", put("indicator", "n4_1_3", direction="lower")))
    assert effect.of("value") == []
    assert said(effect, "rank") == {("n4_1_3", BEIJING, 3, 1), ("n4_1_3", TAIYUAN, 1, 3)}


def test_what_is_not_judged_has_no_rank(warehouse: Warehouse) -> None:
    effect = tried(warehouse, changed("indicator", put("indicator", "n4_1_3", direction="none")))
    assert {flip.new for flip in effect.of("rank")} == {None}
    assert len(effect.of("rank")) == 3


def test_an_edition_that_touches_no_figure_flips_nothing(warehouse: Warehouse) -> None:
    effect = tried(warehouse, changed("department", put("department", "women", name_en="All-China Women's Federation")))
    assert effect.flips == []
    assert len(effect.differences) == 1


def test_an_edition_in_force_agrees_with_its_values(warehouse: Warehouse) -> None:
    twice = put("formula", "library_seats_per_10k", expression=f"2.0 * lib_seats / {RESIDENT}")
    with warehouse.engine.begin() as connection:
        effect = put_in_force(connection, changed("formula", twice), who="李", why="加倍", with_synthetic=False)
    assert (effect.old, effect.new) == (1, 2)
    rows = warehouse.rows("SELECT DISTINCT edition FROM warehouse.indicator_value")
    assert [row.edition for row in rows] == [2]
    (row,) = warehouse.rows(
        "SELECT value FROM warehouse.indicator_value WHERE indicator = 'n4_1_3' AND place = '140100'"
    )
    assert row.value == pytest.approx(2 * 9_000 / 440)


def test_a_formula_that_cannot_be_computed_leaves_everything_as_it_was(warehouse: Warehouse) -> None:
    before = prints(warehouse)
    endless = put("formula", "library_seats_per_10k", expression="lib_seats * 1e308 * 1e308")
    with pytest.raises(NeedsAPerson, match="没有导入"), warehouse.engine.begin() as connection:
        put_in_force(connection, changed("formula", endless), who="李", why="试", with_synthetic=False)
    assert prints(warehouse) == before
    with warehouse.engine.connect() as connection:
        assert ref.current(connection) == 1


def test_an_error_in_the_middle_stores_no_part_of_an_edition(warehouse: Warehouse) -> None:
    before = prints(warehouse)
    broken = changed("table_label", lambda row: row | {"decimals": 1})
    with pytest.raises(Exception, match="decimals"), warehouse.engine.begin() as connection:
        put_in_force(connection, broken, who="李", why="试", with_synthetic=False)
    assert prints(warehouse) == before


@pytest.fixture
def lcm(home: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs ``lcm catalogue …`` on the home of this test."""
    monkeypatch.setenv("LCM_HOME", str(home.root))
    monkeypatch.setenv("LCM_DATABASE_URL", home.database_url)
    return lambda *arguments: CliRunner().invoke(app, [str(one) for one in arguments])


def book(path: Path, edition: Edition) -> Path:
    write(path, edition, About(edition=1, content_hash="", who="", why=""))
    return path


def test_a_dry_run_says_as_json_what_an_import_then_does(
    warehouse: Warehouse, lcm: Callable[..., Any], tmp_path: Path
) -> None:
    before = prints(warehouse)
    path = book(tmp_path / "目录.xlsx", changed("target", put("target", "target_sf222", value=5.0)))
    tried = json.loads(lcm("import", path, "--dry-run", "--json").stdout)
    assert prints(warehouse) == before
    assert (tried["edition"], tried["new_edition"], tried["is_imported"]) == (1, 2, False)
    assert [(one["table"], one["changed"]) for one in tried["tables"]] == [("target", 1)]
    (flip,) = tried["flips"]["attainment"]
    assert (flip["indicator"], flip["place_zh"], flip["old"], flip["new"]) == ("a1_1_1", "北京市", False, True)
    assert tried["awaits_second"]
    first = json.loads(lcm("import", path, "--why", "目标下调", "--who", "李敏", "--on", 1, "--json").stdout)
    assert (first["is_imported"], first["awaits_second"]) == (False, True)
    done = json.loads(lcm("import", path, "--why", "同意", "--who", "王芳", "--on", 1, "--json").stdout)
    assert (done["is_imported"], done["proposed_by"]) == (True, "李敏")
    assert done["flips"] == tried["flips"]
    (row,) = warehouse.rows("SELECT who, why, confirmed_by FROM ref.edition WHERE edition = 2")
    assert tuple(row) == ("李敏", "目标下调", "王芳")
    again = lcm("import", path, "--why", "再来一次")
    assert "没有变化" in again.stdout
    assert warehouse.rows("SELECT count(*) FROM ref.edition")[0][0] == 2


def test_what_flips_an_attainment_is_not_put_in_force_by_one_person(
    warehouse: Warehouse, lcm: Callable[..., Any], tmp_path: Path
) -> None:
    before = prints(warehouse)
    path = book(tmp_path / "目录.xlsx", changed("target", put("target", "target_sf222", value=5.0)))
    for own in ("李敏", "李敏", " 李敏\u200b"):
        assert "须两人办理" in lcm("import", path, "--why", "目标下调", "--who", own).stdout
    assert prints(warehouse) == before
    (row, *_) = warehouse.rows("SELECT who, attainments, ranks, on_edition FROM ref.proposal ORDER BY proposed_at")
    assert tuple(row) == ("李敏", 1, 0, 1)
    other = book(tmp_path / "别的.xlsx", changed("target", put("target", "target_sf222", value=4.0)))
    assert "须两人办理" in lcm("import", other, "--why", "再低些", "--who", "王芳").stdout
    assert warehouse.rows("SELECT count(*) FROM ref.edition")[0][0] == 1


def test_what_moves_nothing_needs_one_person(warehouse: Warehouse, lcm: Callable[..., Any], tmp_path: Path) -> None:
    path = book(tmp_path / "目录.xlsx", changed("target", put("target", "target_sf222", value=11.0)))
    done = json.loads(lcm("import", path, "--why", "目标下调", "--json").stdout)
    assert (done["is_imported"], done["awaits_second"]) == (True, False)
    (row,) = warehouse.rows("SELECT confirmed_by FROM ref.edition WHERE edition = 2")
    assert row[0] is None


def both(lcm: Callable[..., Any], path: Path, why: str) -> None:
    for who in ("李敏", "王芳"):
        lcm("import", path, "--why", why, "--who", who)


def test_an_import_is_refused_when_another_edition_came_into_use_since_the_check(
    warehouse: Warehouse, lcm: Callable[..., Any], tmp_path: Path
) -> None:
    path = book(tmp_path / "目录.xlsx", changed("target", put("target", "target_sf222", value=5.0)))
    refused = lcm("import", path, "--why", "x", "--on", 7)
    assert isinstance(refused.exception, NeedsAPerson)
    assert "重新检查" in str(refused.exception)
    assert warehouse.rows("SELECT count(*) FROM ref.edition")[0][0] == 1


def test_an_import_needs_a_reason(lcm: Callable[..., Any]) -> None:
    refused = lcm("import", SQL / "reference")
    assert "--why" in str(refused.exception)


def test_going_back_to_older_content_is_a_new_edition(
    warehouse: Warehouse, lcm: Callable[..., Any], tmp_path: Path
) -> None:
    both(lcm, book(tmp_path / "a.xlsx", changed("target", put("target", "target_sf222", value=5.0))), "x")
    both(lcm, SQL / "reference", "回到第 1 版")
    first, second, third = warehouse.rows("SELECT content_hash FROM ref.edition ORDER BY edition")
    assert first == third != second


def test_two_editions_are_compared_by_the_office_s_own_keys(
    warehouse: Warehouse, lcm: Callable[..., Any], tmp_path: Path
) -> None:
    path = book(tmp_path / "a.xlsx", changed("target", put("target", "target_sf222", value=5.0)))
    assert "目标值 12 → 5" in lcm("diff", path).stdout
    both(lcm, path, "目标下调")
    for arguments in ((), ("1",), ("1", "2")):
        assert "± 改 target_sf222：目标值 12 → 5" in lcm("diff", *arguments).stdout
    assert "没有变化" in lcm("diff", "2", path).stdout
    assert "目标下调" in lcm("list").stdout


def test_a_year_shows_the_world_of_that_year(lcm: Callable[..., Any]) -> None:
    old, new = lcm("show", 2012).stdout, lcm("show", 2018).stdout
    assert "文化广电新闻出版局" in old
    assert "文化和旅游局" in new
    assert "不低于 2.5%" in old
    assert "不低于 8%" in new
    assert "urban_rural_income_ratio v1" in old
    assert "urban_rural_income_ratio v2" in new
