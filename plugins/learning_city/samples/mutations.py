"""Seeded mutations of workbooks and tables: what a bad disk, a bad mail server or a bad person makes of a file."""

import io
import random
import re
import zipfile
from collections.abc import Callable

_ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;&a;&a;">]>'
_REFERENCE = re.compile(rb'\br="[A-Z]+\d+"')
_NUMBER = re.compile(rb"<v>[^<]*</v>")


def mutate(content: bytes, chance: random.Random) -> bytes:
    """A mutated copy; the same state of ``chance`` gives the same bytes. Never empty unless cut to nothing."""
    inside = content.startswith(b"PK") and chance.random() < 0.6
    if inside and (changed := _inside(content, chance)) is not None:
        return changed
    for _ in range(chance.randint(1, 4)):
        content = chance.choice(_OUTSIDE)(content, chance)
    return content


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 40)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _drop(content: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(content))
    return content[:start] + content[start + chance.randint(1, 4096) :]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(content))
    piece = content[start : start + chance.randint(1, 512)]
    return content[:start] + piece * chance.randint(2, 200) + content[start:]


def _insert(content: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(content))
    return content[:start] + chance.randbytes(chance.randint(1, 2048)) + content[start:]


_OUTSIDE: tuple[Callable[[bytes, random.Random], bytes], ...] = (_flip, _cut, _drop, _repeat, _insert)


def _inside(content: bytes, chance: random.Random) -> bytes | None:
    """Change one part of a zip and pack it again; None where it is no sound zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = [(entry.filename, packed.read(entry)) for entry in packed.infolist()]
    except (zipfile.BadZipFile, OSError, EOFError, ValueError):
        return None
    turn = chance.randrange(len(parts))
    name, part = parts[turn]
    parts[turn] = (name, chance.choice(_PARTS)(part, chance))
    if chance.random() < 0.1:
        parts.append(
            (chance.choice(["../../evil.xml", "xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml"]), b"x")
        )
    if chance.random() < 0.1:
        del parts[chance.randrange(len(parts))]
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as repacked:
        for member, bytes_ in parts:
            repacked.writestr(zipfile.ZipInfo(member), bytes_, zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def _far(part: bytes, chance: random.Random) -> bytes:
    """A cell moves to the far end of the sheet."""
    place = b'r="%s%d"' % (
        chance.choice([b"XFD", b"ZZZ", b"AAAA", b"A", b""]),
        chance.choice([1, 1_048_576, 9_999_999, 0]),
    )
    return _REFERENCE.sub(place, part, count=chance.randint(1, 5))


def _entity(part: bytes, chance: random.Random) -> bytes:
    del chance
    return _ENTITY + part.split(b"?>", 1)[-1].replace(b"</v>", b"&b;</v>")


def _value(part: bytes, chance: random.Random) -> bytes:
    odd = chance.choice([b"1e999", b"-1e308", b"NaN", b"=1+1", b"", b"9" * 400, "十二".encode(), b"0x1F", b"&#0;"])
    return _NUMBER.sub(b"<v>" + odd + b"</v>", part, count=chance.randint(1, 20))


def _deep(part: bytes, chance: random.Random) -> bytes:
    depth = chance.choice([50, 5_000])
    return part.replace(b"</sheetData>", b"<c>" * depth + b"</c>" * depth + b"</sheetData>")


def _swell(part: bytes, chance: random.Random) -> bytes:
    return part + b" " * chance.choice([10_000, 5_000_000])


_PARTS: tuple[Callable[[bytes, random.Random], bytes], ...] = (*_OUTSIDE, _far, _entity, _value, _deep, _swell)
