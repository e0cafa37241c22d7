"""Judgements: a level with its reason, reviewed by a second person, version after version, in the chain of decisions."""

from typing import Any

import pytest
from sqlalchemy import Engine, Row, text
from sqlalchemy.exc import DBAPIError

from learning_city.errors import Refused
from learning_city.model.home import Home
from learning_city.review import audit, judge
from learning_city.review.judge import Evidence, Judgement, Subject
from learning_city.samples import judgements as samples
from learning_city.warehouse.engine import connect

BODY = Subject(framework="national_62", indicator="n1_1_1", place="110000", period="2017")
FIGURE = Subject(framework="national_62", indicator="n1_1_3", place="110000", period="2017")
MEETINGS = Evidence(sha256="a" * 64, name="会议纪要.pdf", submission_id=7)


def rows(engine: Engine, sql: str) -> list[Row[Any]]:
    with engine.connect() as connection:
        return list(connection.execute(text(sql)))


def written(engine: Engine, level: str | None = "building", why: str = "正在起草", subject: Subject = BODY) -> int:
    return judge.judge(engine, subject, Judgement(level=level, commentary=why, evidence=[MEETINGS]), who="李")


def in_table(engine: Engine, indicator: str = "n1_1_1") -> tuple[object, ...]:
    """What the indicator table says, in a period that has some value."""
    with engine.begin() as connection:
        connection.execute(
            text("""INSERT INTO warehouse.indicator_value (framework, indicator, place, period, value, status, verdict,
                      kind, formula, formula_version, inputs, missing, edition)
                    VALUES ('national_62', 'n1_1_3', '110000', '2017', 14, 'A', '可比', 'actual', 'f', 1, '{}', '{}', 1)
                    ON CONFLICT DO NOTHING""")
        )
    ((*said,),) = rows(
        engine,
        f"""SELECT value, judgement_zh, judgement_en, judgement_order, commentary, judged_by, confirmed_by, is_synthetic
            FROM mart.indicator_table WHERE framework = 'national_62' AND indicator = '{indicator}'
              AND place = '110000' AND period = '2017'""",
    )
    return tuple(said)


def test_a_judgement_counts_once_a_second_person_confirmed_it(engine: Engine) -> None:
    first = written(engine)
    assert in_table(engine) == (None, None, None, None, None, None, None, False)
    for own in ("李", " 李 ", "\u200b李"):
        with pytest.raises(Refused, match="第二人"):
            judge.confirm(engine, first, who=own)
    judge.confirm(engine, first, who="王")
    assert in_table(engine) == (None, "正在建立", "Being established", 3, "正在起草", "李", "王", False)
    with pytest.raises(Refused, match="已复核"):
        judge.confirm(engine, first, who="赵")


def test_the_confirmed_version_counts_until_a_newer_one_is_confirmed_and_all_stay(engine: Engine) -> None:
    judge.confirm(engine, written(engine), who="王")
    second = written(engine, "established", "已发文")
    assert in_table(engine)[1] == "正在建立"
    judge.send_back(engine, second, who="王", why="缺文号")
    assert in_table(engine)[1] == "正在建立"
    judge.confirm(engine, written(engine, "established", "京发〔样〕1 号"), who="王")
    assert in_table(engine)[1] == "已建立"
    said = rows(
        engine,
        "SELECT level_zh, state, reviewed_why, is_in_force, evidence FROM mart.judgement ORDER BY judgement_id",
    )
    assert said == [
        ("正在建立", "confirmed", "", False, 1),
        ("已建立", "returned", "缺文号", False, 1),
        ("已建立", "confirmed", "", True, 1),
    ]


def test_a_version_that_was_replaced_is_not_reviewed_any_more(engine: Engine) -> None:
    first = written(engine)
    written(engine, "established", "已发文")
    with pytest.raises(Refused, match="新版"):
        judge.confirm(engine, first, who="王")
    assert rows(engine, "SELECT state FROM mart.judgement ORDER BY judgement_id") == [("replaced",), ("pending",)]


def test_a_figure_takes_commentary_without_a_level(engine: Engine) -> None:
    judge.confirm(engine, written(engine, None, "成员单位比上年多一家", FIGURE), who="王")
    assert in_table(engine, "n1_1_3") == (14, None, None, None, "成员单位比上年多一家", "李", "王", False)


@pytest.mark.parametrize(
    ("subject", "level", "why", "because"),
    [
        (BODY, None, "有", "no_level"),
        (BODY, "no_such", "有", "other_level"),
        (FIGURE, "building", "有", "other_level"),
        (BODY, "building", "  ", "no_reason"),
        (Subject(framework="national_62", indicator="n1_1", place="110000", period="2017"), None, "组", "no_indicator"),
        (Subject(framework="national_62", indicator="n1_1_1", place="110101", period="2017"), "building", "区", "no_indicator"),
        (Subject(framework="national_62", indicator="n1_1_1", place="110000", period="x"), "building", "年", "no_indicator"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_refused(engine: Engine, subject: Subject, level: str, why: str, because: str) -> None:
    with pytest.raises(Refused) as refusal:
        written(engine, level, why, subject)
    assert refusal.value.because == because
    assert rows(engine, "SELECT FROM quality.judgement") == []


def test_sending_back_needs_a_reason(engine: Engine) -> None:
    first = written(engine)
    with pytest.raises(Refused, match="理由"):
        judge.send_back(engine, first, who="王", why=" ")


def test_every_step_is_a_link_of_the_chain_and_a_changed_one_is_found(engine: Engine) -> None:
    judge.confirm(engine, written(engine), who="王", why="材料齐全")
    assert rows(engine, "SELECT seq, action, who, decisions FROM quality.link ORDER BY seq") == [
        (1, "judge", "李", 1),
        (2, "confirm_judgement", "王", 1),
    ]
    assert audit.verify(engine) == []
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE quality.decision SET about = replace(about, 'building', 'effective') WHERE action = 'judge'")
        )
    assert [(fault.seq, fault.kind) for fault in audit.verify(engine)] == [(1, "row")]


def test_the_application_judges_through_the_functions_only(engine: Engine, home: Home) -> None:
    app = connect(home, "lcm_app")
    judge.confirm(app, written(app), who="王")
    record = "SELECT quality.record_judgement('judge', '2017', NULL, '{}', '李', '有', false)"
    with pytest.raises(DBAPIError, match="permission denied"), app.begin() as connection:
        connection.execute(text(record))


def test_the_level_keeps_the_words_it_had_when_it_was_judged(engine: Engine) -> None:
    judge.confirm(engine, written(engine), who="王")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO ref.edition (edition, content_hash, who, why) VALUES (2, 'x', 'a', 'b')"))
    assert rows(engine, "SELECT level_zh FROM quality.judgement") == [("正在建立",)]


def test_the_samples_say_that_they_are_samples_and_are_written_once(engine: Engine) -> None:
    assert samples.put(engine) == 6
    assert samples.put(engine) == 0
    said = rows(engine, "SELECT state, commentary, is_sample, judged_by, place FROM mart.judgement")
    assert {row.state for row in said} == {"confirmed", "pending", "returned"}
    assert all(
        row.is_sample
        and row.commentary.startswith("样例")
        and row.judged_by.startswith("样例")
        and row.place == "110000"
        for row in said
    )
    assert in_table(engine)[7] is True
    assert audit.verify(engine) == []
