"""Read the frames of a report from the marts, for one framework and period."""

import pandas as pd
from sqlalchemy import Connection, text

from learning_city.errors import NeedsAPerson
from learning_city.reports.conflicts import conflicts
from learning_city.reports.freeze import IDENTITY
from learning_city.reports.lineage import lineage, sources
from learning_city.reports.tables import ReportTables
from learning_city.warehouse.statements import load


def read(
    connection: Connection, framework: str, period: str, *, is_demo: bool, places: tuple[str, ...] = ()
) -> ReportTables:
    """Everything a report says of a framework and period (and some places), as frames; what names a build is empty."""
    said = {"framework": framework, "period": period, "places": list(places), "everywhere": not places}

    def frame(sql: str) -> pd.DataFrame:
        return pd.read_sql(text(sql), connection, params=said)

    values, stands_on = frame(_VALUES), lineage(connection, framework, period, places)
    names_en = dict(zip(values["place"], values.pop("place_name_en"), strict=True))
    return ReportTables(
        **dict.fromkeys(IDENTITY, ""),
        is_demo=is_demo,
        places=places,
        period=period,
        **_framework(connection, framework),
        cities=tuple(sorted(set(zip(values["place"], values["place_name"], strict=True)))),
        names_en=dict(sorted(names_en.items())),
        indicators=_indicators(frame(_INDICATORS)),
        values=_values(values, period, sources(stands_on), connection.execute(text(_PAGES)).scalar() or ""),
        attainment=frame(_ATTAINMENT).rename(columns={"target_value": "target"}),
        conflicts=conflicts(connection, said),
        unstated=frame(_UNSTATED),
        missing=frame(_MISSING),
        findings=frame(_FINDINGS),
        lineage=stands_on,
        history=pd.read_sql(load("reports/history"), connection, params=said),
        definitions=pd.read_sql(load("reports/definitions"), connection, params=said),
    )


def _framework(connection: Connection, framework: str) -> dict[str, str]:
    """What the framework is called, and the edition it is of."""
    named = connection.execute(text(_FRAMEWORK), {"framework": framework}).mappings().first()
    if named is None:
        raise NeedsAPerson(
            f"目录里没有指标体系 {framework}，见 frameworks.csv。 No framework {framework!r} in the catalogue; see frameworks.csv."
        )
    return {
        "framework": framework, "framework_zh": named["name_zh"], "framework_note": named["note"] or "",
        "edition": f"{named['edition']}（{named['content_hash'][:8]}）",
    }  # fmt: skip


def _indicators(tree: pd.DataFrame) -> pd.DataFrame:
    """Add ``code_shown`` (2.1.3) from positions down the tree, in tree order."""
    shown: dict[str, str] = {}
    keys: dict[str, tuple[int, ...]] = {}
    for row in tree.sort_values("level").to_dict("records"):
        keys[row["indicator"]] = (*keys.get(row["parent"], ()), int(row["position"]))
        shown[row["indicator"]] = ".".join(map(str, keys[row["indicator"]]))
    tree = tree.assign(code_shown=tree["indicator"].map(shown), key=tree["indicator"].map(keys))
    return tree.sort_values("key").drop(columns="key").reset_index(drop=True)


def _values(values: pd.DataFrame, period: str, named: dict[tuple[str, str], str], pages: str) -> pd.DataFrame:
    """Add sources and how to see the proof: below the address ``pages`` of the web application, else by a command."""
    source = [named.get(key) for key in zip(values["indicator"], values["place"], strict=True)]
    values.insert(len(values.columns), "source_zh", source)
    if pages:
        proofs = f"{pages}/proof?period={period}&place=" + values["place"] + "&indicator=" + values["indicator"]
    else:
        proofs = "lcm proof " + values["indicator"] + " " + values["place"] + " " + period
    return values.assign(proof=proofs.where(values["value"].notna(), ""), data_period=period)


