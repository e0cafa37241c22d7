"""What a named person decides about a conflict: which of its candidates holds. A second person always confirms."""

from collections.abc import Sequence

from sqlalchemy import Engine, text

from learning_city.errors import Refused
from learning_city.model.reasons import Act
from learning_city.review.decide import Outcome, Said
from learning_city.warehouse import deciding
from learning_city.warehouse.statements import load


def settle(engine: Engine, *, period: str, place: str, definition: str, picked: Sequence[int], said: Said) -> Outcome:
    """Let one candidate of a conflict hold: ``picked`` are the observations it is made of.

    It counts once a second person confirms, and as long as no other observation speaks for the key. Raises Refused
    where there is no such candidate, where it has no reason, or where somebody was first.
    """
    key = {"period": period, "place": place, "definition": definition}
    with engine.begin() as connection:
        deciding.one_at_a_time(connection)
        words = said.checked(Act.SETTLE).words
        standing = connection.execute(load("review/conflict"), {**key, "picked": list(picked)}).first()
        if standing is None or standing.ruled:
            return Outcome(decisions=(), gone=1)
        if not standing.is_candidate:
            raise Refused(
                "no_candidate", "这个数已不是候选，请刷新后再选。 This is no candidate any more; load the page again."
            )
        made = connection.execute(text(_SETTLE), {**key, **words, "picked": list(picked), "judged": standing.judged})
        return Outcome(decisions=(int(made.scalar_one()),), pending=1)


_SETTLE = """
SELECT quality.settle_conflict(:period, :place, :definition, CAST(:picked AS bigint[]), CAST(:judged AS bigint[]),
  :who, :why, :code, :sample)
"""
