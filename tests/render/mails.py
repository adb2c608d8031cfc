"""Mails of every notice, built from invented facts."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from carriers.events import Clock, Milestone, Place, Reason
from notifiers.message import Message
from tracker.domain.brands import Brand
from tracker.domain.notices import Notice, Told
from tracker.domain.shipments import DelayCause
from tracker.render.gallery.orders import HOME, ITEMS, NOW, TODAY_WINDOW, at, days
from tracker.render.renderer import Renderer

PAGE = "https://track.alpenglow.example/t/Zk3v9yQ2m8LrT5wXb7NcPa"
STOP = "https://track.alpenglow.example/u/Hq4t8sV1n6JpR3xYd9McKe"


def told(notice: Notice, **facts: object) -> Told:
    """Facts of one notice; a scan in Brooklyn unless said otherwise."""
    usual = Told(
        order_number="1001",
        notice=notice,
        occurred_at=at(24, 8, 31),
        utc_offset_minutes=-300,
        clock=Clock.BY_PLACE,
        place=Place(city="BROOKLYN", region="NY", country="US"),
        carrier="ups",
        tracking_number="1Z999AA10123456784",
        items=ITEMS,
    )
    return replace(usual, **facts)  # type: ignore[arg-type]


def several(notice: Notice, milestone: Milestone, **facts: object) -> Told:
    """Facts of parcels that are told of at once: of three, and without what is true of one of them only."""
    alone: dict[str, object] = {"tracking_number": "", "clock": None, "place": None, "parcels": 3}
    return told(notice, milestone=milestone, **(alone | facts))


STORIES: dict[str, Told] = {
    "confirmed": Told(order_number="1001", notice=Notice.CONFIRMED, occurred_at=at(20, 9), items=ITEMS),
    "shipped": told(Notice.SHIPPED, milestone=Milestone.PICKED_UP, window=days(26)),
    "shipped_two_of_three": several(Notice.SHIPPED, Milestone.PICKED_UP, window=days(26, 28), together=2, behind=1),
    "shipped_one_more": told(
        Notice.SHIPPED, milestone=Milestone.PICKED_UP, parcels=3, together=1, earlier=1, behind=1, items=()
    ),
    "shipped_the_last": told(Notice.SHIPPED, milestone=Milestone.PICKED_UP, parcels=3, together=1, earlier=2),
    "in_transit_all_of_three": several(Notice.IN_TRANSIT, Milestone.IN_TRANSIT, together=3, carrier=""),
    "out_two_of_three": several(
        Notice.OUT_FOR_DELIVERY, Milestone.OUT_FOR_DELIVERY, together=2, behind=1, window=TODAY_WINDOW
    ),
    "out_the_last_two": several(
        Notice.OUT_FOR_DELIVERY, Milestone.OUT_FOR_DELIVERY, together=2, earlier=1, delivered=1, items=()
    ),
    "in_transit": told(Notice.IN_TRANSIT, milestone=Milestone.IN_TRANSIT, window=days(27), window_before=days(26)),
    "out_for_delivery": told(Notice.OUT_FOR_DELIVERY, milestone=Milestone.OUT_FOR_DELIVERY, window=TODAY_WINDOW),
    "attempt_failed": told(
        Notice.ATTEMPT_FAILED, milestone=Milestone.ATTEMPT_FAILED, reason=Reason.RECIPIENT_ABSENT, window=days(25)
    ),
    "ready_for_pickup": told(
        Notice.READY_FOR_PICKUP,
        milestone=Milestone.READY_FOR_PICKUP,
        reason=Reason.ACCESS_POINT,
        pickup_by=date(2025, 12, 1),
    ),
    "delivered": told(
        Notice.DELIVERED, milestone=Milestone.DELIVERED, reason=Reason.SAFE_PLACE, left_with="Front Door", delivered=1
    ),
    "delivered_of_three": told(
        Notice.DELIVERED, milestone=Milestone.DELIVERED, delivered=1, parcels=3, together=1, behind=2
    ),
    "delivered_two_of_three": several(Notice.DELIVERED, Milestone.DELIVERED, delivered=2, together=2, behind=1),
    "delayed_of_three": told(
        Notice.DELAYED, milestone=Milestone.IN_TRANSIT, window=days(27), window_before=days(24), parcels=3, items=()
    ),
    "exception_of_three": told(
        Notice.EXCEPTION, milestone=Milestone.EXCEPTION, reason=Reason.ADDRESS, parcels=3, delivered=1
    ),
    "delayed": told(
        Notice.DELAYED,
        milestone=Milestone.IN_TRANSIT,
        window=days(21),
        delay=DelayCause.PROMISE_PASSED,
        occurred_at=at(22, 6),
        utc_offset_minutes=None,
        clock=None,
        place=None,
    ),
    "delayed_new_day": told(
        Notice.DELAYED,
        milestone=Milestone.EXCEPTION,
        reason=Reason.WEATHER,
        window=days(27),
        window_before=days(24),
        delay=DelayCause.MILESTONE,
    ),
    "exception": told(Notice.EXCEPTION, milestone=Milestone.EXCEPTION, reason=Reason.CUSTOMS),
    "returned": told(Notice.RETURNED, milestone=Milestone.RETURNED),
    "link": Told(order_number="1001", notice=Notice.LINK, occurred_at=at(24, 9)),
    "invited": Told(order_number="1001", notice=Notice.INVITED, occurred_at=at(24, 9)),
    "corrected": told(Notice.CORRECTED, milestone=Milestone.IN_TRANSIT, corrected_from=Milestone.DELIVERED),
}


def render(
    renderer: Renderer,
    facts: Told,
    brand: Brand,
    *,
    locale: str = "en-US",
    planned_at: datetime = NOW,
    name: str = "Ana",
    stop: str = STOP,
) -> Message:
    """The mail to somebody in New York."""
    return renderer.mail(
        facts,
        brand,
        ref="n-7f3a",
        to="ana@shopper.example",
        recipient_name=name,
        locale=locale,
        zone=HOME,
        page_url=PAGE,
        unsubscribe_url=stop,
        planned_at=max(planned_at, facts.occurred_at + timedelta(minutes=1)),
        host="mail.alpenglow.example",
    )


def all_mails(renderer: Renderer, brand: Brand) -> dict[str, Message]:
    """Every story as a mail."""
    return {name: render(renderer, facts, brand) for name, facts in STORIES.items()}
