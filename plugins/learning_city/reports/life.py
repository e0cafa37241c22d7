"""The life of a build: approved by a second person, released, superseded, restored. The database keeps the rules."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, text

from learning_city.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What stands against a release: signature or conflict, how many, which."""

    kind: str
    what: str
    many: int


def approve(engine: Engine, number: int, *, who: str, why: str) -> None:
    """Approve a draft. Raises Refused where ``who`` asked for the build himself, it is no draft, or says no reason."""
    _act(engine, "SELECT report.approve(:n, :who, :why)", {"n": number, "who": who, "why": why})


def release(engine: Engine, number: int, *, who: str, why: str, certified_by: str, despite: str = "") -> None:
    """Release a build (a draft is approved in the same step); the one in force is superseded in the same moment.

    ``certified_by`` is the unit that certifies the results. Raises Refused where signatures are not confirmed or
    conflicts are open and ``despite`` does not say why it is released nevertheless.
    """
    said = {"n": number, "who": who, "why": why, "certifier": certified_by, "despite": despite}
    _act(engine, "SELECT report.release(:n, :who, :why, :certifier, :despite)", said)


def restore(engine: Engine, number: int, *, who: str, why: str) -> None:
    """Put a superseded build in force again. Raises Refused where it is not superseded or says no reason."""
    _act(engine, "SELECT report.restore(:n, :who, :why)", {"n": number, "who": who, "why": why})


def obstacles(engine: Engine, number: int) -> list[Obstacle]:
    """What stands against releasing a build now."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, what, many FROM report.obstacles(:n)"), {"n": number})
        return [Obstacle(kind=row.kind, what=row.what, many=row.many) for row in rows]


def _act(engine: Engine, sql: str, said: Mapping[str, object]) -> None:
    with engine.begin() as connection:
        refused = str(connection.execute(text(sql), said).scalar())
    if refused:
        raise Refused(refused, _REFUSALS[refused])


_REFUSALS = {
    "no_build": "没有这一版报告，用 lcm report list 查看。 There is no such build; see `lcm report list`.",
    "not_draft": "这一版已不是草稿。 This build is no draft any more.",
    "own": "生成人不能批准自己的版本，请另一人批准。 Nobody approves a build of his own: ask a second person.",
    "no_reason": "请写明理由。 Say why.",
    "was_released": "这一版已经发布过；被替代的用“恢复”。 This build was released before; use restore for a superseded one.",
    "no_certifier": "请写明由哪个单位认定结果。 Say which unit certifies the results.",
    "open": (
        "还有签章未核对或口径冲突未裁定；先处理，或写明仍要发布的理由。 "
        "Signatures are not confirmed or conflicts are open: settle them, or say why it is released nevertheless."
    ),
    "not_superseded": "只有被替代的版本可以恢复。 Only a superseded build can be restored.",
}
