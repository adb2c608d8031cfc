"""When a scan happened, in every way USPS writes it."""

from datetime import UTC, date, datetime, time

import pytest

from carriers.events import NOWHERE, Clock, Place
from carriers.usps.instants import clock, day, instant_of, wall

SPRINGFIELD = Place(city="SPRINGFIELD", region="IL", country="US")
LOCAL = {"eventTimestamp": "2026-03-10T23:30:00"}
AT = datetime(2026, 3, 11, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "gmt",
    [
        {"GMTTimestamp": "2026-03-10T04:30:21Z", "GMTOffset": "-05:00"},  # its date stays on the local day
        {"GMTTimestamp": "2026-03-11T04:30:21Z", "GMTOffset": "-05:00"},  # ... or does roll over
        {"GMTTimestamp": "2026-03-10T04:30:21.041Z", "GMTOffset": "-5:00"},
        {"GMTOffset": "-05:00"},
        {"GMTTimestamp": "2026-03-10T04:30:21Z"},
        {"GMTTimestamp": "<b>", "GMTOffset": "-05:00"},
        {"GMTTimestamp": "2026-03-10T04:30:21Z", "GMTOffset": "-99:00"},
        {"GMTTimestamp": "2026-03-10T04:30:21Z", "GMTOffset": ["-05:00"]},
    ],
)
def test_gmt_or_an_offset_makes_the_instant_exact(gmt: dict[str, object]) -> None:
    found = instant_of(LOCAL | gmt, NOWHERE, label=False)

    assert found is not None
    assert (found.occurred_at, found.clock, found.utc_offset_minutes) == (AT, Clock.EXACT, -300)
    assert found.local_text == "2026-03-10T23:30:00"


@pytest.mark.parametrize(
    ("offset", "gmt", "minutes"),
    [("+10:00", "2026-03-10T13:30:00Z", 600), ("-10:00", "2026-03-10T09:30:00Z", -600), ("+00:00", "", 0)],
)
def test_the_islands_offsets_are_told_apart(offset: str, gmt: str, minutes: int) -> None:
    """Guam is ahead of GMT, Hawaii far behind; either clock alone tells it."""
    told = [{"GMTOffset": offset}] + ([{"GMTTimestamp": gmt}] if gmt else [])

    found = [instant_of(LOCAL | each, NOWHERE, label=False) for each in told]

    assert {each.utc_offset_minutes for each in found if each} == {minutes}


def test_a_wall_time_with_a_false_z_is_local_all_the_same() -> None:
    found = instant_of({"eventTimestamp": "2026-03-10T23:30:00Z"}, SPRINGFIELD, label=False)

    assert found is not None
    assert (found.occurred_at, found.clock, found.local_text) == (AT, Clock.BY_PLACE, "2026-03-10T23:30:00")


@pytest.mark.parametrize("place", [NOWHERE, Place(city="NASHVILLE"), Place(region="TN", country="US")])
def test_without_gmt_a_place_of_no_zone_leaves_the_instant_assumed(place: Place) -> None:
    found = instant_of(LOCAL, place, label=False)

    assert found is not None
    assert (found.clock, found.utc_offset_minutes) == (Clock.ASSUMED, None)
    assert found.occurred_at == datetime(2026, 3, 10, 23, 30, tzinfo=UTC)


def test_a_label_at_midnight_has_a_day_and_no_time() -> None:
    midnight = {"eventTimestamp": "2026-03-10T00:00:00"}

    label, scan = (instant_of(midnight, SPRINGFIELD, label=label) for label in (True, False))

    assert label is not None
    assert (label.clock, label.occurred_at) == (Clock.DAY_ONLY, datetime(2026, 3, 10, tzinfo=UTC))
    assert scan is not None
    assert scan.clock is Clock.BY_PLACE


def test_clocks_that_no_place_can_show_are_not_taken_together() -> None:
    found = instant_of(LOCAL | {"GMTTimestamp": "2026-03-10T04:23:00Z"}, SPRINGFIELD, label=False)

    assert found is not None
    assert (found.occurred_at, found.clock) == (AT, Clock.BY_PLACE)


@pytest.mark.parametrize(
    "value",
    [
        *("", "null", "2026-03-10", "2026-03-10T13:10:0", "2026-02-30T13:10:00", "2026-03-10T25:00:00", None, 7, True),
        *("1999-12-31T13:10:00", "２０２６-03-10T13:10:00", "March 10, 2026"),
    ],
)
def test_what_is_no_wall_time_tells_no_instant(value: object) -> None:
    assert wall(value) is None
    assert instant_of({"eventTimestamp": value, "GMTOffset": "-05:00"}, SPRINGFIELD, label=False) is None


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("6:00 PM", time(18)),
        ("6:00pm", time(18)),
        ("12:15 a.m.", time(0, 15)),
        ("12:00 P.M.", time(12)),
        ("18:30:00", time(18, 30)),
        ("13:00 PM", None),
        ("25:00", None),
        ("6 PM", None),
        ("string", None),
        (None, None),
        (1800, None),
    ],
)
def test_clocks_are_read_in_the_forms_they_write(value: object, read: time | None) -> None:
    assert clock(value) == read


@pytest.mark.parametrize("value", ["2026-03-10", "2026-03-10T00:00:00", "2026-03-10 08:35:56.000000"])
def test_a_day_is_taken_as_written(value: str) -> None:
    assert day(value) == date(2026, 3, 10)


@pytest.mark.parametrize("value", ["", "string", "2026-13-10", "2026-03-1", "20260310", None, 20260310])
def test_what_is_no_day_is_none(value: object) -> None:
    assert day(value) is None
