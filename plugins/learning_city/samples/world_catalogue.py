"""The catalogue of an invented world: the starter edition plus its places, departments, measures and forms."""

import datetime as dt

from learning_city.catalogue.columns import TABLES
from learning_city.model.edition import Edition, Row
from learning_city.model.ledger import LedgerForm, LedgerItem
from learning_city.samples.world import LAST_YEAR, World

_EVER = {"valid_from": dt.date(1949, 10, 1), "valid_to": None}


def edition(base: Edition, world: World) -> Edition:
    """An edition under which the world's ledgers can be collected, reconciled and computed."""
    tables = {name: list(rows) for name, rows in base.tables.items()}
    for name in ("form", "form_item", "responsibility", "calendar"):
        tables[name] = []
    known = {row["place"] for row in tables["place"]}
    tables["place"] += [_place(code, name) for code, name in world.places if code not in known]
    figures = world.figures(0)[:, :1]
    for department in range(world.departments):
        ledger = world.ledger(0, department, world.years - 1, figures)
        form, owner = ledger.forms[0], ledger.identity.department
        tables["department"].append(
            {"department": owner, "name_zh": ledger.department_name, "name_en": "sample", **_EVER}
        )
        tables["source"].append(_source(form.form))
        tables["form"].append(_form(form, owner))
        tables["responsibility"].append(_responsibility(form.form, owner))
        tables["calendar"] += [_calendar(form.form, year) for year in range(LAST_YEAR - world.years + 1, LAST_YEAR + 1)]
        tables["measure"] += map(_measure, form.items)
        tables["definition"] += map(_definition, form.items)
        tables["form_item"] += [_form_item(item, position) for position, item in enumerate(form.items, start=1)]
    return Edition(tables={name: [_whole(name, row) for row in rows] for name, rows in tables.items()})


def _whole(table: str, row: Row) -> Row:
    """The row with every column of its table; what the world does not say is empty."""
    return {**dict.fromkeys(TABLES[table].columns), **row}


def _form(form: LedgerForm, owner: str) -> Row:
    return {
        "form": form.form, "name_zh": form.name_zh, "name_en": "sample", "frequency": "annual", "department": owner,
        "form_no": form.form_no, "authority": form.authority, "approval_no": form.approval_no,
        "valid_from": dt.date(2010, 1, 1), "valid_to": form.valid_to,
    }  # fmt: skip


def _responsibility(form: str, owner: str) -> Row:
    return {"form": form, "level": "city", "place": None, "department": owner, "role": "lead", **_EVER}


def _place(code: str, name: str) -> Row:
    return {"place": code, "name_zh": name, "name_en": name, "parent": "100000", "level": "city", **_EVER}


def _source(form: str) -> Row:
    name = f"样例台账 {form}"
    return {"source": f"ledger_{form}", "name_zh": name, "name_en": name, "kind": "administrative", "rank": 2}


def _calendar(form: str, year: int) -> Row:
    opens, due = dt.date(year + 1, 1, 15), dt.date(year + 1, 4, 30)
    return {
        "round": str(year), "period": str(year), "data_year": year, "form": form, "opens": opens, "due": due,
    }  # fmt: skip


def _measure(item: LedgerItem) -> Row:
    return {
        **{name: getattr(item, name) for name in ("measure", "unit", "decimals")},
        "name_zh": item.label_zh, "name_en": item.label_en,
        "aggregation": "ratio" if item.kind == "rate" else "stock",
    }  # fmt: skip


def _definition(item: LedgerItem) -> Row:
    said = {"definition": item.definition, "kind": item.kind, "text_zh": item.definition_text}
    return {**_measure(item), **said, **_EVER}


def _form_item(item: LedgerItem, position: int) -> Row:
    names = [
        "form",
        "section",
        "measure",
        "definition",
        "label_zh",
        "label_en",
        "unit",
        "decimals",
        "required",
        "parent",
        "parts",
        "kind",
        "numerator",
        "denominator",
        "type",
        "evidence",
        "indent",
    ]
    said = {name: getattr(item, name) or None for name in names}
    kept = {"position": position, "required": True, "decimals": item.decimals, "evidence": item.evidence}
    return said | kept | {"indent": item.indent, "choices": ";".join(item.choices) or None}
