"""What a mail says: the frozen facts of a notification in its reader's words, laid into three templates."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from jinja2 import Environment

from carriers.events import Milestone
from notifiers.message import Channel, Message
from tracker.domain.brands import Brand
from tracker.domain.notices import LETTERS, Notice, Told
from tracker.domain.shipments import DelayCause
from tracker.domain.windows import DeliveryWindow
from tracker.render import counting, promises, themes, times, words
from tracker.render.advice import Advice, advice
from tracker.render.languages import Language
from tracker.render.plain import header, one_line, web_address

ITEMS_SHOWN = 12

# The milestone a notice speaks of when its facts name none.
MEANT: dict[Notice, Milestone] = {
    Notice.CONFIRMED: Milestone.LABEL_CREATED,
    Notice.SHIPPED: Milestone.PICKED_UP,
    Notice.IN_TRANSIT: Milestone.IN_TRANSIT,
    Notice.OUT_FOR_DELIVERY: Milestone.OUT_FOR_DELIVERY,
    Notice.ATTEMPT_FAILED: Milestone.ATTEMPT_FAILED,
    Notice.READY_FOR_PICKUP: Milestone.READY_FOR_PICKUP,
    Notice.DELIVERED: Milestone.DELIVERED,
    Notice.DELAYED: Milestone.EXCEPTION,
    Notice.EXCEPTION: Milestone.EXCEPTION,
    Notice.RETURNED: Milestone.RETURNED,
    Notice.CORRECTED: Milestone.IN_TRANSIT,
    Notice.LINK: Milestone.LABEL_CREATED,
    Notice.INVITED: Milestone.LABEL_CREATED,
}

STEPS: dict[Milestone, int] = {  # how many of the four marks of the mail's bar are filled; absent: no bar
    Milestone.LABEL_CREATED: 1,
    Milestone.PICKED_UP: 2,
    Milestone.IN_TRANSIT: 2,
    Milestone.EXCEPTION: 2,
    Milestone.OUT_FOR_DELIVERY: 3,
    Milestone.ATTEMPT_FAILED: 3,
    Milestone.READY_FOR_PICKUP: 3,
    Milestone.DELIVERED: 4,
}
ENDINGS = frozenset({Milestone.DELIVERED, Milestone.RETURNED, Milestone.CANCELLED, Milestone.LOST})
NO_LONGER_AWAITED = ENDINGS | {Milestone.READY_FOR_PICKUP, Milestone.RETURNING}  # a promised day says nothing any more
TROUBLED = frozenset({Notice.ATTEMPT_FAILED, Notice.DELAYED, Notice.EXCEPTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom a mail is for, and when it was planned."""

    to: str
    name: str
    language: Language
    zone: str
    planned_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """All that a mail's templates may state beside the notification's facts; empty text for what is not known."""

    number: str
    order: str  # "order 1001", "2 of 3 parcels of order 1001"; for subjects
    parcels: str  # "2 of 3 parcels"; empty when it is about one parcel that is named, or the order has only one
    several: bool  # more than one parcel is told of at once
    to_come: int  # parcels still awaited
    shop: str
    carrier: str
    name: str
    headline: str  # of milestone and reason: "Held up by the weather"
    happened: str  # a sentence
    arrives: str  # for subjects: "Tue, Nov 24"; empty once the day has passed
    hours: str
    moved: bool  # the day differs from the one told before
    promise: str  # a sentence that says whose promise it is
    earlier_promise: str
    cause: str
    is_today: bool  # it happened on the day the mail was planned
    earlier_headline: str  # the one that turned out wrong
    pickup_by: str
    advice: Advice
    rows: tuple[tuple[str, str], ...]
    items: tuple[tuple[str, int], ...]
    more_items: int
    step: int
    troubled: bool
    page_url: str
    messages_url: str  # where its reader chooses what comes
    unsubscribe_url: str
    footer: str


def message(
    environment: Environment, told: Told, brand: Brand, *, reader: Reader, mail: Mail, ref: str, host: str
) -> Message:
    """The notice's three templates, rendered; the same facts give the same bytes."""
    facts = {"mail": mail, "told": told, "brand": brand, "language": reader.language}
    colours = {"light": themes.light(brand.theme), "dark": themes.dark(brand.theme)}
    folder = f"email/{told.notice}"
    return Message(
        ref=ref,
        channel=Channel.EMAIL,
        to=header("the recipient's address", reader.to),
        sender=header("mail_from of the brand", brand.mail_from),
        reply_to=header("reply_to of the brand", brand.reply_to),
        subject=one_line(environment.get_template(f"{folder}/subject.txt").render(facts), limit=200),
        text=_tidy(environment.get_template(f"{folder}/body.txt").render(facts)),
        html=environment.get_template(f"{folder}/body.html").render(facts | colours),
        message_id=header("the message id", f"<{ref}@{host}>"),
        thread_id=header("the thread id", f"<order-{_opaque(brand.slug, told.order_number)}@{host}>"),
        unsubscribe_url=mail.unsubscribe_url,
        language=reader.language.tag,
        planned_at=reader.planned_at,
        feedback_id=f"{told.notice}:{brand.slug}:wismo:{brand.slug}",
    )


