"""The page says how fresh it is, and "could not ask" never reads as "no news"."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from carriers.events import Clock, Milestone, TrackingEvent
from tests.render.brands import TRAIL
from tracker.domain.orders import OrderStage
from tracker.domain.shipments import LookOutcome, ShipmentId, Watch
from tracker.render import languages
from tracker.render.facts import gather
from tracker.render.freshness import Freshness, of_parcel
from tracker.render.gallery.orders import GOOD_WATCH, NOW, WAY, at, blind, days, parcel, scan, view
from tracker.render.gallery.states import all_states
from tracker.render.renderer import Renderer

BLIND = (LookOutcome.DOWN, LookOutcome.BUSY, LookOutcome.REFUSED, LookOutcome.UNREADABLE)


def said(watch: Watch, **about: Any) -> str:
    return " · ".join(of(watch, **about).facts).replace("\xa0", " ")


LAST = replace(WAY[3], occurred_at=NOW - timedelta(hours=31))


def of(watch: Watch, *, scanned: bool = True, can_be_asked: bool = True, last: TrackingEvent = LAST) -> Freshness:
    shipment, events = parcel(Milestone.IN_TRANSIT if scanned else None, (last,) if scanned else (), watch=watch)
    facts = gather(
        shipment,
        events,
        language=languages.load(Path("nowhere")).choose("en-US", "en"),
        brand=TRAIL,
        now=NOW,
        can_be_asked=can_be_asked,
        can_report=False,
        page_url="",
    )
    return of_parcel(facts)


def test_a_good_look_says_when_we_asked_what_was_scanned_and_when_we_look_again() -> None:
    assert said(GOOD_WATCH) == "We asked UPS 12 min ago · last scan 31 h ago · next look about 3:30 PM"


def test_only_a_scan_of_the_parcel_itself_is_the_last_scan() -> None:
    """A carrier that searches for it has not scanned it; the story above says the same."""
    searched = scan(Milestone.LOST, NOW - timedelta(hours=3))
    shown = view(OrderStage.IN_TRANSIT, parcel(Milestone.LOST, (WAY[0], LAST, searched)))

    html = Renderer.load().page(shown, TRAIL, now=NOW, locale="en-US").replace("\xa0", " ")

    assert "Last scanned in Louisville, KY: yesterday at 8:00 AM." in html
    assert "last scan 31 h ago" in html


def test_a_parcel_nobody_scanned_yet_says_so() -> None:
    assert "no scan yet" in said(GOOD_WATCH, scanned=False)


@pytest.mark.parametrize("outcome", BLIND)
def test_a_carrier_we_could_not_ask_is_never_no_news(outcome: LookOutcome) -> None:
    seen = of(blind(outcome))

    assert seen.is_blind
    assert "since 9:10 AM" in said(blind(outcome))
    assert "may be further along than shown" in said(blind(outcome))
    assert "We asked" not in said(blind(outcome))
    assert "last scan" not in said(blind(outcome))


def test_each_kind_of_blindness_has_its_own_words() -> None:
    assert len({said(blind(outcome)) for outcome in BLIND}) == len(BLIND)


def test_an_outage_since_yesterday_names_the_day() -> None:
    since_sunday = replace(blind(LookOutcome.DOWN), failing_since=at(23, 9, 10))

    assert "since Sun, Nov 23, 9:10 AM" in said(since_sunday)


def test_a_number_the_carrier_does_not_know_is_told_apart_from_silence() -> None:
    watch = replace(GOOD_WATCH, outcome=LookOutcome.NOT_KNOWN_YET)

    assert said(watch, scanned=False).startswith("UPS does not know this parcel yet · We asked UPS 12 min ago")
    assert said(watch).startswith("UPS no longer shows this parcel · We asked UPS 12 min ago")


def test_a_carrier_nobody_connected_is_not_asked_again() -> None:
    seen = of(GOOD_WATCH, can_be_asked=False)

    assert seen.is_blind
    assert seen.facts == ("Your parcel may be further along than shown.",)  # the headline says the rest


def test_a_carrier_that_is_off_is_named_once_and_nobody_mends_it() -> None:
    renderer, off = Renderer.load(), frozenset({ShipmentId("s1")})
    on_the_way = parcel(Milestone.IN_TRANSIT, WAY[:4], window=days(25))
    unknown, known = view(OrderStage.PACKED, parcel(), off=off), view(OrderStage.IN_TRANSIT, on_the_way, off=off)

    for shown in (unknown, known):
        html = renderer.page(shown, TRAIL, now=NOW, locale="en-US")
        assert "mend" not in html
        assert html.partition("</header>")[2].count("We cannot ask UPS at present") == 1


def test_a_scan_that_names_only_its_day_is_not_aged_in_hours() -> None:
    scanned = replace(
        WAY[3], clock=Clock.DAY_ONLY, occurred_at=datetime(2025, 11, 23, tzinfo=UTC), utc_offset_minutes=None
    )

    assert "last scan: yesterday" in said(GOOD_WATCH, last=scanned)


@pytest.mark.parametrize(
    ("next_look", "words"),
    [
        (None, "We have stopped asking."),
        (NOW - timedelta(minutes=2), "We ask again any minute."),
        (NOW - timedelta(hours=2), "We ask again as soon as UPS lets us."),
        (NOW + timedelta(minutes=26), "We ask again about 3:30 PM."),
    ],
)
def test_a_blind_page_says_in_whole_sentences_when_we_try_again(next_look: datetime | None, words: str) -> None:
    assert words in said(replace(blind(LookOutcome.DOWN), next_look_at=next_look))


@pytest.mark.parametrize(
    ("next_look", "words"),
    [
        (None, "we have stopped asking"),
        (NOW - timedelta(minutes=2), "next look any minute"),
        (NOW + timedelta(hours=18), "next look about Tue, Nov 25, 9:00 AM"),
    ],
)
def test_the_next_look_is_named_without_false_precision(next_look: datetime | None, words: str) -> None:
    assert words in said(replace(GOOD_WATCH, next_look_at=next_look))


def test_before_the_first_look_nothing_is_claimed() -> None:
    assert said(Watch(next_look_at=NOW + timedelta(minutes=4))) == "We have not asked UPS yet · next look about 3:10 PM"


@pytest.mark.parametrize("name", ["down", "refused", "unreadable", "busy"])
def test_the_page_carries_the_warning(name: str) -> None:
    page = Renderer.load().page(all_states()[name], TRAIL, now=NOW, locale="en-US")

    assert '<p class="fresh blind">' in page
    assert "may be further along than shown" in page


def test_a_look_that_is_long_overdue_waits_for_the_carriers_leave_not_for_a_moment() -> None:
    """Where there are more parcels than calls, "any minute" would be untrue for hours."""
    moments = {minutes: replace(GOOD_WATCH, next_look_at=NOW - timedelta(minutes=minutes)) for minutes in (5, 120)}

    assert "next look any minute" in said(moments[5])
    assert "next look as soon as UPS lets us ask" in said(moments[120])
