"""The one place where our errors become Airflow's: retry what may heal, stop what needs a person."""

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.sdk.exceptions import AirflowFailException
from sqlalchemy.exc import OperationalError

from learning_city.errors import NeedsAPerson, RetryLater


@contextmanager
def translated() -> Iterator[None]:
    """NeedsAPerson fails the task for good (with its message); RetryLater and a lost database are tried again."""
    try:
        yield
    except NeedsAPerson as problem:
        raise AirflowFailException(str(problem)) from problem
    except OperationalError as problem:
        raise RetryLater("The database did not answer; the task will be tried again.") from problem
