"""What the workbook rules look at: identity, printed marks, sign-off, doubles. One row per workbook."""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from learning_city.model.checkcode import MARKS, PRIME, SCALE, TEXT, share, split

_PLACE = re.compile(
    r"(?:地\s*区|行政区划|所在地)(?:名称|代码)?\s*[:\uff1a]?\s*(\w+?)\s*(?:[(\uff08]\s*(\w+)\s*[)\uff09])?(?:\s|$)",
    re.MULTILINE,
)
_YEAR = re.compile(r"数据[年期][:\uff1a]?\s*(\d{4})|(?<!\d)(\d{4})\s*年度")
_NUMBERED = re.compile(r"\d表$", re.MULTILINE)
"""Sheets that are called by the number of their form."""
_FORM_NO = re.compile("表\\s*号[:\uff1a]\\s*(\\S+)")
_RULE_COLUMNS = [
    "bad_token",
    "bad_template",
    "other_round",
    "misprinted",
    "expired",
    "unsealed",
    "future",
    "unsigned",
    "code_differs",
]
_REVISED = ["revised", "revised_accepted", "lacking"]
"""What only some workbooks have: cells a revision changed, rows that are gone."""
_DOUBTS = (
    "outside", "formulas", "hidden_sheets", "ending", "strays", "answer_foreign", "merged_locked", "merged_both",
    "answer_unclear",
)  # fmt: skip
"""What was noticed when a workbook was read, or an answer merged, already in words."""
SHOWN = 3
"""Files of one token that a finding lists."""
_DAY = r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})"
_VALID_TO = re.compile(rf"有效期[至到]?[:\uff1a]?\s*[至到]?\s*{_DAY}")


def prepare(
    submissions: pd.DataFrame,
    items: pd.DataFrame,
    evidence: pd.DataFrame,
    *,
    place_names: Mapping[str, str],
    today: date,
) -> pd.DataFrame:
    """Rule columns, null where all is well; ``*_cell``/``*_sheet`` say where a sign-off finding stands.

    ``submissions``: n, round (being collected; empty takes the workbook's own), identity and signoff (JSON text),
    problem, problem_detail; of a revision, ``revised`` or ``revised_accepted`` with the cells it changed; ``lacking``,
    the labels of rows that were asked for and are gone.
    """
    frame = submissions.reset_index(drop=True)
    identities = [json.loads(text) for text in frame["identity"]]
    signoffs = [json.loads(text) for text in frame["signoff"]]
    named = _files(evidence)
    codes = _codes(items)
    lines = [
        _signed(signoff, named.get(n, {}), codes.get(n), today) | _line(identity, wanted, place_names)
        for n, wanted, identity, signoff in zip(frame["n"], frame["round"], identities, signoffs, strict=True)
    ]
    frame = frame.join(pd.DataFrame(lines, index=frame.index))
    frame["problem"] = frame["problem"].where(frame["problem"].notna(), None)
    frame["token"] = [identity.get("token") for identity in identities]
    frame = frame.reindex(columns=[*frame.columns, *(c for c in _REVISED if c not in frame)])
    frame[_REVISED] = frame[_REVISED].astype(object).where(frame[_REVISED].notna(), None)
    return _doubles(frame, items)


def _files(evidence: pd.DataFrame) -> dict[int, dict[str, str]]:
    """Name -> kind of the files beside each workbook."""
    named: dict[int, dict[str, str]] = {}
    for n, name, kind in evidence[["n", "name", "kind"]].itertuples(index=False):
        named.setdefault(int(n), {})[name] = kind
    return named


def _line(identity: dict[str, str], wanted: str, place_names: Mapping[str, str]) -> dict[str, object]:
    if not identity:
        return dict.fromkeys((*_RULE_COLUMNS, *_DOUBTS), None)
    wanted = wanted or identity["round"]
    if identity["round"] != wanted:
        nothing = dict.fromkeys((*_RULE_COLUMNS, *_DOUBTS), None)
        return {**nothing, "other_round": identity["round"], "round_wanted": wanted}
    return {
        "bad_token": None if _holds(identity, "token") else identity["token"][:8] or "—",
        "bad_template": None if _holds(identity, "template") or not _holds(identity, "token") else identity["template"],
        "other_round": None,
        "round_wanted": wanted,
        "misprinted": _misprinted(identity, place_names),
        "expired": _expired(identity),
        **{name: identity.get(name) or None for name in _DOUBTS},
    }


def _holds(identity: dict[str, str], what: str) -> bool:
    """Whether the token or template was found to bear the identity out when it was collected."""
    return identity[f"{what}_ok"] == "yes"


def _misprinted(identity: dict[str, str], place_names: Mapping[str, str]) -> str | None:
    """The first printed place, data year or form that is not what the identity says."""
    printed = identity.get("printed", "")
    own, known = place_names.get(identity["place"]), place_names.values()
    for name, code in _PLACE.findall(printed):
        if (name, code) == (own, identity["place"]):
            continue
        if (code and code != identity["place"]) or (name != own and name in known) or (code and own and name != own):
            return f"{name}（{code}）" if code else str(name)
    for years in _YEAR.findall(printed):
        if (year := "".join(years)) != identity["period"][:4]:
            return f"数据期 {year}"
    sheets = identity.get("sheets", "")
    numbered = _NUMBERED.search(sheets) is not None
    wrong = [form_no for form_no in _FORM_NO.findall(printed) if numbered and form_no not in sheets]
    return str(wrong[0]) if wrong else None


