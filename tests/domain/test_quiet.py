"""No text arrives at night, on the clock where its reader is, whatever that clock does."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from notifiers.message import Channel
from tests.domain.builders import a_brand, a_recipient
from tracker.domain.notices import Notice
from tracker.domain.people import RecipientId
from tracker.domain.quiet import CLOSES, FAR, OPENS, SPREAD, Hours, Whereabouts, hours_for, next_allowed, next_open
from tracker.domain.wishes import QuietHours, Wishes

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONES = sorted(available_timezones())
YEARS = range(2024, 2031)

# Beside our own hours some that begin where clocks are changed, so that every gap and fold is met.
HOURS = [(time(2, 30), time(12)), (time(1, 30), time(20)), (time(0), time(12)), (time(3), time(21))]


@cache
def changes(zone: ZoneInfo, year: int) -> tuple[datetime, ...]:
    """Roughly when this zone's clocks are changed in that year: found by looking, two times a day."""
    start = datetime(year, 1, 1, tzinfo=UTC)
    half_days = [start + n * DAY / 2 for n in range(732)]
    offsets = [at.astimezone(zone).utcoffset() for at in half_days]
    return tuple(half_days[n] for n in range(1, 732) if offsets[n] != offsets[n - 1])


def walls(zone: ZoneInfo, start: datetime, minutes: int) -> Iterator[datetime]:
    """What the clock on the wall shows at each minute."""
    for n in range(minutes):
        yield (start + n * MINUTE).astimezone(zone).replace(tzinfo=None, fold=0)


def first_open_minutes(shown: list[datetime], opens: time, closes: time) -> list[int]:
    """The minutes at which sending is right, one after the other, found by watching the clock for days.

    A minute is right while the clock is within the hours. Whoever waits for the opening does not run out at a time
    that the clock will show again.
    """
    return [n for n, wall in enumerate(shown) if opens <= wall.time() < closes]


def expected(shown: list[datetime], right: list[int], n: int) -> int | None:
    """Index of the minute at which a message of minute `n` may go."""
    while True:
        at = bisect_left(right, n)
        if at == len(right):
            return None
        found = right[at]
        again = next((k for k in range(found + 1, min(found + 200, len(shown))) if shown[k] == shown[found]), None)
        if found == n or again is None:
            return found
        n = again


@pytest.mark.parametrize("chunk", range(20))
def test_every_zone_agrees_with_a_watcher_of_its_clock(chunk: int) -> None:
    """Around both clock changes of one year per zone, and around a day without one."""
    for index, name in enumerate(ZONES[chunk::20]):
        zone, year = ZoneInfo(name), YEARS[index % len(YEARS)]
        days = [*changes(zone, year)[:2], datetime(year, 7, 9, 12, tzinfo=UTC)]
        opens, closes = HOURS[index % len(HOURS)]
        for day in days:
            start = day - 20 * HOUR
            shown = list(walls(zone, start, 60 * 60))
            for begin, end in ((OPENS, CLOSES), (opens, closes)):
                right = first_open_minutes(shown, begin, end)
                for n in range(0, 35 * 60, 13):
                    found = next_open(start + n * MINUTE, Hours(zones=(name,), opens=begin, closes=end))
                    wanted = expected(shown, right, n)

                    assert found == (None if wanted is None else start + wanted * MINUTE), (name, begin, shown[n])


def test_clocks_are_changed_in_many_zones() -> None:
    """The test above would prove little if no clock were ever changed."""
    changed = [name for name in ZONES if changes(ZoneInfo(name), 2026)]

    assert len(changed) > 150
    assert len(ZONES) > 500


OSLO = Whereabouts(
    recipient=a_recipient(id=RecipientId("r1")),
    number="+4790000000",
    destination_zone="Europe/Oslo",
    country="NO",
    brand=a_brand(time_zone="America/Denver"),
    channel=Channel.SMS,
)
NIGHT = datetime(2026, 5, 4, 1, tzinfo=UTC)  # three in Oslo
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def allowed(
    at: datetime, notice: Notice = Notice.SHIPPED, reader: Whereabouts = OSLO, zones: tuple[str, ...] = ()
) -> datetime:
    return next_allowed(at, notice, reader, zones_of=lambda number: zones)


