"""What changed between two builds: every value that moved, by effect, with its cause read from the frozen lineages."""

import pandas as pd

from learning_city.reports.causes import causes
from learning_city.reports.tables import Record, ReportTables, records

_KEY = ["indicator", "place"]
COLUMNS = (
    "indicator", "name_zh", "name_en", "place", "place_name", "place_name_en", "unit", "decimals", "was", "now", "was_level", "now_level", "was_level_en", "now_level_en", "was_verdict", "now_verdict", "change", "relative",
    "flips", "was_rank", "now_rank", "cause", "detail_zh", "detail_en",
)  # fmt: skip


def difference(older: ReportTables, newer: ReportTables) -> pd.DataFrame:
    """A row per value or judged level that differs, the one that matters most first, in COLUMNS.

    Flips of attainment come first, then moves of rank, then relative change (a value that came or went, or a level, is a whole).
    ``flips`` lists targets as "2020 未达标→达标"; ranks are among places that can be compared, None where there is none.
    """
    both = _both(older, newer)
    same = (both["was"] == both["now"]) | (both["was"].isna() & both["now"].isna())
    same &= (both["was_verdict"] == both["now_verdict"]) & (both["was_level"] == both["now_level"])
    moved = both[~same]
    flips = _flips(older, newer)
    moved = moved.assign(
        change=moved["now"] - moved["was"],
        relative=_relative(moved),
        flips=[flips.get(key, "") for key in zip(moved["indicator"], moved["place"], strict=True)],
    )
    moved = moved.merge(causes(older, newer, moved[_KEY]), on=_KEY, how="left")
    moved = moved.assign(
        leads=moved["flips"].ne(""), step=(moved["now_rank"].fillna(0) - moved["was_rank"].fillna(0)).abs()
    )
    ordered = moved.sort_values(
        ["leads", "step", "relative", "indicator", "place"], ascending=[False, False, False, True, True]
    )
    return ordered[list(COLUMNS)].reset_index(drop=True)


def counted(changes: pd.DataFrame) -> dict[str, int]:
    """How many changes each cause stands behind."""
    return {str(cause): int(many) for cause, many in changes["cause"].value_counts().items()}


def rows(changes: pd.DataFrame) -> list[Record]:
    """The changes as JSON takes them."""
    return records(changes)


def _both(older: ReportTables, newer: ReportTables) -> pd.DataFrame:
    both = _ranked(older).merge(_ranked(newer), on=_KEY, how="outer", suffixes=("_was", "_now"))
    said = pd.DataFrame({
        "was": both["value_was"], "now": both["value_now"], "was_verdict": both["verdict_was"].fillna(""),
        "now_verdict": both["verdict_now"].fillna(""), "was_rank": both["rank_was"], "now_rank": both["rank_now"],
        "was_level": both["judgement_zh_was"].fillna(""), "now_level": both["judgement_zh_now"].fillna(""),
        "was_level_en": both["judgement_en_was"].fillna(""), "now_level_en": both["judgement_en_now"].fillna(""),
        "place_name": both["place_name_now"].fillna(both["place_name_was"]),
        "place_name_en": both["place"].map({**older.names_en, **newer.names_en}),
        **{name: both[name] for name in _KEY},
    })  # fmt: skip
    named = pd.concat([newer.indicators, older.indicators]).drop_duplicates("indicator")
    return said.merge(named[["indicator", "name_zh", "name_en", "unit", "decimals"]], on="indicator", how="left")


def _ranked(tables: ReportTables) -> pd.DataFrame:
    """Values with their rank among the places that can be compared; the best has rank 1."""
    levels = ["judgement_zh", "judgement_en"]
    values = tables.values.reindex(columns=[*_KEY, "place_name", "value", "verdict", *levels])  # noqa: PD011 - a frame
    values = values.assign(value=values["value"].astype(float), **{one: values[one].astype(object) for one in levels})
    values = values.merge(tables.indicators[["indicator", "direction"]], on="indicator", how="left")
    sign = values["direction"].map({"higher": -1.0, "lower": 1.0})
    counts = (values["value"] * sign).where(~values["verdict"].isin(["不可比", "待裁定"]))
    return values.assign(rank=counts.groupby(values["indicator"]).rank(method="min"))


def _relative(moved: pd.DataFrame) -> pd.Series:
    came_or_went = moved["was"].isna() != moved["now"].isna()
    size = moved[["was", "now"]].abs().max(axis=1).replace(0, float("nan"))
    of_a_whole = came_or_went | (moved["was_level"] != moved["now_level"])
    return ((moved["now"] - moved["was"]).abs() / size).mask(of_a_whole, 1.0).fillna(0.0)


def _flips(older: ReportTables, newer: ReportTables) -> dict[tuple[str, str], str]:
    """Targets whose state changed, by (indicator, place)."""
    key = ["indicator", "place", "due", "target"]
    states = [tables.attainment[[*key, "state_zh"]].drop_duplicates(key) for tables in (older, newer)]
    both = states[0].merge(states[1], on=key, suffixes=("_was", "_now"))
    flipped: dict[tuple[str, str], str] = {}
    for row in records(both[both["state_zh_was"] != both["state_zh_now"]]):
        at = (row["indicator"], row["place"])
        said = f"{row['due']} {row['state_zh_was']}→{row['state_zh_now']}"
        flipped[at] = "；".join(filter(None, (flipped.get(at), said)))
    return flipped
