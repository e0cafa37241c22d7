"""The office's mail server, as the Airflow connection ``lcm_smtp`` describes it."""

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from learning_city.prepare.mail import Mailbox

CONNECTION = "lcm_smtp"


def mailbox() -> Mailbox | None:
    """The mailbox of the connection, or None where the office has set up none.

    Host, port (25), login and password are the connection's own; its extra may say ``from`` (the sender, else the
    login) and ``starttls``.
    """
    try:
        found = Connection.get(CONNECTION)
    except AirflowNotFoundException:
        return None
    extra = found.extra_dejson
    return Mailbox(
        host=found.host or "localhost",
        port=int(found.port or 25),
        sender=str(extra.get("from") or found.login or ""),
        user=found.login or "",
        password=found.password or "",
        starttls=bool(extra.get("starttls")),
    )
