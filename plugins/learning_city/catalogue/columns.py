"""What each reference file holds: its columns, their types, and what they may refer to."""

from dataclasses import dataclass, field

REQUIRED = "!"  # a trailing mark in the column lists below: may not be empty


@dataclass(frozen=True, kw_only=True)
class Table:
    """One reference file: ``columns`` maps a name to its type; ``required`` may not be empty."""

    file: str
    columns: dict[str, str]
    required: frozenset[str]
    key: tuple[str, ...]
    dated: bool
    references: dict[str, tuple[str, str]] = field(default_factory=dict)
    choices: dict[str, frozenset[str]] = field(default_factory=dict)


def _table(
    file: str,
    columns: str,
    key: str,
    *,
    references: dict[str, tuple[str, str]] | None = None,
    choices: dict[str, str] | None = None,
    dated: bool | None = None,
) -> Table:
    """Columns are written ``name:type``; ``!`` after the type makes it required; the default type is text.

    ``dated``: a key may stand several times with dates that do not overlap; by default where valid_from is required.
    """
    typed: dict[str, str] = {}
    required: set[str] = set()
    for word in columns.split():
        name, _, kind = word.partition(":")
        if kind.endswith(REQUIRED):
            required.add(name)
        typed[name] = kind.rstrip(REQUIRED) or "text"
    return Table(
        file=file,
        columns=typed,
        required=frozenset(required),
        key=tuple(key.split()),
        dated="valid_from" in required if dated is None else dated,
        references=references or {},
        choices={name: frozenset(allowed.split()) for name, allowed in (choices or {}).items()},
    )


_DATES = "valid_from:date! valid_to:date"
_FACETS = "population time boundary scope counting"

