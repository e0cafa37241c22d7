"""The steps of a report: build it, say what stands against its release, release it as a person answered."""

from typing import Any

from learning_city.model.home import Home
from learning_city.model.rights import Right
from learning_city.orchestration.failures import translated


def build_report(asked: dict[str, Any], requested_by: str, run: str) -> int:
    """Build what was asked for on the trigger form, or by a request that a page wrote down; returns the build's number.

    ``requested_by`` is who triggered the ``run``, as Airflow knows him: only his own request is carried out for him.
    """
    from learning_city.reports import request
    from learning_city.warehouse import engine

    home = Home.from_environment()
    with translated():
        warehouse = engine.connect(home)
        number = asked.get("request") or request.ask(
            warehouse,
            asked["framework"],
            asked["period"],
            places=asked.get("places") or (),
            formats=asked.get("formats") or ("xlsx",),
            who=requested_by,
            certified_by=asked.get("certified_by") or "",
        )
        return request.carry_out(warehouse, home, number, by=requested_by, run=run)


def before_release(number: int) -> str:
    """What stands against releasing a build, as the approval's text."""
    from learning_city.reports import life
    from learning_city.warehouse import engine

    with translated():
        found = life.obstacles(engine.connect(Home.from_environment()), number)
    lines = [f"- {' / '.join(life.OBSTACLES[one.kind])}: {one.many} ({one.what[:500]})" for one in found]
    return "\n".join(lines) or "没有未决事项 / nothing stands against it"


def release_report(number: int, answer: dict[str, Any]) -> None:
    """Release a build as a person answered in Airflow; our own rules hold (rights, a second person, what is open).

    Airflow lets more people answer than may release: whoever answered needs the role head everywhere, as on the page.
    """
    from learning_city.reports import life
    from learning_city.warehouse import engine, grants

    said, person = answer["params_input"], answer["responded_by_user"] or {}
    who = str(person.get("name") or person.get("id") or "")
    with translated():
        home = Home.from_environment()
        warehouse = engine.connect(home)
        with warehouse.connect() as connection:
            grants.require(connection, who, Right.RELEASE)
        told = {name: str(said.get(name) or "") for name in ("why", "certified_by", "despite")}
        life.release(warehouse, home, number, who=who, **told)
