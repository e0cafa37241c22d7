"""The drawing of a trend: lines over the years that stop where a series breaks, targets, and the line of a forecast."""

from collections.abc import Mapping, Sequence
from typing import Any

from learning_city.web.indicators_spark import Point, Row, breaks, joins

WIDTH, HEIGHT = 760, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 120, 16, 28
LINES = 4


def chart(series: Mapping[str, Sequence[Row]], line: Sequence[str], targets: Sequence[Row]) -> dict[str, Any] | None:
    """Coordinates of everything in the drawing; None when there is nothing to draw."""
    points = {place: [_point(row) for row in rows if row["value"] is not None] for place, rows in series.items()}
    if not any(points.values()):
        return None
    across = sorted({*line, *(target["due"][:4] for target in targets if len(line[-1]) == 4)})
    marks = [mark for target in targets for mark in _levels(target)]
    ahead = [target["forecast"] for target in targets if target["forecast"] is not None]
    every = [point.value for found in points.values() for point in found] + marks + ahead
    low, high, step = _axis(min(every), max(every))
    x = {period: LEFT + (WIDTH - LEFT - RIGHT) * turn / max(len(across) - 1, 1) for turn, period in enumerate(across)}

    def y(value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value - low) / (high - low), 1)

    return {
        "across": [(period, round(x[period], 1)) for period in across],
        "levels": [(low + step * turn, y(low + step * turn)) for turn in range(round((high - low) / step) + 1)],
        "lines": [_line(place, found, x, y) for place, found in points.items() if found],
        "targets": [(target, [y(mark) for mark in _levels(target)]) for target in targets],
        "forecasts": _forecasts(points, targets, x, y),
        "width": WIDTH, "height": HEIGHT, "left": LEFT, "right": WIDTH - RIGHT, "top": TOP, "bottom": HEIGHT - BOTTOM,
    }  # fmt: skip


def _point(row: Row) -> Point:
    """The point of a row; what may not be compared with the year before stands apart as if the series broke there."""
    apart = row["change"] == "不可比" and not row["mixed"]
    return Point(row["period"], row["value"], "B" if apart else row["status"], row["verdict"], row["is_synthetic"])


def _line(place: str, points: Sequence[Point], x: Mapping[str, float], y: Any) -> dict[str, Any]:
    path, cuts, before = "", [], None
    for point in points:
        at = (x[point.period], y(point.value))
        path += f"{'L' if before and joins(before, point) else 'M'}{at[0]:.1f} {at[1]}"
        if before and breaks(before, point):
            cuts.append(round((x[before.period] + at[0]) / 2, 1))
        before = point
    dots = [(round(x[point.period], 1), y(point.value), point) for point in points]
    return {"place": place, "path": path, "cuts": cuts, "dots": dots, "end": dots[-1]}


def _forecasts(
    points: Mapping[str, Sequence[Point]], targets: Sequence[Row], x: Mapping[str, float], y: Any
) -> list[Any]:
    """(x, y) of the last value and of the forecast at the due year, with the target."""
    own = next(iter(points.values()))
    found = [target for target in targets if target["forecast"] is not None and target["due"][:4] in x]
    return [
        (round(x[own[-1].period], 1), y(own[-1].value), round(x[one["due"][:4]], 1), y(one["forecast"]), one)
        for one in found
        if own
    ]


def _levels(target: Row) -> list[float]:
    return [float(target[name]) for name in ("target_value", "target_low", "target_high") if target[name] is not None]


def _axis(low: float, high: float) -> tuple[float, float, float]:
    """Round ends and the step between lines: from zero where the figures are not all far above it."""
    low = 0.0 if 0 <= low <= 0.6 * high else low
    wide = (high - low) or abs(high) or 1.0
    size = 10.0 ** _power(wide / LINES)
    step = next(nice * size for nice in (1, 2, 2.5, 5, 10) if nice * size * LINES >= wide)
    first = step * (low // step)
    last = first
    while last < high or last == first:
        last += step
    return first, last, step


def _power(value: float) -> int:
    return int(f"{value:e}".partition("e")[2])
