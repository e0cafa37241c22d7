"""Explain one published number: indicator, formula, reconciled values, losers, observations, cells, files."""

from collections.abc import Iterator

from sqlalchemy import Connection, RowMapping, text

from learning_city.errors import NeedsAPerson


def explain(connection: Connection, indicator: str, place: str, period: str) -> list[str]:
    """The chain from an indicator's number down to the text of the cells it stands on, a line a step.

    Raises NeedsAPerson when there is no such indicator, or no value for the place and period, saying what is missing.
    """
    said = {"indicator": indicator, "place": place, "period": period}
    row = connection.execute(text(_VALUE), said).mappings().first()
    if row is None:
        raise NeedsAPerson(
            f"No indicator {indicator!r} was computed for place {place!r} and period {period!r}. "
            "Indicator codes stand in indicators.csv and in the report; places are GB/T 2260 codes."
        )
    lines = [_headline(row)]
    lines.append(f"  公式 formula   {row['formula']} v{row['formula_version']}: {row['expression']}")
    lines.append(f"  目录 edition   {row['edition']} ({row['content_hash'][:12]})")
    if row["missing"]:
        lines.append(f"  缺少 missing   {', '.join(row['missing'])}")
    for definition in row["inputs"]:
        lines += _input(connection, {**said, "definition": definition})
    return lines


def _headline(row: RowMapping) -> str:
    shown = "暂缺" if row["value"] is None else f"{row['value']:.{row['decimals'] or 0}f} {row['unit'] or ''}"
    mark = " [样例]" if row["kind"] == "synthetic" else ""
    return f"{row['place_name']} {row['period']} {row['name_zh']}: {shown}{mark}  {row['verdict']}"


def _input(connection: Connection, said: dict[str, str]) -> Iterator[str]:
    value = connection.execute(text(_RECONCILED), said).mappings().first()
    if value is None:
        yield f"  ├─ {said['definition']}: 没有数 no value"
        return
    mark = " [样例]" if value["kind"] == "synthetic" else ""
    yield (
        f"  ├─ {said['definition']} = {value['value']:.10g} {value['unit']}{mark}"
        f"  [{value['low']:.10g}, {value['high']:.10g}]  {value['method']} · {value['verdict']}"
    )
    for cell in connection.execute(text(_CELLS), said).mappings():
        yield from _cell(cell)
    for loser in connection.execute(text(_LOSERS), said).mappings():
        yield (
            f"  │    落选 lost    {loser['value']:.10g} · {loser['method']} · {loser['source_name']} · "
            f"{loser['file_name']} {loser['sheet']}!{loser['cell']}"
        )


def _cell(cell: RowMapping) -> Iterator[str]:
    yield (
        f"  │    观测 observed {cell['observed_value']:.10g} {cell['unit']} · {cell['source_name']} · {cell['observed_period']}"
        f" · {cell['recorded_at']:%Y-%m-%d %H:%M}"
    )
    if cell["who"]:
        yield f"  │    裁定 decided  {cell['action']} · {cell['who']} · {cell['why']}"
    yield f"  │    单元格 cell   {cell['file_name']} {cell['sheet']}!{cell['cell']} = {cell['cell_text']!r}"
    yield f"  │    文件 file     {cell['delivered_as']} · SHA-256 {cell['sha256']}"


_VALUE = """
SELECT v.*, i.name_zh, i.unit, i.decimals, p.name_zh AS place_name, f.expression, e.content_hash
FROM warehouse.indicator_value AS v
JOIN ref.indicator AS i ON i.edition = v.edition AND i.framework = v.framework AND i.indicator = v.indicator
  AND daterange(i.valid_from, i.valid_to) @> intake.last_day(v.period)
JOIN ref.formula AS f ON f.edition = v.edition AND f.formula = v.formula AND f.version = v.formula_version
JOIN ref.edition AS e ON e.edition = v.edition
JOIN ref.place AS p ON p.edition = v.edition AND p.place = v.place
  AND daterange(p.valid_from, p.valid_to) @> intake.last_day(v.period)
WHERE v.indicator = :indicator AND v.place = :place AND v.period = :period ORDER BY v.framework LIMIT 1
"""
_RECONCILED = """
SELECT v.*, d.unit FROM warehouse.reconciled_value AS v
JOIN ref.definition AS d ON d.definition = v.definition AND d.edition = (SELECT max(edition) FROM ref.edition)
WHERE v.period = :period AND v.place = :place AND v.definition = :definition
"""
_CELLS = """
SELECT l.*, o.recorded_at, d.action, d.who, d.why FROM mart.lineage AS l
JOIN warehouse.observation AS o ON o.obs_id = l.obs_id AND o.period = l.observed_period
LEFT JOIN LATERAL (
  SELECT d.action, d.who, d.why FROM quality.decision AS d
  JOIN intake.item AS i ON i.submission_id = l.submission_id AND i.sheet = l.sheet AND i.cell = l.cell
  WHERE d.submission_id = l.submission_id AND d.form = i.form AND d.action LIKE 'accept_form%'
  ORDER BY d.decision_id LIMIT 1
) AS d ON true
WHERE l.period = :period AND l.place = :place AND l.definition = :definition ORDER BY l.obs_id
"""
_LOSERS = """
SELECT c.value, c.method, coalesce(s.name_zh, o.source) AS source_name, f.file_name, o.sheet, o.cell
FROM warehouse.candidate AS c
JOIN warehouse.observation AS o ON o.obs_id = c.obs_ids[1]
JOIN intake.submission AS f ON f.submission_id = o.submission_id
LEFT JOIN ref.source AS s ON s.source = o.source AND s.edition = (SELECT max(edition) FROM ref.edition)
WHERE c.period = :period AND c.place = :place AND c.definition = :definition AND c.rank > 1 ORDER BY c.rank
"""