def in_words(told: Told, brand: Brand, *, reader: Reader, page_url: str, unsubscribe_url: str) -> Mail:
    """The facts as this reader would put them."""
    language, zone = reader.language, reader.zone
    names = words.names(language, told.carrier, shop=brand.name)
    milestone = told.milestone or MEANT[told.notice]
    window = None if milestone in NO_LONGER_AWAITED else _open_window(told.window, reader)
    before = _earlier_window(told, window)
    return Mail(
        number=one_line(told.order_number),
        order=counting.of_order(language, told),
        parcels=counting.parcels(language, told),
        several=told.together > 1,
        to_come=counting.to_come(told),
        name=one_line(reader.name),
        headline=words.headline(language, milestone, told.reason, **names),
        happened=_happened(language, told, milestone, **names),
        arrives=times.on_days(language, window) if window else "",
        hours=times.hours_of(language, window) if window and window.first_day == window.last_day else "",
        moved=bool(window and before),
        promise=_promise(language, told, window, is_new=before is not None, **names) if window else "",
        earlier_promise=promises.earlier(language, before, **names) if before else "",
        cause=words.cause(language, told.reason, **names) if told.reason in words.PROBLEMS else "",
        is_today=_is_today(told, reader),
        earlier_headline=words.headline(language, told.corrected_from, None, **names) if told.corrected_from else "",
        pickup_by=times.day(language, told.pickup_by) if told.pickup_by else "",
        advice=_advice(language, told, milestone, **names),
        rows=tuple(row for row in _rows(language, told, window, zone=zone, **names) if row[1]),
        items=tuple((one_line(item.name, 120), item.quantity) for item in told.items[:ITEMS_SHOWN]),
        more_items=max(0, len(told.items) - ITEMS_SHOWN),
        step=STEPS.get(milestone, 0),
        troubled=told.notice in TROUBLED,
        page_url=web_address(page_url),
        messages_url=web_address(f"{page_url}/messages") if page_url and told.notice not in LETTERS else "",
        unsubscribe_url=web_address(unsubscribe_url),
        footer=one_line(brand.footer, 300),
        **names,
    )


def _open_window(window: DeliveryWindow | None, reader: Reader) -> DeliveryWindow | None:
    """A window whose last day has passed is no longer something to look forward to."""
    today = times.today_at(reader.planned_at, reader.zone)
    return window if window and window.last_day >= today else None


def _earlier_window(told: Told, window: DeliveryWindow | None) -> DeliveryWindow | None:
    """What had been said before: told earlier, or promised and passed."""
    if told.window_before and not (window and not promises.differ(told.window_before, window)):
        return told.window_before
    return told.window if window is None else None


def _happened(language: Language, told: Told, milestone: Milestone, **names: str) -> str:
    if told.delay and told.delay != DelayCause.MILESTONE:
        return words.delay_sentence(language, DelayCause(told.delay), **names)
    if several := counting.happened(language, told, **names):
        return several
    return words.event_sentence(language, milestone, told.reason, left_with=told.left_with, **names)


def _promise(language: Language, told: Told, window: DeliveryWindow, *, is_new: bool, **names: str) -> str:
    if told.together > 1:
        return promises.of_several(language, window, **names)
    return promises.promise(language, window, is_new=is_new, **names)


def _is_today(told: Told, reader: Reader) -> bool:
    happened = times.wall_time(
        told.occurred_at, clock=told.clock, offset_minutes=told.utc_offset_minutes, zone=reader.zone
    )
    return happened.date() == times.today_at(reader.planned_at, reader.zone)


def _advice(language: Language, told: Told, milestone: Milestone, **names: str) -> Advice:
    if told.corrected_from and milestone not in ENDINGS:
        return advice(language, Milestone.EXCEPTION, None, **names)  # after a wrong report, promise nothing
    match told.delay:
        case DelayCause.PROMISE_PASSED | DelayCause.SILENT | DelayCause.NEVER_SCANNED:
            return advice(language, Milestone.EXCEPTION, None, **names)
        case DelayCause.PICKUP_ENDING:
            return advice(language, Milestone.READY_FOR_PICKUP, None, **names)
        case _:
            return advice(language, milestone, told.reason, **names)


def _rows(
    language: Language, told: Told, window: DeliveryWindow | None, *, zone: str, carrier: str, shop: str
) -> tuple[tuple[str, str], ...]:
    """Label and value; a row without a value is left out."""
    say = language.say
    return (
        (say("Order"), one_line(told.order_number)),
        (say("Parcels"), _count(language, told)),
        (say("Expected"), promises.with_owner(language, window, carrier=carrier, shop=shop) if window else ""),
        (say("Collect by"), times.day(language, told.pickup_by) if told.pickup_by else ""),
        (say("Delayed since") if told.notice is Notice.DELAYED else say("When"), _when(language, told, zone)),
        (say("Where"), words.place(language, told.place)),
        (say("Carrier"), carrier if told.carrier else ""),
        (say("Tracking number"), one_line(told.tracking_number)),
    )


def _count(language: Language, told: Told) -> str:
    if told.parcels < 2:
        return ""
    if told.delivered:
        return language.count(
            "%(done)s of %(num)s delivered", "%(done)s of %(num)s delivered", told.parcels, done=told.delivered
        )
    if told.together > 1:
        return language.count("%(some)s of %(num)s", "%(some)s of %(num)s", told.parcels, some=told.together)
    return language.count("this is one of %(num)s", "this is one of %(num)s", told.parcels)


def _when(language: Language, told: Told, zone: str) -> str:
    return times.when(language, told.occurred_at, clock=told.clock, offset_minutes=told.utc_offset_minutes, zone=zone)


def _tidy(text: str) -> str:
    """Plain spaces, one empty line between paragraphs, one line break at the end."""
    return re.sub("\n{3,}", "\n\n", text.replace("\xa0", " ")).strip() + "\n"


def _opaque(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]
