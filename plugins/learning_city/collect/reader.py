"""Two warm child processes that read files, and the pool that feeds them.

A file that makes a child die, or keeps it silent too long, is answered for here: its own problem, nobody else's.
"""

import io
import json
import os
import queue
import select
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import length_hint
from pathlib import Path
from typing import Literal, Self

import pyarrow as pa

from learning_city.model.home import CHECKOUT

CHUNK = 64
SECONDS_PER_FILE = 20.0
Kind = Literal["ledger", "table", "sheets"]
Chunk = tuple[list[int], list[bytes], dict[int, str]]


class Dead(Exception):
    """The child died or fell silent while reading one file."""

    def __init__(self, index: int, problem: str) -> None:
        self.index, self.problem = index, problem
        super().__init__(problem)


class Child:
    """One reading process; started lean, kept warm, replaced when it dies."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lcm-read-")
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(CHECKOUT / "plugins")}
        environment |= {"TMPDIR": self._folder.name, "LANG": "C.UTF-8", "ARROW_DEFAULT_MEMORY_POOL": "system"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "learning_city.collect.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=environment,
        )

    def read(self, kind: Kind, paths: Sequence[str], beside: Sequence[object] = ()) -> list[bytes]:
        """The result frames of a chunk; raises Dead naming the file that killed the child. ``beside``: see Readers."""
        at = 0
        frames: list[bytes] = []
        try:
            self._say({"as": kind, "paths": list(paths), "with": list(beside)})
            while True:
                letter, content = self._frame()
                if letter == b"E":
                    return frames
                if letter == b"P":
                    (at,) = struct.unpack(">I", content)
                else:
                    frames.append(content)
        except (EOFError, BrokenPipeError):
            raise Dead(at, "crashed") from None
        except TimeoutError:
            raise Dead(at, "timeout") from None

    def close(self) -> None:
        """End the process and remove its folder."""
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()

    def _say(self, asked: dict[str, object]) -> None:
        sink = self._process.stdin
        if sink is None:
            raise EOFError
        sink.write(json.dumps(asked).encode() + b"\n")
        sink.flush()

    def _frame(self) -> tuple[bytes, bytes]:
        letter, size = struct.unpack(">cI", self._bytes(5))
        return letter, self._bytes(size)

    def _bytes(self, size: int) -> bytes:
        source = self._process.stdout
        if source is None:
            raise EOFError
        taken = io.BytesIO()
        while taken.tell() < size:
            ready, _, _ = select.select([source], [], [], SECONDS_PER_FILE)
            if not ready:
                raise TimeoutError
            piece = os.read(source.fileno(), size - taken.tell())
            if not piece:
                raise EOFError
            taken.write(piece)
        return taken.getvalue()


class Readers:
    """A pool of children. Use as a context; ``read`` may be called many times."""

    def __init__(self, children: int = 2) -> None:
        self._children = [Child() for _ in range(children)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        for child in self._children:
            child.close()

    def read(self, kind: Kind, paths: Iterable[Path], beside: Sequence[object] = ()) -> Iterator[Chunk]:
        """Per chunk: the indices into ``paths`` it holds, its frames, and the problem of each file that killed a child.

        Frames number files by their place in the list of indices. ``beside``: what the child is told with each path.
        Paths are drawn chunk by chunk, in another thread, as a child becomes free.
        """
        size = min(CHUNK, -(-length_hint(paths, CHUNK * len(self._children)) // len(self._children)))
        work = _Work(kind, enumerate(paths), max(1, size), beside)
        threads = [
            threading.Thread(target=self._serve, args=(n, work), daemon=True) for n in range(len(self._children))
        ]
        for thread in threads:
            thread.start()
        for _ in range(len(threads)):
            while (result := work.done.get()) is not None:
                if isinstance(result, BaseException):
                    raise result
                yield result

    def _serve(self, number: int, work: "_Work") -> None:
        try:
            while chunk := work.draw():
                work.done.put(self._chunk(number, work, chunk))
        except BaseException as problem:  # noqa: BLE001 - handed to the caller's thread
            work.done.put(problem)
        finally:
            work.done.put(None)

    def _chunk(self, number: int, work: "_Work", paths: dict[int, Path]) -> Chunk:
        problems: dict[int, str] = {}
        while paths:
            indices = list(paths)
            try:
                told = [work.beside[i] for i in indices] if work.beside else []
                frames = self._children[number].read(work.kind, [str(path) for path in paths.values()], told)
            except Dead as dead:
                problems[indices[dead.index]] = dead.problem
                del paths[indices[dead.index]]
                self._children[number].close()
                self._children[number] = Child()
            else:
                return indices, frames, problems
        return [], [], problems


class _Work:
    """Files to be read, drawn in chunks by whichever child is free, and what was read of them."""

    def __init__(self, kind: Kind, paths: Iterator[tuple[int, Path]], size: int, beside: Sequence[object]) -> None:
        self.kind, self.beside = kind, beside
        self.done: queue.SimpleQueue[Chunk | BaseException | None] = queue.SimpleQueue()
        self._paths, self._size, self._lock = paths, size, threading.Lock()

    def draw(self) -> dict[int, Path]:
        """The next chunk by index; empty when all are drawn."""
        with self._lock:
            return dict(islice(self._paths, self._size))


def table(frame: bytes) -> pa.Table:
    """An Arrow table from one frame."""
    return pa.ipc.open_stream(frame).read_all()
