"""Mutated files through the archive and the reading children: everything is archived and answered, nothing falls over."""

from pathlib import Path

from learning_city.cli.fuzz import MOST_MB, fuzz

FILES, SEED = 500, 2026


def test_five_hundred_mutations_are_archived_and_answered(tmp_path: Path) -> None:
    seen = fuzz(FILES, SEED, tmp_path)
    assert seen.unanswered == []
    assert seen.not_archived == []
    assert seen.largest_child_mb < MOST_MB
    assert sum(seen.answers.values()) == 2 * FILES
    assert seen.answers[""] > 0, "some mutations leave a workbook readable"
    assert len([problem for problem in seen.answers if problem]) >= 5, "and others break it in several ways"
