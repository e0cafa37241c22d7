"""Write many workbooks on every core: this process and lean children, each with departments of its own.

Children are plain subprocesses: they work alike below the command line, a test and an Airflow task,
and import nothing but what writes a workbook.
"""

import os
import pickle
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from learning_city.errors import LearningCityError, NeedsAPerson, RetryLater
from learning_city.model.home import CHECKOUT
from learning_city.prepare.asked import Asked, Forms
from learning_city.prepare.workbook import write_ledger

_WORTH_A_PROCESS = 300
"""Workbooks from which on starting another process pays."""
_MOST_PROCESSES = 4
_REFUSED = 3
"""Exit status of a child whose standard output says what a person has to do."""
Named = tuple[str, Asked]
"""A path and the workbook to be written there."""


def write_all(forms: Forms, workbooks: Sequence[Named], key: bytes, *, is_demo: bool) -> None:
    """Write the workbooks, signed under ``key``.

    Raises:
        NeedsAPerson: A form cannot be written as a sheet (see ``write_ledger``).
        RetryLater: A child died; trying again helps.
    """
    shares = _shares(workbooks, min(_MOST_PROCESSES, os.cpu_count() or 1, len(workbooks) // _WORTH_A_PROCESS + 1))
    with ExitStack() as stack:
        children = []
        for share in shares[1:]:
            children.append(stack.enter_context(_start(pickle.dumps((forms, share, key, is_demo)))))
            stack.callback(children[-1].kill)
        _write(forms, shares[0], key, is_demo=is_demo)
        for child in children:
            _finish(child)


def _shares(workbooks: Sequence[Named], processes: int) -> list[list[Named]]:
    """The workbooks in as many shares of like size; a department stays together, its mould is made once."""
    departments: dict[str, list[Named]] = defaultdict(list)
    for named in workbooks:
        departments[named[1].identity.department].append(named)
    shares: list[list[Named]] = [[] for _ in range(max(1, min(processes, len(departments))))]
    for own in sorted(departments.values(), key=len, reverse=True):
        min(shares, key=len).extend(own)
    return shares


def _start(job: bytes) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [sys.executable, "-m", "learning_city.prepare.scribe"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(CHECKOUT / "plugins"), "LANG": "C.UTF-8"},
    )
    assert child.stdin is not None  # noqa: S101 - a pipe was asked for
    with suppress(BrokenPipeError):  # a child that died says so when it is waited for
        child.stdin.write(job)
        child.stdin.close()
    child.stdin = None
    return child


def _finish(child: subprocess.Popen[bytes]) -> None:
    said, complaint = child.communicate()
    if child.returncode == _REFUSED:
        raise NeedsAPerson(said.decode())
    if child.returncode:
        last = (complaint.decode(errors="replace").strip().splitlines() or [f"exit {child.returncode}"])[-1]
        raise RetryLater(f"写工作簿的进程中断（{last}），可以重试。 A process that writes workbooks died: try again.")


def _write(forms: Forms, workbooks: Sequence[Named], key: bytes, *, is_demo: bool) -> None:
    for path, asked in workbooks:
        write_ledger(Path(path), forms.ledger(asked, is_demo=is_demo), key)


def main() -> None:
    """Write the share that standard input brings from our own parent process."""
    forms, workbooks, key, is_demo = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by ``_start``
    try:
        _write(forms, workbooks, key, is_demo=is_demo)
    except LearningCityError as problem:
        sys.stdout.write(str(problem))
        sys.exit(_REFUSED)


if __name__ == "__main__":
    main()
