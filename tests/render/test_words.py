"""Every milestone and reason has words, and durations, days and places read as people say them."""

import gettext
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from babel import Locale

from carriers.events import Clock, Milestone, Place, PromiseKind, Reason
from tracker.domain.orders import OrderStage
from tracker.domain.shipments import DelayCause
from tracker.domain.windows import DeliveryWindow, PromisedBy
from tracker.render import languages, promises, times, words
from tracker.render.advice import advice
from tracker.render.gallery.orders import HOME, at
from tracker.render.languages import Language

NAMES = {"carrier": "UPS", "shop": "Alpenglow"}
NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)


def speak(tag: str = "en-US") -> Language:
    """English in one country's forms, without any catalogue."""
    return languages.load(Path("nowhere")).choose(tag, "en")


@pytest.mark.parametrize("milestone", Milestone)
@pytest.mark.parametrize("reason", [None, *Reason])
def test_every_pair_has_words(milestone: Milestone, reason: Reason | None) -> None:
    sentence = words.event_sentence(speak(), milestone, reason, left_with="Front Door", **NAMES)
    said = [words.headline(speak(), milestone, reason, **NAMES), sentence]
    hints = advice(speak(), milestone, reason, **NAMES)

    for text in (*said, hints.follows, hints.can_do):
        assert "_" not in text
        assert "None" not in text
        assert "%" not in text
    assert all(said)
    assert hints.can_do
    assert sentence.endswith(".")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_something_of_its_own(reason: Reason) -> None:
    plain = words.event_sentence(speak(), Milestone.EXCEPTION, None, **NAMES)

    assert words.event_sentence(speak(), Milestone.EXCEPTION, reason, **NAMES) != plain
    assert words.cause(speak(), reason, **NAMES)


@pytest.mark.parametrize("place", [Reason.MAILBOX, Reason.LOCKER, Reason.NEIGHBOUR, Reason.ACCESS_POINT])
def test_a_place_explains_trouble_there_and_no_other_milestone(place: Reason) -> None:
    back = words.event_sentence(speak(), Milestone.RETURNED, place, **NAMES)
    moving = words.event_sentence(speak(), Milestone.IN_TRANSIT, place, **NAMES)

    assert (back, moving) == ("The parcel is back at Alpenglow.", "The parcel is on the move.")
    assert words.headline(speak(), Milestone.ATTEMPT_FAILED, place, **NAMES) == "UPS could not deliver"
    assert words.headline(speak(), Milestone.EXCEPTION, place, **NAMES) == "Something is holding it up"


def test_every_stage_and_cause_of_delay_has_words() -> None:
    assert all(words.stage(speak(), stage) for stage in OrderStage)
    assert all(words.delay_sentence(speak(), cause, **NAMES).endswith(".") for cause in DelayCause)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=40), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(minutes=60), "1 h ago"),
        (timedelta(hours=31), "31 h ago"),
        (timedelta(hours=48), "2 days ago"),
        (timedelta(days=9), "9 days ago"),
    ],
)
def test_durations_read_as_people_say_them(passed: timedelta, said: str) -> None:
    assert times.ago(speak(), NOON - passed, NOON) == said


@pytest.mark.parametrize(
    ("last", "hours", "short", "long"),
    [
        (24, (None, None), "Mon, Nov 24", "on Monday, November 24"),
        (24, (time(9), time(13)), "Mon, Nov 24, 9:00 AM – 1:00 PM", "on Monday, November 24, 9:00 AM – 1:00 PM"),
        (24, (None, time(12)), "Mon, Nov 24, by 12:00 PM", "on Monday, November 24, by 12:00 PM"),
        (24, (time(17), None), "Mon, Nov 24, from 5:00 PM", "on Monday, November 24, from 5:00 PM"),
        (
            26,
            (time(9), time(13)),
            "Mon, Nov 24 – Wed, Nov 26",
            "between Monday, November 24 and Wednesday, November 26",
        ),
    ],
)
def test_windows_read_as_people_say_them(
    last: int, hours: tuple[time | None, time | None], short: str, long: str
) -> None:
    window = a_window(last=last, not_before=hours[0], not_after=hours[1])

    assert times.on_days(speak(), window).replace("\xa0", " ") == short
    assert times.in_a_sentence(speak(), window).replace("\xa0", " ") == long


