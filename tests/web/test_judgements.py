"""定性与述评 through HTTP: a version is written, refused to its author's own review, confirmed by another, with its evidence."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from learning_city.review import audit, judge
from learning_city.review.judge import Judgement, Subject

pytestmark = pytest.mark.airflow
PAGE, OTHER = "/data-office/judgements", "330100"
Granted = Callable[..., AbstractContextManager[None]]
ABOUT = {"framework": "national_62", "indicator": "n5_3_1", "place": "140100", "period": "2017"}


def versions(engine: Engine) -> list[Any]:
    asked = "SELECT judgement_id, state, level, commentary, judged_by FROM mart.judgement"
    order = "WHERE indicator = :indicator AND place = :place AND framework = :framework AND period = :period ORDER BY 1"
    with engine.connect() as connection:
        return list(connection.execute(text(f"{asked} {order}"), ABOUT))


def by_another(engine: Engine, why: str = "样例") -> int:
    return judge.judge(engine, Subject(**ABOUT), Judgement(level="absent", commentary=why), who="李")


def opened(page: httpx.Client, lang: str = "zh") -> str:
    return page.get(PAGE, params=ABOUT | {"lang": lang}).raise_for_status().text


def test_the_samples_are_marked_and_every_state_has_a_word(own_page: httpx.Client) -> None:
    assert "Awaiting review" in own_page.get(PAGE, params={"lang": "en"}).text
    shown = own_page.get(PAGE, params={"framework": "national_62", "period": "2017", "lang": "zh"}).text
    for said in ("未评定", "待复核", "正在建立", "退回", "[样例]", "学习型城市建设领导机构与协调机制"):
        assert said in shown


def test_a_version_waits_for_somebody_else_and_its_file_can_be_taken(
    own_page: httpx.Client, running_demo: Any, engine: Engine
) -> None:
    said = ABOUT | {"level": "established", "commentary": "<script>alert(1)</script>{{7*7}}"}
    done = own_page.post(PAGE, data=said, files={"file": ("../佐证 <b>.html", b"<script>x</script>", "text/html")})
    assert done.status_code == 303, done.text
    made = versions(engine)[-1]
    assert (made.state, made.level, made.judged_by) == ("pending", "established", running_demo.user)
    shown = own_page.get(done.headers["location"]).text
    assert "已提交" in shown
    assert "<script>alert" not in shown
    assert "{{7*7}}" in shown
    (address,) = set(re.findall(rf'href="([^"]*/judgements/{made.judgement_id}/files/[^"]*)"', shown))
    file = own_page.get(address)
    assert file.content == b"<script>x</script>"
    assert file.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in file.headers["content-security-policy"]
    assert f"{made.judgement_id}/confirm" not in shown
    assert own_page.post(f"{PAGE}/{made.judgement_id}/confirm").status_code == 403
    assert own_page.get(re.sub("files/.*", "files/" + "0" * 64, address)).status_code == 404


def test_what_another_wrote_is_sent_back_with_a_reason_or_confirmed_once(
    own_page: httpx.Client, engine: Engine
) -> None:
    first = by_another(engine)
    assert f"{first}/confirm" in opened(own_page)
    nothing = own_page.post(f"{PAGE}/{first}/return", data={"why": " "})
    assert nothing.status_code == 422
    assert own_page.post(f"{PAGE}/{first}/return", data={"why": "缺文号"}).status_code == 303
    assert "缺文号" in opened(own_page)
    second = by_another(engine)
    assert own_page.post(f"{PAGE}/{second}/confirm").status_code == 303
    assert own_page.post(f"{PAGE}/{second}/confirm").status_code == 409
    assert [row.state for row in versions(engine)][-2:] == ["returned", "confirmed"]
    assert audit.verify(engine) == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"level": ""}, 422),
        ({"level": "no_such"}, 422),
        ({"commentary": " "}, 422),
        ({"commentary": "字" * 2001}, 422),
        ({"indicator": "n5_3"}, 404),
        ({"period": "x"}, 404),
    ],
)
def test_what_is_refused_keeps_the_text(
    own_page: httpx.Client, engine: Engine, changed: dict[str, str], status: int
) -> None:
    before = versions(engine)
    answer = own_page.post(PAGE, data=ABOUT | {"level": "absent", "commentary": "我写的述评"} | changed)
    assert answer.status_code == status
    assert changed.get("commentary", "我写的述评") in answer.text
    assert versions(engine) == before


def test_evidence_is_chosen_among_the_files_of_the_place_and_period(own_page: httpx.Client, engine: Engine) -> None:
    offered = re.findall(r'name="shown" value="(\d+)~([0-9a-f]{64})"', opened(own_page))
    assert offered
    with engine.connect() as connection:
        foreign = connection.execute(
            text("""SELECT submission_id || '~' || e.sha256 FROM intake.evidence AS e JOIN intake.submission AS s
                    USING (submission_id) WHERE s.place = :other LIMIT 1"""),
            {"other": OTHER},
        ).scalar_one()
    said = ABOUT | {"level": "absent", "commentary": "附件"}
    assert own_page.post(PAGE, data={**said, "shown": ["~".join(offered[0]), foreign]}).status_code == 303
    assert f"submissions/{offered[0][0]}/files/{offered[0][1]}" in opened(own_page)
    assert foreign.split("~")[0] + "/files" not in opened(own_page)


def test_a_clerk_of_one_place_judges_there_and_confirms_nothing(
    own_page: httpx.Client, granted: Granted, engine: Engine
) -> None:
    first = by_another(engine)
    said = ABOUT | {"level": "absent", "commentary": "样例"}
    with granted(("clerk", ABOUT["place"])):
        assert own_page.post(f"{PAGE}/{first}/confirm").status_code == 403
        assert own_page.post(PAGE, data=said).status_code == 303
        assert own_page.post(PAGE, data=said | {"place": OTHER}).status_code == 403
        assert own_page.get(PAGE, params=ABOUT | {"place": OTHER}).status_code == 404
    with granted(("reader", "*")):
        assert 'name="commentary"' not in opened(own_page)
        assert own_page.post(PAGE, data=said).status_code == 403


def test_a_figure_takes_commentary_without_a_level(own_page: httpx.Client) -> None:
    figure = ABOUT | {"indicator": "n1_1_3"}
    assert 'name="level"' not in own_page.get(PAGE, params=figure).text
    assert own_page.post(PAGE, data=figure | {"commentary": "述评"}).status_code == 303
