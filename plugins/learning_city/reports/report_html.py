"""A report as one page that needs nothing else: no script, no address, charts as SVG with text. Same report, same bytes."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import count
from pathlib import Path

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.reports.report_html_style import STYLE
from learning_city.reports.report_text import Block, Cell, Chart, Paragraph, Report, Row, Section, Table, Tiles

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'none'; base-uri 'none'; form-action 'none'"
_ID = re.compile(r' id="([^"]*)"')
_REFERENCE = re.compile(r'(url\(#|href="#)([^)"]*)')


def write_html(path: Path, report: Report) -> None:
    """Write the report; a file that is there is replaced."""
    path.write_text("".join(_page(report)), encoding="utf-8", newline="\n")


def _page(report: Report) -> Iterator[str]:
    yield (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(report.title)} {escape(report.subtitle)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )
    if report.banner:
        yield f'<p class="banner" role="note">{escape(report.banner)}</p>\n'
    pairs = "".join(f"<dt>{escape(label)}</dt><dd>{escape(said)}</dd>" for label, said in report.cover)
    yield (
        f'<header><p class="series">{escape(report.series)}</p>\n<h1>{escape(report.title)}'
        f"{_english(report.english)}</h1>\n<p>{escape(report.subtitle)}</p>\n<dl>{pairs}</dl></header>\n"
    )
    told = list(enumerate(report.sections, start=1))
    links = "".join(f'<li><a href="#s{n}">{escape(one.title)}</a></li>' for n, one in told if one.level == 1)
    yield f'<nav aria-label="目录 Contents"><ol>{links}</ol></nav>\n<main>\n'
    tables, charts = count(1), count(1)
    for number, section in told:
        yield from _section(section, number, tables, charts)
    yield "</main>\n</body>\n</html>\n"


def _section(section: Section, number: int, tables: "count[int]", charts: "count[int]") -> Iterator[str]:
    level = section.level + 1
    yield f'<section><h{level} id="s{number}">{escape(section.title)}{_english(section.english)}</h{level}>\n'
    for block in section.blocks:
        yield _block(block, tables, charts)
    yield "</section>\n"


def _block(block: Block, tables: "count[int]", charts: "count[int]") -> str:
    if isinstance(block, Table):
        return _table(block, next(tables))
    if isinstance(block, Chart):
        return _chart(block, next(charts))
    if isinstance(block, Tiles):
        return f'<div class="tiles">{"".join(map(_tile, block.tiles))}</div>\n'
    return _paragraph(block)


def _paragraph(paragraph: Paragraph) -> str:
    own = "<b>【本办述评】</b>" if paragraph.look == "office" else ""
    return f'<p class="{paragraph.look}">{own}{escape(paragraph.said)}</p>\n'


def _tile(tile: object) -> str:
    number, unit, said, note = (escape(getattr(tile, name)) for name in ("number", "unit", "said", "note"))
    return f"<div><p><strong>{number}</strong>{unit}</p><p>{said}</p><small>{note}</small></div>"


def _table(table: Table, number: int) -> str:
    unit = f"<small>计量单位：{escape(table.unit)}</small>" if table.unit else ""
    head = "".join(
        f'<th scope="col" class="{one.align}" style="width:{one.width}cm">{escape(one.said)}{_english(one.english)}</th>'
        for one in table.headings
    )
    aligns = [one.align for one in table.headings]
    rows = "".join(_row(row, aligns) for row in table.rows)
    notes = "".join(f'<p class="note">{escape(note)}</p>\n' for note in table.notes)
    title = f"表 {number}　{escape(table.title)}{_english(table.english)}"
    width = sum(one.width for one in table.headings)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(table.title)}">'
        f'<table style="min-width:{min(width, 20):.1f}cm"><caption>{title}{unit}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>\n{notes}"
    )


def _row(row: Row, aligns: Sequence[str]) -> str:
    if row.is_group:
        said = escape(row.cells[0].said)
        return f'<tr class="group"><th scope="rowgroup" colspan="{len(aligns)}">{said}</th></tr>\n'
    return f"<tr>{''.join(map(_cell, row.cells, aligns))}</tr>\n"


def _cell(cell: Cell, align: str) -> str:
    said = escape(cell.said).replace("\n", "<br>")
    mark = f"<small>{escape(cell.mark)}</small>" if cell.mark else ""
    return f'<td class="{f"{align} {cell.look}".strip()}">{said}{mark}</td>'


def _chart(chart: Chart, number: int) -> str:
    sampled = any(bar.is_synthetic for panel in chart.panels for bar in panel.bars)
    note = f"（* 和浅色斜纹、空心点为样例{SYNTHETIC_MARK}）" if sampled else ""
    from learning_city.reports.report_charts import picture  # matplotlib: a page without charts does not wait for it

    drawn = _inline(picture(chart, "svg").decode(), number, chart.alt)
    said = f"图 {number}　{escape(chart.title)}{note}{_english(chart.english)}"
    return f'<figure><div class="scroll" tabindex="0">{drawn}</div><figcaption>{said}</figcaption></figure>\n'


def _inline(svg: str, number: int, alt: str) -> str:
    """The drawing as part of a page: named in words, only the ids it needs, and those its own."""
    drawn = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    needed = {found[1] for found in _REFERENCE.findall(drawn)}
    drawn = _ID.sub(lambda found: f' id="c{number}-{found[1]}"' if found[1] in needed else "", drawn)
    drawn = _REFERENCE.sub(lambda found: f"{found[1]}c{number}-{found[2]}", drawn)
    opened = f'<svg role="img" aria-label="{escape(alt)}"'
    return re.sub(r"\n\s*", "\n", drawn.replace("<svg", opened, 1).strip())


def _english(said: str) -> str:
    return f' <span lang="en">{escape(said)}</span>' if said else ""
