"""Register deliveries: archive, parse, coerce, land. One transaction a batch; doing it twice changes nothing."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, Engine

from learning_city.collect import answer_merge, archive, inbox, ledger_batch
from learning_city.collect.coerce import asks_number, coerce
from learning_city.collect.ledger_batch import Said, Shelf
from learning_city.collect.reader import Readers
from learning_city.model.explanations import ANSWER_KEYS
from learning_city.model.home import Home
from learning_city.model.ledger import Identity
from learning_city.model.status import MISSING_TYPES, SYNTHETIC_MARK, ObsStatus
from learning_city.warehouse import intake

_IDENTITY = Identity.keys()
_BESIDE = ("printed", "sheets", "outside", "formulas", "hidden_sheets", "ending", "strays")
"""What the rules on whole workbooks look at beside the identity."""
_SAME_FORMAT = {".xlsm": ".xlsx", ".et": ".xls"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a batch of workbooks says: one row per workbook, sheet row, item and evidence file."""

    submissions: pd.DataFrame
    rows: pd.DataFrame
    items: pd.DataFrame
    evidence: pd.DataFrame


def register(
    engine: Engine,
    home: Home,
    round_id: str,
    names: list[str],
    key: bytes,
    readers: Readers,
    folder: inbox.Place | None = None,
) -> list[int]:
    """Register the named deliveries of a round's inbox; returns the ids of submissions that are new.

    ``folder``: the round's folder where the inbox is not the home's own. Files that cannot be read become submissions
    with a ``problem``; nothing raises for bad data.
    """
    place = inbox.near(folder or home.inbox / round_id)
    parsed = parse(inbox.open_deliveries(place, names), home.archive, key, readers)
    with engine.begin() as connection:
        return _land(connection, parsed, round_id)


def _land(connection: Connection, parsed: Parsed, round_id: str) -> list[int]:
    """Land a batch, answers of one department one after the other; gives what is new and not superseded at once."""
    if parsed.submissions.empty:
        return []
    submissions = parsed.submissions.assign(round=round_id, kind="ledger")
    new: list[int] = []
    for _, turn in submissions.groupby(answer_merge.turns(submissions)):
        ids = intake.land(connection, turn, rows=parsed.rows, items=parsed.items, evidence=parsed.evidence)
        answer_merge.merge(connection, ids)
        intake.count_answered(connection, ids)
        new += ids
    return answer_merge.counting(connection, new)


def parse(deliveries: Iterable[inbox.Delivery], store: Path, key: bytes, readers: Readers) -> Parsed:
    """Archive every file of the deliveries, read the workbooks, and lay out what they say.

    Frames are joined by ``n``, the number of the workbook in the batch. Deliveries are drawn, archived and read chunk by
    chunk, so that a batch is never in memory as a whole.
    """
    shelf = Shelf(deliveries, store)
    said, rows, items = ledger_batch.read(shelf, readers)
    archive.settle()
    chosen = _choose(shelf.books, said)
    submissions = _submissions(shelf, said, chosen, key)
    return Parsed(
        submissions=submissions,
        rows=_renumbered(rows, chosen, len(said)),
        items=_items(_renumbered(items, chosen, len(said))),
        evidence=_evidence(shelf, submissions),
    )


def _choose(books: list[tuple[int, str]], said: Said) -> list[int]:
    """Workbooks with an identity; of a delivery without any, its first file."""
    chosen: dict[int, list[int]] = {}
    for index, (delivery, _) in enumerate(books):
        mine = chosen.setdefault(delivery, [])
        if said[index].get("identity") is not None:
            mine.append(index)
    first = {delivery: index for index, (delivery, _) in reversed(list(enumerate(books)))}
    return [index for delivery, mine in chosen.items() for index in (mine or [first[delivery]])]


