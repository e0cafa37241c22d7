"""The structure message beside an SDMX-CSV file: dataflow, data structure, concepts and code lists in SDMX-JSON 2.0."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from learning_city.model.status import ObsStatus
from learning_city.reports import sdmx_units
from learning_city.reports.tables import Record, ReportTables, records

AGENCY, FLOW = "LCM", "DF_INDICATORS"
VERDICTS = {"可比": "COMPARABLE", "调整后可比": "ADJUSTED", "不可比": "NOT_COMPARABLE", "待裁定": "OPEN"}
Code = tuple[str, str, str, str]
"""code, Chinese name, English name, parent (empty at the top)"""
_VERDICT_EN = {
    "COMPARABLE": "comparable", "ADJUSTED": "comparable after adjustment", "NOT_COMPARABLE": "not comparable",
    "OPEN": "conflict not settled",
}  # fmt: skip
_STATUS = {
    ObsStatus.NORMAL: ("正常", "Normal value"), ObsStatus.BREAK: ("断点", "Time series break"),
    ObsStatus.DEFINITION_DIFFERS: ("口径异", "Definition differs"), ObsStatus.ESTIMATED: ("估计", "Estimated value"),
    ObsStatus.FORECAST: ("预测", "Forecast value"), ObsStatus.IMPUTED: ("推算", "Imputed value"),
    ObsStatus.INCLUDED_ELSEWHERE: ("并入他项", "Data included in another category"),
    ObsStatus.NOT_COLLECTED: ("暂缺", "Data exist but were not collected"),
    ObsStatus.CANNOT_EXIST: ("不适用", "Data cannot exist"), ObsStatus.NOT_SIGNIFICANT: ("微小", "Not significant"),
    ObsStatus.MISSING: ("缺失", "Missing value"), ObsStatus.PROVISIONAL: ("初步", "Provisional value"),
    ObsStatus.SUPPRESSED: ("不公布", "Missing value; suppressed"),
    ObsStatus.INCLUDES_ANOTHER: ("含他项", "Includes data from another category"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A component of the data structure; ``codes`` names its code list, ``of`` the dimension it is attached to."""

    name: str
    zh: str
    en: str
    type: str = "String"
    codes: str = ""
    of: str = ""
    is_mandatory: bool = False


DIMENSIONS = (
    Column("FREQ", "频率", "Frequency", codes="CL_FREQ"),
    Column("REF_AREA", "地区", "Reference area", codes="CL_AREA"),
    Column("INDICATOR", "指标", "Indicator", codes="CL_INDICATOR"),
)
TIME = Column("TIME_PERIOD", "数据期", "Time period", type="ObservationalTimePeriod")
VALUE = Column("OBS_VALUE", "数值", "Observation value", type="Double")
ATTRIBUTES = (
    Column("OBS_STATUS", "状态", "Observation status", codes="CL_OBS_STATUS", is_mandatory=True),
    Column("UNIT_MEASURE", "计量单位", "Unit of measure", codes="CL_UNIT", of="INDICATOR", is_mandatory=True),
    Column("UNIT_MULT", "单位倍数（10 的幂）", "Unit multiplier (power of ten)", type="Integer", of="INDICATOR"),
    Column("DECIMALS", "小数位", "Decimals", type="Integer", of="INDICATOR"),
    Column("COMPARABILITY", "可比性", "Comparability verdict", codes="CL_COMPARABILITY"),
    Column("JUDGEMENT", "评定等级", "Level a qualitative indicator was judged to be of", codes="CL_JUDGEMENT"),
    Column("METHOD", "衔接方法，多项以 ; 分开", "Reconciliation methods of the inputs, joined by ;"),
    Column(
        "IS_SYNTHETIC", "是否样例（不是真实数据）", "Synthetic, not a real figure", type="Boolean", is_mandatory=True
    ),
    Column("DEFINITIONS", "所用口径代码，以 ; 分开", "Codes of the definitions read, joined by ;"),
    Column("FORMULA_VERSION", "公式与版本", "Formula and its version"),
    Column("SOURCE", "来源", "Source"),
    Column("COMMENT_OBS", "说明", "Comment on the observation"),
    Column("BUILD", "报告版次", "Report build", of="-", is_mandatory=True),
)


def structure(tables: ReportTables) -> dict[str, Any]:
    """The whole message of a build as JSON has it; same tables, same message."""
    version = version_of(tables)
    lists = [
        _list(name, zh, en, version, codes, is_partial=is_partial)
        for name, zh, en, codes, is_partial in _lists(tables, records(tables.indicators))
    ]
    data_structure = {
        **_named("DSD_INDICATORS", "监测指标", "Indicators of learning-city monitoring", version),
        "dataStructureComponents": _components(version),
    }
    flow = {
        **_named(FLOW, tables.framework_zh, "Indicators of learning-city monitoring", version),
        "structure": _urn("datastructure.DataStructure", "DSD_INDICATORS", version),
    }
    concepts = {
        **_named("CS_INDICATORS", "概念", "Concepts", version),
        "concepts": [{"id": one.name, **_names(one.zh, one.en)} for one in (*DIMENSIONS, TIME, VALUE, *ATTRIBUTES)],
    }
    data = {"dataflows": [flow], "dataStructures": [data_structure], "conceptSchemes": [concepts], "codelists": lists}
    return {"meta": _meta(tables), "data": data}


