"""A report as a Word document: cover, contents, sections, three-line tables, charts with their words. Same report, same bytes."""

import io
import zipfile
from datetime import datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.reports.report_charts import WIDTH, picture
from learning_city.reports.report_docx_styles import set_styles
from learning_city.reports.report_docx_xml import contents_xml, field_xml, pairs_xml, table_xml, tiles_xml
from learning_city.reports.report_text import Chart, Paragraph, Report, Section, Table, Tiles

CREATED = datetime.fromisoformat("2000-01-01")
"""Stands in a file whose build has no moment."""
_PAPER = (21.0, 29.7)
_RULE = (
    '<w:pBdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:bottom w:val="single" w:sz="4" w:space="4" w:color="C9D1D9"/></w:pBdr>'
)
_STYLES = {"body": "Body", "office": "Office", "note": "Note"}


def write_docx(path: Path, report: Report) -> None:
    """Write the report; a file that is there is replaced."""
    writing = _Writing(report)
    writing.write()
    sink = io.BytesIO()
    writing.document.save(sink)
    path.write_bytes(_steady(sink))


class _Writing:
    """A document while it is written: what is numbered as it comes."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.tables, self.charts = count(1), count(1)
        self.is_wide = False

    @cached_property
    def document(self) -> Any:
        """An empty document with the office's styles and paper."""
        document = Document()
        set_styles(document)
        _name(document.core_properties, self.report)
        _turn(document.sections[0], is_wide=False)
        return document

    def write(self) -> None:
        """Cover, contents, sections."""
        self._cover()
        self._running(self.document.add_section(WD_SECTION.NEW_PAGE))
        self._text("目　录", "ContentsTitle")
        for paragraph in contents_xml([one.title for one in self.report.sections], 1):
            self._add(paragraph)
        for section in self.report.sections:
            self._section(section)

    def _cover(self) -> None:
        report = self.report
        self._text(report.series, "Series")
        self._text(report.title, "ReportTitle")
        self._text(report.subtitle, "Subtitle2")
        self._add(pairs_xml(report.cover, (3.2, 9.5)))
        self._text(report.banner, "Warning")

    def _running(self, section: Any) -> None:
        """The line above and the page below, from the second part on."""
        for part in (section.header, section.footer):
            part.is_linked_to_previous = False
        above = section.header.paragraphs[0]
        above.style = "Running"
        above.add_run(f"{self.report.title}　{self.report.subtitle}{'　样例数据' * bool(self.report.banner)}")
        above._p.get_or_add_pPr().append(parse_xml(_RULE))  # noqa: SLF001 - python-docx knows no borders
        below = section.footer.paragraphs[0]
        below.style = "PageNumber"
        below.add_run("— ")
        for run in parse_xml(f'<w:p xmlns:w="{qn("w:p")[1:-2]}">{field_xml("PAGE", "1")}</w:p>'):
            below._p.append(run)  # noqa: SLF001 - nor fields
        below.add_run(" —")
        start = section._sectPr.makeelement(qn("w:pgNumType"), {qn("w:start"): "1"})  # noqa: SLF001 - nor where pages begin
        section._sectPr.append(start)  # noqa: SLF001

    def _section(self, section: Section) -> None:
        if section.is_wide != self.is_wide:
            self.is_wide = section.is_wide
            following = self.document.add_section(WD_SECTION.NEW_PAGE)
            _turn(following, is_wide=self.is_wide)
            for again in following._sectPr.findall(qn("w:pgNumType")):  # noqa: SLF001 - pages go on
                following._sectPr.remove(again)  # noqa: SLF001
        self._text(section.title, f"Heading {section.level}")
        for block in section.blocks:
            if isinstance(block, Table):
                self._table(block)
            elif isinstance(block, Chart):
                self._chart(block)
            elif isinstance(block, Tiles):
                self._add(tiles_xml(block.tiles, WIDTH))
                self._text("", "Note")
            else:
                self._paragraph(block)

    def _paragraph(self, paragraph: Paragraph) -> None:
        said = f"【本办述评】{paragraph.said}" if paragraph.look == "office" else paragraph.said
        self._text(said, _STYLES[paragraph.look])

    def _table(self, table: Table) -> None:
        self._text(f"表 {next(self.tables)}　{table.title}", "TableTitle")
        if table.unit:
            self._text(f"计量单位：{table.unit}", "TableUnit")
        self._add(table_xml(table))
        for note in table.notes or ("",):
            self._text(note, "Note")

    def _chart(self, chart: Chart) -> None:
        run = self._text("", "ChartTitle").add_run()
        shape = run.add_picture(io.BytesIO(picture(chart, "png")), width=Cm(WIDTH))
        shape._inline.docPr.set("descr", chart.alt)  # noqa: SLF001 - python-docx has no alternative text
        title = self._text(f"图 {next(self.charts)}　{chart.title}", "ChartTitle")
        if any(bar.is_synthetic for panel in chart.panels for bar in panel.bars):
            title.add_run(f"（* 和浅色斜纹、空心点为样例{SYNTHETIC_MARK}）")

    def _text(self, said: str, style: str) -> Any:
        return self.document.add_paragraph(said, style)

    def _add(self, xml: str) -> None:
        self.document.element.body.insert_element_before(parse_xml(xml), "w:sectPr")


def _turn(section: Any, *, is_wide: bool) -> None:
    """A4, upright or on its side."""
    width, height = reversed(_PAPER) if is_wide else _PAPER
    section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    section.left_margin = section.right_margin = Cm(2.2 if is_wide else 2.5)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)


def _name(properties: Any, report: Report) -> None:
    moment = datetime.fromisoformat(report.created) if report.created else CREATED
    properties.title, properties.subject, properties.author = report.title[:255], report.series[:255], ""
    properties.comments, properties.last_modified_by, properties.keywords = "", "", ""
    properties.created = properties.modified = moment
    properties.revision, properties.language = 1, "zh-CN"


def _steady(document: io.BytesIO) -> bytes:
    """The same archive without the moment of writing."""
    sink = io.BytesIO()
    with zipfile.ZipFile(document) as written, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as steady:
        for name in written.namelist():
            steady.writestr(zipfile.ZipInfo(name), written.read(name), zipfile.ZIP_DEFLATED)
    return sink.getvalue()
