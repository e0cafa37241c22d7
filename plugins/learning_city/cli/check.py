"""Self-check of files on a disk, over the same rules as in the database."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import text

from learning_city.catalogue.read import read
from learning_city.cli import office
from learning_city.collect import inbox, register
from learning_city.collect.reader import Readers
from learning_city.errors import NeedsAPerson
from learning_city.model.edition import Row
from learning_city.model.finding import Finding, Severity
from learning_city.model.home import Home
from learning_city.validate import submission_columns
from learning_city.validate.check import Batch, check_ledgers
from learning_city.warehouse import engine, keys, ref

_SIGNS = {Severity.BLOCK: "■ 须改正", Severity.ASK: "▲ 须说明", Severity.NOTE: "● 提示"}


def check_files(home: Home, files: list[Path], round_id: str) -> list[Finding]:
    """Findings of these workbooks, checked together; evidence is what lies beside each.

    History comes from the home's warehouse where it has any, else from the workbook's own figures.
    """
    missing = [str(path) for path in files if not path.is_file()]
    if missing:
        raise NeedsAPerson(
            f"没有这个文件（文件夹请写里面的文件）：{'、'.join(missing)}。 Not a file: {', '.join(missing)}."
        )
    deliveries = [_delivery(path) for path in files]
    with tempfile.TemporaryDirectory(prefix="lcm-check-") as store, Readers(children=min(2, len(files))) as readers:
        parsed = register.parse(deliveries, Path(store), keys.secret(home, "token"), readers)
    submissions = parsed.submissions.assign(file=[str(files[n]) for n in parsed.submissions["delivery"]])
    submissions["round"] = round_id or _open_round(home) or _commonest(submissions)
    catalogue = _catalogue(home)
    items = _items(parsed.items, submissions, home, catalogue["form_item"])
    submissions["lacking"] = submissions["n"].map(_lacking(submissions, items, catalogue))
    evidence = _named(parsed.evidence, items)
    batch = Batch(submissions=submissions, items=items, evidence=evidence, is_demo=home.is_demo)
    names = {str(r["place"]): str(r["name_zh"]) for r in catalogue["place"] if r["valid_to"] is None}
    today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()
    return [judged.finding for judged in check_ledgers(batch, place_names=names, today=today)]


def _delivery(path: Path) -> inbox.Delivery:
    """The workbook under test and what lies beside it; only the workbook is read as one."""
    beside = {p.name: b"" for p in path.resolve().parent.iterdir() if p.is_file() and p.name != path.name}
    return inbox.Delivery(name=str(path), files={path.name: path.read_bytes(), **beside}, book=path.name)


def _named(evidence: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """What lies beside a workbook is not all meant to be sent: programs only where the workbook names them."""
    said = set(items["evidence"].str.split("[;；]").explode().str.strip()) if len(items) else set()
    return evidence[(evidence["kind"] != "program") | evidence["name"].isin(said)]


def _catalogue(home: Home) -> dict[str, list[Row]]:
    """The edition in use where the home has one, else the starter edition."""
    if home.database_url or home.server_data.exists():
        with engine.connect(home).connect() as connection:
            if connection.execute(text("SELECT to_regclass('ref.edition')")).scalar() and ref.current(connection):
                return ref.load(connection, ref.current(connection)).tables
    return read(office.STARTER).tables


def _items(items: pd.DataFrame, submissions: pd.DataFrame, home: Home, rows: list[Row]) -> pd.DataFrame:
    if items.empty:
        return items
    said = items.merge(submissions[["n", "file", "department"]], on="n")
    asked = {(row["form"], row["definition"]): row for row in rows}
    known = [asked.get(pair, {"label_zh": pair[1]}) for pair in zip(said["form"], said["definition"], strict=True)]
    for column, name in (("low", "low"), ("high", "high"), ("label", "label_zh"), ("choices", "choices")):
        said[column] = [row.get(name) for row in known]
    is_city = said["place"].str.match(r"^\d{4}00$")
    said.loc[~is_city, ["low", "high"]] = None
    return _with_history(said, home)


def _lacking(submissions: pd.DataFrame, items: pd.DataFrame, catalogue: dict[str, list[Row]]) -> pd.Series:
    """Of workbooks whose structure was changed: the items of their department's forms that no row asks for any more."""
    owed = {row["form"]: row["department"] for row in catalogue["form"]}
    gone: list[dict[str, object]] = []
    for n, said, department in submissions[["n", "identity", "department"]].itertuples(index=False):
        if json.loads(said).get("template_ok") != "no" or json.loads(said).get("token_ok") != "yes":
            continue
        mine = items[items["n"] == n]
        there = set(zip(mine["form"], mine["definition"], strict=True))
        rows = (row for row in catalogue["form_item"] if owed.get(row["form"]) == department)
        gone += [{"n": n, "label": row["label_zh"]} for row in rows if (row["form"], row["definition"]) not in there]
    return submission_columns.lacking(pd.DataFrame(gone, columns=["n", "label"]))


def _with_history(items: pd.DataFrame, home: Home) -> pd.DataFrame:
    """Last year's reconciled values in place of the workbook's own, where the warehouse has them."""
    if not (home.database_url or home.server_data.exists()):
        return items
    with engine.connect(home).connect() as connection:
        if not connection.execute(text("SELECT to_regclass('warehouse.reconciled_value')")).scalar():
            return items
        known = pd.read_sql(
            text("""SELECT definition, place, period, value FROM warehouse.reconciled_value
                    WHERE definition = ANY(:definitions) AND place = ANY(:places)"""),
            connection,
            params={"definitions": sorted(set(items["definition"])), "places": sorted(set(items["place"]))},
        )
    before = known.assign(period=[f"{int(p[:4]) + 1}{p[4:]}" for p in known["period"]])
    joined = items.merge(before, on=["definition", "place", "period"], how="left", suffixes=("", "_before"))
    return items.assign(previous=joined["value_before"].fillna(joined["previous"]).to_numpy())


def _open_round(home: Home) -> str:
    if not (home.database_url or home.server_data.exists()):
        return ""
    with engine.connect(home).connect() as connection:
        if not connection.execute(text("SELECT to_regclass('intake.round')")).scalar():
            return ""
        rounds = connection.execute(text("SELECT round FROM intake.round WHERE state = 'open'")).scalars().all()
    return str(rounds[0]) if len(rounds) == 1 else ""


def _commonest(submissions: pd.DataFrame) -> str:
    rounds = [json.loads(said).get("round", "") for said in submissions["identity"]]
    known = [round_id for round_id in rounds if round_id]
    return max(sorted(set(known)), key=known.count) if known else ""


def sentence(finding: Finding) -> str:
    """A finding as a person reads it in a terminal."""
    where = f"{finding.sheet}!{finding.cell}" if finding.cell else "整件 whole workbook"
    return f"{_SIGNS[finding.severity]}  {Path(finding.file).name} {where}  {finding.message_zh}"
