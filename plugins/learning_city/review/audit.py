"""The record of decisions, proved: every link follows from its rows and from the link before; heads are kept outside."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DataError

from learning_city.warehouse.statements import load

_WORDS = {
    "unsealed": "有 {here} 条裁定不在链上（绕过程序写入） / {here} decision(s) stand outside the chain",
    "broken": "与前一环接不上（有一环被删或改过） / it does not follow from the link before",
    "count": "应有 {sealed} 条裁定，现有 {here} 条 / it sealed {sealed} decision(s), {here} are there",
    "row": "有一条裁定被改过 / a decision was changed",
    "link": "这一环本身被改过 / the link itself was changed",
    "head": "与留在外面的链头不符：整条链被重写过 / the head kept outside differs: the chain was rewritten",
    "seal": "链头文件里有一行不是本办公室写的，或封签密钥变了 / a line of the kept heads was changed, or the key that seals them",
    "alone": "没有留在外面的链头可比（audit/heads.txt 不在或是空的），无法发现整条链被重写 / no head was kept outside: a chain that was rewritten cannot be told",
    "report": "R-{number:03d} 的登记与链上所记不符（{what}） / the register of R-{number:03d} says otherwise than the chain ({what})",
    "unread": "链上有一条报告的裁定读不懂，被改过 / a decision about a report cannot be read: it was changed",
    "lost": "链比留在外面的链头短：有裁定被删 / the chain is shorter than the head kept outside",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest link of a round's chain: enough to prove later that nothing before it was changed."""

    round: str
    seq: int
    hash: str

    @property
    def printed(self) -> str:
        """As workbooks print it and ``lcm audit verify --head`` takes it."""
        return f"{self.round}/{self.seq}/{self.hash[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A link that does not hold, and what is wrong with it in both languages."""

    round: str
    seq: int
    kind: str
    says: str


def heads(engine: Engine) -> list[Head]:
    """The newest link of every round that has one."""
    with engine.connect() as connection:
        return [Head(round=row.round, seq=row.seq, hash=row.hash) for row in connection.execute(text(_HEADS))]


def verify(engine: Engine, known: Sequence[Head] = ()) -> list[Fault]:
    """Recompute every chain, and hold it against heads that were kept elsewhere (a shortened hash will do).

    Whoever owns the database can rewrite a chain from end to end; he cannot rewrite the heads that were printed in
    workbooks or kept in the home's ``audit`` folder. What the register of reports says is held against the chain too. An
    empty list means that every decision is as it was made.
    """
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL search_path = pg_catalog"))
        found = [
            Fault(round=row["round"], seq=row["seq"], kind=row["fault"], says=_WORDS[row["fault"]].format(**row))
            for row in connection.execute(load("review/verify")).mappings()
        ]
        found += _reports(connection)
        there = {(row.round, row.seq): row.hash for row in connection.execute(text(_LINKS))}
    for head in dict.fromkeys(known):
        now = there.get((head.round, head.seq))
        if now is None or not now.startswith(head.hash):
            kind = "seal" if head.hash == _UNSEALED else "lost" if now is None else "head"
            found.append(Fault(round=head.round, seq=head.seq, kind=kind, says=_WORDS[kind]))
    return sorted(found, key=lambda fault: (fault.round, fault.seq))


def _reports(connection: Connection) -> list[Fault]:
    """Builds of which the register (steps, releases, inputs, hashes of files) is not what the chain holds."""
    try:
        with connection.begin_nested():
            rows = connection.execute(load("review/verify_reports")).all()
    except DataError:
        return [Fault(round="—", seq=0, kind="unread", says=_WORDS["unread"])]
    return [
        Fault(
            round=row.round or "—",
            seq=row.seq,
            kind="report",
            says=_WORDS["report"].format(number=row.build_id, what=row.what),
        )
        for row in rows
    ]


def alone() -> Fault:
    """There is a chain and no head that was kept elsewhere, though every run of ``apply_decisions`` keeps one."""
    return Fault(round="—", seq=0, kind="alone", says=_WORDS["alone"])


def keep(folder: Path, key: bytes, now: Sequence[Head]) -> None:
    """Write heads that are new into ``folder``, each with a seal made from the home's own key."""
    folder.mkdir(parents=True, exist_ok=True)
    known = set(kept(folder, key))
    lines = [f"{_line(head)} {_seal(key, _line(head))}\n" for head in now if head not in known]
    if lines:
        with (folder / "heads.txt").open("a", encoding="utf-8") as file:
            file.writelines(lines)


def kept(folder: Path, key: bytes) -> Iterator[Head]:
    """The heads that were kept; a line whose seal is wrong was not written by this office and is a head of nothing."""
    file = folder / "heads.txt"
    for written in file.read_text("utf-8").splitlines() if file.exists() else ():
        line, _, seal = written.rpartition(" ")
        if hmac.compare_digest(_seal(key, line), seal):
            round_id, seq, digest = json.loads(line)
            yield Head(round=round_id, seq=seq, hash=digest)
        else:
            yield Head(round=written[:40], seq=0, hash=_UNSEALED)


def _line(head: Head) -> str:
    return json.dumps([head.round, head.seq, head.hash], ensure_ascii=False)


def _seal(key: bytes, line: str) -> str:
    return hmac.new(key, line.encode(), hashlib.sha256).hexdigest()[:32]


_UNSEALED = "?"
_HEADS = "SELECT DISTINCT ON (round) round, seq, hash FROM quality.link ORDER BY round, seq DESC"
_LINKS = "SELECT round, seq, hash FROM quality.link"
