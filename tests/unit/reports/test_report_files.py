"""The files of the monitoring report: Word and one page; the same bytes twice, harmless whatever departments wrote."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import html
from monitored import (
    BEIJING,
    NINGBO,
    SHANGHAI,
    attainment,
    conflict,
    conflicts,
    history,
    indicator,
    indicators,
    monitored,
    target,
    value,
    values,
    year,
)

from learning_city.reports.report_files import write_documents, write_page
from learning_city.reports.tables import ReportTables

HOSTILE = "<script>alert(1)</script>&\"'\x00\x0b]]>\ufffe$x^2$"
TOLD = "<script>alert(1)</script>&\"']]>$x^2$"


def full() -> ReportTables:
    """Every kind of table and chart."""
    return monitored(
        is_demo=True,
        values=values(value("a", BEIJING, 1234), value("a", SHANGHAI, 567, is_synthetic=True)),
        history=history(*(year("a", BEIJING, period, 1000) for period in ("2015", "2016"))),
        attainment=attainment(target(BEIJING), target(BEIJING, progress=140.0, met=True, is_synthetic=True)),
        conflicts=conflicts(conflict(BEIJING)),
    )


def all_text(path: Path) -> str:
    """Every text of a document, cell by cell, as Word shows it."""
    body = Document(str(path)).element.body
    return "\n".join("".join(one.itertext(qn("w:t"))) for one in body.iter(qn("w:p")))


def test_a_document_per_city_and_one_of_all(tmp_path: Path) -> None:
    names = [path.name for path in write_documents(tmp_path, full())]
    assert names == [f"监测报告_{who}_2017.docx" for who in ("全部城市", "北京市", "上海市", "宁波市")]
    (alone,) = write_documents(tmp_path, monitored(cities=(NINGBO,)))
    assert alone.name == "监测报告_宁波市_2017.docx"


def test_cities_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    twins = (("110101", "东/区"), ("330101", "东/区"))
    paths = write_documents(tmp_path, monitored(cities=twins))
    assert len(set(paths)) == 3
    assert {path.parent for path in paths} == {tmp_path}


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_frames_give_the_same_bytes_in_another_process(tmp_path: Path, seed: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    paths = [*write_documents(here, full()), *write_page(here, full())]
    code = f"""
import sys; sys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}
import importlib.util
from pathlib import Path
spec = importlib.util.spec_from_file_location("again", {__file__!r})
again = importlib.util.module_from_spec(spec); spec.loader.exec_module(again)
again.write_documents(Path({str(there)!r}), again.full()); again.write_page(Path({str(there)!r}), again.full())
"""
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONHASHSEED": seed}, timeout=120)
    for path in paths:
        assert path.read_bytes() == (there / path.name).read_bytes(), path.name


def test_the_document_says_the_moment_of_its_build_and_no_other(tmp_path: Path) -> None:
    path = write_documents(tmp_path, full())[0]
    properties = Document(str(path)).core_properties
    assert f"{properties.created:%Y-%m-%d %H:%M}" == f"{properties.modified:%Y-%m-%d %H:%M}" == "2018-12-01 09:30"
    with zipfile.ZipFile(path) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_tables_repeat_their_headings_and_pictures_have_words(tmp_path: Path) -> None:
    document = Document(str(write_documents(tmp_path, full())[1]))
    told = [table for table in document.tables if len(table.columns) > 4]
    assert all(table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None for table in told)
    pictures = document.inline_shapes
    assert len(pictures) == 2
    assert all(picture._inline.docPr.get("descr") for picture in pictures)
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings[:2] == ["摘要", "一、组织保障"]


def test_every_style_names_its_chinese_face(tmp_path: Path) -> None:
    document = Document(str(write_documents(tmp_path, full())[0]))
    used = {paragraph.style.name for paragraph in document.paragraphs}
    for name in used:
        fonts = document.styles[name].element.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:eastAsia")), name
        assert not [key for key in fonts.attrib if "Theme" in key], name


def test_what_departments_wrote_is_text(tmp_path: Path) -> None:
    asked = indicators(indicator("a", name_zh=HOSTILE, unit=HOSTILE))
    told = {"source_zh": HOSTILE, "note": HOSTILE, "commentary": HOSTILE}
    tables = monitored(
        indicators=asked,
        cities=((BEIJING[0], HOSTILE), SHANGHAI),
        values=values(value("a", BEIJING, 1, **told), value("a", SHANGHAI, 2)),
        history=history(*(year("a", BEIJING, period, 1000) for period in ("2015", "2016"))),
        attainment=attainment(target((BEIJING[0], HOSTILE), name_zh=HOSTILE, lead=HOSTILE, unit=HOSTILE)),
        conflicts=conflicts(conflict((BEIJING[0], HOSTILE), candidates_zh=HOSTILE, definition_zh=HOSTILE)),
        framework_zh=HOSTILE,
        framework_note=HOSTILE,
    )
    for path in write_documents(tmp_path, tables):
        assert TOLD in all_text(path)
    (page,) = write_page(tmp_path, tables)
    tree = html.fromstring(page.read_bytes())
    assert not tree.xpath("//script")
    assert TOLD in "".join(tree.itertext())


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    (page,) = write_page(tmp_path, full())
    said = page.read_text(encoding="utf-8")
    tree = html.fromstring(said.encode())
    assert not tree.xpath("//script | //link | //img | //iframe | //@onload | //@onclick")
    assert not re.findall(r"""(?:src|href)="(?!#)""", said)
    assert "@import" not in said
    assert not re.findall(r"url\((?!#)", said)
    drawings = tree.xpath("//svg")
    assert len(drawings) == 4
    assert all(drawing.get("aria-label") and drawing.xpath(".//text") for drawing in drawings)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert all(link[1:] in ids for link in tree.xpath("//a/@href"))


def test_the_page_has_english_beside_every_chinese_heading(tmp_path: Path) -> None:
    (page,) = write_page(tmp_path, full())
    tree = html.fromstring(page.read_bytes())
    for heading in tree.xpath("//h2 | //h3 | //caption | //figcaption"):
        own_name = heading.text in ("北京市", "上海市", "宁波市")
        assert own_name or heading.xpath(".//*[@lang='en']"), heading.text


@pytest.mark.office
def test_it_opens_in_libreoffice(tmp_path: Path, require: Callable[[str], str]) -> None:
    program = require("lowriter")
    path = write_documents(tmp_path, full())[0]
    command = [program, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(path)], check=True, capture_output=True, timeout=120)
    assert path.with_suffix(".pdf").stat().st_size > 20_000


def test_other_commands_do_not_load_what_only_reports_need() -> None:
    code = "import sys, learning_city.reports.build; print({'matplotlib', 'docx'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "set()"


def test_a_short_table_stays_on_a_page_with_its_note(tmp_path: Path) -> None:
    document = Document(str(write_documents(tmp_path, full())[1]))
    hashes = document.tables[-1]
    kept = [paragraph.paragraph_format.keep_with_next for row in hashes.rows for paragraph in row.cells[0].paragraphs]
    assert len(kept) > 3
    assert all(kept)
    assert document.styles["Note"].paragraph_format.keep_together
