"""Claiming, withdrawing and purging: who and why are kept, what is taken back counts nowhere, hashes stay."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from office import SIGNED, Office, filled

from learning_city.collect import custody
from learning_city.errors import NeedsAPerson
from learning_city.review import judge, settle
from learning_city.review.judge import Evidence, Judgement, Subject


def number(office: Office, name: str) -> int:
    return int(office.submission(name).submission_id)


def owed(office: Office, department: str = "statistics", place: str = "110000") -> tuple[str, int | None]:
    row = office.one(
        "SELECT state, submission_id FROM intake.obligation WHERE department = :department AND place = :place",
        department=department,
        place=place,
    )
    return row.state, row.submission_id


def deliver(office: Office, name: str, **changed: float) -> int:
    office.deliver(name, told=filled(office.ledger(), **changed), signed=replace(SIGNED, date=date(2018, 4, 20)))
    office.check(name)
    return number(office, name)


def test_what_is_withdrawn_counts_nowhere_and_is_owed_again(office: Office) -> None:
    one = deliver(office, "甲")
    custody.withdraw(office.engine, one, who="张", why="送错了")
    assert office.submission("甲").state == "withdrawn"
    assert owed(office) == ("已下发", None)
    settle.settle_by_rule(office.engine)
    assert office.one("SELECT count(*) FROM quality.decision") == 0
    assert office.one("SELECT count(*) FROM intake.item") > 0, "what came in is never changed"


def test_withdrawing_a_revision_lets_the_one_before_count_again(office: Office) -> None:
    first = deliver(office, "甲")
    settle.settle_by_rule(office.engine)
    second = deliver(office, "乙", gdp=30_000.0)
    assert office.submission("甲").state == "superseded"
    custody.withdraw(office.engine, second, who="张", why="送错了")
    assert office.submission("甲").state == "accepted"
    assert owed(office) == ("已通过", first)


def test_a_revision_before_that_was_not_accepted_is_checked_anew(office: Office) -> None:
    first = deliver(office, "甲", gdp=-1.0)
    second = deliver(office, "乙")
    custody.withdraw(office.engine, second, who="张", why="送错了")
    assert office.submission("甲").state == "parsed"
    assert owed(office) == ("已报送", first)


def test_a_withdrawn_file_is_not_superseded_by_the_next(office: Office) -> None:
    first = deliver(office, "甲")
    custody.withdraw(office.engine, first, who="张", why="送错了")
    deliver(office, "乙")
    assert office.submission("甲").state == "withdrawn"


def test_what_was_accepted_cannot_be_withdrawn(office: Office) -> None:
    one = deliver(office, "甲")
    settle.settle_by_rule(office.engine)
    with pytest.raises(NeedsAPerson, match="不能撤回"):
        custody.withdraw(office.engine, one, who="张", why="送错了")
    assert owed(office) == ("已通过", one)


@pytest.fixture
def stray(office: Office) -> int:
    """A file without an identity, waiting to be claimed."""
    office.put("无名.txt", b"population,100\nGDP,200\n")
    office.check("无名.txt")
    return number(office, "无名.txt")


def test_a_claimed_file_sends_its_forms_back_to_that_department(office: Office, stray: int) -> None:
    custody.claim(office.engine, stray, department="edu", place="110000", who="张", why="电话确认")
    assert owed(office, "edu")[0] == "已退回"
    assert office.submission("无名.txt").department == "edu"
    assert office.one("SELECT who || why FROM intake.submission_event") == "张电话确认"


def test_only_a_file_that_waits_can_be_claimed(office: Office) -> None:
    one = deliver(office, "甲")
    with pytest.raises(NeedsAPerson, match="不在待认领中"):
        custody.claim(office.engine, one, department="edu", place="110000", who="张", why="x")


def test_a_claim_for_a_department_that_owes_nothing_is_refused(office: Office, stray: int) -> None:
    with pytest.raises(NeedsAPerson, match="没有未通过的应报任务"):
        custody.claim(office.engine, stray, department="sports", place="110000", who="张", why="x")
    assert office.submission("无名.txt").state == "unclaimed"


def test_a_claim_leaves_alone_what_is_under_review(office: Office, stray: int) -> None:
    one = deliver(office, "甲")
    with pytest.raises(NeedsAPerson, match="没有未通过的应报任务"):
        custody.claim(office.engine, stray, department="statistics", place="110000", who="张", why="x")
    assert owed(office) == ("已报送", one)


def test_bytes_are_purged_when_a_second_person_asks_the_same_and_the_hash_stays(office: Office, stray: int) -> None:
    digest = office.submission("无名.txt").sha256
    stored = office.home.archive / digest[:2] / digest
    purge: Callable[[str], bool] = lambda who: custody.purge(  # noqa: E731 - one call, two people
        office.engine, office.home.archive, stray, who=who, why="含个人信息"
    )
    assert purge("王主任") is False
    assert purge("王主任") is False, "the same person twice is one person"
    assert purge("\u200b王主任 ") is False, "however he writes his name"
    assert stored.exists()
    assert purge("李主任") is True
    assert not stored.exists()
    assert office.submission("无名.txt").sha256 == digest
    assert [row.action for row in office.rows("SELECT action FROM intake.submission_event ORDER BY event_id")] == [
        "ask_purge",
        "purge",
    ]


def test_bytes_that_another_submission_shares_stay(office: Office, stray: int) -> None:
    content = b"population,100\nGDP,200\n"
    office.put("又一份.txt", content)
    office.check("又一份.txt")
    for who in ("王主任", "李主任"):
        custody.purge(office.engine, office.home.archive, stray, who=who, why="含个人信息")
    digest = office.submission("又一份.txt").sha256
    assert (office.home.archive / digest[:2] / digest).read_bytes() == content


def test_bytes_that_were_uploaded_as_evidence_of_a_judgement_stay(office: Office, stray: int) -> None:
    digest = office.submission("无名.txt").sha256
    subject = Subject(framework="national_62", indicator="n1_1_1", place="110000", period="2017")
    shown = Judgement(level="building", commentary="见附件", evidence=[Evidence(sha256=digest, name="无名.txt")])
    judge.judge(office.engine, subject, shown, who="李")
    for who in ("王主任", "李主任"):
        custody.purge(office.engine, office.home.archive, stray, who=who, why="含个人信息")
    assert (office.home.archive / digest[:2] / digest).exists()


def test_what_counts_cannot_be_purged(office: Office) -> None:
    one = deliver(office, "甲")
    with pytest.raises(NeedsAPerson, match="只能清除已撤回或待认领"):
        custody.purge(office.engine, office.home.archive, one, who="王主任", why="x")


def test_nothing_happens_without_a_person_and_a_reason(office: Office, stray: int) -> None:
    for who, why in (("", "x"), ("张", " ")):
        with pytest.raises(NeedsAPerson, match="经办人和理由"):
            custody.withdraw(office.engine, stray, who=who, why=why)
