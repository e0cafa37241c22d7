"""A build as SDMX-CSV 2.0 with its structure message: every indicator of every place, those without a value too."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from learning_city.reports import sdmx_units
from learning_city.reports.figures import remark
from learning_city.reports.lineage import NOTHING
from learning_city.reports.sdmx_structure import (
    AGENCY,
    ATTRIBUTES,
    DIMENSIONS,
    FLOW,
    TIME,
    VALUE,
    VERDICTS,
    level_code,
    structure,
    version_of,
)  # fmt: skip
from learning_city.reports.tables import Record, ReportTables, records

COLUMNS = ("STRUCTURE", "STRUCTURE_ID", "ACTION", *(one.name for one in (*DIMENSIONS, TIME, VALUE, *ATTRIBUTES)))


def write_sdmx(folder: Path, tables: ReportTables) -> list[Path]:
    """Write ``SDMX_….csv`` and ``SDMX_…_structure.json`` (SDMX-JSON 2.0) into an existing folder."""
    stem = f"SDMX_{tables.period}_{tables.framework}"
    data, described = folder / f"{stem}.csv", folder / f"{stem}_structure.json"
    with data.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(_rows(tables))
    described.write_text(json.dumps(structure(tables), ensure_ascii=False, indent=1), encoding="utf-8")
    return [data, described]


def _rows(tables: ReportTables) -> Iterator[dict[str, object]]:
    """A row per indicator and place, in the order of the frame."""
    indicators = {row["indicator"]: row for row in records(tables.indicators)}
    read = _read(tables)
    lacking = {(row["indicator"], row["place_name"]): row["why_zh"] for row in records(tables.missing)}
    every = {
        "STRUCTURE": "dataflow", "STRUCTURE_ID": f"{AGENCY}:{FLOW}({version_of(tables)})", "ACTION": "I",
        "BUILD": f"R-{tables.build} {tables.framework}",
    }  # fmt: skip
    for row in records(tables.values):
        unit, power = sdmx_units.code(indicators[row["indicator"]]["unit"])
        yield {
            **every,
            **_observed(row, indicators[row["indicator"]]),
            **read.get((row["indicator"], row["place"]), {}),
            "UNIT_MEASURE": unit,
            "UNIT_MULT": power,
            "COMMENT_OBS": _comment(row) or lacking.get((row["indicator"], row["place_name"]), ""),
        }


def _observed(row: Record, indicator: Record) -> dict[str, object]:
    """What an observation says of itself; a number has all its digits."""
    return {
        "FREQ": "Q" if "-Q" in row["data_period"] else "A",
        "REF_AREA": row["place"],
        "INDICATOR": row["indicator"],
        "TIME_PERIOD": row["data_period"],
        "OBS_VALUE": "" if row["value"] is None else repr(float(row["value"])),
        "OBS_STATUS": row["status"],
        "DECIMALS": int(indicator["decimals"] or 0),
        "COMPARABILITY": VERDICTS.get(row["verdict"], ""),
        "JUDGEMENT": level_code(row) if row.get("judgement_zh") else "",
        "IS_SYNTHETIC": str(bool(row["is_synthetic"])).lower(),
        "SOURCE": row["source_zh"] or "",
    }


def _comment(row: Record) -> str:
    """What is noted about a value; of a judgement its level, then the commentary that was confirmed."""
    level = row.get("judgement_zh") and f"评定：{row['judgement_zh']} / {row['judgement_en'] or '—'}"
    return "；".join(filter(None, [level, remark(row)]))


def _read(tables: ReportTables) -> dict[tuple[str, str], dict[str, object]]:
    """Definitions, their methods and the formula behind each (indicator, place)."""
    read = tables.lineage.drop_duplicates(["indicator", "place", "definition"])
    methods = read["method"].where(read["role"] != NOTHING, None)
    behind: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    columns = (read[name] for name in ("indicator", "place", "definition", "formula", "formula_version"))
    for indicator, place, definition, formula, version, method in zip(*columns, methods, strict=True):
        said = behind[indicator, place]
        said["DEFINITIONS"].append(definition)
        said["METHOD"] += [method] if isinstance(method, str) else []
        said["FORMULA_VERSION"].append(f"{formula} v{version}")
    return {key: {name: ";".join(dict.fromkeys(all_)) for name, all_ in said.items()} for key, said in behind.items()}
