"""When a scan happened, in every way UPS writes it."""

from datetime import UTC, date, datetime, time

import pytest

from carriers.events import NOWHERE, Clock, Place
from carriers.ups.instants import clock, day, instant_of

SPRINGFIELD = Place(city="SPRINGFIELD", region="IL", country="US")
LOCAL = {"date": "20260310", "time": "233000"}
AT = datetime(2026, 3, 11, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "gmt",
    [
        {"gmtDate": "20260311", "gmtTime": "04:30:00", "gmtOffset": "-05:00"},
        {"gmtDate": "20260311", "gmtTime": "4:30:00", "gmtOffset": "-5:00"},
        {"gmtDate": "2026-03-11", "gmtTime": "43000", "gmtOffset": "-05.00"},
        {"gmtDate": 20260311, "gmtTime": 43000, "gmtOffset": "-0500"},
        {"gmtOffset": "-05:00"},
        {"gmtDate": "20260311", "gmtTime": "04:30:00"},
        {"gmtDate": "<b>", "gmtTime": None, "gmtOffset": "-05:00"},
        {"gmtDate": "20260311", "gmtTime": "04:30:00", "gmtOffset": ["-05:00"]},
        {"gmtDate": "20260311", "gmtTime": "04:30:00", "gmtOffset": "-99:00"},
    ],
)
def test_gmt_or_an_offset_makes_the_instant_exact(gmt: dict[str, object]) -> None:
    found = instant_of(LOCAL | gmt, NOWHERE)

    assert found is not None
    assert (found.occurred_at, found.clock, found.utc_offset_minutes) == (AT, Clock.EXACT, -300)
    assert found.local_text == "2026-03-10T23:30:00"


def test_a_wall_time_that_was_lost_is_worked_out_from_gmt() -> None:
    gmt = {"gmtDate": "20260311", "gmtTime": "04:30:00", "gmtOffset": "-05:00"}

    assert instant_of({"date": "20260310", **gmt}, SPRINGFIELD) == instant_of(LOCAL | gmt, SPRINGFIELD)


def test_without_gmt_the_place_tells_the_zone() -> None:
    summer = {"date": "20260710", "time": "233000"}
    frankfurt = Place(city="FRANKFURT", country="DE")

    assert [
        instant.occurred_at for instant in (instant_of(LOCAL, SPRINGFIELD), instant_of(summer, frankfurt)) if instant
    ] == [
        AT,
        datetime(2026, 7, 10, 21, 30, tzinfo=UTC),
    ]


def test_a_country_of_many_zones_leaves_the_instant_assumed() -> None:
    found = instant_of(LOCAL, Place(country="US"))

    assert found is not None
    assert (found.clock, found.utc_offset_minutes) == (Clock.ASSUMED, None)
    assert found.occurred_at == datetime(2026, 3, 10, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("torn", [NOWHERE, Place(city="NASHVILLE", country="US"), Place(region="TN", country="US")])
def test_half_an_address_without_gmt_tells_no_instant(torn: Place) -> None:
    assert instant_of(LOCAL, torn) is None


def test_clocks_that_no_place_can_show_are_not_taken_together() -> None:
    found = instant_of(LOCAL | {"gmtDate": "20260301", "gmtTime": "04:30:00"}, SPRINGFIELD)

    assert found is not None
    assert (found.occurred_at, found.clock) == (AT, Clock.BY_PLACE)


@pytest.mark.parametrize(
    "value", ["", "null", "20260230", "19991231", "2026031", "202603100", None, True, 3.5, "２０２６０３１０"]
)
def test_what_is_no_day_is_none(value: object) -> None:
    assert day(value) is None


@pytest.mark.parametrize(
    "value", ["", "null", "250000", "126000", "12345", "1234567", "12:30", None, False, 7, "24:00:00"]
)
def test_what_is_no_clock_is_none(value: object) -> None:
    assert clock(value) is None


def test_days_and_clocks_are_read_in_their_documented_forms() -> None:
    assert (day("20260310"), day(20260310)) == (date(2026, 3, 10), date(2026, 3, 10))
    assert (clock("000000"), clock(74700), clock("74700", fewest=5)) == (time(0), time(7, 47), time(7, 47))
