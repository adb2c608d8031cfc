"""A text says who writes, what happened and where to look, and never takes three segments."""

import re
from dataclasses import replace
from datetime import time, timedelta
from itertools import product

import pytest

from carriers.events import Milestone, Reason
from notifiers.message import Channel, Message
from notifiers.segments import Encoding, cost
from tests.render.brands import SOUND, TRAIL
from tests.render.mails import PAGE, STOP, STORIES, told
from tracker.domain.brands import Brand
from tracker.domain.notices import LETTERS, Notice, Told
from tracker.domain.shipments import DelayCause
from tracker.domain.windows import DeliveryWindow
from tracker.render.gallery.orders import HOME, NOW, days
from tracker.render.renderer import Renderer

RENDERER = Renderer.load()
NEWS = {name: facts for name, facts in STORIES.items() if facts.notice not in LETTERS}  # letters go by mail only
UNSPOKEN = re.compile(r"None|Undefined|\b[a-z]+_[a-z_]+\b|%\(|\{\{|  ")

# As a shopper reads them; behind each stands the link to the page.
READS = {
    "confirmed": "Alpenglow, order 1001: We have your order.",
    "shipped": "Alpenglow, order 1001: UPS has taken over the parcel. Expected Wed, Nov 26.",
    "shipped_two_of_three": "Alpenglow, order 1001: UPS has taken over 2 parcels. Expected Wed, Nov 26 - Fri, Nov 28.",
    "shipped_one_more": "Alpenglow, order 1001: UPS has taken over the parcel. 1 parcel is still to come.",
    "shipped_the_last": "Alpenglow, order 1001, the last of 3 parcels: UPS has taken over the parcel.",
    "in_transit_all_of_three": "Alpenglow, order 1001: 3 parcels are on their way.",
    "out_two_of_three": "Alpenglow, order 1001: UPS has 2 parcels on vehicles to you. Expected today, "
    "2:00 PM - 6:00 PM.",
    "out_the_last_two": "Alpenglow, order 1001: UPS has 2 parcels on vehicles to you.",
    "in_transit": "Alpenglow, order 1001: The parcel is on the move. Now expected Thu, Nov 27.",
    "out_for_delivery": "Alpenglow, order 1001: The parcel is out for delivery. Expected today, 2:00 PM - 6:00 PM.",
    "attempt_failed": "Alpenglow, order 1001: UPS tried to deliver, but nobody was there. Expected Tue, Nov 25.",
    "ready_for_pickup": "Alpenglow, order 1001: The parcel is waiting for you at a pickup point. "
    "Collect by Mon, Dec 1.",
    "delivered": "Alpenglow, order 1001: The parcel was left in a safe place.",
    "delivered_of_three": "Alpenglow, order 1001: The parcel was delivered. 2 parcels are still to come.",
    "delivered_two_of_three": "Alpenglow, order 1001: 2 parcels were delivered. 1 parcel is still to come.",
    "delayed_of_three": "Alpenglow, order 1001, one of 3 parcels: The parcel is later than planned. "
    "Now expected Thu, Nov 27.",
    "exception_of_three": "Alpenglow, order 1001, one of 3 parcels: UPS cannot deliver to the address as it stands. "
    "See what happens now:",
    "delayed": "Alpenglow, order 1001: The parcel was not delivered on the day it was expected.",
    "delayed_new_day": "Alpenglow, order 1001: Bad weather is holding the parcel up. Now expected Thu, Nov 27.",
    "exception": "Alpenglow, order 1001: Customs is holding the parcel. See what happens now:",
    "returned": "Alpenglow, order 1001: The parcel is back at Alpenglow.",
    "corrected": "Alpenglow, order 1001: Not delivered after all: UPS took back its report.",
}


def text_of(
    facts: Told,
    brand: Brand = TRAIL,
    *,
    is_first: bool = False,
    page: str = PAGE,
    stop: str = "",
    locale: str = "en-US",
) -> Message:
    """The text to somebody in New York."""
    return RENDERER.text(
        facts,
        brand,
        ref="n-7f3a",
        to="+12025550123",
        locale=locale,
        zone=HOME,
        page_url=page,
        unsubscribe_url=stop,
        is_first=is_first,
        planned_at=max(NOW, facts.occurred_at + timedelta(minutes=1)),
    )


@pytest.mark.parametrize("name", NEWS)
def test_a_text_reads_as_it_was_approved(name: str) -> None:
    text = text_of(STORIES[name])

    assert text.text == f"{READS[name]} {PAGE}"
    assert (text.channel, text.to, text.subject, text.html) == (Channel.SMS, "+12025550123", "", "")


def test_every_notice_has_its_text() -> None:
    assert {story.notice for story in NEWS.values()} == set(Notice) - LETTERS


@pytest.mark.parametrize("name", NEWS)
def test_usual_news_fits_one_segment_and_the_first_text_says_how_to_end_them(name: str) -> None:
    usual, first = text_of(STORIES[name]), text_of(STORIES[name], is_first=True)

    assert cost(usual.text).encoding is Encoding.GSM7
    assert cost(usual.text).segments == (2 if name == "exception_of_three" else 1)
    assert first.text.startswith("Alpenglow, order 1001")
    assert first.text.endswith(f" {PAGE} Reply STOP to end.")
    assert cost(first.text).segments <= 2


