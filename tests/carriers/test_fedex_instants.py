"""When a FedEx scan happened, however its moment is written."""

from datetime import UTC, date, datetime, time

import pytest

from carriers.events import Clock, Place
from carriers.fedex.instants import day_and_time, instant_of

FARGO = Place(city="FARGO", region="ND", country="US")  # Central, five or six hours behind
LONDON = Place(city="LONDON", country="GB")
NOWHERE = Place(postcode="58103", country="US")


@pytest.mark.parametrize(
    ("said", "place", "utc", "clock", "offset"),
    [
        ("2026-03-10T09:30:00-05:00", FARGO, (14, 30), Clock.EXACT, -300),
        ("2026-03-10T09:30:00-0500", FARGO, (14, 30), Clock.EXACT, -300),
        ("2026-03-10T09:30:00 -0500", FARGO, (14, 30), Clock.EXACT, -300),  # their specification's example
        ("2026-03-10T09:30:00.000-05:00", FARGO, (14, 30), Clock.EXACT, -300),
        ("2026-03-10T09:30:00+05:45", NOWHERE, (3, 45), Clock.EXACT, 345),
        ("2026-03-10T09:30:00", FARGO, (14, 30), Clock.BY_PLACE, -300),
        ("2026-03-10T09:30:00", NOWHERE, (9, 30), Clock.ASSUMED, None),
        ("2026-03-10T09:30:00+00:00", FARGO, (14, 30), Clock.BY_PLACE, -300),  # nobody in Fargo lives by GMT
        ("2026-03-10T09:30:00Z", FARGO, (14, 30), Clock.BY_PLACE, -300),
        ("2026-03-10T09:30:00+00:00", NOWHERE, (9, 30), Clock.ASSUMED, None),
        ("2026-03-10T09:30:00+00:00", LONDON, (9, 30), Clock.EXACT, 0),
        ("2026-03-10T00:00:00", FARGO, (0, 0), Clock.DAY_ONLY, None),
        ("2026-03-10T00:00:00+00:00", FARGO, (0, 0), Clock.DAY_ONLY, None),
        ("2026-03-10", FARGO, (0, 0), Clock.DAY_ONLY, None),
        ("2026-03-10T00:00:00-05:00", FARGO, (5, 0), Clock.EXACT, -300),  # a scan at midnight can be one
    ],
)
def test_a_moment_is_as_sure_as_its_offset(
    said: str, place: Place, utc: tuple[int, int], clock: Clock, offset: int | None
) -> None:
    found = instant_of(said, place, midnight_is_placeholder=False)

    assert found is not None
    assert found.occurred_at == datetime(2026, 3, 10, *utc, tzinfo=UTC)
    assert (found.clock, found.utc_offset_minutes) == (clock, offset)


def test_a_pickup_s_midnight_is_only_a_day_whatever_its_offset() -> None:
    found = instant_of("2026-03-10T00:00:00-06:00", FARGO, midnight_is_placeholder=True)

    assert found is not None
    assert (found.clock, found.local_text) == (Clock.DAY_ONLY, "2026-03-10T00:00:00")


def test_the_wall_time_stays_the_same_when_an_answer_loses_its_offset() -> None:
    texts = {
        found.local_text
        for said in ("2026-03-10T09:30:00-05:00", "2026-03-10T09:30:00", "2026-03-10T09:30:00+00:00")
        if (found := instant_of(said, FARGO, midnight_is_placeholder=False))
    }

    assert texts == {"2026-03-10T09:30:00"}


@pytest.mark.parametrize(
    "said",
    [
        "",
        None,
        7,
        [],
        "+00:00",
        "0001-01-01T00:00:00+00:00",
        "2026-03-10T09:30:00-05:0",
        "2026-03-10T09:30",
        "2026-02-30T09:30:00",
        "2026-03-10T24:30:00",
        "2026-03-10T09:30:00-19:00",
        "2026-03-10T09:30:00-05:07",
        "<b>2026-03-10T09:30:00-05:00</b>",
    ],
)
def test_what_is_no_moment_is_none(said: object) -> None:
    assert instant_of(said, FARGO, midnight_is_placeholder=False) is None
    assert day_and_time(said) is None


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-03-10T00:00:00-06:00", None),
        ("2026-03-10T00:00:00", None),
        ("2026-03-10T23:59:59-05:00", None),
        ("2026-03-10T20:00:00-05:00", time(20)),
    ],
)
def test_a_promised_day_is_never_shifted_by_a_zone(said: str, at: time | None) -> None:
    assert day_and_time(said) == (date(2026, 3, 10), at)
