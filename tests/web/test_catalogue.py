"""目录与口径 as people use it: look and download for all, upload and import for the head, against a running Airflow."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from sqlalchemy import Engine, text

from learning_city.warehouse.fingerprint import fingerprint

pytestmark = pytest.mark.airflow

PAGE = "/data-office/catalogue"
Granted = Callable[..., AbstractContextManager[None]]


@pytest.fixture(scope="module")
def exported(own_page: httpx.Client) -> bytes:
    """The edition in use as the page gives it."""
    answer = own_page.get(f"{PAGE}/editions/1/excel").raise_for_status()
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer.content


def edited(content: bytes, sheet: str, heading: str, value: object, row: int = 2) -> bytes:
    """The workbook with one cell changed."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    column = next(cell.column for cell in book[sheet][1] if cell.value == heading)
    book[sheet].cell(row, column).value = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def upload(own_page: httpx.Client, content: bytes, **headers: str) -> httpx.Response:
    return own_page.post(f"{PAGE}/upload", files={"file": ("目录.xlsx", content)}, headers=headers)


def prints(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return fingerprint(connection)


@pytest.mark.parametrize("role", ["reader", "clerk", "reviewer", "inspector"])
def test_every_role_looks_and_none_but_the_head_uploads(
    own_page: httpx.Client, granted: Granted, exported: bytes, role: str
) -> None:
    with granted((role, "*")):
        shown = own_page.get(PAGE)
        assert shown.status_code == 200
        assert "修改目录由负责人" in shown.text
        assert "multipart/form-data" not in shown.text
        assert upload(own_page, exported).status_code == 403
        refused = own_page.post(f"{PAGE}/import", data={"file": "0" * 64, "on": "1", "why": "x"})
        assert refused.status_code == 403


def test_contacts_are_not_for_a_reader_and_the_handbook_is(own_page: httpx.Client, granted: Granted) -> None:
    with granted(("reader", "*")):
        assert own_page.get(f"{PAGE}/editions/1/excel").status_code == 403
        book = own_page.get(f"{PAGE}/handbook", params={"year": 2018}).raise_for_status()
    assert book.headers["content-disposition"] == 'attachment; filename="handbook_2018.html"'
    assert "sandbox" in book.headers["content-security-policy"]
    assert "学习型城市监测口径手册" in book.text
    assert own_page.get(f"{PAGE}/handbook", params={"year": 1990}).status_code == 404


def test_a_head_of_one_place_does_not_change_the_catalogue_of_all(
    own_page: httpx.Client, granted: Granted, exported: bytes
) -> None:
    with granted(("head", "140100")):
        assert upload(own_page, exported).status_code == 403


def test_a_write_from_another_site_is_refused(own_page: httpx.Client, exported: bytes) -> None:
    assert upload(own_page, exported, Origin="http://evil.example").status_code == 403
    sent = {"data": {"file": "0" * 64, "on": "1", "why": "x"}, "headers": {"Origin": "http://evil.example"}}
    assert own_page.post(f"{PAGE}/import", **sent).status_code == 403


def test_the_page_lists_editions_content_and_overlaps_in_both_languages(own_page: httpx.Client) -> None:
    chinese, english = own_page.get(PAGE).text, own_page.get(PAGE, params={"lang": "en"}).text
    own_page.cookies.delete("lcm_lang", path="/data-office")
    for word in ("各版目录", "指标交叉与替代", "报表项目", "现用"):
        assert word in chinese
    for word in ("Editions", "Overlaps and proxies", "in use"):
        assert word in english


def test_an_unchanged_workbook_is_no_change(own_page: httpx.Client, exported: bytes) -> None:
    shown = own_page.get(upload(own_page, exported).headers["location"])
    assert "没有变化" in shown.text


def test_faults_are_shown_at_their_cells_and_nothing_can_be_imported(
    own_page: httpx.Client, engine: Engine, exported: bytes
) -> None:
    before = prints(engine)
    shown = own_page.get(upload(own_page, edited(exported, "数据项", "计量单位", "斤两")).headers["location"])
    assert "有 1 处错误" in shown.text
    assert "工作表“数据项” D2（计量单位）" in shown.text
    assert "导入成新的一版" not in shown.text
    assert prints(engine) == before


def test_what_is_too_large_or_no_file_is_said_so(own_page: httpx.Client) -> None:
    large = upload(own_page, b"x" * (20 * 2**20 + 10_000))
    assert "超过 20 MB" in own_page.get(large.headers["location"]).text
    nothing = own_page.post(f"{PAGE}/upload", files={"other": ("a", b"x")})
    assert "请选一个 Excel 文件" in own_page.get(nothing.headers["location"]).text


def test_the_head_tries_then_imports_exactly_the_checked_file(
    own_page: httpx.Client, engine: Engine, running_demo: Any, exported: bytes
) -> None:
    changed = edited(exported, "指标体系", "备注", "目录由办公室维护。")
    before = prints(engine)
    address = upload(own_page, changed).headers["location"]
    shown = own_page.get(address)
    assert prints(engine) == before
    assert "目录由办公室维护。" in shown.text
    assert "指标值变化: 没有" in shown.text
    sha = httpx.URL(address).params["file"]
    kept = Path(running_demo.home.root) / "uploads" / f"{sha}.xlsx"
    assert kept.read_bytes() == changed
    assert kept.stat().st_mode & 0o777 == 0o600
    refused = own_page.post(f"{PAGE}/import", data={"file": sha, "on": "1", "why": " "})
    assert "请写明为什么改" in own_page.get(refused.headers["location"]).text
    done = own_page.post(f"{PAGE}/import", data={"file": sha, "on": "1", "why": "改备注"})
    assert "第 2 版已启用" in own_page.get(done.headers["location"]).text
    with engine.connect() as connection:
        who, why = connection.execute(text("SELECT who, why FROM ref.edition WHERE edition = 2")).one()
    assert who == running_demo.user
    assert why.startswith("改备注")
    assert sha in why
    late = own_page.post(f"{PAGE}/import", data={"file": sha, "on": "1", "why": "再来"})
    assert "请重新检查" in own_page.get(late.headers["location"]).text


def test_a_file_that_was_not_checked_cannot_be_imported(own_page: httpx.Client) -> None:
    for name in ("0" * 64, "../../etc/passwd"):
        answer = own_page.post(f"{PAGE}/import", data={"file": name, "on": "1", "why": "x"})
        assert answer.status_code in (404, 422, 400)


def test_a_year_can_be_taken_and_an_unknown_edition_cannot(own_page: httpx.Client) -> None:
    answer = own_page.get(f"{PAGE}/editions/1/excel", params={"year": 2012})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    names = {row[1].value for row in book["部门"].iter_rows(min_row=2)}
    assert "文化广电新闻出版局" in names
    assert "文化和旅游局" not in names
    assert own_page.get(f"{PAGE}/editions/99/excel").status_code == 404


def test_what_flips_an_attainment_waits_for_a_second_person(
    own_page: httpx.Client, engine: Engine, running_demo: Any
) -> None:
    with engine.begin() as connection:
        current = connection.execute(text("SELECT max(edition) FROM ref.edition")).scalar_one()
        target = connection.execute(
            text("SELECT target FROM mart.attainment WHERE NOT is_met AND direction = 'higher' ORDER BY target LIMIT 1")
        ).scalar_one()
    content = own_page.get(f"{PAGE}/editions/{current}/excel").raise_for_status().content
    codes = [row[0].value for row in openpyxl.load_workbook(io.BytesIO(content))["目标"].iter_rows()]
    lowered = edited(content, "目标", "目标值", 0.001, row=codes.index(target) + 1)
    address = upload(own_page, lowered).headers["location"]
    assert "您导入即为提出" in own_page.get(address).text
    sent = {"file": httpx.URL(address).params["file"], "on": str(current), "why": "降低目标"}
    shown = own_page.get(own_page.post(f"{PAGE}/import", data=sent).headers["location"]).text
    assert "等另一位负责人" in shown
    assert "须由另一人导入" in shown
    with engine.begin() as connection:
        assert connection.execute(text("SELECT max(edition) FROM ref.edition")).scalar_one() == current
        assert connection.execute(text("UPDATE ref.proposal SET who = '王芳'")).rowcount == 1
    assert "查看并导入" in own_page.get(PAGE).text
    assert "王芳 已提出这份目录" in own_page.get(address).text
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM ref.proposal"))
