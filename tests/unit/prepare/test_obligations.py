"""Exemptions and extensions: a person, a reason, an end date; and what a lock date does."""

from datetime import date, timedelta

import pytest
from office import Office, filled
from sqlalchemy import Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.prepare import issue, obligations, rounds
from learning_city.review import settle
from learning_city.validate import store

TODAY = date.today()  # noqa: DTZ011 - the database judges by its own clock
SOON = TODAY + timedelta(days=30)


def chosen(engine: Engine, form: str = "edu", place: str = "110000", round_id: str = "2017") -> int:
    with engine.connect() as connection:
        return int(
            connection.execute(
                text("""SELECT obligation_id FROM intake.obligation
                        WHERE form = :form AND place = :place AND round = :round ORDER BY department LIMIT 1"""),
                {"form": form, "place": place, "round": round_id},
            ).scalar_one()
        )


def status(engine: Engine, obligation_id: int) -> tuple[str, bool, date]:
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT state, is_overdue, owed_until FROM mart.reporting_status WHERE obligation_id = :id"),
            {"id": obligation_id},
        ).one()
    return row.state, row.is_overdue, row.owed_until


def test_an_extension_is_owed_by_its_own_day(engine: Engine) -> None:
    rounds.open_round(engine, "2017")
    one = chosen(engine)
    assert status(engine, one) == ("未下发", True, date(2018, 4, 30))
    obligations.decide(engine, [one], "extend", until=SOON, who="王主任", why="系统切换")
    assert status(engine, one) == ("延期", False, SOON)


def test_an_exemption_that_has_ended_is_owed_again(engine: Engine) -> None:
    rounds.open_round(engine, "2017")
    one = chosen(engine)
    obligations.decide(engine, [one], "exempt", until=SOON, who="王主任", why="机构改革")
    assert status(engine, one)[1] is False
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE intake.obligation SET until = '2018-06-30' WHERE obligation_id = :id"), {"id": one}
        )
    assert status(engine, one) == ("豁免", True, date(2018, 6, 30))


def test_an_exempt_form_is_not_in_the_workbook(engine: Engine) -> None:
    rounds.open_round(engine, "2017")
    obligations.decide(engine, [chosen(engine, "culture")], "exempt", until=SOON, who="王主任", why="机构改革")
    with engine.begin() as connection:
        made = list(issue.ledgers(connection, "2017", is_demo=True))
    assert not [x for x in made if (x.identity.place, x.identity.department) == ("110000", "culture_tourism")]


def test_every_decision_is_kept_with_who_and_why(engine: Engine) -> None:
    rounds.open_round(engine, "2017")
    one = chosen(engine)
    obligations.decide(engine, [one], "exempt", until=SOON, who="王主任", why="机构改革")
    obligations.decide(engine, [one], "resume", until=None, who="李主任", why="改革完成")
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT action, who, why FROM intake.obligation_event ORDER BY event_id")).all()
    assert [tuple(row) for row in kept] == [("exempt", "王主任", "机构改革"), ("resume", "李主任", "改革完成")]


@pytest.mark.parametrize(
    ("action", "until", "who", "why", "said"),
    [
        ("exempt", SOON, "王主任", " ", "理由"),
        ("exempt", SOON, "", "机构改革", "经办人"),
        ("exempt", None, "王主任", "机构改革", "哪一天"),
        ("extend", TODAY - timedelta(days=2), "王主任", "系统切换", "已经过去"),
        ("resume", None, "王主任", "误操作", "不能这样处理"),
    ],
)
def test_what_lacks_a_person_a_reason_or_a_day_is_refused_and_changes_nothing(
    engine: Engine, action: obligations.Action, until: date | None, who: str, why: str, said: str
) -> None:
    rounds.open_round(engine, "2017")
    one = chosen(engine)
    before = status(engine, one)
    with pytest.raises(NeedsAPerson, match=said):
        obligations.decide(engine, [one], action, until=until, who=who, why=why)
    assert status(engine, one) == before


def test_what_was_answered_cannot_be_exempted_any_more(office: Office) -> None:
    office.deliver("件")
    office.check("件")
    with pytest.raises(NeedsAPerson, match="已报送"):
        obligations.decide(
            office.engine, [chosen(office.engine, "statistics")], "exempt", until=SOON, who="王主任", why="机构改革"
        )


@pytest.fixture
def locked(office: Office) -> Office:
    """An office whose round 2017 locked long ago; a package of it came today."""
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE intake.obligation SET locks = '2018-06-30'"))
    office.deliver("迟到")
    office.check("迟到")
    return office


def test_what_comes_after_the_lock_date_is_kept_and_counts_nowhere(locked: Office) -> None:
    assert locked.submission("迟到").state == "unclaimed"
    assert ["已过锁定日" in row.message_zh for row in locked.findings("迟到")].count(True) == 1
    settle.settle_by_rule(locked.engine)
    assert status(locked.engine, chosen(locked.engine, "statistics"))[0] == "未下发"
    assert locked.one("SELECT count(*) FROM quality.decision") == 0


def test_an_extension_takes_in_what_waits_behind_the_lock(locked: Office) -> None:
    one = chosen(locked.engine, "statistics")
    obligations.decide(locked.engine, [one], "extend", until=SOON, who="王主任", why="补报")
    assert status(locked.engine, one)[0] == "已报送"
    assert locked.submission("迟到").state == "parsed"
    store.check(locked.engine, [locked.submission("迟到").submission_id], TODAY, is_demo=True)
    settle.settle_by_rule(locked.engine)
    assert status(locked.engine, one)[0] in ("已通过", "审核中")


def test_an_extension_holds_for_the_correction_of_what_it_let_in(locked: Office) -> None:
    one = chosen(locked.engine, "statistics")
    obligations.decide(locked.engine, [one], "extend", until=SOON, who="王主任", why="补报")
    locked.deliver("改正", told=filled(locked.ledger(), communities=3_001))
    locked.check("改正")
    assert locked.submission("改正").problem is None
    overdue = "SELECT is_overdue FROM mart.reporting_status WHERE obligation_id = :id"
    assert locked.one(overdue, id=one) is False


def test_a_round_is_not_locked_while_a_form_of_the_workbook_still_may_come(engine: Engine, office: Office) -> None:
    one = chosen(office.engine, "statistics")
    with engine.begin() as connection:
        connection.execute(text("UPDATE intake.obligation SET locks = '2018-06-30'"))
    obligations.decide(engine, [one], "extend", until=SOON, who="王主任", why="补报")
    office.deliver("及时")
    office.check("及时")
    assert office.submission("及时").state != "unclaimed"
