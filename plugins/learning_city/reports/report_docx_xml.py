"""Tables and texts of a report as WordprocessingML: written as text and parsed once, since cell by cell takes minutes."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from learning_city.reports.report_text import Cell, Heading, Row, Table, Tile

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TWIPS = 566.93
"""twentieths of a point in a cm"""
_SHORT = 8
"""A table of no more rows stays on one page with its note."""
_INK, _LINE = "1F2933", "C9D1D9"
_LOOKS = {
    "": "",
    "sample": '<w:i/><w:color w:val="52606D"/>',
    "missing": '<w:color w:val="C2410C"/>',
    "strong": '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="黑体"/>',
}
_SMALL = '<w:color w:val="C2410C"/><w:sz w:val="14"/><w:szCs w:val="14"/>'


def table_xml(table: Table) -> str:
    """The three-line table: rules above and below, hairlines inside, headings repeated on every page."""
    widths = [round(heading.width * _TWIPS) for heading in table.headings]
    kept = len(table.rows) <= _SHORT
    rows = "".join(
        _group(row, sum(widths), len(widths)) if row.is_group else _row(row, table.headings, widths, keep=kept)
        for row in table.rows
    )
    return _table(
        widths,
        _head(table.headings, widths) + rows,
        ("12", _INK),
        f'<w:insideH w:val="single" w:sz="4" w:color="{_LINE}"/>',
    )


def tiles_xml(tiles: Iterable[Tile], width: float) -> str:
    """Big numbers side by side, ``width`` cm in all."""
    told = list(tiles)
    widths = [round(width * _TWIPS / len(told))] * len(told)
    cells = "".join(
        _cell(
            width_,
            _paragraph(_run(one.number, _BIG) + _run(one.unit, _SMALL_UNIT), "TableText")
            + _paragraph(_run(one.said, _LOOKS["strong"]), "TableText")
            + _paragraph(_run(one.note, _FAINT), "TableText"),
        )
        for one, width_ in zip(told, widths, strict=True)
    )
    return _table(widths, f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>", ("12", "1F4E79"), "")


def pairs_xml(pairs: Iterable[tuple[str, str]], widths: tuple[float, float]) -> str:
    """What names the report on its cover: a label and what it says, a line below each."""
    twips = [round(one * _TWIPS) for one in widths]
    ruled = f'<w:tcBorders><w:bottom w:val="single" w:sz="4" w:color="{_LINE}"/></w:tcBorders>'
    rows = "".join(
        "<w:tr>"
        + _cell(twips[0], _paragraph(_run(label, '<w:color w:val="52606D"/>' + _ELEVEN), "TableText", "right"))
        + _cell(twips[1], _paragraph(_run(said, _ELEVEN), "TableText"), ruled)
        + "</w:tr>"
        for label, said in pairs
    )
    return _table(twips, rows, None, "")


def field_xml(instruction: str, said: str) -> str:
    """Runs of a field: what Word works out anew, with what it says until then."""
    return (
        f'<w:r {_W}><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r {_W}><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
        f'<w:r {_W}><w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r {_W}><w:t>{escape(said)}</w:t></w:r><w:r {_W}><w:fldChar w:fldCharType="end"/></w:r>'
    )


def contents_xml(titles: Iterable[str], depth: int) -> list[str]:
    """The table of contents as a field; until Word puts the pages in, the titles stand there."""
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> TOC \\o "1-{depth}" \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    told = [_paragraph(_run(title, ""), "Contents") for title in titles]
    first = told[0].replace("<w:r>", f"{begin}<w:r>", 1)
    last = _paragraph('<w:r><w:fldChar w:fldCharType="end"/></w:r>', "Contents")
    return [one.replace("<w:p>", f"<w:p {_W}>", 1) for one in (first, *told[1:], last)]


_BIG = '<w:color w:val="1F4E79"/><w:sz w:val="44"/><w:szCs w:val="44"/>'
_SMALL_UNIT = '<w:color w:val="1F4E79"/><w:sz w:val="18"/>'
_FAINT = '<w:color w:val="52606D"/><w:sz w:val="15"/><w:szCs w:val="15"/>'
_ELEVEN = '<w:sz w:val="22"/><w:szCs w:val="22"/>'


def _table(widths: list[int], rows: str, rule: tuple[str, str] | None, inside: str) -> str:
    said = f'w:val="single" w:sz="{rule[0]}" w:color="{rule[1]}"' if rule else 'w:val="nil"'
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl {_W}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders><w:top {said}/><w:bottom {said}/>{inside}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _head(headings: tuple[Heading, ...], widths: list[int]) -> str:
    look = '<w:tcBorders><w:bottom w:val="single" w:sz="6" w:color="1F2933"/></w:tcBorders>'
    look += '<w:shd w:val="clear" w:color="auto" w:fill="E9EEF4"/>'
    cells = "".join(
        _cell(width, _paragraph(_run(one.said, _LOOKS["strong"]), "TableText", "center", keep=True), look)
        for one, width in zip(headings, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _group(row: Row, width: int, columns: int) -> str:
    look = f'<w:gridSpan w:val="{columns}"/><w:shd w:val="clear" w:color="auto" w:fill="F4F6F9"/>'
    said = _paragraph(_run(row.cells[0].said, _LOOKS["strong"]), "TableText", keep=True)
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(width, said, look)}</w:tr>"


def _row(row: Row, headings: tuple[Heading, ...], widths: list[int], *, keep: bool) -> str:
    cells = "".join(
        _cell(width, _paragraph(_cell_runs(cell), "TableText", heading.align, keep=keep))
        for cell, heading, width in zip(row.cells, headings, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _cell_runs(cell: Cell) -> str:
    runs = _run(cell.said, _LOOKS[cell.look])
    return f"{runs}<w:r><w:br/></w:r>{_run(cell.mark, _SMALL)}" if cell.mark else runs


def _cell(width: int, content: str, look: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{look}<w:vAlign w:val="center"/></w:tcPr>{content}</w:tc>'


def _paragraph(runs: str, style: str, align: str = "left", *, keep: bool = False) -> str:
    kept = "<w:keepNext/>" if keep else ""
    return f"<w:p><w:pPr><w:pStyle w:val={quoteattr(style)}/>{kept}<w:jc w:val={quoteattr(align)}/></w:pPr>{runs}</w:p>"


def _run(said: str, look: str) -> str:
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(said).split("\n"))
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{lines}</w:t></w:r>'
