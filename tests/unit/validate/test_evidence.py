"""Evidence is listed with its kind; what runs is told apart by name or by its bytes."""

from dataclasses import replace

import pytest
from office import ROUND, SEAL, SIGNED, Office, filled

from learning_city.cli.check import check_files
from learning_city.collect.evidence import kind_of
from learning_city.model.ledger import Answer


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("盖章.PDF", b"%PDF-1.4", "scan"),
        ("公文.ofd", b"PK\x03\x04", "scan"),
        ("照片.jpeg", b"any bytes", "scan"),
        ("名录.xlsx", b"PK\x03\x04", "sheet"),
        ("说明.docx", b"", "document"),
        ("备注.txt", b"\xd6\xd0", "text"),
        ("全部.zip", b"PK\x03\x04", "packed"),
        ("名录.xlsm", b"PK\x03\x04", "program"),
        ("名录.xlsx", b"PK\x03\x04 xl/vbaProject.bin", "program"),
        ("照片.jpg", b"MZ\x90\x00", "program"),
        ("扫描.pdf", b"  <html><script>", "program"),
        ("图.svg", b"<svg>", "program"),
        ("脚本", b"#!/bin/sh", "program"),
        ("无扩展名", b"?", "other"),
        ("a.b/c.dat", b"", "other"),
    ],
)
def test_a_file_has_the_kind_of_its_name_unless_it_runs(name: str, content: bytes, kind: str) -> None:
    assert kind_of(name, content) == kind


def test_evidence_is_listed_with_hash_and_kind(office: Office) -> None:
    office.deliver("甲")
    (office.inbox / "甲" / "名录.xlsx").write_bytes(b"PK")
    office.register("甲")
    rows = office.rows("SELECT name, kind, length(sha256) FROM intake.evidence ORDER BY name")
    assert [tuple(row) for row in rows] == [("名录.xlsx", "sheet", 64), (SEAL, "scan", 64)]


def test_a_file_of_no_allowed_kind_is_asked_about_where_it_is_named(office: Office) -> None:
    ledger = office.ledger("culture_tourism")
    office.deliver("甲", ledger, filled(ledger, libraries=Answer(value=30.0, evidence="名录.xlsx;名录.exe")))
    for name in ("名录.xlsx", "名录.exe"):
        (office.inbox / "甲" / name).write_bytes(b"MZ" if name.endswith("exe") else b"PK")
    office.check("甲")
    said = {(row.rule_id, row.severity, row.cell, row.found) for row in office.findings("甲")}
    where = "K" + office.cell("甲", "libraries")[1:]
    assert said == {("evidence.kind", "ask", where, "名录.exe"), ("evidence.program", "ask", "", "名录.exe")}


def test_a_seal_that_is_no_scan_is_asked_about(office: Office) -> None:
    office.deliver("甲", signed=replace(SIGNED, seal="盖章.docx"))
    (office.inbox / "甲" / "盖章.docx").write_bytes(b"PK")
    office.check("甲")
    (finding,) = office.findings("甲")
    assert (finding.rule_id, finding.severity, finding.cell) == ("signoff.seal_kind", "ask", "C11")


def test_a_script_that_merely_lies_beside_a_workbook_is_no_finding_of_a_self_check(office: Office) -> None:
    book = office.deliver("甲")
    (book.parent / "汇总.py").write_bytes(b"print(1)")
    assert [found for found in check_files(office.home, [book], ROUND) if found.family == "evidence"] == []