@pytest.mark.parametrize(
    ("today", "said"), [(24, "today"), (23, "tomorrow"), (22, "Mon, Nov 24"), (25, "yesterday"), (26, "Mon, Nov 24")]
)
def test_a_page_says_today_and_tomorrow(today: int, said: str) -> None:
    assert times.near_day(speak(), date(2025, 11, 24), date(2025, 11, today)) == said


@pytest.mark.parametrize(
    ("by", "kind", "said"),
    [
        (PromisedBy.CARRIER, None, "UPS expects to deliver it on"),
        (PromisedBy.CARRIER, PromiseKind.COMMITTED, "UPS has committed to deliver it on"),
        (PromisedBy.CARRIER, PromiseKind.RESCHEDULED, "UPS has changed its plan"),
        (PromisedBy.SHOP, None, "Alpenglow expects it to reach you on"),
    ],
)
def test_a_promise_names_its_owner(by: PromisedBy, kind: PromiseKind | None, said: str) -> None:
    assert promises.promise(speak(), a_window(by=by, kind=kind), is_new=False, **NAMES).startswith(said)


@pytest.mark.parametrize(
    ("clock", "offset", "shown"),
    [
        (Clock.EXACT, -300, "Mon, Nov 24, 8:31 AM"),
        (Clock.BY_PLACE, 60, "Mon, Nov 24, 2:31 PM"),
        (Clock.BY_PLACE, 660, "Tue, Nov 25, 12:31 AM"),  # already the next day where it happened
        (Clock.ASSUMED, None, "Mon, Nov 24, 1:31 PM"),  # the carrier's own wall time, not shifted to the reader's
        (Clock.DAY_ONLY, -300, "Mon, Nov 24"),
        (Clock.DAY_ONLY, None, "Mon, Nov 24"),
        (None, None, "Mon, Nov 24"),  # our own judgement: a day at the reader's place
    ],
)
def test_a_scan_shows_the_time_of_its_own_place(clock: Clock | None, offset: int | None, shown: str) -> None:
    said = times.when(speak(), at(24, 8, 31), clock=clock, offset_minutes=offset, zone=HOME)

    assert said.replace("\xa0", " ") == shown


@pytest.mark.parametrize(
    ("place", "home", "said"),
    [
        (Place(city="LOUISVILLE", region="KY", country="US"), "US", "Louisville, KY"),
        (Place(city="Köln", country="DE"), "US", "Köln, Germany"),
        (Place(country="DE"), "DE", ""),
        (Place(), "US", ""),
        (None, "US", ""),
    ],
)
def test_places_name_their_country_only_abroad(place: Place | None, home: str, said: str) -> None:
    assert words.place(speak(), place, home=home) == said


def test_a_place_in_an_arabic_sentence_keeps_the_order_of_its_own_letters() -> None:
    arabic = Language(name="ar", locale=Locale.parse("ar"), catalogue=gettext.NullTranslations())
    said = words.place(arabic, Place(city="BROOKLYN", region="NY", country="US"), home="SA")

    assert said == "\u2068Brooklyn, NY\u2069\u060c \u2068الولايات المتحدة\u2069"


def test_a_hebrew_town_in_an_english_sentence_turns_no_region_around() -> None:
    said = words.place(speak(), Place(city="עיר 12", region="34", country="IL"), home="IL")

    assert said == "\u2068עיר 12\u2069, 34"


def test_an_unknown_zone_or_carrier_loses_no_page() -> None:
    assert times.zone_info("Mars/Olympus").key == "UTC"
    assert words.carrier_title("ontrac") == "Ontrac"
    assert words.names(speak(), "", shop="Alpenglow")["carrier"] == "the carrier"


def a_window(
    *,
    last: int = 24,
    not_before: time | None = None,
    not_after: time | None = None,
    by: PromisedBy = PromisedBy.CARRIER,
    kind: PromiseKind | None = None,
) -> DeliveryWindow:
    return DeliveryWindow(
        first_day=date(2025, 11, 24),
        last_day=date(2025, 11, last),
        not_before=not_before,
        not_after=not_after,
        promised_by=by,
        kind=kind,
        told_at=NOON,
    )
