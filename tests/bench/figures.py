"""What was measured, one line each, and whether it is enough."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class Sense(StrEnum):
    """Which side of its goal a figure should be on."""

    AT_LEAST = ">="
    AT_MOST = "<="
    NO_GOAL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number; without a goal it is only printed."""

    name: str
    value: float
    sense: Sense = Sense.NO_GOAL
    goal: float = 0.0
    unit: str = ""

    @property
    def is_short(self) -> bool:
        match self.sense:
            case Sense.AT_LEAST:
                return self.value < self.goal
            case Sense.AT_MOST:
                return self.value > self.goal
            case Sense.NO_GOAL:
                return False

    def __str__(self) -> str:
        """A figure without a goal is always ok: it is there to be compared with the run before."""
        wanted = f"{self.sense} {self.goal:g}" if self.sense else "-"
        shown = f"{self.value:,.0f}" if abs(self.value) >= 1000 else f"{self.value:.3g}"
        return "\t".join((self.name, f"{shown}{self.unit}", wanted, "short" if self.is_short else "ok"))


class CannotMeasure(Exception):
    """The instrument is not fit to judge the product; no figure would mean anything."""


Tell = Callable[[Figure], None]


def tell(figure: Figure) -> None:
    """Print one line at once: a run that is cut off has shown what it knew."""
    print(figure, flush=True)


def remark(text: str) -> None:
    """What a reader wants to know beside the figures; kept apart from them."""
    print(text, file=sys.stderr, flush=True)


def at_least(name: str, value: float, goal: float) -> Figure:
    return Figure(name=name, value=value, sense=Sense.AT_LEAST, goal=goal)


def at_most(name: str, value: float, goal: float) -> Figure:
    return Figure(name=name, value=value, sense=Sense.AT_MOST, goal=goal)


def plain(name: str, value: float, unit: str = "") -> Figure:
    return Figure(name=name, value=value, unit=unit)


def ratio(candidate: Sequence[float], baseline: Sequence[float]) -> float:
    """The median of the ratios of neighbours: both saw the same noise."""
    return median(one / other for one, other in zip(candidate, baseline, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(share * (len(ranked) - 1)))]
