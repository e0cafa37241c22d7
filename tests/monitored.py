"""Frames of a small build for tests of what is written from them: two indicators, three cities, two earlier years."""

from typing import Any

from pandas import DataFrame

from learning_city.reports.tables import ReportTables

SHANGHAI, BEIJING, NINGBO = ("310000", "上海市"), ("110000", "北京市"), ("330200", "宁波市")
CITIES = (BEIJING, SHANGHAI, NINGBO)
Said = dict[str, Any]


def frame(columns: str, *rows: Said) -> DataFrame:
    """Rows with these columns; what a row does not say is missing."""
    return DataFrame([[row.get(name) for name in columns.split()] for row in rows], columns=columns.split())


def indicator(code: str, position: int = 1, **changes: Any) -> Said:
    plain = {
        "indicator": code, "parent": "n1_1", "level": 3, "position": position, "code_shown": f"1.1.{position}",
        "name_zh": f"指标{code}", "nature": "quantitative", "unit": "个", "decimals": 0, "provenance": "B",
    }  # fmt: skip
    return plain | changes


def indicators(*rows: Said) -> DataFrame:
    columns = "indicator parent level position code_shown name_zh name_en nature unit decimals direction provenance"
    above = (
        {
            "indicator": "n1",
            "level": 1,
            "position": 1,
            "code_shown": "1",
            "name_zh": "组织保障",
            "name_en": "Leadership",
        },
        {"indicator": "n1_1", "parent": "n1", "level": 2, "position": 1, "code_shown": "1.1", "name_zh": "领导机构"},
    )
    return frame(columns, *above, *rows)


def value(code: str, city: tuple[str, str], number: float | None, **changes: Any) -> Said:
    plain = {
        "indicator": code, "place": city[0], "place_name": city[1], "value": number, "status": "A", "verdict": "可比",
        "facet": "", "is_synthetic": False, "data_period": "2017", "source_zh": "部门台账", "note": "", "proof": "",
    }  # fmt: skip
    return plain | changes


def values(*rows: Said) -> DataFrame:
    columns = (
        "indicator place place_name value low high status verdict facet is_synthetic data_period source_zh note proof"
    )
    return frame(f"{columns} commentary", *rows)


def year(code: str, city: tuple[str, str], period: str, number: float, **changes: Any) -> Said:
    plain = {"indicator": code, "place": city[0], "period": period, "value": number, "status": "A", "verdict": "可比"}
    return plain | {"is_synthetic": False, "is_broken": False} | changes


def history(*rows: Said) -> DataFrame:
    return frame("indicator place period value status verdict is_synthetic is_broken", *rows)


def target(city: tuple[str, str], **changes: Any) -> Said:
    plain = {
        "indicator": "a", "name_zh": "示范基地", "place": city[0], "place_name": city[1], "due": "2020-12-31",
        "direction": "higher", "target": 100.0, "unit": "个", "value": 34.0, "met": False, "progress": 34.0,
        "state_zh": "未达标", "lead": "教育局", "is_synthetic": False,
    }  # fmt: skip
    return plain | changes


def attainment(*rows: Said) -> DataFrame:
    columns = "indicator name_zh place place_name due direction target unit value met progress state_zh lead supporting"
    return frame(f"{columns} is_synthetic source", *rows)


def conflict(city: tuple[str, str], **changes: Any) -> Said:
    plain = {
        "place_name": city[1], "period": "2017", "measure_zh": "社区学校", "definition_zh": "社区学校（年末）",
        "value": 309.0, "candidates_zh": "309 — 甲\n377 — 乙", "state_zh": "待裁定", "is_synthetic": False,
    }  # fmt: skip
    return plain | changes


def conflicts(*rows: Said) -> DataFrame:
    columns = (
        "place_name period measure_zh definition_zh value low high proposal_zh candidates_zh state_zh is_synthetic"
    )
    return frame(columns, *rows)


def read(code: str, city: tuple[str, str], definition: str, **changes: Any) -> Said:
    """A definition that an indicator of a place reads."""
    plain = {"indicator": code, "place": city[0], "definition": definition, "expression": definition, "role": "winner"}
    return plain | {"method": "direct"} | changes


def lineage(*rows: Said) -> DataFrame:
    return frame("indicator place definition expression role method source_zh", *rows)


def missing(*rows: Said) -> DataFrame:
    return frame("place_name indicator name_zh why_zh", *rows)


def definitions(*rows: Said) -> DataFrame:
    return frame("definition name_zh department_zh", *rows)


def monitored(**changes: Any) -> ReportTables:
    """A build; ``changes`` are fields of ReportTables."""
    plain: Said = {
        "build": "7", "framework": "national_62", "framework_zh": "监测指标", "framework_note": "", "period": "2017",
        "as_of": "2018-12-01 09:30", "edition": "3（abcdef01）", "code_version": "0.1.0+abc", "is_demo": False,
        "chain": "2017/3/0123456789abcdef", "cities": CITIES, "indicators": indicators(indicator("a"), indicator("b", 2)),
        "values": values(value("a", BEIJING, 1234), value("a", SHANGHAI, 567)), "attainment": attainment(),
        "conflicts": conflicts(), "unstated": DataFrame(), "missing": missing(), "findings": DataFrame(),
        "lineage": lineage(), "history": history(), "definitions": definitions(),
    }  # fmt: skip
    return ReportTables(**(plain | changes))
