"""Which tables a statement reads, through views and functions: its answer holds until one of them is written to."""

import re
from collections.abc import Mapping

SCHEMAS = ("app", "intake", "quality", "ref", "warehouse", "report", "mart")
_NAME = re.compile(rf"\b(?:{'|'.join(SCHEMAS)})\.[a-z_0-9]+\b")
BODIES = """
SELECT concat(c.relnamespace::regnamespace, '.', c.relname) AS name, CASE
    WHEN c.relkind IN ('v', 'm') THEN replace(pg_get_viewdef(c.oid), '"', '')
    WHEN c.relispartition THEN (SELECT i.inhparent::regclass::text FROM pg_inherits AS i WHERE i.inhrelid = c.oid)
    ELSE '' END AS body
FROM pg_class AS c
WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace::regnamespace::text = ANY(:schemas)
UNION ALL
SELECT concat(p.pronamespace::regnamespace, '.', p.proname), string_agg(replace(pg_get_functiondef(p.oid), '"', ''), ' ')
FROM pg_proc AS p WHERE p.prokind = 'f' AND p.pronamespace::regnamespace::text = ANY(:schemas)
GROUP BY p.pronamespace, p.proname
"""
"""Everything a statement may name, and what it is made of: a view's or function's text, nothing for a table."""


def tables(statement: str, bodies: Mapping[str, str]) -> frozenset[str] | None:
    """The tables behind a statement; None where it names something that is not among ``bodies``: it may read anything."""
    found: set[str] = set()
    todo = set(_NAME.findall(statement))
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        seen.add(name)
        if name not in bodies:
            return None
        if not bodies[name]:
            found.add(name)
        todo |= set(_NAME.findall(bodies[name])) - seen
    return frozenset(found)
