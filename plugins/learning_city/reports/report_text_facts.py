"""What the texts of a report are made from: the frames of a build by indicator, place and year, read once for all texts."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.reports.figures import NONE, QUALITATIVE, STATUS, Figures, tree
from learning_city.reports.freeze import content_hash
from learning_city.reports.lineage import NOTHING
from learning_city.reports.report_text import Cell, figure_text, printable
from learning_city.reports.tables import Record, ReportTables, records

COMPARABLE = ("可比", "调整后可比")
VERDICT_SHORT = {"可比": "✓ 可比", "调整后可比": "◐ 调整后", "不可比": "✕ 不可比", "待裁定": "○ 待裁定"}
City = tuple[str, str]
"""A place: code and name."""


@dataclass(frozen=True)
class Facts:
    """The tables of one build, ordered for writing."""

    tables: ReportTables

    @cached_property
    def tree(self) -> list[Record]:
        """All indicators, parents first."""
        return tree(self.tables)

    @cached_property
    def asked(self) -> list[Record]:
        """The indicators that can have a value."""
        return [one for one in self.tree if one["nature"]]

    @cached_property
    def chapters(self) -> list[tuple[Record, list[Record]]]:
        """First-level elements, each with everything below it; one without anything to show is left out."""
        found: list[tuple[Record, list[Record]]] = []
        for one in self.tree:
            if one["level"] == 1 or not found:
                found.append((one, []))
            if one["level"] != 1 or one["nature"]:
                found[-1][1].append(one)
        return [(head, below) for head, below in found if any(one["nature"] for one in below)]

    @cached_property
    def figures(self) -> Figures:
        """The values by indicator and place."""
        return Figures(self.tables)

    @cached_property
    def history(self) -> dict[tuple[str, str], list[Record]]:
        """Earlier years by indicator and place, oldest first."""
        return _by(records(self.tables.history), "indicator", "place")

    @cached_property
    def targets(self) -> dict[str, list[Record]]:
        """Targets by place."""
        found: dict[str, list[Record]] = defaultdict(list)
        for row in records(self.tables.attainment):
            met = row["met"]
            found[row["place"]].append(row | {"met": None if met is None else bool(met)})
        return found

    @cached_property
    def departments(self) -> dict[tuple[str, str], list[str]]:
        """Who is asked for what an indicator of a place lacks."""
        asked = {row["definition"]: row["department_zh"] for row in records(self.tables.definitions)}
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        lineage = self.tables.lineage
        if lineage.empty:
            return {}
        lacking = lineage.loc[lineage["role"] == NOTHING, ["indicator", "place", "definition"]]
        for row in records(lacking):
            if name := asked.get(row["definition"]):
                found[row["indicator"], row["place"]].extend(name.split("、"))
        return {key: list(dict.fromkeys(names)) for key, names in found.items()}

    @cached_property
    def conflicts(self) -> list[Record]:
        """Conflicts, those of the latest period first."""
        return sorted(records(self.tables.conflicts), key=lambda row: row["period"], reverse=True)

    @cached_property
    def missing(self) -> list[Record]:
        """What has no value, and why."""
        return records(self.tables.missing)

    @cached_property
    def definitions(self) -> dict[str, list[str]]:
        """The definitions that each indicator reads, in the order of its formula."""
        found: dict[str, list[str]] = defaultdict(list)
        for row in self._read:
            found[row["indicator"]].append(row["definition"])
        return found

    @cached_property
    def definition_names(self) -> dict[str, str]:
        """The names of definitions."""
        return {row["definition"]: printable(row["name_zh"]) for row in records(self.tables.definitions)}

    @cached_property
    def formulas(self) -> dict[str, str]:
        """The expression of each indicator."""
        return {row["indicator"]: printable(row["expression"]) for row in self._read}

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """The indicators that read a definition, both by name."""
        found: dict[str, list[str]] = defaultdict(list)
        for one in self.asked:
            for definition in self.definitions.get(one["indicator"], []):
                found[self.definition_names.get(definition, definition)].append(name_of(one))
        return found

    @cached_property
    def digest(self) -> str:
        """What the report says, as a hash: the one of its build."""
        return content_hash(self.tables)

    @cached_property
    def _read(self) -> list[Record]:
        lineage = self.tables.lineage
        if lineage.empty:
            return []
        return records(lineage[["indicator", "definition", "expression"]].drop_duplicates(["indicator", "definition"]))

    def number(self, indicator: Record, place: str) -> float | None:
        """The value of an indicator of a place, as far as it may stand beside others."""
        row = self.figures.row(indicator["indicator"], place)
        return row.get("value") if row.get("verdict") in COMPARABLE else None

    def before(self, indicator: Record, place: str) -> Record | None:
        """The year before, where both years can be compared."""
        if self.number(indicator, place) is None:
            return None
        year = f"{int(self.tables.period[:4]) - 1}{self.tables.period[4:]}"
        for row in self.history.get((indicator["indicator"], place), []):
            if row["period"] == year and row["verdict"] in COMPARABLE and not row["is_broken"]:
                return row
        return None

    def counts(self, place: str) -> Counter[str]:
        """How the indicators of a place stand: known, sample, missing, unjudged, 不可比, 待裁定."""
        found: Counter[str] = Counter()
        for one in self.asked:
            row, shown = self.figures.row(one["indicator"], place), self.figures.of(one, place)
            if not shown.is_known:
                found["unjudged" if one["nature"] == QUALITATIVE else "missing"] += 1
                continue
            found["known"] += 1
            found["sample"] += shown.is_synthetic
            found[row.get("verdict") or ""] += 1
        return found

    def value_cell(self, indicator: Record, place: str) -> Cell:
        """A value as a table shows it."""
        shown = self.figures.of(indicator, place)
        if not shown.is_known:
            return Cell(shown.words, "missing")
        said = shown.words if shown.number is None else figure_text(shown.number, shown.decimals)
        return Cell(said, "sample", SYNTHETIC_MARK) if shown.is_synthetic else Cell(said)

    def before_cell(self, indicator: Record, place: str) -> Cell:
        """The year before as a table shows it; a dash where there is none to compare with."""
        row = self.before(indicator, place)
        if row is None:
            return Cell(NONE)
        said = figure_text(row["value"], int(indicator["decimals"] or 0))
        return Cell(said, "sample", SYNTHETIC_MARK) if row["is_synthetic"] else Cell(said)


def status_text(row: Record) -> str:
    """The status of a value with its letter; a normal one has none."""
    return STATUS.get(row.get("status") or ("O" if row.get("value") is None else "A"), ("", ""))[0]


def name_of(indicator: Record) -> str:
    """The name of an indicator."""
    return printable(indicator["name_zh"])


def unit_of(row: Record) -> str:
    """The unit of an indicator or target; a dash for none."""
    return printable(row["unit"]) or NONE


def _by(rows: list[Record], *keys: str) -> dict[tuple[str, str], list[Record]]:
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for row in rows:
        found[row[keys[0]], row[keys[1]]].append(row)
    return found
