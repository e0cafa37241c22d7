"""算给我看: a card proves itself to a program that knows nothing of ours, and runs nothing that somebody wrote into it."""

import html
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from observing import Warehouse
from office import Office, filled
from openpyxl import load_workbook
from sqlalchemy import text

from learning_city.errors import NeedsAPerson
from learning_city.indicators.compute import compute
from learning_city.reconcile.resolve import resolve
from learning_city.reports import proof
from learning_city.reports.build import build
from learning_city.reports.proof_read import Cell
from learning_city.review import settle
from learning_city.warehouse.engine import connect

VERIFY = Path(__file__).with_name("verify_proof.py")
HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>"
CELL = Cell(indicator="n1_1_3", place="110000", period="2017")


@pytest.fixture
def year(office: Office) -> Office:
    """A ledger of Beijing taken in and computed, with a finding on the cell that somebody explained."""
    ledger = office.ledger("edu")
    office.deliver("北京", ledger, filled(ledger, joint_issue_depts=10))
    office.check("北京")
    cell = office.cell("北京", "joint_issue_depts")
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE quality.finding SET state = 'closed'"))
        connection.execute(text(_FINDING), {"cell": cell, "said": HOSTILE})
    settle.settle_by_rule(office.engine)
    compute(office.engine, resolve(office.engine, with_synthetic=False))
    return office


_FINDING = """
WITH one AS (
  INSERT INTO quality.finding (submission_id, round, rule_id, family, severity, file, sheet, cell, form, department, place,
    definition, period, found, expected, message_zh, message_en, cause, state)
  SELECT i.submission_id, '2017', 'test', 'range', 'ask', 'f', i.sheet, :cell, i.form, 'edu', '110000', i.definition, '2017',
    '10', '9', :said, :said, '', 'closed' FROM intake.item AS i WHERE i.cell = :cell AND i.definition = 'joint_issue_depts'
  RETURNING finding_id
) INSERT INTO quality.explanation (finding_id, text, who) SELECT finding_id, :said, '张' FROM one
"""


def card_of(office: Office, cell: Cell = CELL) -> str:
    """As the pages make it: with the rights of the application."""
    with connect(office.home, "lcm_app").connect() as connection:
        return proof.card(connection, office.home, cell)


def told(card: str) -> dict[str, Any]:
    found = re.search(r'<pre hidden id="proof">(.*?)</pre>', card, re.DOTALL)
    assert found
    return dict(json.loads(html.unescape(found[1])))


def verified(card: str, folder: Path, *sources: Path) -> subprocess.CompletedProcess[str]:
    """Run the script as a stranger does: a bare Python that sees nothing of ours."""
    (folder / "card.html").write_text(card, encoding="utf-8", newline="")
    return subprocess.run(
        [sys.executable, "-I", "-S", VERIFY, folder / "card.html", *sources],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_card_tells_the_number_down_to_the_rows_around_its_cell(year: Office) -> None:
    said = told(card_of(year))
    (one,) = said["inputs"]
    (candidate,) = one["candidates"]
    (seen,) = candidate["observations"]
    submission = year.submission("北京")
    assert (said["value"], said["formula"]["expression"], said["formula"]["version"]) == (10, "joint_issue_depts", 1)
    assert said["interval"] == [9.5, 10.5]
    assert {facet["facet"] for facet in one["definition"]["facets"]} >= {"time", "boundary", "counting"}
    assert (candidate["role"], one["method"]) == ("winner", "direct")
    assert (seen["file"]["sha256"], seen["file"]["file_name"]) == (submission.sha256, submission.file_name)
    assert seen["file"]["signed"]["head"] == "李"
    assert "phone" not in seen["file"]["signed"]
    at = seen["around"]["columns"].index(seen["around"]["column"])
    (row,) = (row for row in seen["around"]["rows"] if row["row"] == seen["around"]["row"])
    assert row["cells"][at] == "10"
    assert [one_["action"] for one_ in seen["decisions"]] == ["accept_form_by_rule"]
    assert [one_["explanations"][0]["who"] for one_ in seen["findings"]] == ["张"]


def test_a_stranger_verifies_the_card_and_its_source(year: Office, tmp_path: Path) -> None:
    archived = year.inbox / "北京" / "台账.xlsx"
    done = verified(card_of(year), tmp_path, archived)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "other.xlsx").write_bytes(b"another file")
    assert verified(card_of(year), tmp_path, tmp_path / "other.xlsx").returncode == 1


@pytest.mark.parametrize("forged", ["value", "input", "interval", "hash"])
def test_a_forged_card_is_found_out(year: Office, tmp_path: Path, forged: str) -> None:
    card = card_of(year)
    old = {"value": '"value":10.0,"verdict"', "input": '"low":9.5', "interval": '"interval":[9.5', "hash": ""}[forged]
    changed = html.escape(old.replace("10.0", "11.0").replace("9.5", "9.75"), quote=True).replace("&quot;", "&#34;")
    tampered = card.replace(html.escape(old).replace("&quot;", "&#34;"), changed) if old else card
    assert tampered != card or forged == "hash"
    stated = proof.hash_of(card)
    raw = html.unescape(re.search(r'<pre hidden id="proof">(.*?)</pre>', tampered, re.DOTALL)[1])  # type: ignore[index]
    again = proof.hash_of_text(raw) if forged != "hash" else "0" * 64
    assert verified(tampered.replace(stated, again), tmp_path).returncode == 1


