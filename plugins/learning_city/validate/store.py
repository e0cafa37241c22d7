"""Check what the database holds as collected but not yet checked, and write down what was found."""

import ctypes
import gc
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
from sqlalchemy import Connection, Engine, TextClause, text

from learning_city.model.status import SYNTHETIC_MARK
from learning_city.validate import known, meaning_columns, submission_columns
from learning_city.validate.check import Batch, Judged, check_ledgers, check_tables
from learning_city.validate.fetch import fetch
from learning_city.warehouse import quality
from learning_city.warehouse.statements import load

SHOWN = 20
"""Changed cells of a revision that its finding lists; the page of the submission lists all."""


def check(engine: Engine, ids: Sequence[int], today: date, *, is_demo: bool = False) -> int:
    """Check a batch of submissions and store the findings; returns how many. Repeating it changes nothing.

    Of a revision, findings on figures that did not change keep the explanations and decisions they had.
    """
    if not ids:
        return 0
    with engine.begin() as connection:
        ledgers, tables = (_batch(connection, list(ids), kind, is_demo=is_demo) for kind in ("ledger", "table"))
        changed = pd.read_sql(load("checks/revisions"), connection, params={"ids": list(ids)})
        ledgers = replace(ledgers, submissions=_revised(ledgers.submissions, changed))
        judged = check_ledgers(ledgers, place_names=_place_names(connection), today=today) + check_tables(tables)
        items = len(ledgers.items) + len(tables.items)
        suites = {"ledger": len(ledgers.items), "submission": len(ledgers.submissions), "table": len(tables.items)}
        quality.write_findings(connection, _rows(judged), list(ids))
        connection.execute(load("checks/stands"), {"ids": list(ids)})
        connection.execute(load("checks/explained"), {"ids": list(ids), "mark": SYNTHETIC_MARK})
        quality.write_run(connection, len(ids), items, len(judged), json.dumps(suites), changed=len(changed))
    del ledgers, tables
    _give_back()
    return len(judged)


def _give_back() -> None:
    """Return the batch's memory before the next one comes.

    A context of Great Expectations refers to itself and would keep its frame, and glibc keeps what it freed: batch upon
    batch that is a hundred megabytes.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _revised(submissions: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
    """``revised``, ``revised_accepted``: the cells a revision changed, where the one before was not, or was, accepted."""
    said = changed.assign(line=changed["cell"] + " " + changed["old_said"] + " → " + changed["new_said"])
    lines = said.groupby("n").agg(
        line=("line", lambda all_: "；".join([*all_[:SHOWN], "…"] if len(all_) > SHOWN else all_)),
        changed_cells=("line", "size"),
        earlier=("revision", "first"),
        was_accepted=("was_accepted", "first"),
    )
    frame = submissions.merge(lines, left_on="n", right_index=True, how="left")
    accepted = frame.pop("was_accepted").eq(True)  # noqa: FBT003 - a column of true, false and nothing
    line = frame.pop("line")
    return frame.assign(revised=line.where(~accepted), revised_accepted=line.where(accepted))


def _batch(connection: Connection, ids: list[int], kind: str, *, is_demo: bool) -> Batch:
    def read(sql: TextClause) -> pd.DataFrame:
        return pd.read_sql(sql, connection, params={"ids": ids, "kind": kind})

    submissions = read(text(_SUBMISSIONS))
    of_kind = [int(n) for n in submissions["n"]]
    gone = submission_columns.lacking(read(load("checks/lacking")))
    submissions["lacking"] = submissions["n"].map(gone)
    items = known.ledger_items(connection, of_kind, submissions) if kind == "ledger" else read(load("checks/printed"))
    said = {"submissions": submissions, "items": items, "evidence": read(text(_EVIDENCE)), "is_demo": is_demo}
    if items.empty:
        return Batch(**said)
    wanted = {f"{name}s": sorted(map(str, items[name].dropna().unique())) for name in known.ITEM}
    meaning_columns.add_breaks(items, fetch(connection, "checks/breaks", **wanted))
    if kind == "table":
        meaning_columns.add_known(items, fetch(connection, "checks/elsewhere", ids=of_kind))
        said["meanings"] = fetch(connection, "checks/meanings", ids=of_kind, **wanted)
    return Batch(**said)


def _place_names(connection: Connection) -> dict[str, str]:
    return {str(code): str(name) for code, name in connection.execute(text(_PLACES))}


def _rows(judged: list[Judged]) -> pd.DataFrame:
    lines = [
        {
            "submission_id": j.n,
            "form": j.form,
            "definition": j.definition,
            "place": j.place,
            "period": j.period,
            **{name: getattr(j.finding, name) for name in j.finding.__slots__},
        }
        for j in judged
    ]
    return pd.DataFrame(lines)


_SUBMISSIONS = """
SELECT submission_id AS n, round, kind, department, place, period, identity::text AS identity,
       signoff::text AS signoff, problem, problem_detail,
       CASE WHEN delivered_as = file_name THEN delivered_as ELSE delivered_as || '/' || file_name END AS file
FROM intake.submission WHERE submission_id = ANY(:ids) AND kind = :kind ORDER BY submission_id
"""
_EVIDENCE = "SELECT submission_id AS n, name, kind FROM intake.evidence WHERE submission_id = ANY(:ids)"
_PLACES = """
SELECT DISTINCT ON (place) place, name_zh FROM ref.place
WHERE edition = (SELECT max(edition) FROM ref.edition) ORDER BY place, valid_from DESC
"""
