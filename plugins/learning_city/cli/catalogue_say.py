"""How ``lcm catalogue`` speaks: lines for a terminal, JSON for the pages."""

import dataclasses
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from learning_city.catalogue.columns import TABLES
from learning_city.catalogue.differences import ADDED, CHANGED, REMOVED, Difference, counts, shown
from learning_city.catalogue.faults import Refused, Workbook
from learning_city.catalogue.headings import SHEETS, heading
from learning_city.catalogue.overlaps import BASIS, NONE, SAME_FORMULA, Pair, Proxy, hints
from learning_city.cli.catalogue_effect import Flip, Outcome
from learning_city.model.edition import Edition
from learning_city.warehouse import ref

FIRST = 20
_WHAT = {ADDED: "＋ 增", REMOVED: "－ 删", CHANGED: "± 改"}
_RELATIONS = {"same": "相同 same", "overlap": "交叉 overlap", "part": "包含 part", "proxy": "替代 proxy"}
_MET = {True: "达标 met", False: "未达标 not met", None: "未评估 not assessed"}


def rows(edition: Edition) -> str:
    """How many rows each table has."""
    return " · ".join(f"{SHEETS[name]} {len(found)}" for name, found in edition.tables.items())


def refused(problem: Refused) -> dict[str, Any]:
    """Faults as JSON: where in both languages, cell, what is wrong."""
    layout = problem.layout
    return {
        "faults": [
            dataclasses.asdict(fault)
            | {
                "where_zh": layout.where_zh(fault),
                "where_en": layout.where_en(fault),
                "cell": layout.cell(fault) if isinstance(layout, Workbook) else "",
            }
            for fault in problem.faults
        ]
    }


def outcome(edition: Edition, came: Outcome, *, is_dry: bool, sha256: str) -> dict[str, Any]:
    """An import or a dry run as JSON; ``edition`` is the number in use before it."""
    effect, awaits = came.effect, came.awaits
    said: dict[str, Any] = {
        "faults": [],
        "edition": came.before,
        "content_hash": edition.content_hash,
        "sha256": sha256,
    }
    said |= {"is_imported": effect is not None and not is_dry and not awaits, "is_unchanged": effect is None}
    said |= {"awaits_second": awaits, "proposed_by": came.proposed_by}
    if effect is None:
        return said | {"new_edition": came.before, "tables": [], "flips": {}, "seconds": 0.0}
    by_table = counts(effect.differences)
    return said | {
        "new_edition": effect.new,
        "tables": [
            {"table": table, "name_zh": SHEETS[table], **n, "rows": _rows_of(table, effect.differences)}
            for table, n in by_table.items()
        ],
        "flips": {
            what: [dataclasses.asdict(flip) for flip in effect.of(what)] for what in ("value", "attainment", "rank")
        },
        "periods": effect.periods,
        "seconds": round(effect.seconds, 2),
    }


def _rows_of(table: str, found: list[Difference]) -> list[dict[str, Any]]:
    return [
        {
            "key": one.key,
            "what": one.what,
            "columns": [
                {"column": name, "heading_zh": heading(table, name), "old": old, "new": new}
                for name, (old, new) in one.columns.items()
            ],
        }
        for one in found
        if one.table == table
    ]


def outcome_lines(edition: Edition, came: Outcome, *, is_dry: bool) -> Iterator[str]:
    """An import or a dry run as a person reads it."""
    effect = came.effect
    if effect is None:
        yield f"没有变化：内容与现用第 {came.before} 版相同。 no change: the same as edition {came.before}."
        return
    yield from difference_lines(effect.differences, FIRST)
    yield from _flip_lines("指标值变化 values", effect.of("value"))
    yield from _flip_lines("达标翻转 attainment", effect.of("attainment"))
    yield from _flip_lines("位次变动 ranks", effect.of("rank"))
    took = f"{effect.periods} 个数据期，用时 {effect.seconds:.1f} 秒 ({effect.periods} periods, {effect.seconds:.1f} s)"
    if is_dry:
        yield f"试运行，什么都没有改。 dry run, nothing was changed. {took}"
    if came.awaits:
        yield (
            "会使达标翻转或位次变动，须两人办理：一人导入即为提出，另一人再导入同一内容后启用。 "
            "Attainments flip or ranks move: the first person's import proposes it, a second person's puts it in use."
        )
    elif not is_dry:
        yield f"✓ 第 {effect.new} 版 edition {effect.new} {edition.content_hash[:12]} 已启用，数值已按新版重算 in use. {took}"


