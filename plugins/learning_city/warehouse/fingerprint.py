"""One hash per schema over business columns, without surrogate ids, run ids and timestamps."""

from sqlalchemy import Connection, text

from learning_city.warehouse.statements import load

SCHEMAS = ("ref", "intake", "quality", "warehouse", "report")


def fingerprint(connection: Connection) -> dict[str, str]:
    """Schema -> SHA-256 of its rows in key order; two databases are the same when all of these are."""
    found = {}
    for schema in SCHEMAS:
        lines = load(f"checks/fingerprint_{schema}").text
        statement = text(
            "SELECT encode(sha256(convert_to(coalesce(string_agg(md5(line), '' ORDER BY md5(line)), ''), 'UTF8')), 'hex') "
            f"FROM ({lines}) AS said (line)"
        )
        found[schema] = str(connection.execute(statement).scalar())
    return found
