"""What a person judges: a level on a scale and the words for it, or commentary alone; a second person reviews each version."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Engine, text

from learning_city.errors import Refused
from learning_city.model.plain_text import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is judged: an indicator of a framework, at a place, for a period."""

    framework: str
    indicator: str
    place: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """An archived file that shows it, by its SHA-256; ``submission_id`` where a department sent it with its form."""

    sha256: str
    name: str
    submission_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A version as it is written: ``level`` is a code of the indicator's scale, None for commentary alone."""

    level: str | None
    commentary: str
    evidence: Sequence[Evidence] = ()


def judge(engine: Engine, subject: Subject, judgement: Judgement, *, who: str, is_sample: bool = False) -> int:
    """Record a new version and return its number; it counts once a second person confirms it.

    Earlier versions stay as they are, and the one that was confirmed counts until then. Raises Refused where there is no
    such indicator at the place in that period, a reason is missing, or the level is none of its scale.
    """
    said = {
        **asdict(subject), "level": judgement.level, "commentary": plain(judgement.commentary), "who": who, "sample": is_sample,
        "evidence": Jsonb([asdict(one) for one in judgement.evidence]),
    }  # fmt: skip
    with engine.begin() as connection:
        made = connection.execute(text(_JUDGE), said).one()
        if made.refused:
            raise Refused(made.refused, _WHY[made.refused])
        return int(made.judgement_id)


def confirm(engine: Engine, judgement_id: int, *, who: str, why: str = "", is_sample: bool = False) -> None:
    """Let a version count. Raises Refused for whoever wrote it, and where it was reviewed or replaced meanwhile."""
    with engine.begin() as connection:
        _review(connection, id=judgement_id, confirms=True, who=who, why=why, sample=is_sample)


def send_back(engine: Engine, judgement_id: int, *, who: str, why: str, is_sample: bool = False) -> None:
    """Send a version back with a reason; it never counts. Raises Refused as ``confirm`` does, and without a reason."""
    with engine.begin() as connection:
        _review(connection, id=judgement_id, confirms=False, who=who, why=why, sample=is_sample)


def _review(connection: Connection, **said: object) -> None:
    refused = connection.execute(text(_REVIEW), {**said, "why": plain(str(said["why"]))}).scalar_one()
    if refused:
        raise Refused(refused, _WHY[refused])


_JUDGE = """
SELECT judgement_id, refused FROM quality.judge(:framework, :indicator, :place, :period, :level, :evidence, :who,
  :commentary, :sample)
"""
_REVIEW = "SELECT quality.review_judgement(:id, :confirms, :who, :why, :sample)"
_WHY = {
    "no_indicator": "这个地区本期没有这项指标，请核对。 No such indicator at this place in this period.",
    "no_reason": "请写明理由或述评。 Write the reason or the commentary.",
    "no_level": "定性指标要选一个等级。 Choose a level for a qualitative indicator.",
    "other_level": "这个等级不在该指标的等级表里，请重选。 That level is not on the scale of the indicator; choose again.",
    "gone": "这一版已复核过，或已有新版，请刷新。 This version was reviewed or replaced meanwhile; load the page again.",
    "not_yours": "这一版是您自己写的，须由第二人复核。 You wrote this version; a second person reviews it.",
}