def test_a_formula_with_two_inputs_and_a_losing_candidate_is_proved(office: Office, tmp_path: Path) -> None:
    warehouse = Warehouse(engine=office.engine)
    warehouse.observe("rd_fte", 27_000)
    warehouse.observe("pop_changzhu_y1231", 2170.7)
    warehouse.observe("pop_changzhu_huji_y1231", 1359.2)
    warehouse.observe("pop_changzhu_wailai_y1231", 794.3)
    compute(office.engine, warehouse.resolve())
    indicator = office.one(
        """SELECT min(indicator) FROM warehouse.indicator_value
           WHERE 'rd_fte' = ANY(inputs) AND value IS NOT NULL AND framework = 'national_62'"""
    )
    card = card_of(office, Cell(indicator=indicator, place="110000", period="2017"))
    population = next(one for one in told(card)["inputs"] if one["definition"]["code"] == "pop_changzhu_y1231")
    taken, lost = population["candidates"][:2]
    assert (taken["role"], taken["method"], lost["role"], lost["why"]) == ("winner", "direct", "loser", "method")
    assert [step["type"] for step in lost["steps"]] == ["sum"]
    assert verified(card, tmp_path).returncode == 0


def test_a_build_keeps_its_card_after_new_data(year: Office, tmp_path: Path) -> None:
    number = build(year.engine, year.home, "national_62", "2017", requested_by="li")
    with year.engine.begin() as connection:
        connection.execute(text("TRUNCATE warehouse.indicator_value, warehouse.reconciled_value"))
    cell = Cell(indicator="n1_1_3", place="110000", period="2017", build=number)
    card = card_of(year, cell)
    assert (told(card)["value"], told(card)["build"]["number"]) == (10, number)
    assert verified(card, tmp_path).returncode == 0
    with pytest.raises(NeedsAPerson, match="没有这个数"):
        card_of(year)


def test_what_somebody_wrote_is_only_text(year: Office) -> None:
    card = card_of(year)
    assert HOSTILE in json.dumps(told(card), ensure_ascii=False)
    assert "<script" not in card
    assert "<img" not in card
    assert card.count("</pre>") == 1


class Tags(HTMLParser):
    """The tags of a page and the names of their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.met: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met |= {tag, *(f"@{name}" for name, _ in attrs)}


def test_a_card_runs_nothing_and_needs_nothing_from_elsewhere(year: Office) -> None:
    card = card_of(year)
    met = Tags(card).met
    assert not met & {"script", "img", "link", "iframe", "object", "form", "@src", "@href", "@style", "@action"}
    assert not [name for name in met if name.startswith("@on")]
    assert "url(" not in card.split("</style>")[0]
    assert "default-src &#39;none&#39;" in card


def test_what_was_never_computed_has_no_card(year: Office) -> None:
    with pytest.raises(NeedsAPerson, match="No such value"):
        card_of(year, Cell(indicator="nothing", place="110000", period="2017"))


@pytest.mark.filterwarnings("ignore:.*extension is not supported")  # bars that openpyxl does not read
@pytest.mark.parametrize("pages", ["", "https://xxb.example/data-office/"])
def test_a_workbook_leads_to_the_proof_of_its_own_build(year: Office, pages: str) -> None:
    if pages:
        with year.engine.begin() as connection:
            connection.execute(text("INSERT INTO app.setting VALUES ('pages_url', :pages)"), {"pages": pages})
    number = build(year.engine, year.home, "national_62", "2017", requested_by="li")
    (path,) = (year.home.reports / str(number)).glob("*.xlsx")
    cells = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row]
    if pages:
        links = [cell.hyperlink.target for cell in cells if cell.value == "算给我看"]
        assert f"{pages}proof?period=2017&place=110000&indicator=n1_1_3&build={number}" in links
    else:
        assert f"lcm proof n1_1_3 110000 2017 --build {number}" in [cell.value for cell in cells]


def test_the_code_on_paper_is_told_only_after_a_clerk_compared_it(year: Office) -> None:
    with year.engine.connect() as connection:
        code = connection.execute(
            text("SELECT signoff -> 'code' ->> 'text' FROM intake.submission WHERE department = 'edu'")
        ).scalar_one()
    assert re.fullmatch(r"\d{4,8}", code)
    before = card_of(year)
    assert code not in before
    with year.engine.begin() as connection:
        connection.execute(text(_SIGNED))
    assert f'"code": "{code}"' in json.dumps(told(card_of(year)), ensure_ascii=False)


_SIGNED = """
INSERT INTO intake.signoff (submission_id, paper_code, file_code, who, values_hash)
SELECT submission_id, 'x', 'x', '张', '' FROM intake.submission WHERE department = 'edu'
"""