def _meta(tables: ReportTables) -> dict[str, Any]:
    """The head of the message; a demonstration's is marked as a test."""
    return {
        "schema": "https://json.sdmx.org/2.0.0/sdmx-json-structure-schema.json",
        "id": f"{AGENCY}-R-{tables.build}",
        "prepared": tables.as_of.replace(" ", "T") + ":00+08:00",
        "test": tables.is_demo,
        "contentLanguages": ["zh", "en"],
        "sender": {"id": AGENCY, **_names("学习型城市监测数据办公室", "Learning city data office")},
    }


def version_of(tables: ReportTables) -> str:
    """Structures change with the edition of the catalogue, and so does their version: 1.<edition>.0."""
    return f"1.{tables.edition.split('（')[0]}.0"


def _lists(tables: ReportTables, indicators: list[Record]) -> Iterable[tuple[str, str, str, Iterable[Code], bool]]:
    yield "CL_FREQ", "频率", "Frequency", [("A", "年", "Annual", ""), ("Q", "季", "Quarterly", "")], False
    yield "CL_OBS_STATUS", "状态", "Observation status", [(code, *said, "") for code, said in _STATUS.items()], False
    verdicts = [(code, zh, _VERDICT_EN[code], "") for zh, code in VERDICTS.items()]
    yield "CL_COMPARABILITY", "可比性", "Comparability verdict", verdicts, False
    areas = [(place, name, tables.names_en.get(place, ""), "") for place, name in tables.cities]
    yield "CL_AREA", "地区（GB/T 2260）", "Areas (GB/T 2260)", areas, True
    yield "CL_JUDGEMENT", "评定等级", "Levels of judgement", _levels(tables), True
    known = {row["indicator"] for row in indicators}
    tree = [
        (row["indicator"], row["name_zh"], row["name_en"] or "", row["parent"] if row["parent"] in known else "")
        for row in indicators
    ]
    yield "CL_INDICATOR", "指标", "Indicators", tree, True
    units = {sdmx_units.code(row["unit"])[0]: str(row["unit"] or "—") for row in reversed(indicators)}
    yield (
        "CL_UNIT",
        "计量单位",
        "Units of measure",
        [(code, zh, code.lower().replace("_", " ").strip(), "") for code, zh in sorted(units.items())],
        True,
    )


def _levels(tables: ReportTables) -> list[Code]:
    """The levels that the build's judgements are of, the highest first."""
    unjudged = (sdmx_units.NOT_APPLICABLE, "不适用", "Not applicable", "")
    if "judgement_zh" not in tables.values:
        return [unjudged]
    given = tables.values.dropna(subset=["judgement_zh"]).sort_values(["judgement_order", "judgement_en"])
    found = {level_code(row): (row["judgement_zh"], row["judgement_en"] or "") for row in records(given)}
    return [*((code, *names, "") for code, names in found.items()), unjudged]


def level_code(row: Record) -> str:
    """The code of a level: its English name in capitals, with its order where it has none."""
    word = re.sub("[^A-Z0-9]+", "_", str(row["judgement_en"] or "").upper()).strip("_")
    return word or f"L{int(row['judgement_order'] or 0)}"


def _components(version: str) -> dict[str, Any]:
    dimensions = [{**_component(one, version), "position": at} for at, one in enumerate(DIMENSIONS, 1)]
    return {
        "dimensionList": {
            "id": "DimensionDescriptor",
            "dimensions": dimensions,
            "timeDimension": _component(TIME, version),
        },
        "measureList": {"id": "MeasureDescriptor", "measures": [_component(VALUE, version)]},
        "attributeList": {
            "id": "AttributeDescriptor",
            "attributes": [
                {
                    **_component(one, version),
                    "usage": "mandatory" if one.is_mandatory else "optional",
                    "attributeRelationship": _attached(one.of),
                }
                for one in ATTRIBUTES
            ],
        },
    }


def _attached(of: str) -> dict[str, Any]:
    if not of:
        return {"observation": {}}
    return {"dataflow": {}} if of == "-" else {"dimensions": [of]}


def _component(column: Column, version: str) -> dict[str, Any]:
    shape = {"enumeration": _urn("codelist.Codelist", column.codes, version)} if column.codes else {}
    concept = f"{_urn('conceptscheme.Concept', 'CS_INDICATORS', version)}.{column.name}"
    return {
        "id": column.name,
        "conceptIdentity": concept,
        "localRepresentation": shape or {"format": {"dataType": column.type}},
    }


def _list(name: str, zh: str, en: str, version: str, codes: Iterable[Code], *, is_partial: bool) -> dict[str, Any]:
    items = [
        {"id": code, **_names(said, english), **({"parent": parent} if parent else {})}
        for code, said, english, parent in codes
    ]
    return {**_named(name, zh, en, version), "isPartial": is_partial, "codes": items}


def _named(name: str, zh: str, en: str, version: str) -> dict[str, Any]:
    return {"id": name, "agencyID": AGENCY, "version": version, **_names(zh, en)}


def _names(zh: str, en: str) -> dict[str, Any]:
    return {"name": en or zh, "names": {"zh": zh, **({"en": en} if en else {})}}


def _urn(kind: str, name: str, version: str) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.{kind}={AGENCY}:{name}({version})"
