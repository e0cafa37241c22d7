"""Charts drawn by matplotlib without a screen: a picture for paper, SVG with text for pages. Same chart, same bytes."""

import io
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from learning_city.reports.report_text import Bar, Chart, Panel

WIDTH = 16.0
"""cm, as wide as the text"""
_BAR, _SAMPLE, _GROUND, _INK, _PALE, _BEFORE = "#1F4E79", "#9FB8D3", "#E9EEF4", "#1F2933", "#52606D", "#8A9099"
_LABEL, _ROW = 5.2, 0.62
_COLUMNS, _GAP, _PANEL_HEIGHT = 3, 0.5, 4.0
_DPI = 220
_CLEAR = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
"""behind a number that a line may cross"""


def picture(chart: Chart, kind: str) -> bytes:
    """The chart as ``png`` or ``svg``."""
    figure, canvas = _figure(_height(chart))
    _LAYOUTS[chart.kind](canvas, chart)
    sink = io.BytesIO()
    paper = {"dpi": _DPI, "metadata": {"Software": None}, "pil_kwargs": {"compress_level": 2}}
    more = {"metadata": {"Date": None}} if kind == "svg" else paper
    with _matplotlib().rc_context(_SETTINGS):
        figure.savefig(sink, format=kind, **more)
    return sink.getvalue()


