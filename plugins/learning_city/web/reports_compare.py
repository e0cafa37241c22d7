"""What changed between two builds, worked out by a process of its own from what each of them froze."""

import json
import subprocess
import sys
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from learning_city.web import page
from learning_city.web.reports import one, visible
from learning_city.web.security import MayLook

router = APIRouter()
SECONDS = 60
SHOWN = 500
Number = Annotated[int, Query(ge=0, le=2**62)]


@router.get("/reports/compare", response_class=HTMLResponse)
def compare(request: Request, viewer: MayLook, older: Number = 0, newer: Number = 0) -> HTMLResponse:
    """The changes between two builds, the one that matters most first."""
    around = page.frame(request, viewer, "reports", older=str(older), newer=str(newer))
    around.address = "reports/compare"
    first, second = one(viewer, older), one(viewer, newer)
    if first is None or second is None:
        raise HTTPException(404)
    offered = {row["build_id"]: row for row in (*visible(viewer), first, second)}
    found, problem = _between(older, newer)
    return page.render(
        around,
        "reports_compare.html",
        builds=[offered[number] for number in sorted(offered, reverse=True)],
        older=first,
        newer=second,
        changes=found.get("changes", [])[:SHOWN],
        total=len(found.get("changes", [])),
        values=found.get("values", 0),
        causes=found.get("causes", {}),
        problem=problem,
    )


def _between(older: int, newer: int) -> tuple[dict[str, Any], str]:
    """The changes, or why there are none to show."""
    try:
        return _changes(older, newer), ""
    except (subprocess.SubprocessError, ValueError) as failed:
        said = str(getattr(failed, "stderr", "") or "").strip().splitlines()
        told = said[-1] if said and said[-1].startswith("✗ ") else ""  # a traceback names paths of the server
        return {}, told.removeprefix("✗ ") or type(failed).__name__


@lru_cache(maxsize=64)
def _changes(older: int, newer: int) -> dict[str, Any]:
    """Builds never change, so what is between two of them is worked out once."""
    command = [sys.executable, "-m", "learning_city.cli", "report", "diff", str(older), str(newer), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)  # noqa: S603 - two numbers
    found: dict[str, Any] = json.loads(done.stdout)
    return found
