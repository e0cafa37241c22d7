"""The reading process: parses what strangers sent, away from everything worth having.

It is started once and kept warm by ``collect.reader``, with no LCM_* environment and with limits on memory,
time, files and file size. It reads one JSON line per chunk of paths from standard input and answers on
standard output with length-prefixed frames: ``P`` + index before each file, ``R`` + JSON or Arrow at the end.
"""

import gc
import json
import os
import resource
import struct
import sys
from typing import BinaryIO

MEMORY_BYTES = 1_500 * 2**20
FILE_BYTES = 64 * 2**20
OPEN_FILES = 64
ALLOCATIONS = 200_000
"""Between two looks for garbage: a chunk keeps what it allocates, and looking often finds nothing."""


def main() -> None:
    """Serve chunks until standard input closes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    from learning_city.collect import ledger_file, sheet_file, table_file

    gc.set_threshold(ALLOCATIONS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    readers = {"ledger": ledger_file.read_chunk, "table": table_file.read_chunk, "sheets": sheet_file.read_chunk}
    for line in sys.stdin:
        asked = json.loads(line)
        told = [asked["with"]] if asked.get("with") else []
        frames = readers[asked["as"]](
            asked["paths"], lambda index: _send(answers, b"P", struct.pack(">I", index)), *told
        )
        for frame in frames:
            _send(answers, b"R", frame)
        _send(answers, b"E", b"")


def _send(answers: BinaryIO, kind: bytes, content: bytes) -> None:
    answers.write(struct.pack(">cI", kind, len(content)) + content)


if __name__ == "__main__":
    main()