def difference_lines(found: list[Difference], most: int | None = None) -> Iterator[str]:
    """Changes by table: counts, then row by row, at most ``most`` of each table."""
    if not found:
        yield "没有变化 no change"
    for table, n in counts(found).items():
        yield f"{SHEETS[table]} ({table}): ＋{n[ADDED]} －{n[REMOVED]} ±{n[CHANGED]}"
        mine = [one for one in found if one.table == table]
        for one in mine[:most]:
            changed = "；".join(
                f"{heading(table, name)} {old or '（空）'} → {new or '（空）'}"
                for name, (old, new) in one.columns.items()
            )
            yield f"  {_WHAT[one.what]} {one.key}" + (f"：{changed}" if changed else "")
        if most is not None and len(mine) > most:
            yield _more(len(mine) - most)


def _flip_lines(title: str, flips: list[Flip]) -> Iterator[str]:
    yield f"{title}: {len(flips)}"
    for flip in flips[:FIRST]:
        yield (
            f"  {flip.framework}/{flip.indicator} {flip.indicator_zh} · {flip.place_zh} · {flip.period}："
            f"{_value(flip, flip.old, flip.old_verdict)} → {_value(flip, flip.new, flip.new_verdict)}"
        )
    if len(flips) > FIRST:
        yield _more(len(flips) - FIRST)


def _more(left: int) -> str:
    return f"  … 另有 {left} 条，用 --json 看全部。 and {left} more; see --json."


def _value(flip: Flip, value: float | None, verdict: str | None) -> str:
    if flip.what == "attainment":
        return _MET[None if value is None else bool(value)]
    if value is None:
        return "无数 none" if flip.what == "value" else "不排 unranked"
    if flip.what == "rank":
        return f"第 {value} 位 #{value}"
    is_told = flip.old_verdict != flip.new_verdict and flip.old is not None and flip.new is not None
    return f"{value:.6g}" + (f"（{verdict}）" if is_told else "")


def overlap_summary(found: list[Pair], proxies: list[Proxy]) -> Iterator[str]:
    """One line on pairs that say the same, for a check."""
    declared = sum(bool(pair.relation) for pair in found)
    basis = sum(pair.strength == BASIS and not pair.relation for pair in found)
    yield (
        f"指标交叉 overlaps: 已注明 declared {declared} · 未注明 undeclared {len(hints(found))} · "
        f"仅分母相同 same basis only {basis} · 替代 proxies {len(proxies)}（lcm catalogue overlaps）"
    )


def overlap_lines(found: list[Pair], proxies: list[Proxy], *, every: bool) -> Iterator[str]:
    """Declared pairs, hints, with ``every`` the pairs of one basis too, then proxies."""
    yield from _pairs("已注明 declared", [pair for pair in found if pair.relation])
    yield from _pairs("未注明，请看是否要在“指标交叉”里写明 undeclared", hints(found))
    if every:
        yield from _pairs("仅分母相同 same basis only", [p for p in found if p.strength == BASIS and not p.relation])
    yield f"替代 proxies: {len(proxies)}"
    for proxy in proxies:
        yield f"  {proxy.code} 代替 stands for {proxy.instead_of}" + (f"（{proxy.note}）" if proxy.note else "")


def _pairs(title: str, found: list[Pair]) -> Iterator[str]:
    yield f"{title}: {len(found)}"
    for pair in found:
        names = f"{'/'.join(pair.one)} {pair.one_zh} ⟷ {'/'.join(pair.other)} {pair.other_zh}"
        shared = "同一算式 same formula: " if pair.strength == SAME_FORMULA else "共用 share: "
        said = "无共用口径 nothing shared" if pair.strength == NONE else shared + "、".join(pair.definitions)
        yield f"  {names}　{said}" + (f"　{_RELATIONS[pair.relation]}" if pair.relation else "")


def year_lines(connection: Connection, edition: int, day: date) -> Iterator[str]:
    """What was in force on a day, in short."""
    yield f"第 {edition} 版目录中 {day} 有效的内容 / in force on {day} in edition {edition}"
    places = ref.frame(connection, "place", edition, day)
    yield (
        f"地区 places: {len(places)}（"
        + "，".join(f"{level} {n}" for level, n in places.groupby("level").size().items())
        + "）"
    )
    for table, title, line in _IN_SHORT:
        found = ref.frame(connection, table, edition, day)
        yield f"{title}: {len(found)}"
        for row in found.sort_values(list(found.columns[1:3])).to_dict("records"):
            said = {name: "" if pd.isna(value) else value for name, value in row.items()}
            words = {name: shown(table, name, said[name] or None) for name in TABLES[table].choices}
            yield "  " + line.format(**said | words)


_IN_SHORT = (
    ("department", "部门 departments", "{department}  {name_zh}"),
    ("threshold", "标准线 thresholds", "{threshold}  {name_zh} {comparison} {value:g}{unit}  {source}"),
    ("formula", "公式 formulas", "{formula} v{version} = {expression}"),
    ("form", "报表 forms", "{form}  {form_no} {name_zh}  {frequency}"),
)
