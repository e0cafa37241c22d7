"""The code on the sealed paper is the code of the file, or the signature is void, and it is said since which cells."""

import pytest
from office import SEAL, Office, Told, filled

from learning_city.errors import NeedsAPerson
from learning_city.review import settle, signoff


def deliver(
    office: Office, name: str, told: Told | None = None, scan: bytes = b"a scan", **changed: float | str
) -> int:
    office.deliver(name, told=filled(office.ledger(), **changed) if told is None else told)
    (office.inbox / name / SEAL).write_bytes(scan)
    (one,) = office.check(name)
    return one


def state(office: Office, one: int) -> str:
    return str(office.one("SELECT state FROM intake.signoff_state WHERE submission_id = :id", id=one))


def code(office: Office, one: int) -> str:
    with office.engine.connect() as connection:
        return signoff.file_code(connection, one)


def test_the_code_of_the_file_is_the_one_its_own_sheet_prints(office: Office) -> None:
    one = deliver(office, "甲")
    printed = str(
        office.one("SELECT signoff -> 'code' ->> 'text' FROM intake.submission WHERE submission_id = :id", id=one)
    )
    assert code(office, one) == printed.zfill(6)


@pytest.mark.parametrize("written", ["{0}", " {0} ", "{1}"])
def test_a_clerk_confirms_that_paper_and_file_agree(office: Office, written: str) -> None:
    one = deliver(office, "甲")
    assert state(office, one) == "awaited"
    full = code(office, one)
    wide = full.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert signoff.confirm(office.engine, one, written.format(full, wide), who="张").agrees
    assert state(office, one) == "confirmed"
    row = office.one("SELECT who, values_hash, scan_sha256 FROM intake.signoff")
    assert row.who == "张"
    assert row.values_hash == office.one("SELECT intake.values_hash(:id)", id=one)
    assert row.scan_sha256 == office.one("SELECT sha256 FROM intake.evidence WHERE submission_id = :id", id=one)


def test_paper_of_other_figures_voids_the_signature_and_says_which_cells(office: Office) -> None:
    signed = code(office, deliver(office, "甲"))
    second = deliver(office, "乙", gdp=29_000.5, communities=3_001)
    told = signoff.confirm(office.engine, second, signed, who="张")
    assert not told.agrees
    cells = {office.cell("乙", "gdp"), office.cell("乙", "communities")}
    assert {entry.split("!")[1].split(" ")[0] for entry in told.changed} == cells
    assert any(entry.endswith("→ 29000.5") for entry in told.changed)
    (finding,) = [row for row in office.findings("乙") if row.rule_id == signoff.RULE]
    assert finding.severity == "block"
    assert finding.cell == "C13"
    assert "签章后改动了 2 格" in finding.message_zh
    settle.settle_by_rule(office.engine)
    assert office.submission("乙").state == "returned"
    assert state(office, second) == "differs"


def test_a_code_read_wrongly_is_read_again(office: Office) -> None:
    one = deliver(office, "甲")
    right = code(office, one)
    wrong = f"{(int(right) + 1) % 999_983:06d}"
    assert signoff.confirm(office.engine, one, wrong, who="张").changed == ()
    assert signoff.confirm(office.engine, one, right, who="张").agrees
    assert state(office, one) == "confirmed"
    assert [row.state for row in office.findings("甲")] == ["closed"]
    assert office.one("SELECT count(*) FROM intake.signoff") == 2, "both readings are kept"
    assert settle.settle_by_rule(office.engine) == {"accepted": 1}


def test_a_revision_with_other_figures_asks_for_the_signature_again(office: Office) -> None:
    first = deliver(office, "甲")
    signoff.confirm(office.engine, first, code(office, first), who="张")
    assert state(office, deliver(office, "乙", gdp=29_000.5)) == "void"


def test_a_revision_with_the_same_figures_and_scan_stays_signed(office: Office) -> None:
    told = filled(office.ledger())
    first = deliver(office, "甲", told)
    signoff.confirm(office.engine, first, code(office, first), who="张")
    assert state(office, deliver(office, "乙", told)) == "confirmed"
    assert state(office, deliver(office, "丙", told, scan=b"another scan")) == "void", (
        "another paper is another signature"
    )


@pytest.mark.parametrize("written", ["", "12a456", "1234567", "-1"])
def test_what_is_no_code_is_refused_in_words(office: Office, written: str) -> None:
    one = deliver(office, "甲")
    with pytest.raises(NeedsAPerson, match="校验码"):
        signoff.confirm(office.engine, one, written, who="张")


def test_what_was_superseded_cannot_be_confirmed(office: Office) -> None:
    first = deliver(office, "甲")
    deliver(office, "乙", gdp=29_000.5)
    with pytest.raises(NeedsAPerson, match="没有可核对的签章"):
        signoff.confirm(office.engine, first, "123456", who="张")
