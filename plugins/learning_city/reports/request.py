"""Asking for a build, and how far it is: a row that pages show while a task works."""

import re
from collections.abc import Sequence

from sqlalchemy import Engine, text

from learning_city.errors import NeedsAPerson, Refused
from learning_city.model.home import Home
from learning_city.model.report_format import FORMATS

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

    Raises Refused for a framework, period, place or format that is not known.
    """
    said = {
        "framework": framework, "period": period, "places": sorted(set(places)), "who": who,
        "unit": certified_by.strip(),
        "formats": [name for name in FORMATS if name in formats],
    }  # fmt: skip
    if not _PERIOD.fullmatch(period):
        raise Refused("period", f"数据期写作 2017 或 2018-Q3，不是 {period!r}。 A period is 2017 or 2018-Q3.")
    if not said["formats"] or set(formats) - set(FORMATS):
        raise Refused("formats", f"请选格式：{'、'.join(FORMATS)}。 Choose formats: {', '.join(FORMATS)}.")
    with engine.begin() as connection:
        known = connection.execute(text(_KNOWN), said).one()
        if not known.has_framework:
            raise Refused("framework", f"目录里没有指标体系 {framework}。 No such framework: {framework}.")
        if known.strangers:
            raise Refused("places", f"目录里没有地区 {'、'.join(known.strangers)}。 No such place in the catalogue.")
        return int(connection.execute(text(_ASK), said).scalar_one())


def carry_out(engine: Engine, home: Home, request_id: int) -> int:
    """Build what was asked for, telling how far it is; returns the number of the build."""
    from learning_city.reports.build import build

    def tell(state: str, done: int, total: int) -> None:
        _move(engine, request_id, state=state, done=done, total=total)

    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT * FROM report.request WHERE request_id = :id"), {"id": request_id}
        ).first()
    if row is None:
        raise NeedsAPerson(f"没有第 {request_id} 号请求。 There is no request {request_id}.")
    try:
        number = build(
            engine, home, row.framework, row.period, requested_by=row.who, places=row.places, formats=row.formats,
            certified_by=row.certified_by, tell=tell,
        )  # fmt: skip
    except Exception as problem:
        said = str(problem) if isinstance(problem, NeedsAPerson) else _BROKEN.format(kind=type(problem).__name__)
        _move(engine, request_id, state="failed", said=said)
        raise
    _move(engine, request_id, state="done", done=len(row.formats), total=len(row.formats), build=number)
    return number


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
