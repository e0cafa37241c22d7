"""Register deliveries: archive, parse, coerce, land. One transaction a batch; doing it twice changes nothing."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine

from learning_city.collect import archive, inbox
from learning_city.collect.coerce import asks_number, coerce
from learning_city.collect.evidence import kind_of
from learning_city.collect.reader import Readers, table
from learning_city.model.home import Home
from learning_city.model.ledger import Identity
from learning_city.model.status import MISSING_TYPES, SYNTHETIC_MARK, ObsStatus
from learning_city.warehouse import intake

_IDENTITY = Identity.keys()
MAX_DECIMALS = 9
"""More than any form asks for; a hidden sheet that was tampered with may say anything."""


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
    folder = inbox.near(folder or home.inbox / round_id)
    deliveries = [inbox.open_delivery(folder, name) for name in names]
    parsed = parse(deliveries, home.archive, key, readers)
    with engine.begin() as connection:
        return intake.land(
            connection,
            parsed.submissions.assign(round=round_id, kind="ledger"),
            rows=parsed.rows,
            items=parsed.items,
            evidence=parsed.evidence,
        )


def parse(deliveries: list[inbox.Delivery], store: Path, key: bytes, readers: Readers) -> Parsed:
    """Archive every file of the deliveries, read the workbooks, and lay out what they say.

    Frames are joined by ``n``, the number of the workbook in the batch.
    """
    named = [(n, name, content) for n, d in enumerate(deliveries) for name, content in d.files.items()]
    stored = archive.put(store, (content for _, _, content in named))
    files = pd.DataFrame(
        [
            (n, name, a.sha256, a.size, a.path, kind_of(name, content))
            for (n, name, content), a in zip(named, stored, strict=True)
        ],
        columns=["delivery", "name", "sha256", "bytes", "path", "kind"],
    )
    books = [(n, name) for n, d in enumerate(deliveries) for name in d.books()]
    paths = files.set_index(["delivery", "name"]).loc[books, "path"].tolist() if books else []
    said, rows, items = _read(paths, readers)
    chosen = _choose(books, said)
    files["delivered_as"] = [deliveries[n].name for n in files["delivery"]]
    submissions = _submissions(files, books, said, chosen, key)
    numbers = {index: n for n, index in enumerate(chosen)}
    return Parsed(
        submissions=submissions,
        rows=_renumbered(rows, numbers),
        items=_items(_renumbered(items, numbers)),
        evidence=_evidence(files, submissions),
    )


def _read(paths: list[Path], readers: Readers) -> tuple[dict[int, dict[str, object]], pd.DataFrame, pd.DataFrame]:
    said: dict[int, dict[str, object]] = {}
    rows: list[pd.DataFrame] = []
    items: list[pd.DataFrame] = []
    for indices, frames, problems in readers.read("ledger", paths):
        said |= {index: {"problem": problem, "detail": ""} for index, problem in problems.items()}
        if not frames:
            continue
        said |= dict(zip(indices, json.loads(frames[0]), strict=True))
        place = pd.Series(indices, dtype="int64")
        for frame, found in ((frames[1], rows), (frames[2], items)):
            part = table(frame).to_pandas()
            found.append(part.assign(file=place.reindex(part["file"]).to_numpy()))
    return said, _joined(rows), _joined(items)


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"file": []})


def _choose(books: list[tuple[int, str]], said: dict[int, dict[str, object]]) -> list[int]:
    """Workbooks with an identity; of a delivery without any, its first file."""
    chosen: dict[int, list[int]] = {}
    for index, (delivery, _) in enumerate(books):
        mine = chosen.setdefault(delivery, [])
        if said[index].get("identity") is not None:
            mine.append(index)
    first = {delivery: index for index, (delivery, _) in reversed(list(enumerate(books)))}
    return [index for delivery, mine in chosen.items() for index in (mine or [first[delivery]])]


def _submissions(
    files: pd.DataFrame,
    books: list[tuple[int, str]],
    said: dict[int, dict[str, object]],
    chosen: list[int],
    key: bytes,
) -> pd.DataFrame:
    found = files.set_index(["delivery", "name"])
    lines = []
    for n, index in enumerate(chosen):
        file, spoken = found.loc[books[index]], said[index]
        identity = _checked_identity(spoken, key)
        lines.append(
            {
                "n": n,
                "delivery": books[index][0],
                "delivered_as": file["delivered_as"],
                "file_name": books[index][1],
                "sha256": file["sha256"],
                "bytes": int(file["bytes"]),
                "department": identity.get("department"),
                "place": identity.get("place"),
                "period": identity.get("period"),
                "identity": json.dumps(identity, ensure_ascii=False),
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
    plain |= {name: str(spoken.get(name, "")) for name in ("printed", "sheets")}
    return plain


def _renumbered(frame: pd.DataFrame, numbers: dict[int, int]) -> pd.DataFrame:
    kept = frame[frame["file"].isin(list(numbers))]
    return kept.assign(n=kept["file"].map(numbers)).drop(columns="file")


def _items(items: pd.DataFrame) -> pd.DataFrame:
    """Numbers as numbers, a status for every item, and the mark of synthetic figures recognised."""
    if items.empty:
        return items
    for column in ("previous", "yearbook", "decimals"):
        items[column] = pd.to_numeric(items[column].where(items[column] != ""), errors="coerce")
    items["decimals"] = items["decimals"].fillna(0).clip(0, MAX_DECIMALS).astype("int16")
    items["required"] = items["required"].str.lower().isin(["1", "true", "yes", "是"])
    items["kind"] = items["kind"].where(items["kind"] != "", "actual")
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


def _evidence(files: pd.DataFrame, submissions: pd.DataFrame) -> pd.DataFrame:
    if submissions.empty:
        return pd.DataFrame(columns=["n", "name", "sha256", "bytes", "kind"])
    beside = files.merge(submissions[["n", "delivery", "file_name"]], on="delivery")
    beside = beside[beside["name"] != beside["file_name"]]
    return beside[["n", "name", "sha256", "bytes", "kind"]]