@cache
def _matplotlib() -> Any:
    """The library, with the Chinese face that is installed beside it; loaded when the first chart is drawn."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import font_manager
    from pylopdf_fonts_zh_cn import sans_path

    font_manager.fontManager.addfont(str(sans_path()))
    return mpl


_SETTINGS = {
    "font.family": "Noto Sans SC", "svg.fonttype": "none", "svg.hashsalt": "learning city", "hatch.linewidth": 0.6,
    "hatch.color": "white",
}  # fmt: skip


def _figure(height: float) -> tuple[Any, Any]:
    """A figure as wide as the text, and one canvas over all of it, measured in cm from the top left."""
    _matplotlib()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / 2.54, height / 2.54))
    canvas = figure.add_axes((0, 0, 1, 1))
    canvas.set(xlim=(0, WIDTH), ylim=(height, 0))
    canvas.axis("off")
    return figure, canvas


def _height(chart: Chart) -> float:
    if chart.kind == "attainment":
        return 0.8 + _ROW * len(chart.panels[0].bars)
    return _PANEL_HEIGHT * -(-len(chart.panels) // _COLUMNS)


def _text(canvas: Any, at: tuple[float, float], said: str, size: float = 8, **look: Any) -> None:
    look = {"color": _INK, "va": "center", "family": "Noto Sans SC", "parse_math": False} | look
    canvas.text(*at, said, fontsize=size, **look)


def _block(canvas: Any, at: tuple[float, float], size: tuple[float, float], *, is_synthetic: bool) -> None:
    """A bar from its top left corner; one that is not real is pale and hatched."""
    from matplotlib.patches import Rectangle

    look: dict[str, Any] = {"facecolor": _BAR, "linewidth": 0}
    if is_synthetic:
        look |= {"facecolor": _SAMPLE, "hatch": "////", "edgecolor": "white"}
    with _matplotlib().rc_context(_SETTINGS):
        canvas.add_patch(Rectangle(at, *size, **look))


def _attainment(canvas: Any, chart: Chart) -> None:
    bars = chart.panels[0].bars
    most = max(100.0, *(bar.value for bar in bars))
    room = WIDTH - _LABEL - 1.8
    for turn, bar in enumerate(bars):
        top = 0.4 + _ROW * turn
        middle = top + _ROW * 0.35
        _text(canvas, (_LABEL - 0.15, middle), _short(bar.label, 16), ha="right")
        canvas.fill_between((_LABEL, _LABEL + room * 100 / most), top, top + _ROW * 0.7, color=_GROUND, linewidth=0)
        width = room * max(bar.value, 0) / most
        _block(canvas, (_LABEL, top), (width, _ROW * 0.7), is_synthetic=bar.is_synthetic)
        _text(canvas, (_LABEL + width + 0.1, middle), f"{bar.said}{_mark(bar)}", 7.5)
    at = _LABEL + room * 100 / most
    canvas.plot((at, at), (0.25, 0.4 + _ROW * len(bars)), color=_PALE, linewidth=0.6)
    _text(canvas, (at, 0.15), "100", 6.5, ha="center", color=_PALE)


def _panels(canvas: Any, chart: Chart, draw: Callable[[Any, Panel, tuple[float, float], float], None]) -> None:
    """Small charts in rows of three; ``draw`` gets the top left corner and the width of one."""
    width = (WIDTH - _GAP * (_COLUMNS - 1)) / _COLUMNS
    for turn, panel in enumerate(chart.panels):
        left, top = (turn % _COLUMNS) * (width + _GAP), (turn // _COLUMNS) * _PANEL_HEIGHT
        for line, said in enumerate(_lines(panel.title, 19)):
            _text(canvas, (left, top + 0.25 + 0.33 * line), said, 7.2)
        draw(canvas, panel, (left, top + 1.15), width)


def _comparison(canvas: Any, chart: Chart) -> None:
    _panels(canvas, chart, _standing)


def _standing(canvas: Any, panel: Panel, at: tuple[float, float], width: float) -> None:
    """Standing bars from zero; negative ones hang."""
    left, top = at
    room, step = 1.75, width / len(panel.bars)
    low, high = _range(panel.bars, from_zero=True)
    zero = top + room * high / (high - low)
    size = 6.2 if len(panel.bars) <= 8 else 4.6
    for turn, bar in enumerate(panel.bars):
        middle, tip = left + step * (turn + 0.5), zero - room * bar.value / (high - low)
        corner = (middle - step * 0.32, min(tip, zero))
        _block(canvas, corner, (step * 0.64, abs(zero - tip)), is_synthetic=bar.is_synthetic)
        _text(canvas, (middle, min(tip, zero) - 0.13), _compact(bar), size - 0.7, ha="center")
        _text(canvas, (middle, top + room + 0.2), _short(bar.label, 4), size, ha="center", color=_PALE)
    canvas.plot((left, left + width), (zero, zero), color=_PALE, linewidth=0.5)


def _trend(canvas: Any, chart: Chart) -> None:
    _panels(canvas, chart, _line)


def _line(canvas: Any, panel: Panel, at: tuple[float, float], width: float) -> None:
    """Years as points; the line stops at a break, which is drawn."""
    left, top = at
    low, high = _range(panel.bars, from_zero=False)
    room, step = 1.55, width / len(panel.bars)
    spots = [
        (left + step * (turn + 0.5), top + 0.2 + room * (high - bar.value) / (high - low))
        for turn, bar in enumerate(panel.bars)
    ]
    before = sum(bar.is_before for bar in panel.bars)
    for part, colour in ((spots[:before], _BEFORE), (spots[before:], _BAR)):
        canvas.plot(*zip(*part, strict=True), color=colour, linewidth=1.1) if part else None
    if before:
        x = left + step * before
        canvas.plot((x, x), (top, top + room + 0.2), color="#C2410C", linewidth=0.8, linestyle=(0, (2, 2)))
        _text(canvas, (x, top - 0.3), "断点", 5.6, ha="center", color="#C2410C")
    inks = [_BEFORE if bar.is_before else _BAR for bar in panel.bars]
    faces = ["white" if bar.is_synthetic else ink for bar, ink in zip(panel.bars, inks, strict=True)]
    canvas.scatter(*zip(*spots, strict=True), s=11.6, c=faces, edgecolors=inks, linewidths=0.9, zorder=2)
    for turn, (bar, spot) in enumerate(zip(panel.bars, spots, strict=True)):
        _text(canvas, (spot[0], spot[1] - 0.2), _compact(bar), 5.6, ha="center", bbox=_CLEAR)
        if len(panel.bars) <= 6 or turn % 2 == (len(panel.bars) - 1) % 2:
            _text(canvas, (spot[0], top + room + 0.5), bar.label, 5.8, ha="center", color=_PALE)
    canvas.plot((left, left + width), (top + room + 0.32,) * 2, color=_PALE, linewidth=0.5)


def _range(bars: Sequence[Bar], *, from_zero: bool) -> tuple[float, float]:
    low, high = min(bar.value for bar in bars), max(bar.value for bar in bars)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    return (low, high) if high > low else (low - 1, high + 1)


def _mark(bar: Bar) -> str:
    return " [样例]" if bar.is_synthetic else ""


def _compact(bar: Bar) -> str:
    """A number as short as a small chart takes; one that is not real carries an asterisk, told below the chart."""
    said = bar.said if len(bar.said) <= 7 or abs(bar.value) < 10_000 else f"{bar.value / 10_000:,.1f}万"
    return f"{said}*" if bar.is_synthetic else said


def _short(said: str, most: int) -> str:
    return said if len(said) <= most else f"{said[: most - 1]}…"


def _lines(said: str, most: int) -> list[str]:
    """At most two lines, the unit in brackets whole."""
    if len(said) <= most:
        return [said]
    bracket = said.rfind("（")
    at = bracket if most >= bracket > len(said) - most and len(said) - most < 6 else most
    return [said[:at], _short(said[at:], most)]


_LAYOUTS: dict[str, Callable[[Any, Chart], None]] = {
    "attainment": _attainment, "comparison": _comparison, "trend": _trend,
}  # fmt: skip
