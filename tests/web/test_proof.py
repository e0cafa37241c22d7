"""The proof card through HTTP: the table leads to it, it is shown under a policy of its own, and only to who may look."""

import html
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urljoin

import httpx
import pytest

from learning_city.reports import proof

pytestmark = pytest.mark.airflow
TABLE, CARD = "/data-office/indicators", "/data-office/proof"
ASKED = {"indicator": "n3_1_4", "place": "140100", "period": "2017"}
Granted = Callable[..., AbstractContextManager[None]]


def test_a_chosen_number_leads_to_its_card(own_page: httpx.Client) -> None:
    shown = own_page.get(TABLE, params={**ASKED, "framework": "national_62", "lang": "zh"})
    (address,) = re.findall(r'href="([^"]+)"[^>]*>算给我看<', shown.text)
    card = own_page.get(urljoin(str(shown.url), html.unescape(address)))
    assert card.status_code == 200
    assert "60.38" in card.text
    assert card.headers["content-security-policy"] == f"{proof.POLICY}; sandbox; frame-ancestors 'self'"
    assert "unsafe" not in proof.POLICY


@pytest.mark.parametrize("changed", [{"place": "310000"}, {"indicator": "nothing"}, {"period": ""}, {"build": "99999"}])
def test_what_he_may_not_see_is_no_page(own_page: httpx.Client, granted: Granted, changed: dict[str, str]) -> None:
    with granted(("reader", "140100")):
        assert own_page.get(CARD, params=ASKED).status_code == 200
        assert own_page.get(CARD, params={**ASKED, **changed}).status_code == 404


def test_a_build_shows_its_own_number(own_page: httpx.Client) -> None:
    card = own_page.get(CARD, params={**ASKED, "build": "1"})
    assert card.status_code == 200
    assert "R-001" in card.text


def test_the_pages_learn_nothing_of_pandas_from_it() -> None:
    looked = "import sys, learning_city.reports.proof; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", looked], check=False).returncode == 0
