"""SQL files: one statement each, the first line says what it gives."""

from functools import cache

from sqlalchemy import TextClause, text

from learning_city.model.home import CHECKOUT

SQL = CHECKOUT / "sql"


@cache
def load(name: str) -> TextClause:
    """The statement in ``sql/<name>.sql``; parameters are written ``:like_this``."""
    return text((SQL / f"{name}.sql").read_text(encoding="utf-8"))