def _expired(identity: dict[str, str]) -> str | None:
    for year, month, day in _VALID_TO.findall(identity.get("printed", "")):
        until = date(int(year), int(month), int(day)).isoformat()
        if until < identity["due"]:
            return until
    return None


def _signed(
    signoff: dict[str, dict[str, str]], files: dict[str, str], code: int | None, today: date
) -> dict[str, object]:
    line: dict[str, object] = {}
    for name in ("seal", "date", "head", "statistician", "filler", "phone", "code"):
        said = signoff.get(name, {})
        line |= {f"{name}_sheet": said.get("sheet", ""), f"{name}_cell": said.get("cell", "")}
        line[name] = said.get("text", "")
    line["programs"] = "; ".join(sorted(name for name, kind in files.items() if kind == "program")) or None
    if not signoff:
        return line | dict.fromkeys(("unsealed", "seal_kind", "future", "code_differs", "unsigned"), None)
    seal, signed = str(line["seal"]), _iso(str(line["date"]))
    empty = [name for name in ("head", "statistician", "filler", "date") if name in signoff and not line[name]]
    printed = str(line["code"]).split(".")[0]
    return line | {
        "seal_kind": seal if files.get(seal, "scan") != "scan" else None,
        "unsealed": None if seal and seal in files else (seal or "—"),
        "future": signed if signed > today.isoformat() else None,
        "unsigned": empty[0] if empty else None,
        "unsigned_cell": line[f"{empty[0]}_cell"] if empty else "",
        "code_computed": f"{code or 0:06d}",
        "code_differs": printed if code is not None and printed.isdigit() and int(printed) not in (0, code) else None,
    }


def _iso(said: str) -> str:
    """A date as people write it (2018-4-20, 2018年4月20日, 20180420) as ISO; empty where it is none."""
    found = re.match(rf"{_DAY}|(\d{{4}})(\d\d)(\d\d)$", unicodedata.normalize("NFKC", said).strip())
    parts = [part for part in found.groups() if part] if found else []
    return "-".join(part.zfill(2) for part in parts)


def _codes(items: pd.DataFrame) -> dict[int, int]:
    """The 校验码 that follows from the values found, by workbook; ``model.checkcode`` over whole columns.

    A workbook whose figures were corrected since, or merged from several answers, is signed for others: it has none.
    """
    if "is_corrected" in items:
        items = items[~items["n"].isin(items.loc[items["is_corrected"].astype(bool), "n"])]
    if items.empty:
        return {}
    ordered = items.sort_values(["n", "item_no"])
    text, value = ordered["text"].fillna(""), ordered["value"].astype("float64")
    is_text = (text != "") & (ordered["repaired"].notna() | value.isna())
    scaled = np.floor(value.abs().fillna(0.0) * SCALE + 0.5) * np.sign(value.fillna(0.0))
    rest, times = split(scaled)
    rest = np.select([is_text, text != ""], [TEXT, rest], 0.0).astype("int64")
    times = np.where(is_text | (text == ""), 0.0, times % PRIME).astype("int64")
    mark = ordered["missing_type"].map({name: n for n, name in enumerate(MARKS, start=1)}).fillna(0).astype("int64")
    position = ordered.groupby("n").cumcount()
    terms = share(rest, times, mark, position)
    return {int(n): int(total) % PRIME for n, total in terms.groupby(ordered["n"]).sum().items()}


def lacking(gone: pd.DataFrame) -> pd.Series:
    """What is missing of each workbook, in words; ``gone``: n, label of every row that is not there any more."""
    return gone.astype({"label": object}).groupby("n")["label"].agg(_named)


def _named(labels: pd.Series) -> str:
    said = "、".join(labels[:SHOWN])
    return f"{said}…（{len(labels)}）" if len(labels) > SHOWN else said


def _listed(files: pd.Series) -> str:
    """The first files of a group, and how many there are."""
    said = " / ".join(files[:SHOWN])
    return f"{said}…（{len(files)}）" if len(files) > SHOWN else said


def _doubles(frame: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Two workbooks of one token: ``double_differs`` when their values do, ``double_equal`` when not."""
    tokens = frame[frame["token"].notna() & frame["problem"].isna() & frame["other_round"].isna()]
    several = tokens[tokens["token"].duplicated(keep=False)]
    content = several["n"].map(_contents(items[items["n"].isin(several["n"])])).astype("object").fillna("")
    kinds = content.groupby(several["token"]).transform("nunique")
    others = several.groupby("token")["file"].transform(_listed)
    for column, chosen in (("double_differs", kinds > 1), ("double_equal", kinds == 1)):
        said = others[chosen].reindex(frame.index).astype(object)
        frame[column] = said.where(said.notna(), None)
    return frame


def _contents(items: pd.DataFrame) -> pd.Series:
    """Everything a workbook answers, as one text per workbook."""
    told = [items[name].astype(object).fillna("") for name in ("definition", "place", "text", "missing_type")]
    return (told[0] + "|" + told[1] + "|" + told[2] + "|" + told[3]).groupby(items["n"]).agg("\n".join)
