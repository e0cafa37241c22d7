"""Uploaded catalogues, kept by their hash, and the command that checks, tries, imports and writes them.

The command runs in a process of its own: this one reads no workbook.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from learning_city.errors import LearningCityError
from learning_city.model.home import Home

LARGEST = 20 * 2**20
SECONDS = 300
_SHA = re.compile(r"[0-9a-f]{64}")
Answer = dict[str, Any]


class Failed(LearningCityError):
    """The command did not do it; the message is what it said, ``is_timeout`` when it was stopped."""

    def __init__(self, said: str, *, is_timeout: bool = False) -> None:
        self.is_timeout = is_timeout
        super().__init__(said)


def keep(content: bytes) -> str:
    """Keep an uploaded file under its SHA-256, readable by nobody else; gives the hash."""
    name = sha256(content).hexdigest()
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(folder / f"{name}.xlsx", content)
    return name


def is_kept(sha: str) -> bool:
    """Whether a hash is one of an uploaded file that is still what it was."""
    path = _folder() / f"{sha}.xlsx"
    return bool(_SHA.fullmatch(sha)) and path.is_file() and sha256(path.read_bytes()).hexdigest() == sha


def check(sha: str, name: str) -> Answer:
    """Check and try a kept file; the answer is kept beside it, with the name it was uploaded under."""
    try:
        answer = _command("import", str(_folder() / f"{sha}.xlsx"), "--dry-run", "--json")
    except Failed as failed:
        answer = _problem(failed)
    return _remember(sha, answer | {"file": name, "sha256": sha})


def note(sha: str, failed: Failed) -> Answer:
    """Keep with a checked file why it could not be imported."""
    return _remember(sha, (checked(sha) or {}) | _problem(failed))


def _problem(failed: Failed) -> Answer:
    return {"problem": str(failed), "is_timeout": failed.is_timeout}


def _remember(sha: str, answer: Answer) -> Answer:
    _write(_folder() / f"{sha}.json", json.dumps(answer, ensure_ascii=False).encode())
    return answer


def checked(sha: str) -> Answer | None:
    """What the check of a kept file said; None where there was none."""
    if not _SHA.fullmatch(sha):
        return None
    try:
        answer: Answer = json.loads((_folder() / f"{sha}.json").read_bytes())
    except (OSError, ValueError):
        return None
    return answer


def import_(sha: str, *, who: str, why: str, on: int) -> Answer:
    """Import exactly the kept file, if the edition in use is still ``on``; raises Failed with what the command said."""
    named = f"{why}（文件 file sha256 {sha}）"
    path = str(_folder() / f"{sha}.xlsx")
    return _command("import", path, "--why", named, "--who", who, "--on", str(on), "--json")


def export(edition: int, year: int) -> bytes:
    """The Excel of an edition; with a year only what was in force at its end. Raises Failed."""
    with tempfile.TemporaryDirectory(prefix="lcm-export-") as folder:
        path = Path(folder) / "catalogue.xlsx"
        limited = ["--as-of", str(year)] if year else []
        _run("export", str(path), "--edition", str(edition), *limited)
        return path.read_bytes()


def _folder() -> Path:
    return Home.from_environment().root / "uploads"


def _write(path: Path, content: bytes) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(draft).replace(path)


def _command(*arguments: str) -> Answer:
    said = _run(*arguments, codes=(0, 1))
    answer: Answer = json.loads(said)
    return answer


def _run(*arguments: str, codes: tuple[int, ...] = (0,)) -> str:
    command = [sys.executable, "-m", "learning_city.cli", "catalogue", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as slow:
        raise Failed("", is_timeout=True) from slow
    if done.returncode not in codes or (1 in codes and not done.stdout.startswith("{")):
        lines = done.stderr.strip().splitlines()
        raise Failed((lines[-1] if lines else "").removeprefix("✗ "))
    return done.stdout
