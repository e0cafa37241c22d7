"""What a unit measures: powers of what is counted, and how many of the base it is.

A dictionary of exponents over the fixed table of units; multiples (万, 亿) and percent are scale, not dimension. A library
of physical units would have to be taught every counting word of the table and would take 100 for a coefficient.
"""

import math
from dataclasses import dataclass, field

from learning_city.model.units import UNITS, canonical

_PURE = {"%": 0.01, "—": 1.0}
_MULTIPLES = ((1e12, "万亿"), (1e8, "亿"), (1e7, "千万"), (1e6, "百万"), (1e4, "万"), (1e3, "千"), (1e2, "百"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """``scale`` base units of the product of ``powers``: 册/万人 is 0.0001 of {册: 1, 人: -1}, % is 0.01 of nothing."""

    scale: float
    powers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises OverflowError for a scale that no number can say (a formula times 1e300, and again)."""
        if not (self.scale and math.isfinite(self.scale)):
            raise OverflowError(self.scale)

    def __mul__(self, other: "Dimension") -> "Dimension":
        """The dimension of a product."""
        powers = {name: self.powers.get(name, 0) + other.powers.get(name, 0) for name in self.powers | other.powers}
        return Dimension(scale=self.scale * other.scale, powers={name: n for name, n in powers.items() if n})

    def __truediv__(self, other: "Dimension") -> "Dimension":
        """The dimension of a quotient."""
        return self * Dimension(scale=1 / other.scale, powers={name: -n for name, n in other.powers.items()})

    def is_same(self, other: "Dimension") -> bool:
        """Whether values in both may be compared and added as they stand."""
        return self.powers == other.powers and math.isclose(self.scale, other.scale, rel_tol=1e-9)

    @property
    def spelled(self) -> str:
        """As a statistician writes it: 册/万人; what has no usual name is spelled with its number."""
        above = "·".join(name for name, n in self.powers.items() for _ in range(n))
        below = "·".join(name for name, n in self.powers.items() for _ in range(-n))
        if not self.powers:
            plain = f"1/{1 / self.scale:g}" if self.scale < 1 else f"{self.scale:g}"
            return next((said for said, scale in _NAMED if math.isclose(scale, self.scale)), plain)
        if self.scale < 1 and below:
            return f"{above or '1'}/{_multiple(1 / self.scale)}{below}"
        return _multiple(self.scale) + (above or "1") + (f"/{below}" if below else "")


_NAMED = (("%", 0.01), ("‰", 0.001), ("—", 1.0))


def dimension(unit: str) -> Dimension | None:
    """What a unit of the table, or a quotient of two of them (册/人, 个/百万人), measures; None for any other.

    >>> dimension("万元/万人").spelled
    '元/人'
    """
    above, slash, below = canonical(unit).partition("/")
    if not slash:
        return _simple(above) if above in UNITS else None
    if canonical(unit) not in UNITS and not {above, below} <= set(UNITS):
        return None
    return _simple(above) / _simple(below)


def _simple(name: str) -> Dimension:
    """A unit without a stroke; one that only stands below another (人/月) counts itself."""
    counted, factor = UNITS.get(name, (name, 1.0))
    if counted in _PURE:
        return Dimension(scale=_PURE[counted] * factor)
    return Dimension(scale=factor, powers={counted: 1})


def _multiple(scale: float) -> str:
    known = next((said for factor, said in _MULTIPLES if math.isclose(factor, scale)), None)
    return known if known is not None else "" if math.isclose(scale, 1) else f"{scale:g}×"
