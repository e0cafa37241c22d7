"""What a hostile or careless hand puts into a workbook: one finding each, the file archived, the others read right."""

import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msoffcrypto.format.ooxml
import pytest
from containers import bound_sheet, link, ole, packed, record, repacked
from office import KEY, SEAL, SIGNED, Ledgers, Office, filled, open_office

from learning_city.cli.check import check_files
from learning_city.collect import inbox, ledger_ole, register
from learning_city.collect.ledger_package import Refused
from learning_city.collect.reader import Readers
from learning_city.prepare.workbook import write_ledger

CITIES = ("110000", "310000", "330100", "330200", "510100", "420100", "430100", "140100")
FORM = "xl/worksheets/sheet2.xml"
_VALUE = re.compile(rb'(<c r="H\d+"(?: s="\d+")?)>(<v>[^<]*</v></c>)')
_ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
_LINKED = b"""<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"
 Target="file:///D:/other.xlsx" TargetMode="External"/></Relationships>"""


def with_formulas(content: bytes, formula: bytes, cells: int = 1) -> bytes:
    """The first value cells hold a formula whose saved result is the value that stood there."""
    return repacked(
        content,
        lambda name, part: (
            _VALUE.sub(rb"\1><f>" + formula.replace(b"\\", rb"\\") + rb"</f>\2", part, count=cells)
            if name == FORM
            else part
        ),
    )


def with_dtd(content: bytes, part: str, dtd: bytes) -> bytes:
    return repacked(content, lambda name, xml: xml.replace(b"?>", b"?>" + dtd, 1) if name == part else xml)


def locked(content: bytes, password: str) -> bytes:
    protected = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(content)).encrypt(password, protected)
    return protected.getvalue()


def with_hidden_sheet(content: bytes) -> bytes:
    """Somebody keeps a second set of figures."""
    added = {
        "xl/workbook.xml": (b"</sheets>", b'<sheet name="%s" sheetId="99" state="veryHidden" r:id="rId99"/></sheets>' % "底稿".encode()),
        "xl/_rels/workbook.xml.rels": (b"</Relationships>", b'<Relationship Id="rId99" Type="worksheet" Target="worksheets/sheet99.xml"/></Relationships>'),
    }  # fmt: skip
    return repacked(
        content,
        lambda name, part: part.replace(*added[name]) if name in added else part,
        {"xl/worksheets/sheet99.xml": b"<worksheet><sheetData/></worksheet>"},
    )


