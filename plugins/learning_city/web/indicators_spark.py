"""A series as a line the size of a word: broken where it breaks or is not comparable, hollow where a figure is a sample."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup

Row = Mapping[Any, Any]
WIDTH, HEIGHT, EDGE = 44, 16, 3
_DRAWN = Markup('<svg class="spark" viewBox="0 0 44 16" role="img" aria-label="{label}">{line}{ticks}{dots}</svg>')
_LINE = Markup('<path d="{d}"/>')
_TICK = Markup('<path class="brk" d="M{x:.1f} 0V16"/>')
_DOT = Markup('<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" class="{css}"/>')


class Point(NamedTuple):
    """One value of a series."""

    period: str
    value: float
    status: str
    verdict: str
    is_synthetic: bool


def breaks(earlier: Point, later: Point) -> bool:
    """Whether the later one cannot be compared with the earlier one."""
    return later.status == "B" or "不可比" in (earlier.verdict, later.verdict)


def joins(earlier: Point, later: Point) -> bool:
    """Whether a line may lead from one to the other: nothing breaks, and no sample is joined with a figure."""
    return not breaks(earlier, later) and earlier.is_synthetic == later.is_synthetic


def spark(points: Sequence[Point], line: tuple[str, ...], now: str, say: Callable[..., str]) -> Markup:
    """The drawing with its text alternative; ``line`` are the periods across. Nothing for less than two points."""
    if len(points) < 2:
        return Markup("")
    spoken = say("comma").join(_spoken(point, say) for point in points)
    return _drawn(tuple(points), line, now, say("spark", said=spoken))


def _spoken(point: Point, say: Callable[..., str]) -> str:
    marks = [say("spark.break")] * (point.status == "B") + [say("verdict.不可比")] * (point.verdict == "不可比")
    marks += [say("synthetic")] * point.is_synthetic
    return " ".join((point.period, f"{point.value:.6g}", *marks))


@lru_cache(maxsize=16_384)
def _drawn(points: tuple[Point, ...], line: tuple[str, ...], now: str, label: str) -> Markup:
    step = (WIDTH - 2 * EDGE) / max(len(line) - 1, 1)
    low, high = min(point.value for point in points), max(point.value for point in points)
    rise = (HEIGHT - 2 * EDGE) / (high - low) if high > low else 0.0
    at = [(EDGE + step * line.index(point.period), HEIGHT - EDGE - rise * (point.value - low)) for point in points]
    path, ticks = "", Markup("")
    for turn, (x, y) in enumerate(at):
        joined = turn > 0 and joins(points[turn - 1], points[turn])
        path += f"{'L' if joined else 'M'}{x:.1f} {y:.1f}"
        if turn > 0 and breaks(points[turn - 1], points[turn]):
            ticks += _TICK.format(x=(x + at[turn - 1][0]) / 2)
    dots = Markup("").join(
        _DOT.format(x=x, y=y, r=2 if point.period == now else 1.3, css="hollow" if point.is_synthetic else "")
        for point, (x, y) in zip(points, at, strict=True)
    )
    return _DRAWN.format(label=label, line=_LINE.format(d=path), ticks=ticks, dots=dots)


def beside_before(row: Row) -> dict[str, Any]:
    """What a value says beside the one of a year before: ``change`` (verdict), ``by`` and, of a positive figure, ``rate``.

    ``by`` and ``rate`` are None unless the two may be compared; ``change`` is empty where one of them is missing.
    """
    if row["value"] is None or row["earlier_value"] is None:
        return {"change": "", "by": None, "rate": None, "mixed": False}
    mixed = row["is_synthetic"] != row["earlier_synthetic"]
    verdicts = [row["compared"]] if row["compared"] else [row["verdict"], row["earlier_verdict"]]
    both = [row["verdict"], row["earlier_verdict"], *verdicts]
    if mixed or row["status"] == "B" or "不可比" in both:
        return {"change": "不可比", "by": None, "rate": None, "mixed": mixed}
    change = next((verdict for verdict in ("conflict", "调整后可比") if verdict in verdicts), "可比")
    if change == "conflict":
        return {"change": change, "by": None, "rate": None, "mixed": False}
    by = row["value"] - row["earlier_value"]
    rate = 100 * by / row["earlier_value"] if row["earlier_value"] > 0 else None
    return {"change": change, "by": by, "rate": rate, "mixed": False}
