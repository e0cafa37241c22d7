"""Asking for a build, and how far it is: a row that pages show while a task works."""

import errno
import re
from collections.abc import Sequence

from sqlalchemy import Engine, text

from learning_city.errors import NeedsAPerson, Refused
from learning_city.model.home import Home
from learning_city.model.plain_text import plain
from learning_city.model.report_format import FORMATS
from learning_city.model.rights import EVERYWHERE, Right
from learning_city.warehouse import grants

_PERIOD = re.compile(r"[0-9]{4}(-Q[1-4])?", re.ASCII)


def ask(
    engine: Engine,
    framework: str,
    period: str,
    *,
    places: Sequence[str],
    formats: Sequence[str],
    who: str,
    certified_by: str = "",
) -> int:
    """Write down that ``who`` wants a build (to be certified by a unit, if known); returns the number of the request.

    Raises Refused for a framework, period, place or format that is not known, and where ``who`` may not build for all of
    the places (no places: all there are).
    """
    said = {
        "framework": framework, "period": period, "places": sorted(set(places)), "who": who,
        "unit": plain(certified_by),
        "formats": [name for name in FORMATS if name in formats],
    }  # fmt: skip
    _refuse_form(period, formats)
    with engine.begin() as connection:
        grants.require(connection, who, Right.BUILD, said["places"] or (EVERYWHERE,))
        known = connection.execute(text(_KNOWN), said).one()
        if not known.has_framework:
            raise Refused("framework", f"目录里没有指标体系 {framework}。 No such framework: {framework}.")
        if known.strangers:
            raise Refused("places", f"目录里没有地区 {'、'.join(known.strangers)}。 No such place in the catalogue.")
        return int(connection.execute(text(_ASK), said).scalar_one())


def _refuse_form(period: str, formats: Sequence[str]) -> None:
    if not _PERIOD.fullmatch(period):
        raise Refused("period", f"数据期写作 2017 或 2018-Q3，不是 {period!r}。 A period is 2017 or 2018-Q3.")
    if not formats or set(formats) - set(FORMATS):
        raise Refused("formats", f"请选格式：{'、'.join(FORMATS)}。 Choose formats: {', '.join(FORMATS)}.")


def carry_out(engine: Engine, home: Home, request_id: int, *, by: str, run: str) -> int:
    """Build what ``by`` asked for, telling how far it is; returns the number of the build.

    A request is taken once, by one ``run`` (which may try again), and only for the person who made it: raises NeedsAPerson
    for any other, and leaves the request as it is.
    """
    from learning_city.reports.build import build

    def tell(state: str, done: int, total: int) -> None:
        _move(engine, request_id, state=state, done=done, total=total)

    with engine.begin() as connection:
        row = connection.execute(text(_TAKE), {"id": request_id, "by": by, "run": run}).first()
    if row is None:
        raise NeedsAPerson(
            f"没有 {by} 提出、尚未办理的第 {request_id} 号请求。 There is no request {request_id} of {by} that waits."
        )
    try:
        number = build(
            engine, home, row.framework, row.period, requested_by=row.who, places=row.places, formats=row.formats,
            certified_by=row.certified_by, tell=tell,
        )  # fmt: skip
    except Exception as problem:
        _move(engine, request_id, state="failed", said=_why(problem))
        raise
    _move(engine, request_id, state="done", done=len(row.formats), total=len(row.formats), build=number)
    return number


def _why(problem: Exception) -> str:
    """What kept a build from being made, in both languages."""
    if isinstance(problem, NeedsAPerson):
        return str(problem)
    cause = next((one for one in (problem, *problem.args) if isinstance(one, OSError)), None)
    if cause is None:
        return _BROKEN.format(kind=type(problem).__name__)
    if cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return _FULL
    return _UNWRITTEN.format(why=cause.strerror or type(cause).__name__)


def _move(
    engine: Engine,
    request_id: int,
    *,
    state: str,
    done: int = 0,
    total: int = 0,
    said: str = "",
    build: int | None = None,
) -> None:
    told = {"id": request_id, "state": state, "done": done, "total": total, "said": said, "build": build}
    with engine.begin() as connection:
        connection.execute(text(_MOVE), told)


_BROKEN = "程序出错（{kind}），请看 Airflow 里的日志。 The program failed ({kind}); see the log in Airflow."
_FULL = "磁盘已满，文件没有写完；请清出空间后再生成。 The disk is full, the files were not written; free some space and build again."
_UNWRITTEN = "文件没有写成（{why}），请管理员检查数据目录。 The files could not be written ({why}); the administrator should look at the home's folder."
_TAKE = """
UPDATE report.request SET state = 'reading', taken_by = :run, said = '', moved_at = now()
WHERE request_id = :id AND app.same_person(who, :by) AND (state = 'queued' OR (taken_by = :run AND state <> 'done'))
RETURNING *
"""
_KNOWN = """
SELECT EXISTS (SELECT FROM ref.framework AS f WHERE f.framework = :framework AND f.edition = e.edition) AS has_framework,
  ARRAY(SELECT place FROM unnest(CAST(:places AS text[])) AS place WHERE NOT EXISTS (
    SELECT FROM ref.place AS p WHERE p.place = place.place AND p.edition = e.edition)) AS strangers
FROM (SELECT max(edition) AS edition FROM ref.edition) AS e
"""
_ASK = """
INSERT INTO report.request (framework, period, places, formats, who, certified_by)
VALUES (:framework, :period, :places, :formats, :who, :unit) RETURNING request_id
"""
_MOVE = """
UPDATE report.request SET state = :state, done = :done, total = :total, said = :said, moved_at = now(),
  build_id = coalesce(CAST(:build AS bigint), build_id)
WHERE request_id = :id
"""