REFUSED = {
    "嵌入对象.xlsx": ("embedded", lambda whole: repacked(whole, added={"xl/embeddings/oleObject1.bin": b"MZ"})),
    "控件.xlsx": ("embedded", lambda whole: repacked(whole, added={"xl/activeX/activeX1.xml": b"<ocx/>"})),
    "启动程序.xlsx": ("dde", lambda whole: with_formulas(whole, b"cmd|'/C calc'!A0")),
    "启动程序RTD.xlsx": ("dde", lambda whole: with_formulas(whole, b'RTD("evil.server",,"x")')),
    "程序链接.xlsx": (
        "dde",
        lambda whole: repacked(whole, added={"xl/externalLinks/externalLink1.xml": b'<externalLink><ddeLink ddeService="cmd"/></externalLink>'}),
    ),
    "外部实体.xlsx": ("dtd", lambda whole: with_dtd(whole, FORM, _ENTITY)),
    "十亿次笑.xlsx": ("dtd", lambda whole: with_dtd(whole, "xl/sharedStrings.xml", _LAUGHS)),
    "样式里的实体.xlsx": ("dtd", lambda whole: with_dtd(whole, "xl/styles.xml", b"<!-- <x> -->" + _ENTITY)),
    "另一种编码的实体.xlsx": (
        "dtd",
        lambda whole: repacked(whole, added={"docProps/custom.xml": ("\ufeff" + _ENTITY.decode() + "<x/>").encode("utf-16-le")}),
    ),
    "走出文件夹.xlsx": ("path", lambda whole: repacked(whole, added={"../../../etc/cron.d/x.xml": b"<x/>"})),
    "部件重名.xlsx": ("truncated", lambda whole: repacked(whole, added={FORM: b"<worksheet><sheetData/></worksheet>"})),
    "宏.xlsm": ("macro", lambda whole: repacked(whole, added={"xl/vbaProject.bin": b"Sub Auto_Open()"})),
    "宏在别处.xlsx": ("macro", lambda whole: repacked(whole, added={"custom/VBAProject.BIN": b"x"})),
    "宏表.xlsx": ("macro", lambda whole: repacked(whole, added={"xl/macrosheets/sheet1.xml": b"<macrosheet/>"})),
    "自动运行.xlsx": (
        "macro",
        lambda whole: repacked(
            whole,
            lambda name, part: part.replace(b"<definedNames>", b'<definedNames><definedName name="_xlnm.Auto_Open">x</definedName>')
            if name == "xl/workbook.xml"
            else part,
        ),
    ),
    "宏.xlsb": ("macro", lambda whole: packed({"xl/workbook.bin": b"x", "xl/vbaProject.bin": b"x"})),
    "宏.xls": ("macro", lambda whole: ole(bound_sheet("Sheet1"), "_VBA_PROJECT_CUR")),
    "四点零宏.xls": ("macro", lambda whole: ole(bound_sheet("Macro1", kind=1))),
    "程序链接.xls": ("dde", lambda whole: ole(bound_sheet("Sheet1") + link("cmd\x03/C calc"))),
    "嵌入对象.xls": ("embedded", lambda whole: ole(bound_sheet("Sheet1"), "MBD0018D4CE")),
    "逗号表.xlsx": ("not_workbook: text", lambda whole: "指标,本年数\n图书馆,24\n".encode("gb18030")),
    "网页.xls": ("not_workbook: html", lambda whole: b"<html><table><tr><td>1</td></tr></table></html>"),
    "文档.xlsx": ("not_workbook: docx", lambda whole: packed({"word/document.xml": b"<x/>"})),
    "有密码.xlsx": ("password", lambda whole: locked(whole, "secret")),
    "套娃.zip": ("nested", lambda whole: packed({"里.zip": packed({"再里.zip": packed({"台账.xlsx": whole})})})),
    "套娃炸弹.zip": ("nested", lambda whole: packed({f"{n}.zip": packed({"0.zip": bytes(2**20)}) for n in range(16)})),
    "坏包.zip": ("truncated", lambda whole: _broken(packed({"台账.xlsx": whole, SEAL: b"a scan"}))),
}  # fmt: skip
"""name -> how what was found begins, and how the file is made of a sound workbook; all are identity.unreadable, block."""

DOUBTED = {
    "公式.xlsx": ("type.formula", "note", "3 格是公式：", lambda whole: with_formulas(whole, b"400+25", cells=3)),
    "外部链接.xlsx": (
        "identity.outside", "ask", "外部链接",
        lambda whole: repacked(whole, added={"xl/externalLinks/externalLink1.xml": b"<externalLink/>", "xl/externalLinks/_rels/externalLink1.xml.rels": _LINKED}),
    ),
    "别的工作簿.xlsx": ("identity.outside", "ask", "!H", lambda whole: with_formulas(whole, b"[1]Sheet1!$A$1", cells=2)),
    "别的文件.xlsx": ("identity.outside", "ask", "!H", lambda whole: with_formulas(whole, b"'D:\\[other.xlsx]Sheet1'!A1")),
    "网上取数.xlsx": ("identity.outside", "ask", "!H", lambda whole: with_formulas(whole, b'_xlfn.WEBSERVICE("http://x.example/")')),
    "网上链接.xlsx": ("identity.outside", "ask", "!H", lambda whole: with_formulas(whole, b'HYPERLINK("http://x.example/","1")')),
    "数据连接.xlsx": ("identity.outside", "ask", "数据连接", lambda whole: repacked(whole, added={"xl/connections.xml": b"<connections/>"})),
    "查询表.xlsx": ("identity.outside", "ask", "数据连接", lambda whole: repacked(whole, added={"xl/queryTables/queryTable1.xml": b"<queryTable/>"})),
    "藏表.xlsx": ("identity.hidden_sheets", "note", "底稿", with_hidden_sheet),
    "改后缀.xls": ("identity.ending", "note", ".xls → .xlsx", lambda whole: whole),
}  # fmt: skip
"""name -> rule, severity, how what was found begins or a part of it, and how the file is made; values are read."""


