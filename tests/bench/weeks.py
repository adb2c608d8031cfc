"""How late scans are known in a virtual week with twice a small shop's parcels, the urgent beside the others."""

from datetime import timedelta

from tests.bench import figures
from tests.bench.figures import Tell, remark
from tests.bench.shop import Site
from tests.journeys.judging import report
from tests.journeys.parcels import PARCELS
from tests.journeys.week import live

TIMES = 2
HALF = 0.5  # of the others' lag; where there are too few calls for all, the urgent must still be served


def measure(place: Site, tell: Tell) -> None:
    """Virtual time: the machine's own speed plays no part."""
    del place
    week = live(times=TIMES)
    for line in report(week):
        remark(f"# {line}")
    for name in PARCELS:
        urgent, others = (_median(week.of(name, is_urgent=each)) for each in (True, False))
        tell(figures.plain(f"week/{name}/urgent_p50_minutes", urgent))
        tell(figures.plain(f"week/{name}/others_p50_minutes", others))
        tell(figures.at_most(f"week/{name}/urgent_to_others", urgent / others, HALF))
    tell(figures.at_most("week/breaches", week.breached, 0))


def _median(lags: list[timedelta]) -> float:
    return figures.percentile([lag / timedelta(minutes=1) for lag in lags], 0.5)
