"""Reminders: what is due, late, never came or was returned, each once, written down before it is sent."""

import csv
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from editions import starter, use
from postman import Postman
from sqlalchemy import Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.prepare import rounds, urge
from learning_city.prepare.mail import Mailbox
from learning_city.prepare.remind import remind, retry

EVER = date(1949, 10, 1)
BEFORE, LATE, LONG_AFTER = date(2018, 4, 25), date(2018, 5, 10), date(2018, 6, 1)


def mailbox(postman: Postman) -> Mailbox:
    return Mailbox(host="127.0.0.1", port=postman.port, sender="office@example.org")


@pytest.fixture
def handed_out(engine: Engine) -> Engine:
    """The round 2017 handed out; the education departments have an address."""
    contact = {"department": "edu", "name": "张老师", "phone": "010", "email": "edu@example.org", "valid_from": EVER}
    use(engine, starter(contact=[contact]))
    rounds.open_round(engine, "2017")
    with engine.begin() as connection:
        connection.execute(text("UPDATE intake.obligation SET state = '已下发'"))
    return engine


def kinds(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return dict(connection.execute(text("SELECT kind, count(*) FROM intake.reminder GROUP BY kind")).all())  # type: ignore[arg-type]


def states(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return dict(connection.execute(text("SELECT state, count(*) FROM intake.reminder GROUP BY state")).all())  # type: ignore[arg-type]


def owed(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM intake.obligation")).scalar_one())


@pytest.mark.parametrize(("day", "kind"), [(BEFORE, "due"), (LATE, "late"), (LONG_AFTER, "never")])
def test_a_day_has_its_kind_of_reminder(handed_out: Engine, tmp_path: Path, day: date, kind: str) -> None:
    remind(handed_out, tmp_path, day)
    assert kinds(handed_out) == {kind: owed(handed_out)}


def test_nothing_is_said_long_before_the_due_date(handed_out: Engine, tmp_path: Path) -> None:
    assert remind(handed_out, tmp_path, date(2018, 3, 1)).new == 0
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_on_the_same_day_says_nothing_twice(handed_out: Engine, tmp_path: Path) -> None:
    remind(handed_out, tmp_path, LATE)
    before = (tmp_path / f"{LATE}.csv").read_bytes()
    again = remind(handed_out, tmp_path, LATE)
    assert (again.new, again.sent) == (0, 0)
    assert (tmp_path / f"{LATE}.csv").read_bytes() == before


def test_what_came_in_is_not_reminded_of_and_what_was_returned_is(handed_out: Engine, tmp_path: Path) -> None:
    with handed_out.begin() as connection:
        connection.execute(text("UPDATE intake.obligation SET state = '已报送' WHERE form = 'culture'"))
        connection.execute(text("UPDATE intake.obligation SET state = '已退回' WHERE form = 'edu'"))
    remind(handed_out, tmp_path, LATE)
    with handed_out.connect() as connection:
        said = connection.execute(
            text("""SELECT DISTINCT o.form, m.kind FROM intake.reminder AS m JOIN intake.obligation AS o
                    USING (obligation_id) ORDER BY 1"""),
        ).all()
    assert [tuple(row) for row in said] == [("edu", "returned"), ("statistics", "late")]


def test_a_department_with_an_address_gets_one_mail_and_the_others_stand_in_the_file(
    handed_out: Engine, tmp_path: Path, postman: Postman
) -> None:
    done = remind(handed_out, tmp_path, LATE, mailbox(postman))
    assert len(postman.taken) == 1
    assert postman.taken[0].rcpt_tos == ["edu@example.org"]
    with (tmp_path / f"{LATE}.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    with handed_out.connect() as connection:
        by_mail = connection.execute(text("SELECT count(*) FROM intake.reminder WHERE channel = 'mail'")).scalar_one()
    assert len(listed) + by_mail == done.new == done.sent
    assert {row["种类"] for row in listed} == {"已逾期"}


def test_a_mail_that_fails_shows_and_is_sent_again_when_a_person_says_so(
    handed_out: Engine, tmp_path: Path, postman: Postman
) -> None:
    postman.refuse = True
    first = remind(handed_out, tmp_path, LATE, mailbox(postman))
    assert first.failed > 0
    with handed_out.connect() as connection:
        failed = connection.execute(
            text("SELECT reminder_id, error, address FROM intake.reminder WHERE state = 'failed'")
        ).all()
    assert len(failed) == first.failed
    assert all("451" in row.error and row.address == "edu@example.org" for row in failed)
    postman.refuse = False
    remind(handed_out, tmp_path, LATE, mailbox(postman))
    assert states(handed_out)["failed"] == first.failed, "nobody asked for it yet"
    assert retry(handed_out, [row.reminder_id for row in failed], who="王") == first.failed
    remind(handed_out, tmp_path, LATE, mailbox(postman))
    assert "failed" not in states(handed_out)
    assert len(postman.taken) == 1


def test_a_mail_server_that_is_not_there_is_a_failed_reminder_not_a_failed_run(
    handed_out: Engine, tmp_path: Path
) -> None:
    nowhere = Mailbox(host="127.0.0.1", port=9, sender="office@example.org")
    assert remind(handed_out, tmp_path, LATE, nowhere).failed > 0
    assert "pending" not in states(handed_out)


def test_an_address_that_carries_a_second_header_is_not_sent(
    handed_out: Engine, tmp_path: Path, postman: Postman
) -> None:
    with handed_out.begin() as connection:
        connection.execute(text("UPDATE ref.contact SET email = E'edu@example.org\\nBcc: all@example.org'"))
    assert remind(handed_out, tmp_path, LATE, mailbox(postman)).failed > 0
    assert postman.taken == []


def test_the_contact_of_the_place_comes_before_that_of_the_department(
    engine: Engine, tmp_path: Path, postman: Postman
) -> None:
    anywhere = {"department": "edu", "name": "各地", "email": "all@example.org", "valid_from": EVER}
    here = {"department": "edu", "place": "110000", "name": "北京", "email": "bj@example.org", "valid_from": EVER}
    use(engine, starter(contact=[anywhere, here]))
    rounds.open_round(engine, "2017")
    with engine.begin() as connection:
        connection.execute(text("UPDATE intake.obligation SET state = '已下发'"))
    remind(engine, tmp_path, LATE, mailbox(postman))
    lists = {mail.rcpt_tos[0]: mail.content.decode() for mail in postman.taken}
    assert set(lists) == {"all@example.org", "bj@example.org"}


def test_the_password_of_the_mailbox_is_never_shown() -> None:
    assert "geheim" not in repr(Mailbox(host="h", port=25, sender="s", user="u", password="geheim"))


@pytest.fixture
def edu(handed_out: Engine) -> list[int]:
    """What the education departments owe; in every place a leader is in charge of them."""
    with handed_out.begin() as connection:
        connection.execute(text("UPDATE ref.contact SET leader = '刘主任', leader_email = 'liu@example.org'"))
        sql = "SELECT obligation_id FROM intake.obligation WHERE department = 'edu' AND place IN ('110000', '310000')"
        return list(connection.execute(text(sql)).scalars())


def let_go(engine: Engine) -> None:
    """The half minute has passed."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE intake.reminder_batch SET held_until = now()"))


def test_what_a_person_sends_waits_half_a_minute_and_goes_as_it_was_shown(
    handed_out: Engine, edu: list[int], tmp_path: Path, postman: Postman
) -> None:
    with handed_out.connect() as connection:
        shown = urge.draft(connection, edu, LATE)
    batch = urge.urge(handed_out, edu, LATE, who="陈静", copied=True)
    assert batch.letters == len(shown) == 2
    assert remind(handed_out, tmp_path, LATE, mailbox(postman), only_waiting=True).sent == 0
    let_go(handed_out)
    remind(handed_out, tmp_path, LATE, mailbox(postman), only_waiting=True)
    assert [mail.rcpt_tos for mail in postman.taken] == [["edu@example.org", "liu@example.org"]] * 2
    sent = {message_from_bytes(mail.content, policy=policy.default).get_content() for mail in postman.taken}
    assert {said.replace("\r\n", "\n") for said in sent} == {letter.body for letter in shown}


def test_what_was_taken_back_in_time_is_never_sent(handed_out: Engine, edu: list[int], tmp_path: Path) -> None:
    batch = urge.urge(handed_out, edu, LATE, who="陈静", copied=False)
    assert urge.take_back(handed_out, batch.batch_id, who="王芳") == len(edu)
    assert urge.take_back(handed_out, batch.batch_id, who="王芳") == 0, "once is enough"
    let_go(handed_out)
    assert remind(handed_out, tmp_path, LATE, only_waiting=True).sent == 0
    assert states(handed_out) == {"taken_back": len(edu)}
    assert urge.urge(handed_out, edu, LATE, who="陈静", copied=False).letters == 2, "the same day again"


def test_pressing_twice_sends_one_letter(handed_out: Engine, edu: list[int], tmp_path: Path, postman: Postman) -> None:
    urge.urge(handed_out, edu[:1], LATE, who="陈静", copied=False)
    assert urge.urge(handed_out, edu, LATE, who="陈静", copied=False).letters == 1, "only what was not asked for yet"
    with pytest.raises(NeedsAPerson, match="刚刚催过"):
        urge.urge(handed_out, edu, LATE, who="陈静", copied=False)
    let_go(handed_out)
    remind(handed_out, tmp_path, LATE, mailbox(postman), only_waiting=True)
    assert len(postman.taken) == len(edu)
    assert urge.urge(handed_out, edu, LATE, who="陈静", copied=False).letters == len(edu), (
        "what has left may be repeated"
    )


def test_after_half_a_minute_it_is_too_late_to_take_back(handed_out: Engine, edu: list[int]) -> None:
    batch = urge.urge(handed_out, edu, LATE, who="陈静", copied=False)
    let_go(handed_out)
    assert urge.take_back(handed_out, batch.batch_id, who="陈静") == 0
    assert states(handed_out) == {"pending": len(edu)}


def test_without_a_copy_the_leader_gets_none(
    handed_out: Engine, edu: list[int], tmp_path: Path, postman: Postman
) -> None:
    urge.urge(handed_out, edu, LATE, who="陈静", copied=False)
    let_go(handed_out)
    remind(handed_out, tmp_path, LATE, mailbox(postman), only_waiting=True)
    assert {address for mail in postman.taken for address in mail.rcpt_tos} == {"edu@example.org"}


def test_nobody_is_reminded_of_what_came_in(handed_out: Engine, edu: list[int]) -> None:
    with handed_out.begin() as connection:
        connection.execute(text("UPDATE intake.obligation SET state = '已报送'"))
    with pytest.raises(NeedsAPerson, match="没有可催的"):
        urge.urge(handed_out, edu, LATE, who="陈静", copied=False)
    assert states(handed_out) == {}


RETURNED = """
INSERT INTO quality.finding (submission_id, round, rule_id, family, severity, file, sheet, cell, form, department, place,
  found, expected, message_zh, message_en, cause)
SELECT submission_id, round, rule_id, 'parts', severity, '', '', '', form, 'edu', place, '', '', '', '', ''
FROM intake.submission, (VALUES ('a', 'block', 'edu'), ('b', 'block', NULL), ('c', 'ask', 'edu'), ('d', 'block', 'culture'))
  AS x (rule_id, severity, form) WHERE submission_id = :id
"""


def test_a_letter_about_what_was_returned_says_how_much_where_and_by_when(handed_out: Engine, edu: list[int]) -> None:
    with handed_out.begin() as connection:
        delivered = connection.execute(
            text("""INSERT INTO intake.submission (round, place, department, kind, state, file_name, delivered_as, sha256,
                    bytes, identity) SELECT round, place, department, 'ledger', 'returned', 'a', 'a', repeat('0', 64), 1, '{}'
                    FROM intake.obligation WHERE obligation_id = :id RETURNING submission_id"""),
            {"id": edu[0]},
        ).scalar_one()
        connection.execute(text(RETURNED), {"id": delivered})
        connection.execute(
            text("UPDATE intake.obligation SET state = '已退回', submission_id = :id WHERE obligation_id = :one"),
            {"id": delivered, "one": edu[0]},
        )
        (letter,) = urge.draft(connection, edu[:1], LATE)
        assert "已退回，须改正2处，须说明1处。应于2018-04-30报送，已逾期10天，请按答复件" in letter.body
        sql = "INSERT INTO intake.answer (submission_id, nth, due, who) VALUES (:id, 2, '2018-05-20', '陈静')"
        connection.execute(text(sql), {"id": delivered})
        (letter,) = urge.draft(connection, edu[:1], LATE)
    assert "请在第2次答复件中逐条改正、说明，重新签字盖章，于2018-05-20前报送。" in letter.body


def test_a_letter_to_nobody_in_particular_names_city_and_department(engine: Engine) -> None:
    use(engine, starter(contact=[]))
    rounds.open_round(engine, "2017")
    with engine.begin() as connection:
        connection.execute(text("UPDATE intake.obligation SET state = '已下发'"))
        first = connection.execute(text("SELECT min(obligation_id) FROM intake.obligation")).scalar_one()
        (letter,) = urge.draft(connection, [first], LATE)
    assert letter.body.startswith("北京市")


def test_only_what_waits_is_sent_when_a_person_asked(handed_out: Engine, edu: list[int], tmp_path: Path) -> None:
    urge.urge(handed_out, edu[:1], LATE, who="陈静", copied=True)
    let_go(handed_out)
    assert remind(handed_out, tmp_path, LATE, only_waiting=True).new == 0
    assert sum(states(handed_out).values()) == 1
    with (tmp_path / f"{LATE}.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["抄送"] for row in csv.DictReader(file)] == ["刘主任"]
