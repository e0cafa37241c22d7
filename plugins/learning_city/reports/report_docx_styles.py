"""Styles of a report in Word: Chinese and Latin faces in every style, none left to the theme."""

from typing import Any, NamedTuple

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

SONG, HEI, FANG, KAI, LATIN = "宋体", "黑体", "仿宋", "楷体", "Times New Roman"


class Look(NamedTuple):
    """A paragraph style: face, points, colour, alignment, points above and below, line spacing, indent in cm."""

    face: str
    size: float
    colour: str = "1F2933"
    align: Any = ALIGN.LEFT
    above: float = 0
    below: float = 0
    spacing: float = 1.0
    indent: float = 0
    keeps: bool = False


_STYLES = {
    "Normal": Look(FANG, 12, align=ALIGN.JUSTIFY, below=4, spacing=1.4),
    "Heading 1": Look(HEI, 15, "1F4E79", above=14, below=6, keeps=True),
    "Heading 2": Look(HEI, 13, "1F4E79", above=10, below=4, keeps=True),
    "Body": Look(FANG, 12, align=ALIGN.JUSTIFY, below=4, spacing=1.4, indent=0.85),
    "Office": Look(KAI, 12, align=ALIGN.JUSTIFY, below=4, spacing=1.4, indent=0.85),
    "TableText": Look(SONG, 9, above=1.5, below=1.5),
    "TableTitle": Look(HEI, 9.5, align=ALIGN.CENTER, above=8, below=2, keeps=True),
    "TableUnit": Look(SONG, 9, "52606D", align=ALIGN.RIGHT, keeps=True),
    "ChartTitle": Look(HEI, 9.5, align=ALIGN.CENTER, below=2),
    "Note": Look(SONG, 9, "52606D", above=2, below=6),
    "Series": Look(HEI, 14, "1F4E79", align=ALIGN.CENTER, above=110, below=16),
    "ReportTitle": Look(HEI, 26, align=ALIGN.CENTER, below=18),
    "Subtitle2": Look(SONG, 14, align=ALIGN.CENTER, below=120),
    "Warning": Look(SONG, 10, "C2410C", align=ALIGN.CENTER, above=60),
    "Running": Look(SONG, 9, "7B8794", align=ALIGN.RIGHT),
    "PageNumber": Look(SONG, 10.5, align=ALIGN.CENTER),
    "Contents": Look(FANG, 12, below=2, spacing=1.3),
    "ContentsTitle": Look(HEI, 15, "1F4E79", above=14, below=8, keeps=True),
}


def set_styles(document: Any) -> None:
    """Give a document the office's styles."""
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    _faces(defaults, FANG)
    known = {style.name for style in document.styles}
    for name, look in _STYLES.items():
        style = document.styles[name] if name in known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _set(style, look)
    document.styles["Note"].paragraph_format.keep_together = True  # no line of it alone on a page


def _set(style: Any, look: Look) -> None:
    style.font.size, style.font.bold, style.font.italic = Pt(look.size), False, False
    style.font.color.rgb = RGBColor.from_string(look.colour)
    _faces(style.element.get_or_add_rPr(), look.face)
    shape = style.paragraph_format
    shape.alignment, shape.keep_with_next = look.align, look.keeps
    shape.space_before, shape.space_after, shape.line_spacing = Pt(look.above), Pt(look.below), look.spacing
    shape.first_line_indent = Cm(look.indent)


def _faces(properties: Any, face: str) -> None:
    """Name the faces; what a theme says would win over them."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = properties.makeelement(qn("w:rFonts"), {})
        properties.insert(0, fonts)
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), LATIN)
    fonts.set(qn("w:eastAsia"), face)
