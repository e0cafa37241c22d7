import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from demonstration import Demonstration, lcm
from sqlalchemy import text

from learning_city.cli import airflow_service
from learning_city.model.home import Home
from learning_city.warehouse import engine

pytestmark = pytest.mark.airflow


def rows(home: Home, sql: str) -> list[tuple]:  # type: ignore[type-arg]
    with engine.connect(home).connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def test_the_demo_says_what_came_out_and_where_to_look(running_demo: Demonstration) -> None:
    for words in ("真实 real", "北京市", "须改正 block", "冲突 conflicts", "/data-office/"):
        assert words in running_demo.printed
    book = re.search(r"workbook\s+(\S+\.xlsx)", running_demo.printed)
    assert book
    assert len(list((running_demo.home.reports).rglob("*.xlsx"))) == 1


def test_every_computed_value_ends_at_a_cell_whose_text_is_the_observed_value(running_demo: Demonstration) -> None:
    found = rows(
        running_demo.home,
        "SELECT count(*), count(*) FILTER (WHERE cell_text::float8 = observed_value) FROM mart.lineage",
    )
    assert found[0][0] > 900
    assert found[0][0] == found[0][1]


def test_explain_names_the_cell_and_the_hash_of_the_file(running_demo: Demonstration) -> None:
    said = lcm(running_demo.home.root, "explain", "n3_1_4", "140100", "2017")
    assert "60.38 %" in said
    assert re.search(r"单元格 cell\s+\S+\.xlsx \S+!\w+ = '60.38'", said)
    assert re.search(r"SHA-256 [0-9a-f]{64}", said)


def test_a_second_run_leaves_the_fingerprint_unchanged(running_demo: Demonstration) -> None:
    before = lcm(running_demo.home.root, "fingerprint")
    lcm(running_demo.home.root, "demo")
    assert lcm(running_demo.home.root, "fingerprint") == before


def test_nothing_listens_beyond_this_machine(running_demo: Demonstration) -> None:
    state = json.loads((running_demo.home.root / "airflow.json").read_text(encoding="utf-8"))
    family = [
        p
        for pid in state["pids"].values()
        for p in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))
    ]
    listening = [c.laddr.ip for p in family for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert listening
    assert set(listening) == {"127.0.0.1"}


def test_the_real_conflicts_are_listed_and_the_unstated_stay_unstated(running_demo: Demonstration) -> None:
    conflicts = rows(
        running_demo.home, "SELECT place, period, definition FROM mart.definition_conflict WHERE NOT is_synthetic"
    )
    assert conflicts == [("110000", "2016", "community_schools")]
    unstated = rows(
        running_demo.home,
        "SELECT count(*), count(DISTINCT period) FROM warehouse.observation WHERE period LIKE 'unstated@%'",
    )
    assert unstated[0][0] == 133
    asked = rows(running_demo.home, "SELECT count(*) FROM quality.finding WHERE rule_id = 'period.unstated'")
    assert asked[0][0] == 133
    xicheng = rows(
        running_demo.home,
        "SELECT definition, value FROM warehouse.observation WHERE measure = 'population' AND place = '110102' "
        "AND period LIKE 'unstated@%' ORDER BY value",
    )
    assert [value for _, value in xicheng] == [124.3, 137.9, 150.5]


def test_each_planted_fault_is_found_where_it_was_planted(running_demo: Demonstration) -> None:
    found = dict(
        rows(running_demo.home, "SELECT rule_id, count(*) FROM quality.finding WHERE round = '2017' GROUP BY rule_id")
    )  # type: ignore[arg-type]
    for rule in (
        "slip.unit", "signoff.seal", "parts.over_total", "type.not_a_number", "identity.printed", "legal.expired",
        "identity.round", "identity.unreadable",
    ):  # fmt: skip
        assert found.get(rule), rule


def test_forms_with_a_block_are_returned_and_their_figures_count_nowhere(running_demo: Demonstration) -> None:
    counted = rows(
        running_demo.home,
        "SELECT count(*) FROM warehouse.observation AS o JOIN quality.finding AS f USING (submission_id) "
        "JOIN intake.item AS i ON i.submission_id = o.submission_id AND i.cell = o.cell AND i.sheet = o.sheet "
        "WHERE f.severity = 'block' AND coalesce(f.form, i.form) = i.form",
    )
    assert counted == [(0,)]


def test_sample_data_cannot_enter_an_offices_home(running_demo: Demonstration, database_folder: Path) -> None:
    office = database_folder / "office"
    (office / "postgres").mkdir(parents=True)
    assert "may not enter" in lcm(office, "demo", code=1)
    assert "is a demonstration" in lcm(running_demo.home.root, "serve", code=1)


def backfilled(demo: Demonstration) -> dict[str, str]:
    """Partition key -> state of the runs that backfills made of open_round."""
    login = {"username": demo.user, "password": demo.password}
    with httpx.Client(base_url=demo.url, timeout=30) as client:
        token = client.post("/auth/token", json=login).raise_for_status().json()["access_token"]
        found = client.get("/api/v2/dags/open_round/dagRuns", headers={"Authorization": f"Bearer {token}"})
    runs = found.raise_for_status().json()["dag_runs"]
    return {run["dag_run_id"].split("__")[2]: run["state"] for run in runs if run["run_type"] == "backfill"}


@pytest.mark.timeout(240)
def test_a_backfill_opens_the_rounds_of_the_data_years_it_names_and_twice_changes_nothing(
    running_demo: Demonstration,
) -> None:
    before = lcm(running_demo.home.root, "fingerprint")
    environment = os.environ | airflow_service.environment(running_demo.home, int(running_demo.url.rsplit(":", 1)[1]))
    named = ["--dag-id", "open_round", "--from-date", "2013-01-01", "--to-date", "2017-12-31"]
    command = [sys.executable, "-m", "airflow", "backfill", "create", *named]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
    until = time.monotonic() + 90
    while len(found := backfilled(running_demo)) < 5 or set(found.values()) != {"success"}:
        assert time.monotonic() < until, found
        time.sleep(1)
    assert sorted(found) == ["2013", "2014", "2015", "2016", "2017"]
    assert lcm(running_demo.home.root, "fingerprint") == before
