"""Uploaded deliveries: kept apart under a random name, checked by a process of its own, then moved into the inbox."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from learning_city.model.home import Home

LARGEST = 60 * 2**20
MOST_FILES = 60
SECONDS = 120
_TOKEN = re.compile(r"[0-9a-f]{32}")
_BOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".et")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
Answer = dict[str, Any]


def keep(files: list[tuple[str, bytes]]) -> str:
    """Keep the files of one delivery, readable by nobody else; gives its token."""
    token = secrets.token_hex(16)
    folder = _folder() / token / "files"
    folder.mkdir(parents=True, mode=0o700)
    for number, (name, content) in enumerate(files, start=1):
        safe = _safe(name) or f"{number}"
        path = folder / safe
        if path.exists():
            path = folder / f"{number}_{safe}"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    return token


def check(token: str, round_id: str) -> Answer:
    """Check the workbooks of a kept delivery as ``lcm check`` does; the answer is kept beside it."""
    folder = _folder() / token / "files"
    names = sorted(path.name for path in folder.iterdir())
    books = [name for name in names if name.lower().endswith(_BOOKS)]
    answer: Answer = {"round": round_id, "files": names, "books": books, "findings": [], "problem": ""}
    if books:
        command = [sys.executable, "-m", "learning_city.cli", "check", *books, "--round", round_id, "--json"]
        try:
            done = subprocess.run(  # noqa: S603 - our own program, names checked
                command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
            )
            answer["findings"] = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            if done.returncode not in (0, 1) or (done.returncode and not answer["findings"]):
                answer["problem"] = (done.stderr.strip().splitlines() or ["?"])[-1].removeprefix("✗ ")
        except subprocess.TimeoutExpired:
            answer["problem"] = f"> {SECONDS} s"
    (folder.parent / "answer.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return answer


def checked(token: str) -> Answer | None:
    """What the check of a kept delivery said, and under which name it was delivered; None where there was none."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        answer: Answer = json.loads((_folder() / token / "answer.json").read_bytes())
    except (OSError, ValueError):
        return None
    return answer


def deliver(token: str, inbox: Path, who: str) -> str:
    """Move a checked delivery into a round's inbox in one step; gives its name there, empty where it is not kept."""
    answer = checked(token)
    folder = _folder() / token / "files"
    if answer is None or not folder.is_dir():
        return ""
    book = (answer["books"] or answer["files"])[0]
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    name = f"{_safe(Path(book).stem)[:60] or 'upload'}_{_safe(who)[:20]}_{stamp}_{token[:6]}"
    inbox.mkdir(parents=True, exist_ok=True)
    shutil.move(folder, inbox / name)
    for path in (inbox / name).iterdir():
        path.chmod(0o644)
    (inbox / name).chmod(0o755)
    answer["delivered_as"] = name
    (_folder() / token / "answer.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return name


def _safe(name: str) -> str:
    """A file's own name without its path and without signs that mean something to a shell or a system."""
    return _UNSAFE.sub("_", Path(name.replace("\\", "/")).name).lstrip(".~-=+@ ")[:150]


def _folder() -> Path:
    return Home.from_environment().root / "uploads" / "deliveries"
