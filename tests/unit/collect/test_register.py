"""Whatever comes in is archived, becomes one submission with one clear finding, and harms nobody else."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msoffcrypto.format.ooxml
import openpyxl
import pytest
import xlsxwriter
from office import KEY, ROUND, SEAL, SIGNED, Ledgers, Office, filled, open_office

from learning_city.collect.container import MAX_BYTES
from learning_city.collect.reader import Readers
from learning_city.prepare.workbook import write_ledger


def workbook(write: Callable[[Any], None] = lambda sheet: None) -> bytes:
    """A workbook we did not issue."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        write(book.add_worksheet())
    return written.getvalue()


def far_corners(sheet: Any) -> None:
    sheet.write("A1", 1)
    sheet.write("XFD1048576", 1)


def two_far_columns() -> bytes:
    """Thousands of rows, each with a cell in the first and in the last column."""
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="XFD{n}"><v>{n}</v></c></row>' for n in range(1, 40_000)
    )
    data = f"<sheetData>{rows}</sheetData>".encode()
    return repacked(workbook(), lambda _, part: part.replace(b"<sheetData/>", data))


def repacked(content: bytes, change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name in whole.namelist():
            file.writestr(name, change(name, whole.read(name)))
        for name, part in added.items():
            file.writestr(name, part)
    return packed.getvalue()


def edited(path: Path, sheet: str, **cells: object) -> None:
    """Change cells of a delivered workbook as somebody with a mouse would, hidden sheets included."""
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book[sheet][cell] = value
    book.save(path)
    book.close()


def locked(content: bytes) -> bytes:
    protected = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(content)).encrypt("secret", protected)
    return protected.getvalue()


def issued(office: Office, tmp_path: Path, **identity: str) -> bytes:
    """The bytes of a workbook of the office, filled in."""
    ledger = office.ledger("edu", "310000")
    ledger = replace(ledger, identity=replace(ledger.identity, **identity))
    write_ledger(tmp_path / "x.xlsx", ledger, KEY, filled(ledger), SIGNED)
    return (tmp_path / "x.xlsx").read_bytes()


