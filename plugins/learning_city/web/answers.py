"""The answer workbook (答复件) of a submission: made by a process of its own, sent as an attachment."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from learning_city.web import database, page
from learning_city.web.rights import Right
from learning_city.web.security import MayReceive

router = APIRouter()
SECONDS = 120
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KNOWN = """
SELECT submission_id FROM intake.submission
WHERE submission_id = :id AND (CAST(:places AS text[]) IS NULL OR place = ANY(CAST(:places AS text[])))
"""


@router.post("/submissions/{submission_id}/answer", response_model=None)
def answer(request: Request, viewer: MayReceive, submission_id: int) -> Response:
    """The department's own workbook with what is wrong in it, to be sent back; what forbids it is said."""
    places = viewer.places(Right.RECEIVE)
    if submission_id >= 2**62 or database.row(_KNOWN, id=submission_id, places=places) is None:
        raise HTTPException(404)
    with TemporaryDirectory(prefix="lcm-answer-") as folder:
        refused = _make(submission_id, Path(folder), viewer.name)
        made = next(Path(folder).iterdir(), None)
        if refused or made is None:
            around = page.frame(request, viewer, "submissions", all_batches=True)
            said = {"heading": around.say("answer.refused"), "kind": "ask", "lines": [refused], "command": ""}
            return page.render(around, "error.html", 409, **said, retry=False, typed=None, others=(), code="", login="")
        headers = {"Content-Disposition": f"attachment; filename*=utf-8''{quote(made.name)}"}
        headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return Response(made.read_bytes(), media_type=_XLSX, headers=headers)


def _make(submission_id: int, folder: Path, who: str) -> str:
    """Write it into the folder; what was refused, empty where nothing was."""
    command = [
        sys.executable,
        "-m",
        "learning_city.cli",
        "answer",
        str(submission_id),
        f"--out={folder}",
        f"--who={who}",
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            command, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"> {SECONDS} s"
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["?"])[-1].removeprefix("✗ ")
