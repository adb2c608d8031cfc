"""A week on four carriers with outages, 429s and cut quotas: no limit is broken, and who waits hears first."""

from datetime import timedelta
from statistics import median

import pytest

from tests.journeys.judging import Week, report
from tests.journeys.parcels import PARCELS
from tests.journeys.week import live

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DHL_A_DAY = 250
CUT_DAY = 3  # DHL answers half of its calls on it, and says nothing before


@pytest.fixture(scope="module")
def week() -> Week:
    lived = live()
    print("\n".join(report(lived)))
    return lived


def minutes(lags: list[timedelta]) -> float:
    return median(lag / MINUTE for lag in lags)


def test_no_limit_was_broken_as_the_carriers_count(week: Week) -> None:
    assert (week.breached, week.breaches) == (0, [])
    assert all(week.calls[name] > 100 for name in PARCELS), "nobody hurried"
    assert week.refusals["usps"] > 0, "nobody met the 429s"
    assert week.refusals["dhl"] > 0, "nobody met the cut"


def test_every_scan_was_learned_of(week: Week) -> None:
    assert week.unknown == 0


@pytest.mark.parametrize("carrier", PARCELS)
def test_who_waits_for_a_van_hears_before_the_others(week: Week, carrier: str) -> None:
    urgent, others = week.of(carrier, is_urgent=True), week.of(carrier, is_urgent=False)

    assert len(urgent) >= 20
    assert 2 * minutes(urgent) < minutes(others)


def test_where_calls_suffice_a_reader_waits_no_longer_than_the_ladder_says(week: Week) -> None:
    for carrier in ("ups", "fedex", "usps"):
        assert minutes(week.of(carrier, is_urgent=True)) <= 15
        assert week.longest_gap[carrier] <= DAY


def test_a_day_quota_lasts_to_the_end_of_its_day(week: Week) -> None:
    """There are more parcels at DHL than calls: all are spent, and the last quarter of the day still has a sixth."""
    whole = [day for day in range(1, 7) if day != CUT_DAY]

    assert all(DHL_A_DAY * 0.8 <= week.by_day["dhl"][day] <= DHL_A_DAY for day in whole)
    assert all(week.last_hours["dhl"][day] >= week.by_day["dhl"][day] / 6 for day in whole)


def test_with_too_few_calls_nobody_is_forgotten(week: Week) -> None:
    assert week.longest_gap["dhl"] < 4 * DAY


def test_one_call_asks_about_many(week: Week) -> None:
    assert week.looks["fedex"] > 5 * week.calls["fedex"]
