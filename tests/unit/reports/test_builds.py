"""Builds: frozen, written again with the same bytes, approved by a second person, released, restored, compared."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from building import FRAMEWORK, INDICATOR, PERIOD, UNIT, built, collected, file_of, grant, released, states
from office import Office
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from learning_city.errors import NeedsAPerson, Refused
from learning_city.model.report_format import FORMATS
from learning_city.reports import build as builds
from learning_city.reports import difference, difference_book, life, request
from learning_city.reports.rebuild import frozen, rebuild
from learning_city.reports.writers import WRITERS
from learning_city.review import audit, signoff
from learning_city.warehouse.engine import connect

_BLOCKING = """
INSERT INTO quality.finding (submission_id, round, rule_id, family, severity, file, sheet, cell, place, found, expected,
  message_zh, message_en, cause)
SELECT submission_id, '2017', rule, 'x', severity, 'f.xlsx', '表', 'A1', '110000', '', '', '须改', 'mend it', ''
FROM intake.submission CROSS JOIN (VALUES ('a', 'block'), ('b', 'ask')) AS v (rule, severity) LIMIT 2
"""


@pytest.fixture
def year(office: Office) -> Office:
    """An office with one ledger of Beijing taken in."""
    collected(office, "北京", 10)
    return office


def test_every_format_has_a_writer_and_a_name() -> None:
    assert list(FORMATS) == list(WRITERS)


def test_the_same_inputs_give_the_same_build(year: Office) -> None:
    assert built(year) == built(year, by="somebody else")


def test_a_build_freezes_where_each_number_comes_from(year: Office) -> None:
    lineage = frozen(year.engine, year.home, built(year)).lineage
    one = lineage[(lineage["indicator"] == INDICATOR) & (lineage["role"] == "winner")].iloc[0]
    submission = year.submission("北京")
    assert (one["place"], one["expression"], one["value"], one["cell_text"]) == (
        "110000",
        "joint_issue_depts",
        10,
        "10",
    )
    assert (one["sha256"], one["file_name"]) == (submission.sha256, submission.file_name)
    assert one["cell"] == year.cell("北京", "joint_issue_depts")
    assert one["accepted_by"] == "rule"
    assert year.rows("SELECT submission_id FROM report.input") == [(submission.submission_id,)]


def test_what_has_no_value_stands_in_the_lineage_too(year: Office) -> None:
    lineage = frozen(year.engine, year.home, built(year)).lineage
    assert "nothing" in set(lineage["role"])
    assert lineage.loc[lineage["role"] == "nothing", "obs_id"].isna().all()


def test_an_older_build_is_written_again_after_new_data_with_the_same_bytes(year: Office) -> None:
    first = built(year)
    collected(year, "北京更正", 14)
    second = built(year)
    assert second != first
    assert all(one.is_equal for one in rebuild(year.engine, year.home, first))
    assert all(one.is_equal for one in rebuild(year.engine, year.home, second))


def test_a_rebuild_needs_nothing_but_what_was_frozen(year: Office, tmp_path: Path) -> None:
    number = built(year)
    with year.engine.begin() as connection:
        connection.execute(text("TRUNCATE warehouse.indicator_value, warehouse.reconciled_value"))
    (one,) = rebuild(year.engine, year.home, number, tmp_path)
    assert one.is_equal
    assert (tmp_path / one.name).read_bytes() == file_of(year, number).read_bytes()


def test_a_file_that_is_gone_or_damaged_is_put_back(year: Office) -> None:
    number = built(year)
    path = file_of(year, number)
    content = path.read_bytes()
    path.write_bytes(b"damaged")
    rebuild(year.engine, year.home, number)
    assert path.read_bytes() == content


def test_a_rebuild_names_the_other_code_version(year: Office) -> None:
    number = built(year)
    file_of(year, number).write_bytes(b"as another version wrote it")
    with year.engine.begin() as connection:
        connection.execute(text("UPDATE report.build SET code_version = '0.0.9+old'"))
        connection.execute(text("UPDATE report.artifact SET sha256 = repeat('0', 64)"))
    (one,) = rebuild(year.engine, year.home, number)
    assert not one.is_equal
    assert "0.0.9+old" in one.why


def test_damaged_frozen_inputs_are_told(year: Office) -> None:
    number = built(year)
    digest = year.one("SELECT frozen FROM report.build")
    (year.home.reports / "frozen" / digest).write_bytes(b"{}")
    with pytest.raises(NeedsAPerson, match="备份"):
        rebuild(year.engine, year.home, number)


def test_the_workbook_says_the_moment_it_was_frozen_at(year: Office) -> None:
    path = file_of(year, built(year))
    as_of = year.one("""SELECT to_char(as_of, 'YYYY-MM-DD"T"HH24:MI') FROM report.build""")
    with zipfile.ZipFile(path) as book:
        assert f">{as_of}:00Z</dcterms:created>" in book.read("docProps/core.xml").decode()
        assert {info.date_time[0] for info in book.infolist()} == {1980}


def test_two_builds_share_the_frames_that_did_not_change(year: Office) -> None:
    built(year)
    before = len(list((year.home.reports / "frozen").iterdir()))
    collected(year, "北京更正", 14)
    built(year)
    added = len(list((year.home.reports / "frozen").iterdir())) - before
    listed = json.loads((year.home.reports / "frozen" / year.one("SELECT max(frozen) FROM report.build")).read_text())
    assert 0 < added < len(listed["frames"]) + 1


def test_a_build_of_some_places_holds_no_other(year: Office) -> None:
    collected(year, "宁波", 6, "330200")
    tables = frozen(year.engine, year.home, built(year, places=["330200"]))
    assert set(tables.values["place"]) == {"330200"}
    assert set(tables.lineage["place"]) == {"330200"}


def test_an_unknown_format_is_refused(year: Office) -> None:
    with pytest.raises(NeedsAPerson, match="xlsx"):
        builds.build(year.engine, year.home, FRAMEWORK, PERIOD, requested_by="li", formats=["pdf"])


def test_nobody_approves_a_build_of_his_own(year: Office) -> None:
    number = built(year, by="li")
    with pytest.raises(Refused) as refused:
        life.approve(year.engine, number, who="li", why="看过")
    assert refused.value.because == "own"
    with pytest.raises(Refused):
        life.release(year.engine, year.home, number, who="li", why="看过", certified_by=UNIT, despite="急")
    assert states(year) == {number: "draft"}


def test_what_one_approved_the_other_may_release(year: Office) -> None:
    number = built(year, by="li")
    life.approve(year.engine, number, who="王", why="看过")
    life.release(year.engine, year.home, number, who="li", why="到时", certified_by=UNIT, despite="急")
    assert year.one("SELECT approved_by, released_by, certified_by FROM report.release") == ("王", "li", UNIT)


def test_a_release_waits_for_signatures_unless_a_reason_is_named(year: Office) -> None:
    number = built(year)
    (open_,) = life.obstacles(year.engine, number)
    assert (open_.kind, open_.what, open_.many) == ("signature", "北京", 1)
    with pytest.raises(Refused) as refused:
        released(year, number, despite="  ")
    assert refused.value.because == "open"
    released(year, number, despite="领导小组要求先出")
    event = year.rows("SELECT * FROM report.event WHERE action = 'release'")[0]
    assert (event.despite, event.obstacles[0]["kind"]) == ("领导小组要求先出", "signature")


def test_a_confirmed_signature_lets_it_go(year: Office) -> None:
    submission = year.submission("北京").submission_id
    with year.engine.connect() as connection:
        code = signoff.file_code(connection, submission)
    signoff.confirm(year.engine, submission, code, who="张")
    number = built(year)
    assert life.obstacles(year.engine, number) == []
    released(year, number, despite="")
    assert states(year) == {number: "released"}


def test_an_open_conflict_stands_against_a_release(year: Office) -> None:
    number = built(year)
    with year.engine.begin() as connection:
        connection.execute(
            text("""INSERT INTO warehouse.conflict (period, place, measure, definition, proposal, spread)
                    VALUES ('2017', '110000', 'joint_issue_depts', 'joint_issue_depts', 10, 2)""")
        )
    assert [one.kind for one in life.obstacles(year.engine, number)] == ["signature", "conflict"]


def test_returned_forms_and_blocking_findings_stand_against_a_release(year: Office) -> None:
    number = built(year)
    with year.engine.begin() as connection:
        connection.execute(
            text("UPDATE intake.obligation SET state = '已退回' WHERE place = '330200' AND form = 'edu'")
        )
        returned = connection.execute(
            text("SELECT count(*) FROM intake.obligation WHERE state = '已退回'")
        ).scalar_one()
        connection.execute(text(_BLOCKING))
    found = {one.kind: one.many for one in life.obstacles(year.engine, number)}
    assert found == {"signature": 1, "finding": 1, "returned": returned}
    assert set(found) <= set(life.OBSTACLES)
    of_beijing = {one.kind for one in life.obstacles(year.engine, built(year, places=["110000"]))}
    assert "returned" not in of_beijing, "a form of another place is no matter of this report"


def test_a_release_writes_its_sheet_beside_the_files(year: Office) -> None:
    number = builds.build(year.engine, year.home, FRAMEWORK, PERIOD, requested_by="li", certified_by=UNIT)
    assert frozen(year.engine, year.home, number).certified_by == UNIT
    life.release(connect(year.home, "lcm_app"), year.home, number, who="王", why="已核对", despite="先出初步数")
    assert year.one("SELECT certified_by FROM report.release") == UNIT, "the unit named when it was built"
    kept = year.rows("SELECT name, sha256, bytes FROM report.artifact WHERE format = 'release'")
    (sheet,) = kept
    content = (year.home.reports / str(number) / sheet.name).read_bytes()
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (sheet.sha256, sheet.bytes)
    said = content.decode()
    for one in (
        f"R-{number:03d}",
        UNIT,
        "王",
        "先出初步数",
        "签章未核对",
        year.one("SELECT min(sha256) FROM report.artifact WHERE format = 'xlsx'"),
    ):
        assert one in said
    assert all(one.is_equal for one in rebuild(year.engine, year.home, number))


def test_a_sheet_is_registered_of_a_released_build_only(year: Office) -> None:
    number = built(year)
    with connect(year.home, "lcm_app").begin() as connection:
        connection.execute(text("SELECT report.keep_sheet(:n, 'x', 1)"), {"n": number})
    assert year.one("SELECT count(*) FROM report.artifact WHERE format = 'release'") == 0


def test_a_release_says_who_certifies_and_why(year: Office) -> None:
    number = built(year)
    for why, unit, because in (("", UNIT, "no_reason"), ("看过", " ", "no_certifier")):
        with pytest.raises(Refused) as refused:
            life.release(year.engine, year.home, number, who="王", why=why, certified_by=unit, despite="急")
        assert refused.value.because == because


def test_one_build_is_in_force_and_an_earlier_one_comes_back(year: Office) -> None:
    first = built(year)
    released(year, first)
    collected(year, "北京更正", 14)
    second = built(year)
    released(year, second)
    assert states(year) == {first: "superseded", second: "released"}
    life.restore(year.engine, year.home, first, who="王", why="更正有误")
    assert states(year) == {first: "restored", second: "superseded"}
    steps = year.rows("SELECT build_id, action, who FROM report.event ORDER BY event_id")
    assert [tuple(step) for step in steps][-2:] == [(second, "supersede", "王"), (first, "restore", "王")]
    with pytest.raises(Refused):
        life.restore(year.engine, year.home, first, who="王", why="再来")


def test_every_step_stands_in_the_chain_of_decisions(year: Office) -> None:
    number = built(year)
    released(year, number)
    assert audit.verify(year.engine) == []
    actions = year.rows("SELECT action FROM quality.decision WHERE action LIKE '%_report' ORDER BY decision_id")
    assert [row.action for row in actions] == ["approve_report", "release_report"]
    with year.engine.begin() as connection:
        connection.execute(text("UPDATE quality.decision SET why = '改过' WHERE action = 'release_report'"))
    assert audit.verify(year.engine)


def test_the_pages_role_can_neither_write_a_build_nor_skip_the_second_person(year: Office) -> None:
    built(year)
    app = connect(year.home, "lcm_app")
    for sql in (
        "UPDATE report.build SET state = 'released'",
        "UPDATE report.event SET who = 'x'",
        "DELETE FROM report.event",
        "INSERT INTO report.event (build_id, action, who, why) VALUES (1, 'approve', 'x', 'x')",
        "SELECT report.put_in_force(1, 'released', 'x', 'x')",
        "SELECT report.record(1, 'approve', 'x', 'x', NULL, NULL)",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), app.begin() as connection:
            connection.execute(text(sql))


def test_a_difference_names_a_revision_and_its_cell(year: Office) -> None:
    first = built(year)
    collected(year, "北京更正", 14)
    before, after = (frozen(year.engine, year.home, number) for number in (first, built(year)))
    changes = difference.difference(before, after)
    one = changes[changes["indicator"] == INDICATOR].iloc[0]
    assert (one["was"], one["now"], one["change"], one["cause"]) == (10, 14, 4, "revision")
    assert year.cell("北京更正", "joint_issue_depts") in one["detail_zh"]


def test_a_difference_names_new_data_and_the_move_of_ranks(year: Office) -> None:
    first = built(year)
    collected(year, "宁波", 16, "330200")
    before, after = (frozen(year.engine, year.home, number) for number in (first, built(year)))
    changes = difference.difference(before, after).set_index(["indicator", "place"])
    assert changes.loc[(INDICATOR, "330200"), "cause"] == "new_data"
    assert changes.loc[(INDICATOR, "330200"), "now_rank"] == 1


def test_equal_builds_have_no_difference(year: Office) -> None:
    tables = frozen(year.engine, year.home, built(year))
    assert len(difference.difference(tables, tables)) == 0


def test_the_difference_as_excel_holds_the_same_rows(year: Office, tmp_path: Path) -> None:
    first = built(year)
    collected(year, "北京更正", 14)
    before, after = (frozen(year.engine, year.home, number) for number in (first, built(year)))
    changes = difference.difference(before, after)
    difference_book.write(tmp_path / "差异.xlsx", before, after, changes)
    sheet = load_workbook(tmp_path / "差异.xlsx").active
    assert sheet is not None
    assert sheet.max_row == 3 + len(changes)


def test_a_request_is_carried_out_and_says_how_far_it_is(year: Office) -> None:
    grant(year, "li", "clerk")
    number = request.ask(connect(year.home, "lcm_app"), FRAMEWORK, PERIOD, places=[], formats=["xlsx"], who="li")
    assert year.one("SELECT state FROM report.request") == "queued"
    made = request.carry_out(year.engine, year.home, number, by="li", run="one")
    row = year.rows("SELECT * FROM report.request")[0]
    assert (row.state, row.done, row.total, row.build_id) == ("done", 1, 1, made)


def test_a_request_that_fails_says_why(office: Office) -> None:
    grant(office, "li", "clerk")
    number = request.ask(office.engine, FRAMEWORK, "2011", places=[], formats=["xlsx"], who="li")
    with pytest.raises(NeedsAPerson):
        request.carry_out(office.engine, office.home, number, by="li", run="one")
    row = office.rows("SELECT state, said FROM report.request")[0]
    assert row.state == "failed"
    assert "还没有算出指标" in row.said


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"period": "17"}, "period"),
        ({"framework": "x"}, "framework"),
        ({"formats": []}, "formats"),
        ({"formats": ["pdf"]}, "formats"),
        ({"places": ["999999"]}, "places"),
    ],
)
def test_a_request_for_what_is_not_there_is_refused(office: Office, wrong: dict[str, object], because: str) -> None:
    grant(office, "li", "clerk")
    said = {"framework": FRAMEWORK, "period": PERIOD, "places": [], "formats": ["xlsx"], "who": "li"} | wrong
    with pytest.raises(Refused) as refused:
        request.ask(office.engine, said.pop("framework"), said.pop("period"), **said)  # type: ignore[arg-type]
    assert refused.value.because == because