def hostile(office: Office, tmp_path: Path) -> dict[str, bytes]:
    whole = issued(office, tmp_path)
    bomb = {f"xl/media/{n}.png": b"" for n in range(5_001)}
    return {
        "说明.txt": "请查收附件。\n".encode(),
        "空.xlsx": b"",
        "白.xlsx": workbook(),
        "下载中断.xlsx": whole[: len(whole) // 2],
        "有密码.xlsx": locked(whole),
        "有宏.xlsx": repacked(whole, lambda _, part: part, **{"xl/vbaProject.bin": b"Sub Auto_Open()"}),
        "去年的表.xlsx": issued(office, tmp_path, round="2016", period="2016"),
        "远角.xlsx": workbook(far_corners),
        "远列.xlsx": two_far_columns(),
        "炸弹.xlsx": repacked(whole, lambda _, part: part, **bomb),
        "致命.xlsx": repacked(workbook(far_corners), lambda _, part: part.replace(b'r="XFD', b'r = "XFD')),
        "网页.xls": b"<html><body>please log in</body></html>",
        "坏.zip": b"PK\x03\x04" + bytes(100),
    }


EXPECTED = {
    "说明.txt": ("identity.unreadable", "not_workbook: text"),
    "空.xlsx": ("identity.unreadable", "empty_file"),
    "白.xlsx": ("identity.unreadable", "no_identity"),
    "下载中断.xlsx": ("identity.unreadable", "truncated"),
    "有密码.xlsx": ("identity.unreadable", "password"),
    "有宏.xlsx": ("identity.unreadable", "macro"),
    "去年的表.xlsx": ("identity.round", "2016"),
    "远角.xlsx": ("identity.unreadable", "sparse: xl/worksheets/sheet1.xml: 1048576 rows × 16384 columns"),
    "远列.xlsx": ("identity.unreadable", "sparse"),
    "炸弹.xlsx": ("identity.unreadable", "bomb"),
    "致命.xlsx": ("identity.unreadable", "crashed"),
    "网页.xls": ("identity.unreadable", "not_workbook: html"),
    "坏.zip": ("identity.unreadable", "truncated"),
}


@pytest.fixture(scope="module")
def batch(
    new_home: Any, readers: Readers, ledgers: Ledgers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """One batch with everything that goes wrong, and two workbooks that are right."""
    with new_home() as home:
        office = open_office(home, readers, ledgers)
        for name, content in hostile(office, tmp_path_factory.mktemp("x")).items():
            office.put(name, content)
        office.deliver("北京")
        office.deliver("宁波", office.ledger(place="330200"))
        office.check("北京", *EXPECTED, "宁波")
        yield office


@pytest.mark.parametrize("name", EXPECTED)
def test_what_cannot_be_read_is_archived_and_becomes_one_submission_with_one_clear_finding(
    batch: Office, name: str
) -> None:
    rule, found = EXPECTED[name]
    content = (batch.inbox / name).read_bytes()
    submission = batch.submission(name)
    assert submission.sha256 == hashlib.sha256(content).hexdigest()
    assert (batch.home.archive / submission.sha256[:2] / submission.sha256).read_bytes() == content
    (finding,) = batch.findings(name)
    assert (finding.rule_id, finding.severity, finding.cell) == (rule, "block", "")
    assert finding.found.startswith(found)
    assert finding.message_zh.endswith("。")
    assert finding.message_en.endswith(".")
    assert "$" not in finding.message_zh + finding.message_en


def test_the_right_workbooks_of_the_same_batch_are_registered_with_every_item(batch: Office) -> None:
    for name, place in (("北京", "110000"), ("宁波", "330200")):
        submission = batch.submission(name)
        assert (submission.state, submission.problem, submission.place) == ("validated", None, place)
        asked = len(batch.ledger(place=place).forms[0].items)
        assert batch.one("SELECT count(*) FROM intake.item WHERE submission_id = :n", n=submission.submission_id) == (
            asked
        )
        assert batch.findings(name) == []


def test_the_sparse_sheet_is_small_as_a_file(batch: Office) -> None:
    assert 300_000 < (batch.inbox / "远列.xlsx").stat().st_size < 500_000


def test_registering_twice_changes_nothing(office: Office) -> None:
    office.deliver("北京")
    office.put("说明.txt", b"x")
    everything = """SELECT s.*, (SELECT count(*) FROM intake.item AS i WHERE i.submission_id = s.submission_id),
                           (SELECT count(*) FROM intake.sheet_row AS r WHERE r.submission_id = s.submission_id),
                           (SELECT count(*) FROM intake.evidence AS e WHERE e.submission_id = s.submission_id)
                    FROM intake.submission AS s ORDER BY submission_id"""
    assert len(office.register("北京", "说明.txt")) == 2
    before = office.rows(everything)
    assert office.register("北京", "说明.txt") == []
    assert office.rows(everything) == before


def test_registering_nothing_gives_nothing(office: Office) -> None:
    assert office.register() == []


def test_a_revision_supersedes_and_says_what_it_replaces(office: Office) -> None:
    ledger = office.ledger()
    office.deliver("一稿")
    (first,) = office.check("一稿")
    office.deliver("二稿", ledger, filled(ledger, gdp=20_000.0))
    (second,) = office.check("二稿")
    old, new = office.submission("一稿"), office.submission("二稿")
    assert (old.state, old.revision, old.supersedes) == ("superseded", 1, None)
    assert (new.state, new.revision, new.supersedes) == ("validated", 2, first)
    owed = "SELECT submission_id, state FROM intake.obligation WHERE form = 'statistics' AND place = '110000'"
    assert office.one(owed) == (second, "已报送")


def test_an_obligation_is_answered_by_its_own_workbook_only(office: Office) -> None:
    office.deliver("北京")
    office.register("北京")
    answered = office.rows("SELECT form, place FROM intake.obligation WHERE state = '已报送'")
    assert answered == [("statistics", "110000")]


def test_a_workbook_with_a_forged_token_supersedes_nothing(office: Office) -> None:
    office.deliver("真")
    office.register("真")
    edited(office.deliver("假"), "_lcm", B8="0" * 32)
    office.register("假")
    assert office.submission("真").state == "parsed"
    assert office.submission("假").supersedes is None


def test_a_package_whose_evidence_is_also_a_workbook_finds_the_ledger(office: Office) -> None:
    book = office.deliver("北京")
    (book.parent / "A证明.xlsx").write_bytes(workbook(lambda sheet: sheet.write("A1", "证明")))
    (book.parent / "Z证明.xlsx").write_bytes(workbook(lambda sheet: sheet.write("A1", "证明")))
    office.check("北京")
    assert office.submission("北京").file_name == "台账.xlsx"
    names = office.rows("SELECT name FROM intake.evidence ORDER BY name")
    assert [row.name for row in names] == ["A证明.xlsx", "Z证明.xlsx", SEAL]
    assert office.findings("北京") == []


def test_a_package_that_holds_its_workbook_twice_is_one_submission(office: Office) -> None:
    book = office.deliver("北京")
    (book.parent / "台账 - 副本.xlsx").write_bytes(book.read_bytes())
    assert len(office.register("北京")) == 1
    assert office.one("SELECT count(*) FROM intake.item") == len(office.ledger().forms[0].items)


def test_every_worksheet_row_is_landed_as_it_was_written_and_the_hidden_sheet_is_not(office: Office) -> None:
    office.deliver("北京", told=filled(office.ledger(), gdp="２８，０１４．９亿元"))
    office.register("北京")
    cell = office.cell("北京", "gdp")
    assert office.one("SELECT text FROM intake.cell WHERE cell = :cell AND sheet = '学监统01表'", cell=cell) == (
        "２８，０１４．９亿元"
    )
    gdp = office.one("SELECT text, value, repaired FROM intake.item WHERE definition = 'gdp'")
    assert gdp == ("２８，０１４．９亿元", 28014.9, "２８，０１４．９亿元")
    assert office.rows("SELECT sheet FROM intake.sheet_row WHERE sheet = '_lcm'") == []


def test_characters_no_database_can_hold_do_not_stop_the_batch(office: Office) -> None:
    book = office.deliver("北京", told=filled(office.ledger(), gdp="GDPGDP"))
    hidden = repacked(book.read_bytes(), lambda _, part: part.replace(b"GDPGDP", b"12_x0000_34"))
    book.write_bytes(hidden)
    office.deliver("宁波", office.ledger(place="330200"))
    assert len(office.check("北京", "宁波")) == 2
    rules = [finding.rule_id for finding in office.findings("北京")]
    assert "type.not_a_number" in rules


@pytest.mark.parametrize("decimals", ["inf", "1e9", "-99999", "two"])
def test_a_hidden_sheet_that_was_tampered_with_is_a_finding_and_does_not_stop_the_batch(
    office: Office, decimals: str
) -> None:
    edited(office.deliver("北京"), "_lcm", J15=decimals)
    office.deliver("宁波", office.ledger(place="330200"))
    assert len(office.check("北京", "宁波")) == 2
    assert "identity.template" in [finding.rule_id for finding in office.findings("北京")]
    assert office.findings("宁波") == []


def test_a_delivery_in_a_zip_is_read_like_one_in_a_folder(office: Office) -> None:
    book = office.deliver("北京")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.write(book, "北京/台账.xlsx")
        file.write(book.parent / SEAL, f"北京/{SEAL}")
    office.put("北京.zip", packed.getvalue())
    office.check("北京.zip")
    assert office.submission("北京.zip").state == "validated"
    assert office.findings("北京.zip") == []
    beside = office.rows("SELECT name, sha256, kind FROM intake.evidence ORDER BY name")
    assert [(row.name, row.kind) for row in beside] == [("北京.zip", "packed"), (SEAL, "scan")]
    kept = office.home.archive / beside[0].sha256[:2] / beside[0].sha256
    assert kept.read_bytes() == packed.getvalue()


def test_a_file_that_is_too_large_is_archived_and_answered_and_the_others_are_read(office: Office) -> None:
    office.deliver("北京")
    large = office.put("录像.xlsx", b"PK\x03\x04")
    with large.open("r+b") as file:
        file.truncate(MAX_BYTES + 1)
    assert len(office.check("录像.xlsx", "不见了", "北京")) == 2
    said = office.submission("录像.xlsx")
    assert (said.problem, said.bytes) == ("too_big", MAX_BYTES + 1)
    assert (office.home.archive / said.sha256[:2] / said.sha256).stat().st_size == MAX_BYTES + 1
    (finding,) = office.findings("录像.xlsx")
    assert finding.rule_id == "identity.unreadable"
    assert office.findings("北京") == []


def test_numbers_full_width_or_with_their_unit_are_registered_for_the_round_they_came_in(office: Office) -> None:
    office.deliver("北京")
    (submission,) = office.register("北京")
    row = office.one("SELECT round, period, department FROM intake.submission WHERE submission_id = :n", n=submission)
    assert row == (ROUND, "2017", "statistics")
