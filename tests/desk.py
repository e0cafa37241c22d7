"""Workbooks that come to the review desk: two forms in one, and what is asked about them."""

from dataclasses import replace
from datetime import timedelta

from office import Office, filled

from learning_city.model.ledger import Answer
from learning_city.review.decide import Said

NOW = timedelta(0)
LI = Said(who="李", why="尚未公布")
BLANK = Answer()
TEXT = "12人"


def deliver(office: Office, name: str = "北京", place: str = "110000", **changed: float | str | Answer) -> int:
    """One workbook of a department that holds two forms, ``statistics`` and ``culture``; gives its number."""
    statistics, culture = office.ledger(place=place), office.ledger("culture_tourism", place)
    both = replace(statistics, forms=(*culture.forms, *statistics.forms))
    office.deliver(name, both, filled(both, **changed))
    (submission,) = office.check(name)
    return submission


def question(office: Office, name: str = "北京") -> int:
    (finding,) = [finding for finding in office.findings(name) if finding.severity == "ask"]
    return int(finding.finding_id)