TABLES: dict[str, Table] = {
    "place": _table(
        "places.csv",
        f"place:! name_zh:! name_en:! parent level:! parts {_DATES}",
        "place",
        references={"parent": ("place", "place")},
        choices={"level": "country region city district", "parts": "all some"},
    ),
    "place_event": _table(
        "place_events.csv",
        "date:date! type:! old_place:! new_place:! share:number source:!",
        "date type old_place new_place",
        references={"old_place": ("place", "place"), "new_place": ("place", "place")},
        choices={"type": "merge split rename transfer"},
    ),
    "department": _table("departments.csv", f"department:! name_zh:! name_en:! {_DATES}", "department"),
    "source": _table(
        "sources.csv",
        "source:! name_zh:! name_en:! kind:! rank:whole! symbols profile cover:whole cover_year place document",
        "source",
        references={"profile": ("source", "source"), "place": ("place", "place")},
        choices={"kind": "official administrative survey sample media", "cover_year": "previous data"},
    ),
    "facet": _table(
        "facets.csv",
        "facet:! code:! name_zh:! name_en:! note",
        "facet code",
        choices={"facet": _FACETS},
    ),
    "threshold": _table(
        "thresholds.csv",
        f"threshold:! name_zh:! name_en:! comparison:! value:number! unit:unit! source:! {_DATES}",
        "threshold",
        choices={"comparison": "at_least above at_most below"},
    ),
    "measure": _table(
        "measures.csv",
        "measure:! name_zh:! name_en:! unit:unit! decimals:whole! aggregation:! over_places theme",
        "measure",
        choices={"aggregation": "stock flow ratio", "over_places": "sum"},
    ),
    "definition": _table(
        "definitions.csv",
        "definition:! measure:! name_zh:! name_en:! unit:unit! decimals:whole! aggregation:! kind:! "
        f"{_FACETS} threshold text_zh text_en source_document {_DATES}",
        "definition",
        references={"measure": ("measure", "measure"), "threshold": ("threshold", "threshold")},
        choices={"aggregation": "stock flow ratio", "kind": "actual cumulative rate"},
    ),
    "bridge": _table(
        "bridges.csv",
        "bridge:! type:! from_definition:! to_definition:! part:whole! parts:whole! factor:number error:number "
        "place valid_from:date valid_to:date source",
        "bridge part",
        references={
            "from_definition": ("definition", "definition"),
            "to_definition": ("definition", "definition"),
            "place": ("place", "place"),
        },
        choices={"type": "unit sum difference average coefficient splice split proxy"},
    ),
    "relation": _table(
        "relations.csv",
        "relation:! type:! stated:! side:! definition:! constant:number because_zh because_en note",
        "relation side definition",
        references={"stated": ("definition", "definition"), "definition": ("definition", "definition")},
        choices={"type": "sum product ratio", "side": "numerator denominator"},
    ),
    "scale": _table(
        "scales.csv",
        "scale:! level:! name_zh:! name_en:! text_zh:! text_en:! position:whole! provenance:!",
        "scale level",
        choices={"provenance": "A B C"},
    ),
    "framework": _table(
        "frameworks.csv",
        f"framework:! name_zh:! name_en:! shape qualitative:whole quantitative:whole {_DATES} note",
        "framework",
    ),
    "indicator": _table(
        "indicators.csv",
        "framework:! indicator:! parent level:whole! position:whole! name_zh:! name_en:! nature unit decimals:whole "
        f"direction formula scope scale provenance:! note {_DATES}",
        "framework indicator",
        references={name: (name, name) for name in ("framework", "formula", "scale")},
        choices={
            "nature": "quantitative qualitative",
            "direction": "higher lower range none",
            "provenance": "A B C",
            "scope": "city district region",
        },
    ),
    "formula": _table(
        "formulas.csv",
        f"formula:! version:whole! expression:! unit:unit! counts {_DATES} note",
        "formula version",
        choices={"counts": "city district"},
        dated=False,
    ),
    "overlap": _table(
        "overlaps.csv",
        "framework:! indicator:! other_framework:! other_indicator:! relation:! note",
        "framework indicator other_framework other_indicator",
        references={which + name: (name, name) for which in ("", "other_") for name in ("framework", "indicator")},
        choices={"relation": "same overlap part proxy"},
    ),
    "target": _table(
        "targets.csv",
        "target:! framework:! indicator:! place:! due:! direction:! value:number low:number high:number "
        f"baseline:number baseline_period unit:unit! set_by:! source:! fact_id lead supporting project {_DATES}",
        "target",
        references={
            "framework": ("framework", "framework"),
            "place": ("place", "place"),
            "indicator": ("indicator", "indicator"),
        },
        choices={"direction": "higher lower range"},
    ),
    "requirement": _table(
        "requirements.csv",
        "requirement:! name_zh:! name_en:! framework:! level:! at_least:whole! indicator:! direction:! value:number "
        f"low:number high:number unit:unit! must:yes! certified_by:! provenance:! note {_DATES}",
        "requirement indicator",
        references={"framework": ("framework", "framework"), "indicator": ("indicator", "indicator")},
        choices={"level": "city district", "direction": "higher lower range", "provenance": "A B C"},
    ),
    "form": _table(
        "forms.csv",
        f"form:! name_zh:! name_en:! department:! frequency:! form_no authority approval_no {_DATES}",
        "form",
        references={"department": ("department", "department")},
        choices={"frequency": "annual quarterly schoolyear"},
    ),
    "form_item": _table(
        "form_items.csv",
        "form:! position:whole! section:! measure:! definition:! label_zh:! label_en:! unit:unit! decimals:whole! "
        "required:yes! low:number high:number parent parts kind:! numerator denominator type:! choices evidence:yes! "
        "indent:whole! minutes:number valid_from:date valid_to:date",
        "form definition",
        dated=True,
        references={
            "form": ("form", "form"),
            "measure": ("measure", "measure"),
            "definition": ("definition", "definition"),
            "parent": ("measure", "measure"),
            "numerator": ("measure", "measure"),
            "denominator": ("measure", "measure"),
        },
        choices={"parts": "all some", "kind": "actual cumulative rate", "type": "number text choice"},
    ),
    "responsibility": _table(
        "responsibilities.csv",
        f"form:! definition level:! place department:! role:! {_DATES}",
        "form definition level place department role",
        references={
            "form": ("form", "form"),
            "definition": ("definition", "definition"),
            "place": ("place", "place"),
            "department": ("department", "department"),
        },
        choices={"level": "city district", "role": "lead supporting"},
    ),
    "contact": _table(
        "contacts.csv",
        f"department:! place name:! phone email leader leader_email {_DATES}",
        "department place",
        references={"department": ("department", "department"), "place": ("place", "place")},
    ),
    "calendar": _table(
        "calendar.csv",
        "round:! period:! data_year:whole! form:! opens:date! due:date! grace:date locks:date note",
        "round form",
        references={"form": ("form", "form")},
    ),
    "table_label": _table(
        "table_labels.csv",
        "source:! title label:! measure definition unit:unit parent parts valid_from:date valid_to:date note",
        "source label title unit",
        references={
            "source": ("source", "source"),
            "measure": ("measure", "measure"),
            "definition": ("definition", "definition"),
        },
        choices={"parts": "all some"},
        dated=True,
    ),
    "place_alias": _table(
        "place_aliases.csv",
        "source alias:! place valid_from:date valid_to:date note",
        "source alias",
        references={"source": ("source", "source"), "place": ("place", "place")},
        dated=True,
    ),
}
"""Every reference table, in the order in which they are stored."""
