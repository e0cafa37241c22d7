"""Open a round: obligations from responsibilities and the calendar, workbooks from the forms."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine, text

from learning_city.errors import NeedsAPerson
from learning_city.model.home import Home
from learning_city.model.ledger import CONTRACT, Identity, Ledger, LedgerForm, LedgerItem
from learning_city.model.period import year_before
from learning_city.prepare.workbook import write_ledger
from learning_city.warehouse import ref


def open_round(engine: Engine, data_year: int) -> int:
    """Create the round of a data year and its obligations; twice gives the same. Returns how many are owed.

    Raises NeedsAPerson when the calendar of the current edition has no row for the year.
    """
    with engine.begin() as connection:
        edition = ref.current(connection)
        said = {"edition": edition, "year": data_year, "round": str(data_year)}
        known = connection.execute(text(_CALENDAR), said).scalar()
        if not known:
            raise NeedsAPerson(
                f"The calendar (edition {edition}) has no row for data year {data_year}. "
                "Add one to calendar.csv (round, form, opens, due) and import the catalogue again."
            )
        connection.execute(text(_OPEN), said)
        connection.execute(text(_OBLIGE), said)
        return int(connection.execute(text(_OWED), said).scalar() or 0)


def issue(engine: Engine, home: Home, round_id: str, key: bytes, out: Path) -> list[Path]:
    """Write one workbook per department and place of a round into ``out``; marks the obligations 已下发."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    with engine.begin() as connection:
        for ledger in ledgers(connection, round_id, is_demo=home.is_demo):
            path = out / f"{file_stem(ledger)}.xlsx"
            write_ledger(path, ledger, key)
            written.append(path)
        connection.execute(text(_ISSUED), {"round": round_id})
    return written


def file_stem(ledger: Ledger) -> str:
    """The name under which a workbook is handed out: place, department, round."""
    return f"{ledger.place_name}_{ledger.department_name}_{ledger.identity.round}"


def ledgers(connection: Connection, round_id: str, *, is_demo: bool) -> Iterator[Ledger]:
    """The ledgers of a round, unsigned: what is asked of each department of each place, and what is known.

    Refuses (NeedsAPerson) a form without its legal marks or out of validity at the end of the data year.
    """
    connection.execute(text("SET LOCAL enable_nestloop = off"))  # dates as ranges mislead the planner
    items = pd.read_sql(text(_ITEMS), connection, params={"round": round_id, "before": year_before(round_id)})
    _refuse_unmarked(items)
    items = items.astype(object).where(items.notna(), None)
    for _, rows in items.groupby(["place", "department"], sort=True):
        yield _ledger(rows, round_id, is_demo=is_demo)


def _refuse_unmarked(items: pd.DataFrame) -> None:
    marks = items[["form_no", "authority", "approval_no", "form_valid_to"]].isna().any(axis=1)
    if marks.any():
        forms = ", ".join(sorted(items.loc[marks, "form"].unique()))
        raise NeedsAPerson(
            f"Form(s) {forms}: 表号, 制表机关, 批准文号 or 有效期 is missing in forms.csv. "
            "Departments may refuse such a form; complete the marks and import the catalogue again."
        )


def _ledger(rows: pd.DataFrame, round_id: str, *, is_demo: bool) -> Ledger:
    first = rows.iloc[0]
    identity = Identity(
        contract=CONTRACT,
        round=round_id,
        period=first["period"],
        department=first["department"],
        place=first["place"],
        template="",
        edition=str(first["edition"]),
        token="",
        due=first["due"].isoformat(),
    )
    return Ledger(
        identity=identity,
        round_name=first["round_name"],
        place_name=first["place_name"],
        department_name=first["department_name"],
        is_demo=is_demo,
        forms=tuple(_form(part) for _, part in rows.groupby("form", sort=True)),
    )


def _form(rows: pd.DataFrame) -> LedgerForm:
    first = rows.iloc[0]
    return LedgerForm(
        form=first["form"],
        sheet=first["form_no"],
        name_zh=first["form_name"],
        form_no=first["form_no"],
        authority=first["authority"],
        approval_no=first["approval_no"],
        valid_to=first["form_valid_to"],
        items=tuple(_item(row) for row in rows.to_dict("records")),
    )


def _item(row: dict[str, object]) -> LedgerItem:
    blank = ("parent", "parts", "numerator", "denominator", "definition_text")
    said = {name: row[name] if row[name] is not None or name not in blank else "" for name in _ITEM_FIELDS}
    return LedgerItem(**said)  # type: ignore[arg-type]  # a database row, checked when the edition was loaded