def _submissions(shelf: Shelf, said: Said, chosen: Sequence[int], key: bytes) -> pd.DataFrame:
    lines = []
    for n, index in enumerate(chosen):
        delivery, name = shelf.books[index]
        file, spoken = shelf.archived[delivery, name], said[index]
        ending = _other_ending(name, str(spoken.get("format", "")))
        identity = _checked_identity(spoken | {"ending": ending, "strays": shelf.strays[delivery]}, key)
        lines.append(
            {
                "n": n,
                "delivery": delivery,
                "delivered_as": shelf.names[delivery],
                "file_name": name,
                "sha256": file.sha256,
                "bytes": file.size,
                "department": identity.get("department"),
                "place": identity.get("place"),
                "period": identity.get("period"),
                "identity": json.dumps(identity, ensure_ascii=False),
                "claims": identity.get("answer", ""),
                "signoff": json.dumps(spoken.get("signoff") or {}, ensure_ascii=False),
                "problem": spoken["problem"] or None,
                "problem_detail": spoken["detail"] or None,
            }
        )
    return pd.DataFrame(lines)


def _checked_identity(spoken: dict[str, object], key: bytes) -> dict[str, str]:
    """What the workbook says it is, and whether its token and template bear it out."""
    said = spoken.get("identity")
    if not isinstance(said, dict):
        return {}
    identity = Identity(**{name: str(said.get(name, "")) for name in _IDENTITY})
    plain = {name: getattr(identity, name) for name in _IDENTITY}
    plain["token_ok"] = "yes" if identity.token == identity.signed(key) else "no"
    plain["template_ok"] = "yes" if identity.template == spoken.get("template_found") else "no"
    plain |= {name: str(said[name]) for name in ANSWER_KEYS if name in said}
    return plain | {name: str(spoken.get(name, "")) for name in _BESIDE}


def _other_ending(name: str, ending: str) -> str:
    """The ending a file's name has and the one its content should have, where they differ."""
    said = PurePosixPath(name).suffix.lower()
    return "" if not ending or _SAME_FORMAT.get(said, said) == ending else f"{said or '—'} → {ending}"


def _renumbered(frame: pa.Table, chosen: Sequence[int], files: int) -> pd.DataFrame:
    """The rows of the chosen of so many files, ``file`` replaced by ``n``, the file's number among the chosen."""
    numbers = np.full(files, -1)
    numbers[list(chosen)] = np.arange(len(chosen))
    n = numbers[frame["file"].to_numpy()]
    numbered = frame.drop_columns("file").append_column("n", pa.array(n, pa.int64()))
    return (numbered if (n >= 0).all() else numbered.filter(pa.array(n >= 0))).to_pandas()


def _items(items: pd.DataFrame) -> pd.DataFrame:
    """Values and statuses, and the mark of synthetic figures recognised."""
    if items.empty:
        return items
    items = coerce(items)
    is_number = asks_number(items)
    written = ~is_number & items["typed"].isin(["text", "number"]) & (items["text"].str.strip() != "")
    zero = items["value"].isna() & (items["missing_type"] == "零")
    missing = items["missing_type"].map({name: str(status) for name, status in MISSING_TYPES.items()})
    missing = missing.mask(zero & ~is_number)  # a text is never zero
    status = missing.where(items["value"].isna() & ~written, str(ObsStatus.NORMAL)).fillna(str(ObsStatus.MISSING))
    return items.assign(
        status=status,
        value=items["value"].mask(zero & is_number, 0.0),
        is_synthetic=items["reason"].str.contains(SYNTHETIC_MARK, regex=False),
    )


def _evidence(shelf: Shelf, submissions: pd.DataFrame) -> pd.DataFrame:
    columns = ["n", "name", "sha256", "bytes", "kind"]
    if submissions.empty:
        return pd.DataFrame(columns=columns)
    files = [(n, name, f.sha256, f.size, shelf.kinds[n, name]) for (n, name), f in shelf.archived.items()]
    beside = pd.DataFrame(files, columns=["delivery", *columns[1:]]).merge(
        submissions[["n", "delivery", "file_name"]], on="delivery"
    )
    return beside.loc[beside["name"] != beside["file_name"], columns]