def _broken(content: bytes) -> bytes:
    """A zip whose first member does not unpack."""
    return content[:60] + bytes(200) + content[260:]


def issued(office: Office, folder: Path, department: str = "edu", place: str = "110000") -> bytes:
    ledger = office.ledger(department, place)
    write_ledger(folder / "x.xlsx", ledger, KEY, filled(ledger), SIGNED)
    return (folder / "x.xlsx").read_bytes()


def deliver(office: Office, name: str, content: bytes) -> None:
    """A workbook with its sealed scan in a folder; a zip as it is."""
    if not name.endswith(".zip"):
        (office.inbox / name).mkdir(parents=True)
        office.put(f"{name}/{SEAL}", b"a scan")
        office.put(f"{name}/{name}", content)
    else:
        office.put(name, content)


@pytest.fixture(scope="module")
def batch(
    new_home: Any, readers: Readers, ledgers: Ledgers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """One batch of everything, between two clean workbooks; no two that count are of one department and place."""
    folder = tmp_path_factory.mktemp("x")
    owners = [(department, place) for department in ("culture_tourism", "edu") for place in CITIES]
    with new_home() as home:
        office = open_office(home, readers, ledgers)
        home.keys.mkdir(parents=True)
        (home.keys / "token").write_bytes(KEY)
        office.deliver("北京")
        for name, (_, make) in REFUSED.items():
            deliver(office, name, make(issued(office, folder)))
        for owner, (name, (*_, make)) in zip(owners, DOUBTED.items(), strict=False):
            deliver(office, name, make(issued(office, folder, *owner)))
        office.deliver("宁波", office.ledger(place="330200"))
        office.check("北京", *REFUSED, *DOUBTED, "宁波")
        yield office


def is_archived(office: Office, name: str) -> bool:
    """Whether the workbook lies in the archive as it was delivered; of a zip its one member."""
    submission = office.submission(name)
    kept = (office.home.archive / submission.sha256[:2] / submission.sha256).read_bytes()
    path = office.inbox / name
    delivered = (path / name if path.is_dir() else path).read_bytes()
    return submission.sha256 == hashlib.sha256(kept).hexdigest() and (kept == delivered or path.suffix == ".zip")


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_do_harm_is_archived_and_is_one_block_that_says_what_to_do(batch: Office, name: str) -> None:
    (finding,) = batch.findings(name)
    assert (finding.rule_id, finding.severity, finding.cell) == ("identity.unreadable", "block", "")
    assert finding.found.startswith(REFUSED[name][0])
    assert finding.message_zh.count("。") >= 2
    assert "$" not in finding.message_zh + finding.message_en
    assert is_archived(batch, name)
    assert items(batch, name) == []


def items(office: Office, name: str) -> list[Any]:
    return office.rows(
        "SELECT i.* FROM intake.item AS i JOIN intake.submission USING (submission_id) WHERE delivered_as = :name",
        name=name,
    )


@pytest.mark.parametrize("name", DOUBTED)
def test_what_can_be_read_is_read_and_told_once(batch: Office, name: str) -> None:
    rule, severity, found, _ = DOUBTED[name]
    (finding,) = batch.findings(name)
    assert (finding.rule_id, finding.severity, finding.cell) == (rule, severity, "")
    assert found in finding.found
    assert finding.found in finding.message_zh
    assert finding.message_zh.endswith("。")
    assert "$" not in finding.message_zh + finding.message_en
    assert is_archived(batch, name)
    assert all(item.value is not None for item in items(batch, name) if item.type == "number")


@pytest.mark.parametrize("name", ["北京", "宁波"])
def test_the_clean_workbooks_of_the_same_batch_are_read_right(batch: Office, name: str) -> None:
    assert batch.findings(name) == []
    assert batch.submission(name).state == "validated"


@pytest.mark.parametrize("name", [name for name in (*REFUSED, *DOUBTED) if not name.endswith(".zip")])
def test_the_self_check_says_the_same(batch: Office, name: str) -> None:
    checked = check_files(batch.home, [batch.inbox / name / name], "2017")
    assert [(f.rule_id, f.severity, f.found, f.message_zh) for f in checked] == [
        (f.rule_id, f.severity, f.found, f.message_zh) for f in batch.findings(name)
    ]


def test_a_workbook_that_excel_opens_without_asking_is_read(office: Office, tmp_path: Path) -> None:
    book = office.deliver("北京")
    book.write_bytes(locked(book.read_bytes(), "VelvetSweatshop"))
    office.check("北京")
    assert office.findings("北京") == []
    assert office.submission("北京").state == "validated"


def test_names_in_a_zip_never_become_paths_and_are_noted(office: Office, tmp_path: Path) -> None:
    book = office.deliver("原件")
    content = packed({"../../../台账.xlsx": book.read_bytes(), f"/etc/{SEAL}": b"a scan"})
    office.put("北京.zip", content)
    office.check("北京.zip")
    (finding,) = office.findings("北京.zip")
    assert (finding.rule_id, finding.severity) == ("identity.strays", "note")
    assert "../../../台账.xlsx" in finding.message_zh
    assert office.submission("北京.zip").file_name == "台账.xlsx"
    assert office.rows("SELECT name FROM intake.evidence WHERE kind <> 'packed'") == [(SEAL,)]


def test_damage_anywhere_in_a_workbook_is_told_or_changes_nothing(
    office: Office, readers: Readers, tmp_path: Path
) -> None:
    whole = issued(office, tmp_path)
    places = range(0, len(whole), len(whole) // 120)
    damaged = [whole[:at] + bytes(b ^ 0x5A for b in whole[at : at + 24]) + whole[at + 24 :] for at in places]
    deliveries = [
        inbox.Delivery(name=f"{n}", files={"件.xlsx": content}) for n, content in enumerate([whole, *damaged])
    ]
    parsed = register.parse(deliveries, tmp_path / "archive", KEY, readers)
    assert list(parsed.submissions["delivered_as"]) == [delivery.name for delivery in deliveries]
    columns = ["sheet", "cell", "definition", "text", "value", "missing_type", "reason", "evidence"]
    read = {n: group[columns].reset_index(drop=True) for n, group in parsed.items.groupby("n")}
    refused = parsed.submissions["problem"].notna()
    assert refused.sum() > len(damaged) * 0.9
    assert set(parsed.submissions.loc[refused, "problem"]) <= {"truncated", "not_workbook", "password", "bomb"}
    for n in parsed.submissions.loc[~refused, "n"]:
        assert read[n].equals(read[0])


def test_formulas_and_links_of_an_old_workbook_are_found() -> None:
    before = len(bound_sheet("Form") + link("other.xls"))
    formula = record(0x06, b"\x0d\x00\x07\x00" + bytes(16))
    found = ledger_ole.look(ole(bound_sheet("Form", at=before) + link("other.xls") + formula))
    assert dict(found.formulas["Form"]) == {(13, 7): b"<f/>"}
    assert found.outside == ("外部链接 external link",)


@pytest.mark.parametrize("internal", [0x0401, 0x3A01])
def test_a_link_of_an_old_workbook_to_itself_is_none(internal: int) -> None:
    said = record(0x1AE, b"\x01\x00" + internal.to_bytes(2, "little"))
    assert ledger_ole.look(ole(bound_sheet("Form") + said)).outside == ()


def test_a_sheet_of_macros_in_an_old_workbook_is_refused() -> None:
    with pytest.raises(Refused, match="macro"):
        ledger_ole.look(ole(bound_sheet("M", kind=6)))