_PAGES = "SELECT rtrim(value, '/') FROM app.setting WHERE name = 'pages_url'"
_FRAMEWORK = """
SELECT f.name_zh, f.note, e.edition, e.content_hash FROM ref.framework AS f JOIN ref.edition AS e USING (edition)
WHERE f.framework = :framework ORDER BY e.edition DESC LIMIT 1
"""
_INDICATORS = """
SELECT indicator, parent, level, position, name_zh, name_en, nature, unit, decimals, direction, provenance
FROM ref.indicator WHERE framework = :framework AND edition = (SELECT max(edition) FROM ref.edition)
  AND daterange(valid_from, valid_to) @> intake.last_day(:period)
"""
_VALUES = """
SELECT t.indicator, t.place, t.place_name, t.place_name_en, t.value, t.low, t.high,
       CASE WHEN t.judgement_zh IS NULL THEN t.status ELSE 'A' END AS status,
       CASE WHEN t.value IS NULL THEN '' WHEN t.verdict = 'conflict' THEN '待裁定' ELSE t.verdict END AS verdict,
       t.is_synthetic, t.judgement_zh, t.judgement_en, t.judgement_order, t.commentary, t.judged_by, t.confirmed_by,
       coalesce(t.break_facet, '') AS facet,
       CASE WHEN t.status = 'B' THEN concat('数列在本期断开，与以前不可比：', t.break_zh,
         '；断点前 ' || t.before_period || '：' || round(t.before_value::numeric, coalesce(t.decimals, 1))) ELSE '' END AS note
FROM mart.indicator_table AS t WHERE t.framework = :framework AND t.period = :period
  AND (:everywhere OR t.place = ANY(:places))
ORDER BY t.indicator, t.place
"""
_ATTAINMENT = """
SELECT a.indicator, a.name_zh, a.place, a.place_name, a.due, a.direction, a.target_value, a.unit, a.value,
       a.is_met AS met, a.progress, a.baseline, a.baseline_period,
       CASE WHEN a.is_met THEN '达标' WHEN NOT a.is_met THEN '未达标' ELSE '未评估' END AS state_zh,
       coalesce(l.names, a.lead) AS lead, coalesce(c.names, a.supporting) AS supporting, a.is_synthetic,
       coalesce(s.name_zh, a.source) AS source
FROM mart.attainment AS a
CROSS JOIN (SELECT max(edition) AS edition FROM ref.edition) AS e
LEFT JOIN ref.source AS s ON s.edition = e.edition AND s.source = a.source
LEFT JOIN LATERAL (SELECT string_agg(d.name_zh, '、' ORDER BY d.department) AS names FROM ref.department AS d
  WHERE d.edition = e.edition AND d.department = ANY (regexp_split_to_array(a.lead, '[;；、]'))
    AND daterange(d.valid_from, d.valid_to) @> intake.last_day(:period)) AS l ON true
LEFT JOIN LATERAL (SELECT string_agg(d.name_zh, '、' ORDER BY d.department) AS names FROM ref.department AS d
  WHERE d.edition = e.edition AND d.department = ANY (regexp_split_to_array(a.supporting, '[;；、]'))
    AND daterange(d.valid_from, d.valid_to) @> intake.last_day(:period)) AS c ON true
WHERE coalesce(a.period, :period) = :period AND (:everywhere OR a.place = ANY(:places)) ORDER BY a.framework, a.target
"""
_UNSTATED = """
SELECT src.name_zh AS document, p.name_zh AS place_name, m.name_zh AS measure_zh, d.name_zh AS definition_zh,
       coalesce(o.value::text, '') AS value_text, o.unit, s.file_name || ' ' || o.sheet || '!' || o.cell AS sheet_cell
FROM mart.observation_current AS o
JOIN intake.submission AS s USING (submission_id)
CROSS JOIN (SELECT max(edition) AS edition FROM ref.edition) AS e
LEFT JOIN ref.source AS src ON src.edition = e.edition AND src.source = o.source
LEFT JOIN ref.measure AS m ON m.edition = e.edition AND m.measure = o.measure
LEFT JOIN LATERAL (SELECT x.name_zh FROM ref.definition AS x WHERE x.edition = e.edition
  AND x.definition = o.definition LIMIT 1) AS d ON true
LEFT JOIN LATERAL (SELECT x.name_zh FROM ref.place AS x WHERE x.edition = e.edition AND x.place = o.place
  ORDER BY x.valid_from DESC LIMIT 1) AS p ON true
WHERE o.period LIKE 'unstated@%' AND (:everywhere OR o.place = ANY(:places)) ORDER BY o.source, o.place, o.measure, o.definition, o.cell
"""
_MISSING = """
SELECT t.place_name, t.indicator, t.name_zh,
       CASE WHEN t.nature = 'qualitative' THEN '定性指标，待评定'
            WHEN t.formula IS NULL THEN '没有公式可用'
            ELSE '缺：' || array_to_string(ARRAY(
              SELECT DISTINCT d.name_zh FROM ref.definition AS d
              WHERE d.edition = t.edition AND d.definition = ANY (t.missing) ORDER BY 1), '、') END AS why_zh
FROM mart.indicator_table AS t
WHERE t.framework = :framework AND t.period = :period AND t.value IS NULL AND t.judgement_zh IS NULL
  AND (:everywhere OR t.place = ANY(:places)) ORDER BY t.indicator, t.place
"""
_FINDINGS = """
SELECT f.severity, CASE f.state WHEN 'open' THEN '待处理' WHEN 'explained' THEN '已说明' WHEN 'accepted' THEN '已接受'
         WHEN 'corrected' THEN '已更正' WHEN 'returned' THEN '已退回' ELSE '已了结' END AS state_zh,
       coalesce(p.name_zh, '') AS place_name, coalesce(d.name_zh, '') AS department_zh, coalesce(f.form, '') AS form,
       f.file, f.sheet, f.cell, f.found, split_part(f.expected, ' / ', 1) AS expected, f.message_zh, f.rule_id
FROM quality.finding AS f
CROSS JOIN (SELECT max(edition) AS edition FROM ref.edition) AS e
LEFT JOIN LATERAL (SELECT x.name_zh FROM ref.place AS x WHERE x.edition = e.edition AND x.place = f.place
  ORDER BY x.valid_from DESC LIMIT 1) AS p ON true
LEFT JOIN LATERAL (SELECT x.name_zh FROM ref.department AS x WHERE x.edition = e.edition
  AND x.department = f.department ORDER BY x.valid_from DESC LIMIT 1) AS d ON true
WHERE f.round IN (:period, 'yearbooks') AND (:everywhere OR f.place = ANY(:places)) ORDER BY array_position(ARRAY['block', 'ask', 'note'], f.severity), f.file,
  f.sheet, length(f.cell), f.cell, f.rule_id
"""
