"""The pages nobody likes to read say plainly what is known, what is not, and what can be done."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from carriers.events import Milestone, Reason
from tests.render.brands import TRAIL
from tracker.domain.orders import OrderStage
from tracker.render import pages
from tracker.render.gallery.orders import NOW, WAY, at, parcel, scan, view
from tracker.render.gallery.states import all_states
from tracker.render.moods import Mood
from tracker.render.pages import Page
from tracker.render.renderer import Renderer

RENDERER = Renderer.load()
STATES = all_states()
ENGLISH = RENDERER.languages.choose("en-US", "en")


def page(name: str) -> Page:
    return pages.in_words(STATES[name], TRAIL, language=ENGLISH, now=NOW)


def plain(*texts: str) -> str:
    return " ".join(texts).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("name", "mood", "title", "story"),
    [
        ("never_asked", Mood.UNSURE, "No information yet", "We are about to ask UPS about this parcel for the first"),
        (
            "not_known_yet",
            Mood.UNSURE,
            "UPS does not know this parcel yet",
            "That is usual until the parcel is",
        ),
        ("never_scanned", Mood.UNSURE, "Not scanned by UPS yet", "UPS was told of this parcel but has not scanned it"),
        ("unknown_codes", Mood.UNSURE, "Nothing certain yet", "UPS reported something we cannot interpret yet."),
        ("nothing_said", Mood.UNSURE, "No news from UPS yet", "UPS knows of this parcel but has reported nothing"),
        ("down_unknown", Mood.BLIND, "We cannot ask UPS at present", "So we cannot say yet where the parcel is."),
        ("down_label", Mood.BLIND, "We cannot ask UPS at present", "announced the parcel to UPS, which may have it by"),
        ("down", Mood.BLIND, "Expected tomorrow", "Last scanned in Louisville, KY:"),
        ("carrier_off", Mood.BLIND, "We cannot ask UPS at present", "So we cannot say yet where the parcel is."),
        ("damaged", Mood.UNPLEASANT, "The parcel was damaged", "UPS says the parcel was damaged."),
        ("lost", Mood.UNPLEASANT, "UPS cannot find this parcel", "Last scanned in Maspeth, NY:"),
        ("cancelled_label", Mood.UNPLEASANT, "This order was cancelled", "Nothing more will be sent for it."),
        ("weather", Mood.LATE, "Held up by the weather. New estimate: Thursday, November 27", "Bad weather is holding"),
        ("late", Mood.LATE, "Delayed, and no new day yet", "UPS had planned to deliver it on Friday, November 21."),
        ("payment", Mood.WAITING, "A payment is due", "UPS is waiting for a payment."),
        ("both_delivered", Mood.GOOD, "Both parcels were delivered", "The last delivery: today at 2:02 PM."),
        ("all_delivered", Mood.GOOD, "All 3 parcels were delivered", "The last delivery: today at 2:02 PM."),
        ("one_counter", Mood.WAITING, "Waiting for you at a pickup point until Monday, December 1", "Brooklyn, NY."),
        ("one_overdue", Mood.LATE, "Parcel 2: Delayed, and no new day yet", "was not delivered on the day"),
        ("twins", Mood.CALM, "2 of 3 parcels: Arrives tomorrow", "UPS expects to deliver it on Tuesday, November 25."),
        ("delivered_and_lost", Mood.UNPLEASANT, "Parcel 2: UPS cannot find this parcel", "Last scanned in Maspeth"),
        (
            "delivered_and_returned",
            Mood.UNPLEASANT,
            "2 of 3 parcels delivered",
            "1 parcel went back to Alpenglow.",
        ),
        ("cancelled_on_the_way", Mood.CALM, "Arrives tomorrow", "Alpenglow has cancelled this order, but UPS already"),
    ],
)
def test_each_difficulty_has_its_own_words(name: str, mood: Mood, title: str, story: str) -> None:
    made = page(name)

    assert made.mood is mood
    assert plain(made.title) == title
    assert story in plain(*made.story)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("one_blind", "We cannot ask FedEx about 1 other parcel at present."),
        ("one_lost", "1 other parcel may not reach you."),
        ("three_parcels", "1 other parcel is delayed."),
    ],
)
def test_the_headline_hides_no_other_parcel(name: str, says: str) -> None:
    assert page(name).others == (says,)


def test_the_freshness_is_of_the_parcel_the_headline_speaks_of() -> None:
    made = page("one_blind")

    assert made.focus
    assert made.freshness == made.focus.freshness
    assert "We asked UPS" in plain(*made.freshness.facts) if made.freshness else False


def test_what_was_said_wrongly_is_taken_back_aloud_and_stays_in_the_timeline() -> None:
    made = page("correction")
    (wrong,) = [scan for scan in made.parcels[0].scans if scan.is_taken_back]

    assert plain(made.correction) == "We said: delivered today at 2:02 PM. UPS took that back today at 2:40 PM."
    assert wrong.sentence == "The parcel was left in a safe place."
    assert wrong.taken_back == "UPS took this report back."
    assert "We said: delivered" in RENDERER.page(STATES["correction"], TRAIL, now=NOW, locale="en-US")


def test_a_parcel_that_was_found_is_told_as_good_news() -> None:
    made = page("found_again")

    assert made.mood is Mood.CALM
    assert plain(made.correction).startswith("UPS could not find it today at 12:00 PM and has found it again")


def test_a_label_of_a_cancelled_order_is_no_parcel_to_wait_for() -> None:
    (card,) = page("cancelled_label").parcels

    assert card.has_ended
    assert "announced" not in plain(*card.story, card.no_scans)
    assert "next look" not in RENDERER.page(STATES["cancelled_label"], TRAIL, now=NOW, locale="en-US")


def test_a_parcel_that_came_in_spite_of_a_cancellation_is_told_as_what_it_is() -> None:
    came = parcel(Milestone.DELIVERED, (*WAY, scan(Milestone.DELIVERED, at(24, 14))))
    made = pages.in_words(view(OrderStage.DELIVERED, came, cancelled=True), TRAIL, language=ENGLISH, now=NOW)

    assert plain(made.title) == "Delivered today at 2:00 PM"
    assert "cancelled" not in plain(*made.story)


def test_what_is_delivered_at_the_end_of_a_return_is_back_at_the_shop() -> None:
    came, back = scan(Milestone.DELIVERED, at(24, 9)), scan(Milestone.RETURNING, at(24, 10))
    home = scan(Milestone.DELIVERED, at(24, 14), "Boulder", "CO", reason=Reason.FRONT_DESK)
    shown = view(OrderStage.RETURNED, parcel(Milestone.RETURNED, (*WAY, came, back, home)))

    said = [each.sentence for each in pages.in_words(shown, TRAIL, language=ENGLISH, now=NOW).parcels[0].scans]

    assert said[0] == "The parcel is back at Alpenglow."
    assert said[1:3] == ["The parcel is on its way back to Alpenglow.", "The parcel was delivered."]


def test_a_number_of_a_partner_leads_to_the_partners_page() -> None:
    html = RENDERER.page(STATES["handed_over"], TRAIL, now=NOW, locale="en-US")

    assert 'href="https://partner.example/track?n=9274890100000000000005"' in html
    assert "See it at USPS" in html


@pytest.mark.parametrize("name", [name for name in STATES if page(name).mood is Mood.UNPLEASANT])
def test_bad_news_comes_without_a_progress_bar_and_with_somebody_to_write_to(name: str) -> None:
    html = RENDERER.page(STATES[name], TRAIL, now=NOW, locale="en-US")

    assert 'class="steps"' not in html
    assert "Write to Alpenglow" in plain(page(name).advice.can_do)


def test_days_stand_in_the_timeline_once_each() -> None:
    scans = page("out_for_delivery").parcels[0].scans

    assert [scan.day for scan in scans if scan.starts_day] == list(dict.fromkeys(scan.day for scan in scans))
    assert all(re.search(r"\d", scan.time) for scan in scans)


def test_a_scan_far_in_the_east_never_reads_as_tomorrow() -> None:
    """In Tokyo it is Tuesday already, while it is Monday where the parcel goes."""
    tokyo = replace(WAY[2], occurred_at=NOW - timedelta(hours=1), utc_offset_minutes=9 * 60, local_text="east")

    shown = view(OrderStage.IN_TRANSIT, parcel(Milestone.IN_TRANSIT, (*WAY[:2], tokyo)))
    words = pages.in_words(shown, TRAIL, language=ENGLISH, now=NOW)

    assert words.story[0] == "Last scanned in Commerce City, CO: Tuesday, November 25 at 4:00\xa0AM."
