"""Decisions that come one after the other start one run together, and none is forgotten."""

import threading
import time

from learning_city.web.recompute import Soon


def wait_for(runs: list[str], many: int) -> None:
    until = time.monotonic() + 5
    while len(runs) < many and time.monotonic() < until:
        time.sleep(0.01)


def test_the_first_starts_a_run_at_once_and_the_next_ones_start_one_together() -> None:
    runs: list[str] = []
    soon = Soon(lambda: runs.append("a run"), quiet=0.3)
    soon()
    wait_for(runs, 1)
    people = [threading.Thread(target=soon) for _ in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert runs == ["a run"]
    wait_for(runs, 2)
    time.sleep(0.5)
    assert runs == ["a run"] * 2


def test_what_is_decided_after_a_run_began_starts_another() -> None:
    runs: list[str] = []
    soon = Soon(lambda: runs.append("a run"), quiet=0.3)
    for many in (1, 2, 3):
        soon()
        wait_for(runs, many)
    assert len(runs) == 3
