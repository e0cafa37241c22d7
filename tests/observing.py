"""Observations written straight into the warehouse, for tests of what happens to them there."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, text

from learning_city.model.period import last_day
from learning_city.reconcile.resolve import resolve

BEIJING = "110000"
FIRST = datetime(2018, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Warehouse:
    """A database with the starter catalogue; ``day`` says how many days after the first something was recorded."""

    engine: Engine

    def observe(
        self,
        definition: str,
        value: float | None,
        *,
        period: str = "2017",
        place: str = BEIJING,
        source: str = "ledger_statistics",
        unit: str = "",
        decimals: int | None = None,
        kind: str = "actual",
        day: int = 0,
    ) -> int:
        """One observation in its definition's own unit and decimals; gives its number."""
        with self.engine.begin() as connection:
            if last_day(period):
                connection.execute(text("SELECT warehouse.ensure_period(:period)"), {"period": period})
            said = {
                "definition": definition, "value": value, "period": period, "place": place, "source": source,
                "unit": unit, "decimals": decimals, "kind": kind, "at": FIRST + timedelta(days=day),
            }  # fmt: skip
            return int(connection.execute(text(_OBSERVE), said).scalar_one())

    def resolve(self, *, with_synthetic: bool = False) -> list[str]:
        return resolve(self.engine, with_synthetic=with_synthetic, everything=True)

    def rows(self, sql: str, **said: object) -> list[Row[Any]]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql), said))

    def value(self, definition: str, *, period: str = "2017", place: str = BEIJING) -> Row[Any] | None:
        """The reconciled value of a key, or None."""
        found = self.rows(
            """SELECT * FROM warehouse.reconciled_value
               WHERE definition = :definition AND period = :period AND place = :place""",
            definition=definition, period=period, place=place,
        )  # fmt: skip
        return found[0] if found else None

    def candidates(self, definition: str, *, period: str = "2017", place: str = BEIJING) -> list[Row[Any]]:
        """Everything that reached a key, best first."""
        return self.rows(
            """SELECT * FROM warehouse.candidate
               WHERE definition = :definition AND period = :period AND place = :place ORDER BY rank""",
            definition=definition, period=period, place=place,
        )  # fmt: skip


_OBSERVE = """
INSERT INTO warehouse.observation (measure, definition, place, period, value, unit, decimals, status, kind, source,
                                   submission_id, sheet, cell, recorded_at)
SELECT measure, definition, :place, :period, :value, coalesce(nullif(:unit, ''), unit),
       coalesce(CAST(:decimals AS smallint), decimals), 'A', :kind, :source, nextval('warehouse.obs_id'), '表', 'A1', :at
FROM ref.definition WHERE definition = :definition AND edition = (SELECT max(edition) FROM ref.edition)
RETURNING obs_id
"""
