"""Answers come as JSON lines: only a line feed ends a line."""

import json
from pathlib import Path

import pytest

from learning_city.cli import labels


@pytest.mark.parametrize("inside", ["\u2028", "\u2029", "\x85"])
def test_a_label_may_hold_what_some_call_the_end_of_a_line(tmp_path: Path, inside: str) -> None:
    said = [{"label": f"社区{inside}学校", "note": "x"}, {"label": "老年大学", "note": ""}]
    path = tmp_path / "answers.jsonl"
    lines = "\r\n".join(json.dumps(one, ensure_ascii=False) for one in said)
    path.write_text(f"{lines}\n\n", encoding="utf-8", newline="")
    assert labels._read(path) == said
