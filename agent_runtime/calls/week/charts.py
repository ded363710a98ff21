"""Small charts as SVG without a script: each with a title for those who do not see it; a table stands beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

_WIDTH: Final = 640
_HEIGHT: Final = 170
_LEFT: Final = 8
_RIGHT: Final = 8
_TOP: Final = 22
_BOTTOM: Final = 24
_LETTER: Final = 6.4


@dataclass(frozen=True, slots=True)
class Point:
    """One place of a chart: its label, its value with the edges of its interval, and a mark with its reason."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    told: str
    mark: str = ""


def bars(title: str, points: Sequence[Point]) -> Markup:
    """A bar for each point, with its value above it; marked ones carry a dot."""
    if not points:
        return Markup()
    most = max([point.value or 0 for point in points]) or 1.0
    parts = [_bar(point, place, len(points), most) for place, point in enumerate(points)]
    return _chart(title, parts)


def line(title: str, points: Sequence[Point]) -> Markup:
    """A line through the values with its band; where a value is missing the line breaks."""
    known = [one for point in points for one in (point.value, point.high) if one is not None]
    if not known:
        return Markup()
    most = max(known) or 1.0
    count = len(points)
    band = _band(points, most)
    highest = max(points, key=lambda point: point.value or 0)
    # Words at each point would run into one another; the highest, the last, and those without a value are told.
    said = [point is highest or place == count - 1 or point.value is None for place, point in enumerate(points)]
    marks = [_dot(point, place, count, most, told=said[place]) for place, point in enumerate(points)]
    return _chart(title, [band, _path(points, most), *marks])


def _chart(title: str, parts: Sequence[Markup]) -> Markup:
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(_WIDTH, _HEIGHT, title)
    return head + Markup("<title>{}</title>").format(title) + Markup("").join(parts) + Markup("</svg>")


def _x(place: int, count: int) -> float:
    step = (_WIDTH - _LEFT - _RIGHT) / count
    return _LEFT + step * (place + 0.5)


def _y(value: float, most: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / most


def _bar(point: Point, place: int, count: int, most: float) -> Markup:
    x, width = _x(place, count), (_WIDTH - _LEFT - _RIGHT) / count * 0.62
    top = _y(point.value or 0, most)
    bar = Markup('<rect class="bar{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"/>').format(
        " now" if place == count - 1 else "", x - width / 2, top, width, max(1.0, _HEIGHT - _BOTTOM - top)
    )
    return bar + _text(x, top - 6, point.told, "told") + _foot(point, x)


def _dot(point: Point, place: int, count: int, most: float, *, told: bool) -> Markup:
    x = _x(place, count)
    if point.value is None:
        return _text(x, _TOP, point.told, "told") + _foot(point, x)
    y = _y(point.value, most)
    dot = Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="3.5"><title>{}</title></circle>').format(
        x, y, point.told
    )
    above = _y(min(point.high or 0, most), most) - 7 if point.high else y - 9
    said = _text(x, above, point.told, "told") if told else Markup()
    return dot + said + _foot(point, x)


def _foot(point: Point, x: float) -> Markup:
    label = _text(x, _HEIGHT - 7, point.label, "label")
    if not point.mark:
        return label
    mark = Markup('<g class="mark"><circle cx="{:.1f}" cy="6" r="4"/><title>{}</title></g>').format(x, point.mark)
    return label + mark


def _text(x: float, y: float, words: str, kind: str) -> Markup:
    # Long words at an edge would be cut off there.
    edge = len(words) * _LETTER / 2
    x = min(max(x, edge), _WIDTH - edge)
    place = Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="middle">').format(kind, x, max(10.0, y))
    return place + escape(words) + Markup("</text>")


def _path(points: Sequence[Point], most: float) -> Markup:
    parts, broken = [], True
    for place, point in enumerate(points):
        if point.value is None:
            broken = True
            continue
        parts.append(f"{'M' if broken else 'L'}{_x(place, len(points)):.1f} {_y(point.value, most):.1f}")
        broken = False
    return Markup('<path class="line" d="{}"/>').format(" ".join(parts))


def _band(points: Sequence[Point], most: float) -> Markup:
    """The interval as a thin upright line at each point: honest where neighbours are missing."""
    found = Markup()
    for place, point in enumerate(points):
        if point.low is not None and point.high is not None:
            x = _x(place, len(points))
            found += Markup('<line class="band" x1="{0:.1f}" x2="{0:.1f}" y1="{1:.1f}" y2="{2:.1f}"/>').format(
                x, _y(point.low, most), _y(min(point.high, most), most)
            )
    return found
