"""The life of a build: approved by a second person, released, superseded, restored. The database keeps the rules."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from learning_city.errors import Refused
from learning_city.model.home import Home
from learning_city.model.plain_text import plain
from learning_city.reports import files, release_sheet

OBSTACLES = {
    "signature": ("签章未核对", "signatures not confirmed"),
    "conflict": ("口径冲突未裁定", "conflicts open"),
    "returned": ("报表已退回，未重报", "forms returned, not delivered again"),
    "finding": ("须改正的问题未了结", "blocking findings open"),
}
"""Kind of what stands against a release -> its name in Chinese and English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What stands against a release: a kind of OBSTACLES, how many, which."""

    kind: str
    what: str
    many: int


def approve(engine: Engine, number: int, *, who: str, why: str) -> None:
    """Approve a draft. Raises Refused where ``who`` asked for the build himself, it is no draft, or says no reason."""
    with engine.begin() as connection:
        _ask(connection, "SELECT report.approve(:n, :who, :why)", {"n": number, "who": who, "why": plain(why)})


def release(
    engine: Engine, home: Home, number: int, *, who: str, why: str, certified_by: str = "", despite: str = ""
) -> None:
    """Release a build (a draft is approved in the same step) and write its release sheet beside its files.

    The one in force is superseded in the same moment. ``certified_by`` is the unit that certifies the results, by default
    the one named when it was built. Raises Refused where something stands against it and ``despite`` does not say why it
    is released nevertheless, and where a file of it is gone or damaged.
    """
    said = {"n": number, "who": who, "why": plain(why), "certifier": plain(certified_by), "despite": plain(despite)}
    with engine.begin() as connection:
        _ask(connection, "SELECT report.release(:n, :who, :why, :certifier, :despite)", said)
        files.require_whole(connection, home, number)
        release_sheet.write(connection, home, number, {kind: " / ".join(names) for kind, names in OBSTACLES.items()})


def restore(engine: Engine, home: Home, number: int, *, who: str, why: str) -> None:
    """Put a superseded build in force again. Raises Refused where it is not superseded, says no reason, or is damaged."""
    with engine.begin() as connection:
        _ask(connection, "SELECT report.restore(:n, :who, :why)", {"n": number, "who": who, "why": plain(why)})
        files.require_whole(connection, home, number)


def obstacles(engine: Engine, number: int) -> list[Obstacle]:
    """What stands against releasing a build now."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, what, many FROM report.obstacles(:n)"), {"n": number})
        return [Obstacle(kind=row.kind, what=row.what, many=row.many) for row in rows]


def _ask(connection: Connection, sql: str, said: Mapping[str, object]) -> None:
    if refused := str(connection.execute(text(sql), said).scalar()):
        raise Refused(refused, _REFUSALS[refused])


_REFUSALS = {
    "no_build": "没有这一版报告，用 lcm report list 查看。 There is no such build; see `lcm report list`.",
    "not_draft": "这一版已不是草稿。 This build is no draft any more.",
    "own": "生成人不能批准自己的版本，请另一人批准。 Nobody approves a build of his own: ask a second person.",
    "no_reason": "请写明理由。 Say why.",
    "was_released": "这一版已经发布过；被替代的用“恢复”。 This build was released before; use restore for a superseded one.",
    "no_certifier": "请写明由哪个单位认定结果。 Say which unit certifies the results.",
    "open": (
        "还有未决事项（签章、口径冲突、退回的报表、须改正的问题）；先处理，或写明仍要发布的理由。 "
        "Signatures, conflicts, returned forms or blocking findings are open: settle them, or say why nevertheless."
    ),
    "not_superseded": "只有被替代的版本可以恢复。 Only a superseded build can be restored.",
}
