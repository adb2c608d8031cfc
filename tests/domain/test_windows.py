"""Promises: days and wall times at the destination, whatever the zones do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers.events import Promise, PromiseKind
from tests.domain.builders import DAY, HOUR, MONDAY, NOON, a_window
from tracker.domain.windows import (
    DeliveryWindow,
    PromisedBy,
    ends_at,
    is_later,
    last_instant,
    merge,
    moved_enough,
    says_the_same,
    window_from,
)

TWO_HOURS = timedelta(hours=2)
ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "Pacific/Apia",
    "Asia/Kolkata",
    "UTC",
)


def a_promise(day: date = MONDAY, **known: object) -> Promise:
    return Promise(first_day=day, last_day=day, **known)  # type: ignore[arg-type]


def test_a_promise_becomes_a_window_as_it_was_said() -> None:
    promise = Promise(first_day=MONDAY, last_day=MONDAY + DAY, not_after=time(14), kind=PromiseKind.RESCHEDULED)

    window = window_from(promise, NOON)

    assert (window.first_day, window.last_day, window.not_after) == (MONDAY, MONDAY + DAY, time(14))
    assert (window.promised_by, window.kind, window.told_at) == (PromisedBy.CARRIER, PromiseKind.RESCHEDULED, NOON)


def test_the_newest_promise_stands_in_whatever_order_they_arrive() -> None:
    told = [(a_promise(MONDAY + n * DAY), NOON + n * HOUR) for n in range(3)] + [(None, NOON + 9 * HOUR)]
    ends = set()

    for order in permutations(told):
        window = None
        for promise, told_at in order:
            window = merge(window, promise, told_at)
        ends.add(window)

    assert ends == {window_from(a_promise(MONDAY + 2 * DAY), NOON + 2 * HOUR)}


def test_two_promises_of_one_instant_settle_the_same_way_whichever_comes_first() -> None:
    early, late = a_promise(MONDAY), a_promise(MONDAY + DAY)

    assert merge(merge(None, early, NOON), late, NOON) == merge(merge(None, late, NOON), early, NOON)


def test_an_answer_without_a_promise_takes_none_back() -> None:
    assert merge(a_window(), None, NOON + DAY) == a_window()


def test_the_carriers_promise_stands_before_the_shops() -> None:
    shop = a_window(promised_by=PromisedBy.SHOP, told_at=NOON + DAY)

    assert merge(shop, a_promise(), NOON) == window_from(a_promise(), NOON)


@pytest.mark.parametrize(
    ("after", "news"),
    [
        (a_window(MONDAY), False),
        (a_window(MONDAY + DAY), True),
        (a_window(MONDAY - DAY), True),
        (a_window(MONDAY, MONDAY + DAY), True),
        (a_window(not_before=time(10), not_after=time(12)), False),  # only narrower
        (None, False),
    ],
)
def test_another_day_is_news_and_a_narrower_window_is_not(after: DeliveryWindow | None, news: bool) -> None:
    assert moved_enough(a_window(MONDAY), after, at_least=TWO_HOURS) is news


@pytest.mark.parametrize(("hours", "news"), [(1, False), (2, True), (-2, True), (-1, False)])
def test_within_a_day_two_hours_are_news(hours: int, news: bool) -> None:
    before = a_window(not_before=time(12), not_after=time(14))
    after = a_window(not_before=time(12 + hours), not_after=time(14 + hours))

    assert moved_enough(before, after, at_least=TWO_HOURS) is news
    assert is_later(before, after) is (hours > 0)


def test_two_windows_say_the_same_whenever_they_were_told() -> None:
    assert says_the_same(a_window(), a_window(told_at=NOON + DAY))
    assert not says_the_same(a_window(), a_window(MONDAY + DAY))
    assert not says_the_same(a_window(), None)


@pytest.mark.parametrize(
    ("zone", "last_day", "not_after", "utc"),
    [
        ("UTC", date(2026, 5, 4), None, "2026-05-04T23:59:59"),
        ("America/New_York", date(2026, 5, 4), None, "2026-05-05T03:59:59"),
        ("Asia/Kolkata", date(2026, 5, 4), time(14), "2026-05-04T08:30:00"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T06:30:00"),  # read twice: the second time
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08T07:00:00"),  # skipped: when the clocks jump
        ("America/Sao_Paulo", date(2018, 2, 17), None, "2018-02-18T02:59:59"),  # the last hour of the day twice
        ("Pacific/Apia", date(2011, 12, 30), None, "2011-12-30T10:00:00"),  # a day that was left out
    ],
)
def test_a_promise_passes_at_the_destination(zone: str, last_day: date, not_after: time | None, utc: str) -> None:
    window = a_window(last_day, not_after=not_after)

    assert ends_at(window, zone) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@given(
    zone=st.sampled_from(ZONES),
    wall=st.datetimes(min_value=datetime(2010, 1, 1), max_value=datetime(2035, 1, 1)),  # noqa: DTZ001 - wall times
)
def test_the_last_instant_is_the_last_at_which_the_wall_clock_is_not_past(zone: str, wall: datetime) -> None:
    """The witness walks the zone's own clock, minute by minute, around the answer."""
    wall = wall.replace(second=0, microsecond=0)
    found = last_instant(wall, zone)

    around = [found + timedelta(minutes=n) for n in range(-180, 181)]
    not_past = [at for at in around if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) <= wall]
    skipped = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall
    assert max(not_past, default=None) == (found - timedelta(minutes=1) if skipped else found)
