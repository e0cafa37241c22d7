"""The archive: by hash, once, never changed."""

import hashlib
from pathlib import Path

from learning_city.collect import archive


def test_every_file_lies_under_the_hash_of_its_bytes_and_cannot_be_written(tmp_path: Path) -> None:
    (stored,) = archive.put(tmp_path / "archive", [b"a ledger"])
    assert stored.sha256 == hashlib.sha256(b"a ledger").hexdigest()
    assert stored.path.name == stored.sha256
    assert stored.path.read_bytes() == b"a ledger"
    assert stored.size == 8
    assert stored.path.stat().st_mode & 0o222 == 0


def test_the_same_bytes_are_kept_once_and_left_alone(tmp_path: Path) -> None:
    first, second = archive.put(tmp_path, [b"a ledger", b"a ledger"])
    before = first.path.stat()
    (again,) = archive.put(tmp_path, [b"a ledger"])
    after = again.path.stat()
    assert first == second == again
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [first.path]


def test_no_half_written_file_is_ever_taken_for_an_archived_one(tmp_path: Path) -> None:
    content = b"a ledger"
    digest = hashlib.sha256(content).hexdigest()
    (tmp_path / digest[:2]).mkdir()
    (tmp_path / digest[:2] / f"{digest}.4711").write_bytes(b"a led")  # a process was killed here
    (stored,) = archive.put(tmp_path, [content])
    assert stored.path.read_bytes() == content


def test_a_file_that_a_crash_tore_is_written_again(tmp_path: Path) -> None:
    (stored,) = archive.put(tmp_path, [b"a ledger"])
    stored.path.chmod(0o644)
    stored.path.write_bytes(b"a led")
    stored.path.chmod(0o444)
    assert archive.put(tmp_path, [b"a ledger"]) == [stored]
    assert stored.path.read_bytes() == b"a ledger"
    assert stored.path.stat().st_mode & 0o222 == 0


def test_a_large_file_is_archived_where_its_bytes_would_be(tmp_path: Path) -> None:
    content = bytes(range(256)) * 9_000
    (tmp_path / "large").write_bytes(content)
    first, second = archive.put(tmp_path / "archive", [tmp_path / "large", content])
    assert first == second
    assert first.path.read_bytes() == content
    assert [path for path in (tmp_path / "archive").rglob("*") if path.is_file()] == [first.path]
    assert archive.ends(tmp_path / "large").endswith(content[-1000:])
