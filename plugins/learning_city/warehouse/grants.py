"""What a person may do by ``app.grant``, asked wherever an act does not come from a page, which asks for itself."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from learning_city.errors import Refused
from learning_city.model.rights import EVERYWHERE, RIGHTS, Right


def require(connection: Connection, who: str, right: Right, places: Sequence[str] = (EVERYWHERE,)) -> None:
    """Raise Refused (``not_granted``) unless ``who`` holds ``right`` at all of the places; by default: everywhere."""
    roles = RIGHTS[right]
    held = set(connection.execute(text(_HELD), {"who": who, "roles": list(roles)}).scalars())
    if EVERYWHERE in held or (places and set(places) <= held):
        return
    short = "、".join(one for one in places if one not in held)
    where_zh, where_en = ("全部地区", "everywhere") if short == EVERYWHERE else (short, short)
    raise Refused(
        "not_granted",
        f"{who} 没有在{where_zh}办理此事的权限（须为 {'、'.join(sorted(roles))}），"
        f"请负责人用 lcm user add {who} --role … 授权，或由有权限的人办理。 "
        f"{who} does not hold the right to {right} ({where_en}): one of {', '.join(sorted(roles))} is needed.",
    )


def is_empty(connection: Connection) -> bool:
    """Whether nobody was given any right yet: a home before its first start."""
    return not connection.execute(text("SELECT EXISTS (SELECT FROM app.grant)")).scalar()


_HELD = """SELECT place FROM app.grant WHERE "user" = :who AND role = ANY(:roles)"""