def test_a_sender_that_takes_no_answer_gives_a_link_instead() -> None:
    text = text_of(STORIES["shipped"], is_first=True, stop=STOP)

    assert text.text.endswith(f"To end these texts: {STOP}")
    assert cost(text.text).segments == 2


@pytest.mark.parametrize("notice", sorted(set(Notice) - LETTERS))
@pytest.mark.parametrize("brand", [TRAIL, SOUND], ids=["trail", "sound"])
def test_no_news_takes_three_segments_or_leaves_a_word_unsaid(notice: Notice, brand: Brand) -> None:
    milestones = [milestone for milestone in Milestone if milestone is not Milestone.UNKNOWN]
    alone = product(milestones, [None, *Reason], [(1, 0, 0)])
    several = product(milestones, [None, Reason.ADDRESS], [(3, 1, 0), (3, 3, 0), (3, 0, 1), (3, 0, 2), (3, 0, 3)])
    for milestone, reason, (of, done, at_once) in (*alone, *several):
        facts = told(
            notice,
            milestone=milestone,
            reason=reason,
            parcels=of,
            delivered=done,
            together=at_once,
            window=days(26, 28),
            left_with="Front Door, behind the big flower pot",
        )

        text = text_of(facts, brand, is_first=True).text

        assert cost(text).segments <= 2, text
        assert PAGE in text
        assert text.startswith(brand.name)
        assert not UNSPOKEN.search(text.replace(PAGE, "here")), text


@pytest.mark.parametrize("cause", DelayCause)
def test_every_delay_says_why(cause: DelayCause) -> None:
    facts = told(Notice.DELAYED, milestone=Milestone.IN_TRANSIT, delay=cause, window=days(27), window_before=days(24))

    text = text_of(facts).text

    assert "Now expected Thu, Nov 27." in text
    assert cost(text).segments <= 2


@pytest.mark.parametrize(
    ("shop", "number"),
    [
        ("Łódź Kaffeerösterei & Söhne", "Zamówienie-2026/000000123456"),
        ("Магазин спортивных товаров «Вершина»", "2026/001"),
        ("A shop with a name that nobody would ever put into a text message", "1" * 128),
        ("🏔️🚚🏔️🚚🏔️🚚🏔️🚚🏔️🚚🏔️🚚", "🚚" * 60),
    ],
)
@pytest.mark.parametrize("name", NEWS)
def test_no_name_makes_a_text_three_segments_long(name: str, shop: str, number: str) -> None:
    brand, page = (
        replace(TRAIL, name=shop),
        "https://track-my-parcel.a-rather-long-shop-name.example/t/Zk3v9yQ2m8LrT5wXb7NcPa",
    )

    text = text_of(replace(STORIES[name], order_number=number), brand, is_first=True, page=page).text

    assert cost(text).segments <= 2
    assert page in text
    assert "STOP" in text


@pytest.mark.parametrize(
    ("locale", "story", "said"),
    [
        ("fr", "delivered", "Alpenglow, commande 1001 : Le colis a été déposé dans un lieu sur."),  # é is there, û not
        ("pl", "delivered", "Alpenglow, zam. 1001: Paczke zostawiono w bezpiecznym miejscu."),
        ("vi", "delivered", "Alpenglow, don hang 1001: Kien hang da duoc de o noi an toan."),
    ],
)
def test_plain_letters_come_before_fewer_words(locale: str, story: str, said: str) -> None:
    text = text_of(STORIES[story], locale=locale, is_first=True, stop=STOP).text

    assert text.startswith(said)
    assert cost(text).segments <= 2


@pytest.mark.parametrize("locale", RENDERER.languages.known)
@pytest.mark.parametrize("cause", sorted(set(DelayCause) - {DelayCause.PICKUP_ENDING}))
def test_a_delay_is_never_cut_down_to_where_the_parcel_is(locale: str, cause: DelayCause) -> None:
    facts = told(Notice.DELAYED, milestone=Milestone.IN_TRANSIT, delay=cause, window=days(27), window_before=days(24))
    language = RENDERER.languages.choose(locale, "en")

    text = text_of(facts, locale=locale, is_first=True, stop=STOP, page=PAGE + "9" * 40).text

    assert language.ended(language.say("On its way")) not in text


def test_letters_of_names_are_kept_while_they_fit() -> None:
    text = text_of(STORIES["delivered"], replace(TRAIL, name="Łódź")).text

    assert text.startswith("Łódź, order 1001: The parcel was left in a safe place.")


@pytest.mark.parametrize(
    ("window", "says"),
    [
        (days(24), "Expected today."),
        (replace(days(24), not_before=time(14), not_after=time(18)), "Expected today, 2:00 PM - 6:00 PM."),
        (replace(days(25), not_before=time(14), not_after=time(18)), "Expected Tue, Nov 25, 2:00 PM - 6:00 PM."),
        (days(24, 26), "Expected Mon, Nov 24 - Wed, Nov 26."),
        (days(23), f"for delivery. {PAGE}"),  # over: nothing to look forward to
    ],
)
def test_today_is_said_of_the_day_it_is_read_on_and_of_no_other(window: DeliveryWindow, says: str) -> None:
    facts = told(Notice.OUT_FOR_DELIVERY, milestone=Milestone.OUT_FOR_DELIVERY, window=window, occurred_at=NOW)

    assert says in text_of(facts).text


def test_the_same_facts_give_the_same_bytes() -> None:
    assert text_of(STORIES["shipped"]) == text_of(STORIES["shipped"])
