"""Tables as books print them, made for a test: put into the inbox, collected, checked, brought into the warehouse."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from editions import starter, use
from sqlalchemy import Engine, Row, text

from learning_city.collect.mapping_answer import Answer, answer
from learning_city.collect.mapping_tasks import Task, tasks
from learning_city.collect.reader import Readers
from learning_city.collect.tables import list_sources, register_tables
from learning_city.model.edition import Edition
from learning_city.model.home import Home
from learning_city.reconcile.resolve import resolve
from learning_city.review.settle import settle_by_rule
from learning_city.validate import store
from learning_city.warehouse import ref

TODAY = date(2020, 1, 1)
SERIES, BOOK, NEXT = "test_series", "test_series_2012", "test_series_2013"
Said = dict[str, object]


def source(name: str, **said: object) -> Said:
    """A row of the catalogue's sources."""
    return {"source": name, "name_zh": name, "name_en": name, "kind": "official", "rank": 1, **said}


def label(
    words: str, definition: str | None, measure: str | None = None, unit: str | None = None, **said: object
) -> Said:
    """A row of the catalogue's table labels."""
    return {"source": SERIES, "label": words, "definition": definition, "measure": measure, "unit": unit, **said}


RESIDENTS = label("常住人口", "pop_changzhu_y1231", "population", "万人")


@dataclass(frozen=True, kw_only=True)
class Press:
    """An office that collects printed tables; the sources of a series share one profile."""

    home: Home
    engine: Engine
    readers: Readers

    def knows(self, *labels: Said, aliases: Sequence[Said] = (), **series: object) -> None:
        """Put an edition into use in which the series has these labels and aliases of places."""
        sources = [source(SERIES, place="310000", **series), source(BOOK, profile=SERIES), source(NEXT, profile=SERIES)]
        use(self.engine, starter(source=sources, table_label=list(labels), place_alias=list(aliases)))

    def put(self, name: str, *rows: Sequence[object], source: str = BOOK) -> None:
        """Put a table into the inbox of a source: its title, its headings, its rows."""
        folder = self.home.inbox / "yearbooks" / source
        folder.mkdir(parents=True, exist_ok=True)
        sheet = io.StringIO()
        csv.writer(sheet).writerows(rows)
        (folder / name).write_text(sheet.getvalue(), encoding="utf-8")

    def collect(self) -> list[int]:
        return register_tables(self.engine, self.home, list_sources(self.home.inbox), self.readers)

    def process(self) -> list[int]:
        """Collect, check, settle and reconcile."""
        ids = self.collect()
        self.settle(ids)
        return ids

    def settle(self, ids: Sequence[int]) -> None:
        store.check(self.engine, ids, TODAY)
        settle_by_rule(self.engine)
        resolve(self.engine, with_synthetic=False)

    def edition(self) -> Edition:
        """The catalogue in use."""
        with self.engine.connect() as connection:
            return ref.load(connection, ref.current(connection))

    def tasks(self) -> list[Task]:
        with self.engine.connect() as connection:
            return tasks(connection)

    def answer(self, *answers: Answer) -> list[int]:
        ids = answer(self.engine, self.home, self.readers, answers, who="张", why="按原书说明")
        self.settle(ids)
        return ids

    def rows(self, sql: str, **said: object) -> list[Row[Any]]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql), said))

    def items(self, *columns: str) -> list[Row[Any]]:
        """Columns of the items of submissions that count, in the order of the cells."""
        return self.rows(
            f"""SELECT {", ".join(columns)} FROM intake.item AS i JOIN intake.submission AS s USING (submission_id)
                WHERE s.state NOT IN ('superseded', 'withdrawn') ORDER BY s.submission_id, item_no"""
        )

    def findings(self, *columns: str) -> list[Row[Any]]:
        return self.rows(f"SELECT {', '.join(columns)} FROM quality.finding ORDER BY finding_id")
