"""When a DHL scan happened: with a zone, without one, and with one that was lost."""

from datetime import UTC, datetime

import pytest

from carriers.events import Clock, TrackingEvent
from tests.carriers.dhl_answers import a_shipment, an_answer, an_event, parcel, scan

UTC_9 = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
LOADED = "The shipment has been loaded onto the delivery vehicle"


def at(place: str = "", country: str = "") -> dict[str, object]:
    return {"address": {"addressLocality": place, "countryCode": country}}


@pytest.mark.parametrize(
    ("stamp", "offset"),
    [
        ("2026-03-10T09:30:00Z", 60),  # the place's
        ("2026-03-10T09:30:00.123Z", 60),
        ("2026-03-10T10:30:00+01:00", 60),
        ("2026-03-10T10:30:00.1234567+0100", 60),
        ("2026-03-10T04:30:00-05:00", -300),
    ],
)
def test_a_time_with_a_zone_is_exact(stamp: str, offset: int) -> None:
    event = scan(an_event("AF", timestamp=stamp, location=at("LEIPZIG - GERMANY", "DE")))

    assert (event.occurred_at, event.clock, event.utc_offset_minutes) == (UTC_9, Clock.EXACT, offset)
    assert event.local_text == stamp[:19]


def test_utc_where_the_place_is_unknown_has_no_offset() -> None:
    assert scan(an_event("AF", location=...)).utc_offset_minutes == 0


@pytest.mark.parametrize(
    ("place", "country", "hour", "clock"),
    [
        ("", "", 8, Clock.BY_PLACE),
        ("Germany", "", 8, Clock.BY_PLACE),
        ("Lahr, Germany", "", 8, Clock.BY_PLACE),
        ("Lahr", "DE", 8, Clock.BY_PLACE),
        ("London", "GB", 9, Clock.BY_PLACE),
        ("London, United Kingdom", "", 9, Clock.BY_PLACE),
        ("Denver, Elsewhere", "", 9, Clock.ASSUMED),  # abroad, and we cannot say where
        ("Denver", "US", 9, Clock.ASSUMED),  # a country of several zones
        ("Denver, CO, US", "US", 15, Clock.BY_PLACE),
    ],
)
def test_a_german_time_belongs_to_its_place_else_to_germany(place: str, country: str, hour: int, clock: Clock) -> None:
    event = scan(an_event(LOADED, timestamp="2026-03-10T09:30:00", location=at(place, country)), service="parcel-de")

    assert (event.occurred_at, event.clock) == (UTC_9.replace(hour=hour), clock)


def several(service: str, *stamps: str, country: str = "NL") -> tuple[TrackingEvent, ...]:
    codes = {"express": ("AF", "AR", "WC"), "freight": ("1-0", "24-0", "24-501"), "ecommerce": ("104", "110", "597")}
    spot = at("", country)
    events = [an_event(code, timestamp=said, location=spot) for code, said in zip(codes[service], stamps, strict=False)]
    return parcel(an_answer(a_shipment(*events[::-1], service=service))).events


def test_a_time_without_a_zone_is_believed_to_be_local_only_when_enough_times_show_it() -> None:
    bare = ("2026-03-08T09:30:00", "2026-03-09T09:30:00", "2026-03-10T09:30:00")

    assert [event.clock for event in several("express", *bare)] == [Clock.BY_PLACE] * 3
    assert [event.clock for event in several("express", *bare[:1])] == [Clock.ASSUMED]
    assert [event.clock for event in several("express", bare[0] + "Z", *bare[1:])] == [Clock.EXACT] + [
        Clock.ASSUMED
    ] * 2


def test_a_label_without_a_zone_among_offsets_belongs_to_its_place() -> None:
    """Ecommerce writes none before the first scan; two times are too few to tell."""
    offsets = ("2026-03-09T17:23:06-07:00", "2026-03-10T17:23:06-07:00")
    events = [an_event("104", "pre-transit", timestamp="2026-03-09T14:24:01", location=at("MEMPHIS, TN, US", "US"))]
    events += [an_event(code, timestamp=said) for code, said in zip(("110", "597"), offsets, strict=True)]

    label = parcel(an_answer(a_shipment(*events[::-1], service="ecommerce"))).events[0]

    assert (label.clock, label.utc_offset_minutes) == (Clock.BY_PLACE, -300)


def test_a_first_event_without_a_zone_or_a_place_is_assumed() -> None:
    events = several("ecommerce", "2026-03-09T14:24:01", "2026-03-09T17:23:06-07:00", country="US")

    assert [event.clock for event in events] == [Clock.ASSUMED, Clock.EXACT]
    assert [event.code for event in events] == ["ecommerce/104/transit", "ecommerce/110/transit"]


def test_freight_writes_z_above_and_nothing_below_for_one_scan_so_neither_is_sure() -> None:
    bare = ("2026-03-08T09:30:00", "2026-03-09T09:30:00", "2026-03-10T09:30:00")

    assert {event.clock for event in several("freight", *bare)} == {Clock.ASSUMED}


def test_the_change_of_clocks_is_the_place_s() -> None:
    before, after = (
        scan(an_event(LOADED, timestamp=f"2026-03-{day}T09:30:00", location=at("Germany")), service="parcel-de")
        for day in (28, 30)
    )

    assert (before.utc_offset_minutes, after.utc_offset_minutes) == (60, 120)
