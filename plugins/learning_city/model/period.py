"""Periods: a data year ``2017``, a quarter ``2017-Q3``, or ``unstated@<document>``."""

import re
from datetime import date

YEAR = re.compile(r"(?:18|19|20)[0-9]{2}\Z")
QUARTER = re.compile(r"((?:18|19|20)[0-9]{2})-Q([1-4])\Z")
UNSTATED = re.compile(r"unstated@[\w.-]{1,60}\Z")


def is_period(text: str) -> bool:
    """Whether ``text`` is one of the three forms of a period."""
    return bool(YEAR.match(text) or QUARTER.match(text) or UNSTATED.match(text))


def last_day(period: str) -> date | None:
    """The day a period is judged by; None when no year was stated.

    >>> last_day("2017-Q3")
    datetime.date(2017, 9, 30)
    """
    if YEAR.match(period):
        return date(int(period), 12, 31)
    if found := QUARTER.match(period):
        year, quarter = int(found[1]), int(found[2])
        return date(year, quarter * 3, 30 if quarter in (2, 3) else 31)
    return None


def year_before(period: str) -> str:
    """The same period one year earlier; empty for an unstated one."""
    if last_day(period) is None:
        return ""
    return f"{int(period[:4]) - 1}{period[4:]}"


def before(period: str) -> str:
    """The period just before: last year, last quarter; empty for an unstated one.

    >>> before("2017"), before("2017-Q1")
    ('2016', '2016-Q4')
    """
    if found := QUARTER.match(period):
        year, quarter = int(found[1]), int(found[2])
        return f"{year}-Q{quarter - 1}" if quarter > 1 else f"{year - 1}-Q4"
    return year_before(period)