_ITEM_FIELDS = tuple(LedgerItem.__dataclass_fields__)
_CALENDAR = "SELECT count(*) FROM ref.calendar WHERE edition = :edition AND data_year = :year"
_OPEN = """
INSERT INTO intake.round (round, data_year, name_zh, edition)
VALUES (:round, :year, :round || '年度', :edition) ON CONFLICT DO NOTHING
"""
_OBLIGE = """
INSERT INTO intake.obligation (round, form, department, place, period, due, grace)
SELECT c.round, r.form, r.department, p.place, c.data_year::text, c.due, c.grace
FROM ref.calendar AS c
JOIN ref.responsibility AS r ON r.edition = c.edition AND r.form = c.form AND r.role = 'lead'
JOIN ref.place AS p ON p.edition = c.edition AND p.level = r.level AND p.place = coalesce(r.place, p.place)
WHERE c.edition = :edition AND c.data_year = :year
  AND daterange(r.valid_from, r.valid_to) @> make_date(:year, 12, 31)
  AND daterange(p.valid_from, p.valid_to) @> make_date(:year, 12, 31)
ORDER BY p.place, r.form
ON CONFLICT DO NOTHING
"""
_OWED = "SELECT count(*) FROM intake.obligation WHERE round = :round"
_ISSUED = """
UPDATE intake.obligation SET state = '已下发', changed_at = now() WHERE round = :round AND state = '未下发'
"""
_ITEMS = """
WITH day AS MATERIALIZED (
  SELECT round, name_zh, edition, make_date(data_year, 12, 31) AS day FROM intake.round WHERE round = :round
), place AS MATERIALIZED (
  SELECT p.place, p.name_zh FROM ref.place AS p JOIN day AS y USING (edition)
  WHERE daterange(p.valid_from, p.valid_to) @> y.day
), department AS MATERIALIZED (
  SELECT d.department, d.name_zh FROM ref.department AS d JOIN day AS y USING (edition)
  WHERE daterange(d.valid_from, d.valid_to) @> y.day
), item AS MATERIALIZED (
  SELECT i.*, f.name_zh AS form_name, f.form_no, f.authority, f.approval_no, f.valid_to AS form_valid_to,
         def.text_zh AS definition_text
  FROM ref.form_item AS i JOIN day AS y USING (edition)
  JOIN ref.form AS f ON f.edition = i.edition AND f.form = i.form AND daterange(f.valid_from, f.valid_to) @> y.day
  JOIN ref.definition AS def ON def.edition = i.edition AND def.definition = i.definition
    AND daterange(def.valid_from, def.valid_to) @> y.day
), book AS MATERIALIZED (
  SELECT DISTINCT ON (b.place, b.definition) b.place, b.definition, b.value
  FROM warehouse.observation AS b JOIN day AS y ON true
  JOIN ref.source AS s ON s.edition = y.edition AND s.source = b.source AND s.kind = 'official'
  WHERE b.period = :round AND b.value IS NOT NULL
    AND NOT EXISTS (SELECT FROM warehouse.superseded AS old WHERE old.obs_id = b.obs_id)
  ORDER BY b.place, b.definition, b.recorded_at DESC
), before AS MATERIALIZED (
  SELECT place, definition, value FROM warehouse.reconciled_value WHERE period = :before AND kind <> 'synthetic'
)
SELECT o.form, o.department, o.place, o.period, o.due, y.name_zh AS round_name, y.edition, p.name_zh AS place_name,
       d.name_zh AS department_name, i.form_name, i.form_no, i.authority, i.approval_no, i.form_valid_to, i.position,
       i.section, i.measure, i.definition, i.label_zh, i.label_en, i.unit, i.decimals, i.required, i.parent, i.parts,
       i.kind, i.numerator, i.denominator, i.type, i.evidence, i.indent, i.definition_text,
       upper(substr(o.form, 1, 1)) || to_char(i.position, 'FM000') AS code,
       before.value AS previous, book.value AS yearbook
FROM intake.obligation AS o
JOIN day AS y USING (round)
JOIN item AS i ON i.form = o.form
JOIN place AS p ON p.place = o.place
JOIN department AS d ON d.department = o.department
LEFT JOIN before ON before.place = o.place AND before.definition = i.definition
LEFT JOIN book ON book.place = o.place AND book.definition = i.definition
WHERE o.round = :round
ORDER BY o.place, o.department, o.form, i.position
"""