def test_a_text_of_the_day_goes_at_once_and_one_of_the_night_in_the_morning() -> None:
    morning = datetime(2026, 5, 4, 6, tzinfo=UTC)  # eight in Oslo

    assert allowed(NOON) == NOON
    assert morning <= allowed(NIGHT) < morning + SPREAD
    assert allowed(datetime(2026, 5, 4, 18, 59, 59, tzinfo=UTC)) == datetime(2026, 5, 4, 18, 59, 59, tzinfo=UTC)
    assert allowed(datetime(2026, 5, 4, 19, tzinfo=UTC)) >= morning + DAY


def test_one_reader_waits_for_the_same_moment_each_time_and_readers_are_spread() -> None:
    people = [replace(OSLO, recipient=a_recipient(id=RecipientId(f"r{n}"))) for n in range(200)]

    moments = [allowed(NIGHT, reader=one) for one in people]

    assert [allowed(NIGHT, reader=one) for one in people] == moments
    assert len(set(moments)) > 100


@pytest.mark.parametrize(
    ("changed", "zones", "hours"),
    [
        ({}, (), Hours(zones=("Europe/Oslo",))),
        ({"recipient": a_recipient(time_zone="Asia/Tokyo")}, (), Hours(zones=("Asia/Tokyo",))),
        ({"recipient": a_recipient(time_zone="Mars/Base")}, (), Hours(zones=("Europe/Oslo",))),
        # The shop's own zone, because nobody said where the order goes: the number knows better.
        ({"destination_zone": "America/Denver", "country": ""}, ("Asia/Tokyo",), Hours(zones=("Asia/Tokyo",))),
        (
            {"destination_zone": "America/Denver", "country": ""},
            ("America/New_York", "America/Los_Angeles"),
            Hours(zones=("America/New_York", "America/Los_Angeles")),
        ),
        (
            {"destination_zone": "America/Denver", "country": ""},
            (),
            Hours(zones=("America/Denver",), opens=time(10), closes=time(19)),
        ),
        (  # never day in all at once
            {"destination_zone": "America/Denver", "country": ""},
            ("Africa/Abidjan", "Asia/Shanghai", "Pacific/Pitcairn"),
            Hours(zones=("America/Denver",), opens=time(10), closes=time(19)),
        ),
        ({"destination_zone": "America/Denver", "country": "US"}, (), Hours(zones=("America/Denver",))),
    ],
)
def test_where_the_reader_is_comes_from_the_surest_source(
    changed: dict[str, object], zones: tuple[str, ...], hours: Hours
) -> None:
    reader = replace(OSLO, **changed)  # type: ignore[arg-type]

    assert hours_for(reader, zones_of=lambda number: zones, at=NOON) == hours


def test_a_number_of_several_zones_gets_its_text_when_it_is_day_in_all() -> None:
    coast = replace(OSLO, destination_zone="America/Denver", country="")
    zones = ("America/New_York", "America/Los_Angeles")
    in_new_york_only = datetime(2026, 5, 4, 13, tzinfo=UTC)  # nine and six

    sent = allowed(in_new_york_only, reader=coast, zones=zones)

    assert datetime(2026, 5, 4, 15, tzinfo=UTC) <= sent < datetime(2026, 5, 4, 15, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("notice", "at_any_hour", "earliest"),
    [
        (Notice.ATTEMPT_FAILED, set(), datetime(2026, 5, 4, 6, tzinfo=UTC)),
        (Notice.ATTEMPT_FAILED, {"attempt_failed"}, NIGHT),
        (Notice.READY_FOR_PICKUP, {"ready_for_pickup"}, NIGHT),
        (Notice.OUT_FOR_DELIVERY, {"out_for_delivery"}, datetime(2026, 5, 4, 4, tzinfo=UTC)),  # six in Oslo
        (Notice.OUT_FOR_DELIVERY, {"attempt_failed"}, datetime(2026, 5, 4, 6, tzinfo=UTC)),
        (Notice.DELIVERED, {"delivered"}, datetime(2026, 5, 4, 6, tzinfo=UTC)),  # never worth a night
    ],
)
def test_only_what_a_brand_asks_for_goes_earlier(notice: Notice, at_any_hour: set[str], earliest: datetime) -> None:
    reader = replace(OSLO, brand=a_brand(texts_at_any_hour=frozenset(at_any_hour)))

    assert earliest <= allowed(NIGHT, notice, reader) < earliest + SPREAD


