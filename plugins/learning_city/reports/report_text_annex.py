"""What stands behind a report: definitions, conflicts, what is missing and from whom, suggestions, symbols, hashes."""

import re
from collections.abc import Sequence

from learning_city.reports.conflicts import OPEN
from learning_city.reports.contents_sheet import COMPARABILITY, LEGEND, PROVENANCE, STATUS_MEANING
from learning_city.reports.figures import NONE
from learning_city.reports.report_text import (
    Block,
    Heading,
    Paragraph,
    Row,
    Section,
    Table,
    cells,
    exact_text,
    listed,
    printable,
    without,
)
from learning_city.reports.report_text_facts import City, Facts, name_of, unit_of
from learning_city.reports.report_text_suggest import Suggestion
from learning_city.reports.tables import Record

_MOST = 200
"""Rows of an annex that is printed; the workbook of the same build holds all of them."""
_WORD, _GUARD = re.compile(r"[a-z_][a-z0-9_]*"), re.compile(r"nullif\(([^()]+), 0\)", re.IGNORECASE)
_WHOLE = re.compile(r"\.0+\b")


def annexes(facts: Facts, cities: Sequence[City], suggested: Sequence[Suggestion]) -> list[Section]:
    """The annexes of a report on these cities."""
    made = (
        ("口径", "Definitions", _definitions(facts)),
        ("口径冲突与裁定", "Conflicts and rulings", _conflicts(facts, cities)),
        ("数据可得性", "Availability", _missing(facts, cities)),
        ("调整指标体系的建议", "Suggestions for the indicator system", _suggested(facts, cities, suggested)),
        ("符号与说明", "Symbols", _symbols()),
        ("查证", "Verification", _proofs(facts)),
    )
    return [Section(f"附 {turn}　{name}", english, tuple(said)) for turn, (name, english, said) in enumerate(made, 1)]


def _definitions(facts: Facts) -> list[Block]:
    headings = (
        Heading("指标", 4.2, english="Indicator"),
        Heading("计量单位", 1.8, "center", "Unit"),
        Heading("公式", 5.0, english="Formula"),
        Heading("所读口径", 5.0, english="Definitions read"),
    )
    rows = []
    for one in facts.asked:
        if known := facts.definitions.get(one["indicator"]):
            names = "；".join(facts.definition_names.get(name, name) for name in known)
            rows.append(cells(name_of(one), unit_of(one), _formula(facts, one["indicator"]), names))
    return _table(
        "指标的公式和口径", "Formulas and definitions", headings, rows, "没有公式的指标为定性指标，由人评定。"
    )


def _formula(facts: Facts, indicator: str) -> str:
    """A formula as people write it: names of definitions, no guard against zero."""
    said = facts.formulas[indicator]
    if said in facts.definition_names:
        return "直接采用"
    said = _GUARD.sub(lambda found: f"({found[1]})" if " " in found[1] else found[1], said)
    said = _WORD.sub(lambda word: facts.definition_names.get(word[0], word[0]), _WHOLE.sub("", said))
    return said.replace("*", "×").replace("/", "÷")


def _conflicts(facts: Facts, cities: Sequence[City]) -> list[Block]:
    headings = (
        Heading("城市", 1.4, "center", "City"),
        Heading("数据期", 1.2, "center", "Period"),
        Heading("口径", 2.7, english="Definition"),
        Heading("采用数、范围", 2.2, "right", "Taken, range"),
        Heading("并存的数与来源", 4.5, english="Candidates"),
        Heading("裁定与依据", 4.0, english="Ruling and why"),
    )
    note = (
        "并存的数各列一行：数值、来源、文件与单元格；取值范围包括全部并存的数。未裁定的先取建议数，可比性写作“待裁定”。"
    )
    names = {name for _, name in cities}
    rows = [_conflict(row) for row in facts.conflicts if row["place_name"] in names]
    return _table("并存的数与裁定", "Candidates and rulings", headings, rows, note)


def _conflict(row: Record) -> Row:
    taken = NONE if row["value"] is None else exact_text(row["value"]) + " [样例]" * bool(row["is_synthetic"])
    if row["low"] is not None and row["high"] is not None:
        taken += f"\n{exact_text(row['low'])}—{exact_text(row['high'])}"
    sign = "○ " if row["state_zh"] == OPEN else "✓ "
    ruling = "\n".join(filter(None, [f"{sign}{printable(row['state_zh'])}", printable(row["proposal_zh"])]))
    definition = printable(row["definition_zh"] or row["measure_zh"])
    said = (printable(row[name]) for name in ("place_name", "period"))
    return cells(*said, definition, taken, printable(row["candidates_zh"]), ruling)


