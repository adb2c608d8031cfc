"""Where each line, dot and label of a route stands on its small map."""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from tracker.render.atlas.frames import HEIGHT, WIDTH, Frame, fitting, unrolled
from tracker.render.atlas.gazetteer import Precision, Spot
from tracker.render.atlas.ground import Ground, under

LABELS = 4
TEXT = 15  # units a letter is high on a phone, where the map is smallest; keep with style.css
_NARROW, _WIDE = 0.56, 1.05  # width of a letter by its height
_APART = 7  # units; nearer dots are one dot
_DOT = 4
_EDGE = 7  # no label comes nearer to the edge: letters of some fonts are wider than ours
_BEND = 0.14  # of a leg's length: a bow is nobody's road, and there and back stay two lines
_DRAWN_KM = 20  # a smaller area is drawn as large as this

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place to draw, and what stands beside it."""

    spot: Spot
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A dot, or a circle as large as what is not known."""

    x: int
    y: int
    radius: int  # 0: a dot
    kind: str  # city, region, country
    is_last: bool
    is_ahead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A line between two marks."""

    path: str
    is_vague: bool  # an end of it is an area
    is_ahead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Text on the map: start, middle or end of it stands at x."""

    x: int
    y: int
    anchor: str
    text: str
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """All of one map, in units of its own."""

    width: int
    height: int
    ground: Ground
    areas: tuple[Mark, ...]
    legs: tuple[Leg, ...]
    dots: tuple[Mark, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A stop on the frame."""

    stop: Stop
    mark: Mark


@lru_cache(maxsize=512)
def drawn(way: tuple[Stop, ...], ahead: Stop | None) -> Drawing | None:
    """The map of this way; None when all of it falls together."""
    stops = (*way, ahead) if ahead else way
    spots = [stop.spot for stop in stops]
    longitudes = unrolled(spots)
    frame = fitting(spots, longitudes)
    placed = [
        _placed(stop, lon, frame, is_last=n == len(way) - 1, is_ahead=n >= len(way))
        for n, (stop, lon) in enumerate(zip(stops, longitudes, strict=True))
    ]
    placed = _apart(placed)
    if len(placed) < 2:
        return None
    marks = list({(one.mark.x, one.mark.y, one.mark.radius): one.mark for one in placed}.values())
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        ground=under(frame),
        areas=tuple(mark for mark in marks if mark.radius),
        legs=tuple(leg for one, other in pairwise(placed) if (leg := _leg(one, other))),
        dots=tuple(mark for mark in marks if not mark.radius),
        labels=tuple(_labels(placed)),
    )


def _placed(stop: Stop, lon: float, frame: Frame, *, is_last: bool, is_ahead: bool) -> _Placed:
    x, y = frame.xy(stop.spot.lat, lon)
    is_dot = stop.spot.precision is Precision.CITY
    radius = 0 if is_dot else max(_DOT + 2, round(frame.units(max(_DRAWN_KM, stop.spot.reach_km), stop.spot.lat)))
    mark = Mark(
        x=round(x), y=round(y), radius=radius, kind=stop.spot.precision.value, is_last=is_last, is_ahead=is_ahead
    )
    return _Placed(stop=stop, mark=mark)


def _apart(placed: list[_Placed]) -> list[_Placed]:
    """Of neighbours that would hide each other the later one."""
    kept: list[_Placed] = []
    for one in placed:
        if kept and _distance(kept[-1].mark, one.mark) < _APART and kept[-1].mark.kind == one.mark.kind:
            kept.pop()
        kept.append(one)
    return kept


def _distance(one: Mark, other: Mark) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)


def _leg(one: _Placed, other: _Placed) -> Leg | None:
    ends = _ends(one, other)
    if ends is None:
        return None
    (x1, y1), (x2, y2) = ends
    x, y = _pull(*ends)
    return Leg(
        path=f"M{x1:.0f} {y1:.0f}Q{x:.0f} {y:.0f} {x2:.0f} {y2:.0f}",
        is_vague=bool(one.mark.radius or other.mark.radius),
        is_ahead=other.mark.is_ahead,
    )


def _ends(one: _Placed, other: _Placed) -> tuple[Point, Point] | None:
    """A line ends where an area begins: to lead to its middle, or within it, would be a claim."""
    a, b = one.mark, other.mark
    length = _distance(a, b)
    if length <= a.radius + b.radius or one.stop.spot.holds(other.stop.spot) or other.stop.spot.holds(one.stop.spot):
        return None
    right, down = (b.x - a.x) / length, (b.y - a.y) / length
    return (a.x + right * a.radius, a.y + down * a.radius), (b.x - right * b.radius, b.y - down * b.radius)


def _pull(a: Point, b: Point) -> Point:
    """The point that bends the line from a to b."""
    return (a[0] + b[0]) / 2 + (b[1] - a[1]) * _BEND, (a[1] + b[1]) / 2 - (b[0] - a[0]) * _BEND


def _along(a: Point, b: Point) -> Iterator[Box]:
    """Small boxes on the line from a to b."""
    pull = _pull(a, b)
    pieces = 2 + round(math.dist(a, b) / 8)
    for n in range(1, pieces):
        t = n / pieces
        x, y = ((1 - t) ** 2 * a[i] + 2 * t * (1 - t) * pull[i] + t**2 * b[i] for i in (0, 1))
        yield x - 2, y - 2, x + 2, y + 2


def _labels(placed: Sequence[_Placed]) -> Iterator[Label]:
    """The last, what is ahead, the first, then the others while there is room for them."""
    order = sorted(range(len(placed)), key=lambda n: (not placed[n].mark.is_last, not placed[n].mark.is_ahead, n))
    marks = [one.mark for one in placed if not one.mark.radius]
    taken = [_around(mark) for mark in marks]
    lines = [box for one, other in pairwise(placed) if (ends := _ends(one, other)) for box in _along(*ends)]
    said: set[str] = set()
    for n in order:
        one = placed[n]
        if len(said) == LABELS or one.stop.label in said or not one.stop.label:
            continue
        own = [place for place in _free(one, taken) if _is_nearest(place[1], one.mark, marks)]
        found = next((place for place in own if not _hides(place[1], lines)), own[0] if own else None)
        if found:
            label, box = found
            taken.append(box)
            said.add(label.text)
            yield label


def _around(mark: Mark) -> Box:
    size = _DOT + 2
    return mark.x - size, mark.y - size, mark.x + size, mark.y + size


def _free(one: _Placed, taken: Sequence[Box]) -> Iterator[tuple[Label, Box]]:
    """Places for the label that hide nothing and lie within the map."""
    mark, text = one.mark, one.stop.label
    wide = _width(text)
    for x, y, anchor in _around_which(mark):
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
        box = (left, y - TEXT * 0.8, left + wide, y + TEXT * 0.25)
        is_inside = min(box[:2]) > _EDGE and box[2] < WIDTH - _EDGE and box[3] < HEIGHT - _EDGE
        if is_inside and not _hides(box, taken):
            label = Label(x=round(x), y=round(y), anchor=anchor, text=text, is_last=mark.is_last)
            yield label, box


def _around_which(mark: Mark) -> Iterator[tuple[float, float, str]]:
    if mark.radius:
        yield mark.x, mark.y + TEXT * 0.3, "middle"
    near = 12 if mark.is_last else 9  # the last dot is larger
    for away in (near, near + 6):
        yield mark.x + away, mark.y + TEXT * 0.3, "start"
        yield mark.x - away, mark.y + TEXT * 0.3, "end"
        yield mark.x, mark.y - away, "middle"
        yield mark.x, mark.y + away + TEXT * 0.6, "middle"
        yield mark.x + away / 2, mark.y - away, "start"
        yield mark.x - away / 2, mark.y - away, "end"
        yield mark.x + away / 2, mark.y + away + TEXT * 0.6, "start"
        yield mark.x - away / 2, mark.y + away + TEXT * 0.6, "end"


def _width(text: str) -> float:
    """About as wide as the text will stand; letters of East Asia are square."""
    return TEXT * sum(_WIDE if unicodedata.east_asian_width(letter) in "WF" else _NARROW for letter in text)


def _hides(one: Box, others: Sequence[Box]) -> bool:
    return any(one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3] for other in others)


def _is_nearest(box: Box, own: Mark, dots: Sequence[Mark]) -> bool:
    """Nobody takes the label for another dot's."""
    if own.radius:
        return True
    here = (own.x, own.y)
    away = _away(box, own)
    return all(away < _away(box, dot) for dot in dots if (dot.x, dot.y) != here)


def _away(box: Box, mark: Mark) -> float:
    return math.hypot(max(box[0] - mark.x, mark.x - box[2], 0), max(box[1] - mark.y, mark.y - box[3], 0))
