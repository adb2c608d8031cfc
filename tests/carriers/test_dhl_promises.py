"""When DHL says it will deliver: days where the parcel goes, and hours if it gives any."""

from datetime import date, time

import pytest

from carriers.events import Promise
from tests.carriers.dhl_answers import a_shipment, an_answer, an_event, parcel


@pytest.mark.parametrize(
    ("said", "promise"),
    [
        ({"estimatedTimeOfDelivery": "2026-03-13"}, (13, 13, None, None)),
        ({"estimatedTimeOfDelivery": "2026-03-13T00:00:00Z"}, (13, 13, None, None)),  # a date, never shifted
        ({"estimatedTimeOfDelivery": "2026-03-13T00:00:00"}, (13, 13, None, None)),
        ({"estimatedTimeOfDelivery": "2026-03-13T23:59:00"}, (13, 13, None, None)),
        ({"estimatedTimeOfDelivery": "2026-03-13T17:00:00"}, (13, 13, None, time(17))),
        ({"estimatedTimeOfDelivery": "2026-03-13T16:00:00Z"}, (13, 13, None, time(17))),  # an instant: there
        ({"estimatedTimeOfDelivery": "2026-03-13T23:30:00Z"}, (14, 14, None, time(0, 30))),
        ({"estimatedTimeOfDelivery": "2026-03-13T17:00:00+01:00"}, (13, 13, None, time(17))),
        (
            {
                "estimatedDeliveryTimeFrame": {
                    "estimatedFrom": "2026-03-13T10:00:00",
                    "estimatedThrough": "2026-03-13T12:30:00",
                }
            },
            (13, 13, time(10), time(12, 30)),
        ),
        (
            {
                "estimatedDeliveryTimeFrame": {
                    "estimatedFrom": "2026-03-13T00:00:00Z",
                    "estimatedThrough": "2026-03-13T23:00:00Z",
                }
            },
            (13, 13, None, None),
        ),
        (
            {"estimatedDeliveryTimeFrame": {"estimatedFrom": "2026-03-13", "estimatedThrough": "2026-03-15"}},
            (13, 15, None, None),
        ),
        (
            {
                "estimatedTimeOfDelivery": "2026-03-14",
                "estimatedDeliveryTimeFrame": {"estimatedFrom": "2026-03-15", "estimatedThrough": "2026-03-13"},
            },
            (14, 14, None, None),
        ),
    ],
)
def test_a_promise_is_days_at_the_destination_with_at_most_hours(
    said: dict[str, object], promise: tuple[int, int, time | None, time | None]
) -> None:
    there = {"address": {"countryCode": "DE", "addressLocality": "BONN"}}

    told = parcel(an_answer(a_shipment(an_event(), destination=there, **said))).promise

    first, last, not_before, not_after = promise
    days = date(2026, 3, first), date(2026, 3, last)
    assert told == Promise(first_day=days[0], last_day=days[1], not_before=not_before, not_after=not_after)


@pytest.mark.parametrize("said", ["soon", "string", None, 7, "2026-02-30", "1999-01-01T00:00:00Z", ""])
def test_a_placeholder_is_no_promise(said: object) -> None:
    assert parcel(an_answer(a_shipment(an_event(), estimatedTimeOfDelivery=said))).promise is None
