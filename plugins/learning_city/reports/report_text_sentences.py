"""述评: sentences made of the figures alone. Levels, changes where two years compare, targets; no judgement."""

from collections.abc import Iterator

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.reports.figures import QUALITATIVE, STATUS
from learning_city.reports.report_text import Paragraph, exact_text, figure_text, listed, printable
from learning_city.reports.report_text_facts import City, Facts, name_of
from learning_city.reports.tables import Record

_POINTS = "个百分点"


def commentary(facts: Facts, below: list[Record], city: City) -> list[Paragraph]:
    """A paragraph per second-level element, then what the office itself wrote about one of its indicators."""
    paragraphs = []
    for title, asked in _branches(below):
        if said := _branch(facts, asked, city[0]):
            paragraphs.append(Paragraph(f"{title}{said}"))
        paragraphs += [
            Paragraph(f"{name_of(one)}：{printable(own)}{_judged_mark(facts, one, city[0])}", "office")
            for one in asked
            if (own := facts.figures.row(one["indicator"], city[0]).get("commentary"))
        ]
    return paragraphs


def change(facts: Facts, indicator: Record, place: str) -> str:
    """How a value moved against the year before; nothing where the two cannot be compared."""
    now, before = facts.number(indicator, place), facts.before(indicator, place)
    if now is None or before is None:
        return ""
    decimals = int(indicator["decimals"] or 0)
    moved = round(now, decimals) - round(before["value"], decimals)
    mark = SYNTHETIC_MARK if before["is_synthetic"] else ""
    year = f"比上年（{figure_text(before['value'], decimals)}{mark}）"
    if not round(moved, decimals):
        return f"{year.replace('比', '与', 1)}持平"
    unit = printable(indicator["unit"]).strip("—-")
    said = f"{year}{'增加' if moved > 0 else '减少'} {figure_text(abs(moved), decimals)}"
    if unit in ("%", "‰"):
        return f"{said} {_POINTS if unit == '%' else '个千分点'}"
    share = f"（{abs(moved) / before['value'] * 100:,.1f}%）" if before["value"] > 0 else ""
    return f"{said}{_unit(unit)}{share}"


def base_text(row: Record) -> str:
    """The base from which a progress is counted; nothing where there is none."""
    if row.get("baseline") is None:
        return ""
    year = f"（{printable(row['baseline_period'])}）" if row.get("baseline_period") else ""
    return f"基数 {exact_text(row['baseline'])}{year}"


def target_sentence(row: Record) -> str:
    """A target and how far it is reached."""
    unit = _unit(row["unit"])
    aim = row["target"] if isinstance(row["target"], str) else row["target"] and f"{exact_text(row['target'])}{unit}"
    mark = SYNTHETIC_MARK if row["is_synthetic"] else ""
    said = [
        f"{printable(row['due'])[:4]} 年目标 {printable(aim)}" if aim else f"{printable(row['due'])[:4]} 年目标为区间"
    ]
    said += filter(None, [base_text(row)])
    if row["value"] is not None:
        said.append(f"实绩 {exact_text(row['value'])}{unit}{mark}")
    if row["progress"] is not None:
        said.append(f"完成度 {row['progress']:,.1f}%{mark}")
    return f"{printable(row['name_zh'])}：{'，'.join([*said, printable(row['state_zh'])])}"


def _branches(below: list[Record]) -> Iterator[tuple[str, list[Record]]]:
    """The indicators below each heading, with that heading as the beginning of a sentence."""
    title, asked = "", list[Record]()
    for one in below:
        if one["nature"]:
            asked.append(one)
            continue
        if asked:
            yield title, asked
        title, asked = f"【{name_of(one)}】", []
    if asked:
        yield title, asked


def _branch(facts: Facts, asked: list[Record], place: str) -> str:
    known = [one for one in asked if facts.figures.of(one, place).is_known]
    said = "；".join(_level(facts, one, place) for one in known)
    rest = [one for one in asked if one not in known]
    missing = [name_of(one) for one in rest if one["nature"] != QUALITATIVE]
    unjudged = [name_of(one) for one in rest if one["nature"] == QUALITATIVE]
    parts = (said, f"未取得：{listed(missing)}" if missing else "", f"待评定：{listed(unjudged)}" if unjudged else "")
    return "".join(f"{part}。" for part in parts if part)


def _level(facts: Facts, indicator: Record, place: str) -> str:
    shown, row = facts.figures.of(indicator, place), facts.figures.row(indicator["indicator"], place)
    mark = SYNTHETIC_MARK if shown.is_synthetic else ""
    if shown.number is None:
        return f"{name_of(indicator)}评定为“{printable(shown.words)}”{mark}"
    number = figure_text(shown.number, shown.decimals)
    said = [f"{name_of(indicator)} {number}{_unit(indicator['unit'])}{mark}{_doubt(row)}"]
    said += filter(None, [change(facts, indicator, place)])
    targets = [one for one in facts.targets.get(place, []) if one["indicator"] == indicator["indicator"]]
    said += [target_sentence(one).partition("：")[2] for one in targets]
    return "，".join(said)


def _judged_mark(facts: Facts, indicator: Record, place: str) -> str:
    """The mark of a sample on what was written about a level; a number carries its own."""
    shown = facts.figures.of(indicator, place)
    return SYNTHETIC_MARK if shown.is_judged and shown.is_synthetic else ""


def _doubt(row: Record) -> str:
    words = [STATUS.get(row.get("status") or "", ("", ""))[0].partition(" ")[2]]
    words += [row["verdict"]] if row.get("verdict") in ("不可比", "待裁定") else []
    return f"（{'，'.join(filter(None, words))}）" if any(words) else ""


def _unit(unit: object) -> str:
    said = printable(unit).strip("—-")
    return said if said in ("%", "‰", "") else f" {said}"
