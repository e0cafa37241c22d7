"""What a report is made of: one frame per table, already computed, in the order of the office."""

from dataclasses import dataclass, field
from typing import Any

from pandas import DataFrame

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTables:
    """The frames of one build and what identifies it. Missing numbers are NaN, never 0.

    ``cities`` are (place code, name) in the order of codes, so that no table looks like a ranking.
    """

    build: str
    framework: str = ""
    places: tuple[str, ...] = ()
    """codes of the places that were asked for; empty means all"""
    names_en: dict[str, str] = field(default_factory=dict)
    """English names of ``cities`` by code"""
    certified_by: str = ""
    """the unit that is to certify the results, where it was named with the request"""
    framework_zh: str
    framework_note: str
    period: str
    as_of: str
    edition: str
    code_version: str
    chain: str
    """heads of the rounds' chains of decisions when it was built, as ``lcm audit verify --head`` takes them"""
    is_demo: bool
    cities: tuple[tuple[str, str], ...]
    indicators: DataFrame
    """indicator, parent, level (1 at the top; only leaves have a nature), position, code_shown, name_zh, name_en, nature
    (quantitative, qualitative), unit, decimals, direction, provenance (A, B, C)"""
    values: DataFrame
    """indicator, place, value, low, high (of a share of places), status (SDMX letter), verdict (可比, 调整后可比, 不可比 or
    empty), facet, is_synthetic, data_period, source_zh, note, proof, judgement_zh, judgement_en, judgement_order (1 is the
    highest level), commentary, judged_by, confirmed_by"""
    attainment: DataFrame
    """indicator, name_zh, place, place_name, due, direction, target, unit, value, met (True, False,
    None), progress (percent), baseline, baseline_period, state_zh, lead, supporting, is_synthetic, source"""
    conflicts: DataFrame
    """place_name, period, measure_zh, definition_zh, unit, value (what holds), low, high (of all candidates), proposal_zh
    (what was ruled and why, or is proposed and why), candidates_zh (a line each), state_zh, is_synthetic"""
    unstated: DataFrame
    """document, place_name, measure_zh, definition_zh, value_text, unit, sheet_cell: figures whose
    year nobody stated; they stand in no year's table"""
    missing: DataFrame
    """place_name, indicator, name_zh, why_zh"""
    findings: DataFrame
    """severity (block, ask, note), state_zh, place_name, department_zh, form, file, sheet, cell,
    found, expected, message_zh, rule_id"""
    lineage: DataFrame = field(default_factory=DataFrame)
    """A row per indicator, place, definition read and observation that could have been taken, best first: indicator,
    place, period, formula, formula_version, expression, edition · definition, definition_zh, measure, unit, value, low,
    high, status, verdict, facet, method, kind, is_conflict, ruled_by, ruled_why · role (winner, loser, nothing), rank,
    candidate_method, route, candidate_value · obs_id, observed_value, observed_unit, observed_definition,
    observed_place, observed_period, observed_status, source, source_zh, recorded_at · submission_id, delivered_as,
    file_name, sha256, sheet, cell, cell_text · accepted_as, accepted_by, accepted_why, corrected_by, corrected_why,
    corrected_basis"""
    history: DataFrame = field(default_factory=DataFrame)
    """indicator, place, period, value, status, verdict, is_synthetic, is_broken: up to ten earlier years that have a
    value, oldest first; ``is_broken`` where the series breaks between that year and the build's period"""
    definitions: DataFrame = field(default_factory=DataFrame)
    """definition, name_zh, department_zh: every definition in force and who is asked for it"""


def records(frame: DataFrame) -> list[Record]:
    """The rows of a frame in order; whatever counts as missing in it is None."""
    known = frame.astype(object).where(frame.notna(), None)
    return [{str(name): said for name, said in row.items()} for row in known.to_dict("records")]
