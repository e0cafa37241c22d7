"""收集进度 over the wire: letters before they go and taken back, who may only look, files, the way back to a row."""

import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, Row, text

pytestmark = pytest.mark.airflow
BOARD = "/data-office/"
Granted = Callable[..., AbstractContextManager[None]]


@pytest.fixture(scope="module")
def returned(engine: Engine) -> Row[Any]:
    """An obligation whose form was returned."""
    with engine.connect() as connection:
        return connection.execute(
            text("SELECT * FROM intake.obligation WHERE state = '已退回' ORDER BY 1 LIMIT 1")
        ).one()


@pytest.fixture(scope="module")
def unclaimed(engine: Engine) -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(text("SELECT * FROM intake.submission WHERE state = 'unclaimed' LIMIT 1")).one()


def pick(one: Row[Any]) -> dict[str, str]:
    return {"round": one.round, "pick": f"{one.place}~{one.department}"}


def test_letters_are_read_before_they_go_and_taken_back(
    own_page: httpx.Client, engine: Engine, returned: Row[Any]
) -> None:
    shown = own_page.get(BOARD, params=pick(returned)).text
    assert "已退回" in shown
    assert "发出 1 条催报" in shown
    sent = own_page.post(f"{BOARD}reminders", params=pick(returned), data={"copied": "1"})
    page = own_page.get(sent.headers["location"]).text
    assert "已发出 1 条催报" in page
    with engine.connect() as connection:
        batch = connection.execute(text("SELECT max(batch_id) FROM intake.reminder_batch")).scalar()
    back = own_page.post(f"{BOARD}reminders/{batch}/take-back", params=pick(returned))
    assert "已撤回 1 条催报，没有发出" in own_page.get(back.headers["location"]).text
    with engine.connect() as connection:
        states = connection.execute(
            text("SELECT DISTINCT state FROM intake.reminder WHERE batch_id = :id"), {"id": batch}
        )
        assert list(states.scalars()) == ["taken_back"]
    again = own_page.post(f"{BOARD}reminders/{batch}/take-back", params=pick(returned))
    assert "没有撤回" in own_page.get(again.headers["location"]).text
    assert "已撤回" in own_page.get(f"{BOARD}reminders", params={"round": returned.round}).text


def test_who_may_only_look_finds_every_button_greyed_and_the_reason_beside_it(
    own_page: httpx.Client, granted: Granted, returned: Row[Any], unclaimed: Row[Any]
) -> None:
    here = {"round": unclaimed.round}
    with granted(("reader", "*")):
        pages = {
            f"{BOARD}?{httpx.QueryParams(pick(returned))}": ("您可以查看，不能催报", "延期和豁免由该地区的负责人登记"),
            f"{BOARD}submissions?{httpx.QueryParams(here)}": ("您可以查看，不能收件",),
            f"{BOARD}submissions/{returned.submission_id}": ("您可以查看，不能核对",),
            f"{BOARD}catalogue": ("您可以查看；修改目录由负责人",),
        }
        for path, reasons in pages.items():
            shown = own_page.get(path).text
            assert "disabled>" in shown
            assert all(reason in shown for reason in reasons), path
        assert own_page.post(f"{BOARD}reminders", params=pick(returned)).status_code == 403
        assert own_page.get(f"{BOARD}board/issued.zip", params={"round": returned.round}).status_code in (403, 404)


def test_the_board_is_saved_as_it_is_filtered_and_no_text_becomes_a_formula(
    own_page: httpx.Client, returned: Row[Any]
) -> None:
    whole = own_page.get(f"{BOARD}board.xlsx", params={"round": returned.round})
    one = own_page.get(f"{BOARD}board.xlsx", params={"round": returned.round, "place": returned.place, "q": "=1+1"})
    book = load_workbook(io.BytesIO(whole.content))
    assert book.sheetnames == ["收集进度", "应报清单"]
    assert book["收集进度"].page_setup.orientation == "landscape"
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert any("已退回" in str(cell.value) for cell in cells)
    assert load_workbook(io.BytesIO(one.content))["应报清单"].max_row < book["应报清单"].max_row


def test_the_issued_workbooks_come_in_one_zip(own_page: httpx.Client, returned: Row[Any]) -> None:
    answer = own_page.get(f"{BOARD}board/issued.zip", params={"round": returned.round})
    if answer.status_code == 404:
        pytest.skip("no workbook was issued for this round")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert names
    assert all(name.endswith(".xlsx") for name in names)


def test_what_is_refused_leads_back_to_its_row_with_the_reason_that_was_typed(
    own_page: httpx.Client, unclaimed: Row[Any]
) -> None:
    said = {"whose": "110000/nobody", "why": "电话核实 <b>"}
    path = f"{BOARD}submissions/{unclaimed.submission_id}/claim"
    answer = own_page.post(path, params={"state": "unclaimed"}, data=said)
    assert answer.headers["location"].endswith(f"#s-{unclaimed.submission_id}")
    page = own_page.get(answer.headers["location"]).text
    assert "没有办成" in page
    assert "电话核实 &lt;b&gt;" in page
    assert f'id="s-{unclaimed.submission_id}"' in page


def test_a_rule_is_never_a_persons_name(own_page: httpx.Client, returned: Row[Any]) -> None:
    shown = own_page.get(f"{BOARD}submissions/{returned.submission_id}").text
    assert "按规则" in shown
    assert "something has to be corrected" not in shown
    own = own_page.get(f"{BOARD}submissions/{returned.submission_id}", params={"lang": "en"}).text
    assert "by rule" in own
    own_page.get(BOARD, params={"lang": "zh"})


@pytest.mark.parametrize("odd", ["pick=~~~,,", "state=%27", "due=never", "after=%00", "pick=" + "x~y," * 900])
def test_an_odd_address_is_answered(own_page: httpx.Client, odd: str) -> None:
    assert own_page.get(f"{BOARD}?{odd}").status_code in (200, 400)
