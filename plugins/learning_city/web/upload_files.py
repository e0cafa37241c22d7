"""Uploaded deliveries: kept apart under a random name, checked by a process of its own, then moved into the inbox."""

import io
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from learning_city.collect.inbox import Place, near, unpacked, unused
from learning_city.model.home import Home
from learning_city.model.plain_text import plain

LARGEST = 60 * 2**20
MOST_FILES = 60
SECONDS = 120
_TOKEN = re.compile(r"[0-9a-f]{32}")
_BOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".et")
_NAME_BYTES = 200
"""Of the 255 that a file system takes: the rest is for numbers and stamps."""
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
Answer = dict[str, Any]


def keep(files: list[tuple[str, bytes]]) -> str:
    """Keep the files of one delivery, readable by nobody else; gives its token.

    A zip that comes alone is a package: its files are kept, and it beside them.
    """
    token = secrets.token_hex(16)
    folder = _folder() / token / "files"
    folder.mkdir(parents=True, mode=0o700)
    taken: set[str] = set()
    for number, (name, content) in enumerate([*files, *_inside(files)], start=1):
        safe = unused(plain_name(name) or f"{number}", taken)
        taken.add(safe)
        handle = os.open(folder / safe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    return token


def _inside(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """The files in a zip that was sent alone; none where it is broken, too large or protected."""
    if len(files) != 1 or not files[0][0].lower().endswith(".zip"):
        return []
    members, _ = unpacked(files[0][1], files[0][0])
    return [(name, content) for name, content in members.items() if isinstance(content, bytes)]


def begin(token: str, round_id: str) -> Answer:
    """Say that a kept delivery is being checked: what is in it, and since when."""
    folder = _folder() / token / "files"
    names = sorted(path.name for path in folder.iterdir())
    books = [name for name in names if name.lower().endswith(_BOOKS)]
    answer: Answer = {"round": round_id, "files": names, "books": books, "findings": [], "problem": ""}
    _keep_answer(token, answer | {"since": time.time()})
    return answer


def check(token: str, answer: Answer) -> None:
    """Check the workbooks of a kept delivery as ``lcm check`` does; the answer is kept beside it."""
    folder, books, round_id = _folder() / token / "files", answer["books"], answer["round"]
    if books:
        command = [sys.executable, "-m", "learning_city.cli", "check", *books, "--round", round_id, "--json"]
        try:
            done = subprocess.run(  # noqa: S603 - our own program, names checked
                command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
            )
            answer["findings"] = [json.loads(line) for line in done.stdout.split("\n") if line.startswith("{")]
            if done.returncode not in (0, 1) or (done.returncode and not answer["findings"]):
                answer["problem"] = (done.stderr.strip().splitlines() or ["?"])[-1].removeprefix("✗ ")
        except subprocess.TimeoutExpired:
            answer["problem"] = f"> {SECONDS} s"
    _keep_answer(token, answer)


def waits(answer: Answer) -> float | None:
    """Seconds since the check of a delivery began; None when it is done."""
    return max(0.0, time.time() - answer["since"]) if "since" in answer else None


def checked(token: str) -> Answer | None:
    """What the check of a kept delivery said, and under which name it was delivered; None where there was none."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        answer: Answer = json.loads((_folder() / token / "answer.json").read_bytes())
    except (OSError, ValueError):
        return None
    if (waits(answer) or 0) > SECONDS + 30:
        del answer["since"]
        answer["problem"] = "自查中断，请重新上传。 The check was interrupted; upload again."
    return answer


def deliver(token: str, inbox: Place, who: str) -> str:
    """Put a checked delivery into a round's inbox in one step; gives its name there, empty where it is not kept.

    On a disk its folder is moved; into an object store it goes as one zip.
    """
    answer = checked(token)
    folder = _folder() / token / "files"
    if answer is None or waits(answer) is not None or not folder.is_dir():
        return ""
    book = (answer["books"] or answer["files"])[0]
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    name = f"{_cut(plain_name(Path(book).stem), 120) or 'upload'}_{_cut(plain_name(who), 60)}_{stamp}_{token[:6]}"
    place = near(inbox)
    if isinstance(place, Path):
        _move(folder, place / name)
    else:
        name = f"{name}.zip"
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(_packed(folder))
        shutil.rmtree(folder)
    answer["delivered_as"] = name
    _keep_answer(token, answer)
    return name


def _keep_answer(token: str, answer: Answer) -> None:
    """Whole or not at all: a page may read it at any moment."""
    draft = _folder() / token / "answer.draft"
    draft.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    draft.replace(draft.with_suffix(".json"))


def _move(folder: Path, target: Path) -> None:
    """Move a folder to where the collection, which may run as somebody else, can read it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder, target)
    for path in target.iterdir():
        path.chmod(0o644)
    target.chmod(0o755)


def _packed(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.iterdir()):
            file.write(path, path.name)
    return packed.getvalue()


def plain_name(name: str) -> str:
    """A file's own name without its path and without signs that mean something to a shell or a system."""
    path = Path(_UNSAFE.sub("_", plain(Path(name.replace("\\", "/")).name)).lstrip(".~-=+@ "))
    ending = _cut(path.suffix, 20)
    return _cut(path.stem, _NAME_BYTES - len(ending.encode())) + ending


def _cut(words: str, most: int) -> str:
    """The beginning of a text that is at most so many bytes as a file system counts them."""
    return words.encode()[:most].decode(errors="ignore")


def _folder() -> Path:
    return Home.from_environment().root / "uploads" / "deliveries"
