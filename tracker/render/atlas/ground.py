"""What lies under a route: coasts and borders of one part of the world, as SVG paths of bounded length."""

import gzip
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from pathlib import Path

from tracker.render.atlas.frames import HEIGHT, WIDTH, Frame

Dot = tuple[int, int]

POINTS = 520  # of coasts and borders together: with these a page's map stays below 4 kB
_FILE = Path(__file__).with_name("outline.tsv.gz")
_FINE_BELOW = 40.0  # degrees across; a wider frame takes the coarse lines
_STEPS = (2, 3, 4, 6, 9, 14)  # units between two points of a line: the first that keeps within POINTS
_EDGE = 3  # units beyond the frame, so that a cut shore is not seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One shore or border: hundredths of a degree, and the box around it in degrees."""

    is_land: bool
    east: "array[int]"
    north: "array[int]"
    box: tuple[float, float, float, float]  # west, east, south, north


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Paths to fill and to draw."""

    land: str
    borders: str


@lru_cache(maxsize=64)
def under(frame: Frame) -> Ground:
    """The shores and borders within the frame."""
    seen = [
        (shape, shift) for shape in _shapes(2 if frame.degrees < _FINE_BELOW else 1) for shift in _seen(shape, frame)
    ]
    for step in _STEPS:
        land = [ring for shape, shift in seen if shape.is_land and (ring := _ring(shape, shift, frame, step))]
        lines = [line for shape, shift in seen if not shape.is_land for line in _lines(shape, shift, frame, step)]
        if sum(map(len, land)) + sum(map(len, lines)) <= POINTS:
            break
    return Ground(
        land="".join(f"{_path(ring)}z" for ring in _largest(land)), borders="".join(map(_path, _largest(lines)))
    )


def _largest(lines: list[list[Dot]]) -> list[list[Dot]]:
    """As many as may be drawn, in their order; what is left out are the shortest."""
    allowed, kept = POINTS, set()
    for n in sorted(range(len(lines)), key=lambda n: -len(lines[n])):
        allowed -= len(lines[n])
        if allowed >= 0:
            kept.add(n)
    return [line for n, line in enumerate(lines) if n in kept]


def _seen(shape: Shape, frame: Frame) -> Iterator[int]:
    """By how many degrees to move the shape so that it lies in the frame: the world is round."""
    west, east, south, north = shape.box
    for shift in (-360, 0, 360):
        left, bottom = frame.xy(south, west + shift)
        right, top = frame.xy(north, east + shift)
        if left < WIDTH and right > 0 and top < HEIGHT and bottom > 0:
            yield shift


def _drawn(shape: Shape, shift: int, frame: Frame) -> list[tuple[float, float]]:
    return [frame.xy(y / 100, x / 100 + shift) for x, y in zip(shape.east, shape.north, strict=True)]


def _ring(shape: Shape, shift: int, frame: Frame, step: int) -> list[Dot]:
    """The land within the frame, cut edge by edge (Sutherland and Hodgman); empty when too small to see."""
    points = _drawn(shape, shift, frame)
    for axis, limit, sign in ((0, -_EDGE, 1), (0, WIDTH + _EDGE, -1), (1, -_EDGE, 1), (1, HEIGHT + _EDGE, -1)):
        points = list(_cut(points, axis, limit, sign))
    ring = _thinned(points, step)
    return ring if len(ring) > 3 else []


def _cut(points: list[tuple[float, float]], axis: int, limit: float, sign: int) -> Iterator[tuple[float, float]]:
    before = points[-1] if points else (0.0, 0.0)
    for point in points:
        was_in, is_in = (before[axis] - limit) * sign >= 0, (point[axis] - limit) * sign >= 0
        if was_in != is_in:
            share = (limit - before[axis]) / (point[axis] - before[axis])
            yield before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])
        if is_in:
            yield point
        before = point


def _lines(shape: Shape, shift: int, frame: Frame, step: int) -> Iterator[list[Dot]]:
    """The parts of a border of which something lies in the frame."""
    line: list[tuple[float, float]] = []
    for one, other in pairwise(_drawn(shape, shift, frame)):
        if (
            max(one[0], other[0]) < 0
            or min(one[0], other[0]) > WIDTH
            or max(one[1], other[1]) < 0
            or min(one[1], other[1]) > HEIGHT
        ):
            yield from _worth(line, step)
            line = []
            continue
        line = [*line, other] if line else [one, other]
    yield from _worth(line, step)


def _is_outside(one: tuple[float, float], other: tuple[float, float]) -> bool:
    (x, y), (x2, y2) = one, other
    return max(x, x2) < 0 or min(x, x2) > WIDTH or max(y, y2) < 0 or min(y, y2) > HEIGHT


def _worth(line: list[tuple[float, float]], step: int) -> Iterator[list[Dot]]:
    thinned = _thinned(line, step)
    if len(thinned) > 1:
        yield thinned


def _thinned(points: list[tuple[float, float]], step: int) -> list[Dot]:
    """Whole units, no two neighbours closer than the step; the ends stay."""
    kept: list[Dot] = []
    for n, (x, y) in enumerate(points):
        dot = round(x), round(y)
        is_far = not kept or abs(dot[0] - kept[-1][0]) + abs(dot[1] - kept[-1][1]) >= step
        if is_far or (n == len(points) - 1 and dot != kept[-1]):
            kept.append(dot)
    return kept


def _path(dots: list[Dot]) -> str:
    """A path of steps: "M12 3l4-5 3 2"."""
    steps = [f"{b[0] - a[0]}{_signed(b[1] - a[1])}" for a, b in pairwise(dots)]
    return f"M{dots[0][0]} {dots[0][1]}l" + "".join(
        s if n == 0 or s[0] == "-" else f" {s}" for n, s in enumerate(steps)
    )


def _signed(value: int) -> str:
    return str(value) if value < 0 else f" {value}"


@cache
def _shapes(level: int) -> tuple[Shape, ...]:
    text = gzip.decompress(_FILE.read_bytes()).decode()
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple(_shape(kind, steps) for kind, of, steps in rows if of == str(level))


def _shape(kind: str, steps: str) -> Shape:
    numbers = [int(step) for step in steps.split(" ")]
    east, north = array("h", accumulate(numbers[::2])), array("h", accumulate(numbers[1::2]))
    box = (min(east) / 100, max(east) / 100, min(north) / 100, max(north) / 100)
    return Shape(is_land=kind == "land", east=east, north=north, box=box)