def _missing(facts: Facts, cities: Sequence[City]) -> list[Block]:
    """Who lacks what and why; cities that lack the same for the same reason share a row."""
    codes, alike = {name: code for code, name in cities}, dict[tuple[str, str, str], list[str]]()
    order = [printable(name) for _, name in cities]
    names = {one["indicator"]: name_of(one) for one in facts.asked}
    for row in facts.missing:
        if row["place_name"] in codes:
            asked = facts.departments.get((row["indicator"], codes[row["place_name"]]), [])
            key = (row["indicator"], printable(row["why_zh"]), "、".join(asked))
            alike.setdefault(key, []).append(printable(row["place_name"]))
    headings = (
        Heading("指标", 4.6, english="Indicator"),
        Heading("城市", 2.4, english="Cities"),
        Heading("缺什么", 5.8, english="What is missing"),
        Heading("向谁要", 3.2, english="From whom"),
    )
    rows = [
        cells(
            names.get(key, key),
            f"全部 {len(cities)} 个" if len(at) == len(cities) > 1 else listed(sorted(at, key=order.index)),
            why,
            whom or NONE,
        )
        for (key, why, whom), at in alike.items()
    ]
    told = _table("暂缺与待评定", "Missing figures", headings, rows, "缺数不以 0 或空格代替。")
    return [without(one, "城市") if isinstance(one, Table) and len(cities) == 1 else one for one in told]


def _suggested(facts: Facts, cities: Sequence[City], suggested: Sequence[Suggestion]) -> list[Block]:
    mine = {place for place, _ in cities}
    headings = (
        Heading("类别", 1.8, "center", "Kind"),
        Heading("依据", 4.4, english="Evidence"),
        Heading("指标", 6.0, english="Indicators"),
        Heading("建议", 3.8, english="Suggestion"),
    )
    rows = [
        cells(one.kind, one.evidence, f"{len(one.indicators)} 项：{'；'.join(one.indicators)}", one.advice)
        for one in suggested
        if one.places & mine
    ]
    many = len(facts.tables.cities)
    note = f"由本次 {many} 个城市的可得性、重叠、冲突、可比性和近似数算出，供讨论；宜粗不宜细、宜简不宜繁。"
    return _table("建议与依据", "Suggestions and evidence", headings, rows, note)


def _symbols() -> list[Block]:
    headings = (Heading("符号", 3.0, "center", "Symbol"), Heading("意义", 13.0, english="Meaning"))
    status = tuple(STATUS_MEANING.items())
    came = tuple((f"条目来历 {letter}", said) for letter, said in PROVENANCE)
    compared = tuple((sign, said) for sign, _, said in COMPARABILITY)
    rows = [cells(sign, said) for sign, said in (*LEGEND, *compared, *status, *came)]
    return _table("符号、状态、可比性", "Symbols, status, comparability", headings, rows, "状态没有标记的为正常（A）。")


def _proofs(facts: Facts) -> list[Block]:
    tables = facts.tables
    said = (
        ("数据冻结于", tables.as_of),
        ("报告编号", tables.build),
        ("目录版次", tables.edition),
        ("程序版本", tables.code_version),
        ("内容哈希", facts.digest),
        *(("裁定链头", head) for head in tables.chain.split("; ")),
    )
    headings = (Heading("项目", 3.0, english="Item"), Heading("内容", 13.0, english="Content"))
    note = "核对裁定链：lcm audit verify --head 链头；重出本报告：lcm report rebuild 编号；查一个数：lcm explain 指标 地区 数据期。"
    return _table("版本与哈希", "Version and hashes", headings, [cells(*one) for one in said], note)


def _table(title: str, english: str, headings: tuple[Heading, ...], rows: Sequence[Row], note: str) -> list[Block]:
    """A table of an annex, or that there is nothing; a long one is cut and says so."""
    if not rows:
        return [Paragraph("本报告没有这方面的内容。"), Paragraph(note, "note")]
    cut = f"共 {len(rows)} 条，列出前 {_MOST} 条，其余见同一版的指标表工作簿。" if len(rows) > _MOST else ""
    return [Table(title, english, headings, tuple(rows[:_MOST]), notes=(f"{cut}{note}",))]