def test_a_spread_never_leaves_the_hours() -> None:
    """Where it is day in all zones for a few minutes only."""
    reader = replace(OSLO, destination_zone="America/Denver", country="")
    zones = ("Pacific/Auckland", "Europe/London")  # 21:00 there is 08:00 here in a southern winter, and a bit more
    for n in range(40):
        person = replace(reader, recipient=a_recipient(id=RecipientId(f"r{n}")))
        at = allowed(datetime(2026, 12, 4, 1, tzinfo=UTC), reader=person, zones=zones)

        hours = hours_for(person, zones_of=lambda number: zones, at=at)
        assert next_open(at, hours) == at


TEXT, MAIL = Channel.SMS, Channel.EMAIL


@pytest.mark.parametrize(
    ("channel", "since", "until", "at", "earliest"),
    [
        (MAIL, time(23), time(6), (21, 30), (21, 30)),
        (MAIL, time(23), time(6), (23, 30), (30, 0)),
        (MAIL, time(1), time(6), (0, 30), (0, 30)),  # open over midnight
        (MAIL, time(9), time(17), (12, 0), (17, 0)),  # asleep by day
        (TEXT, time(23), time(6), (20, 59), (20, 59)),
        (TEXT, time(23), time(6), (21, 30), (32, 0)),  # their night is short; ours is not
        (TEXT, time(1), time(6), (6, 0), (8, 0)),
        (TEXT, time(20), time(9), (20, 30), (33, 0)),  # theirs is longer
        (TEXT, time(9), time(17), (8, 59), (8, 59)),
        (TEXT, time(9), time(17), (12, 0), (17, 0)),
        (TEXT, time(9), time(17), (21, 0), (32, 0)),
    ],
)
def test_a_readers_own_quiet_hours_come_beside_ours(
    channel: Channel, since: time, until: time, at: tuple[int, int], earliest: tuple[int, int]
) -> None:
    """Whatever the brand would send at any hour; hours and minutes of one day in Oslo."""
    midnight = datetime(2026, 5, 3, 22, tzinfo=UTC)
    asked, opens = (midnight + timedelta(hours=hours, minutes=minutes) for hours, minutes in (at, earliest))

    sent = allowed(asked, Notice.ATTEMPT_FAILED, quiet_between(since, until, channel=channel))

    assert opens <= sent < opens + SPREAD
    assert (sent == asked) == (asked == opens)


def test_who_leaves_no_hour_of_the_day_open_gets_no_text_neither_by_night() -> None:
    reader = quiet_between(time(7), time(22), channel=TEXT)

    moments = [allowed(NIGHT + n * HOUR, Notice.ATTEMPT_FAILED, reader) - NIGHT for n in range(24)]

    assert moments == [n * HOUR + FAR for n in range(24)]


def quiet_between(since: time, until: time, *, channel: Channel) -> Whereabouts:
    own = Wishes(quiet=QuietHours(since=since, until=until))
    brand = a_brand(texts_at_any_hour=frozenset({"attempt_failed"}))
    return replace(OSLO, brand=brand, recipient=a_recipient(wishes=own), channel=channel)
