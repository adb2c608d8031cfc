"""What is known of one parcel at one moment, looked up once for all that is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from carriers.events import Milestone, Reason, TrackingEvent
from tracker.domain import corrections, histories, returns
from tracker.domain.brands import Brand
from tracker.domain.judgement import COULD_NOT_ASK, ENDS
from tracker.domain.shipments import DelayCause, Shipment
from tracker.domain.windows import DeliveryWindow
from tracker.render import times, words
from tracker.render.languages import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One parcel, for one reader."""

    language: Language
    shipment: Shipment
    newest_first: tuple[TrackingEvent, ...]
    taken_back: dict[str, TrackingEvent]  # fingerprint of a scan that was not true -> the scan that says so
    came_back: frozenset[str]  # fingerprints of scans that say delivered and mean: to the shop
    names: dict[str, str]
    now: datetime
    today: date  # at the destination
    window: DeliveryWindow | None  # a promise that can still be kept
    earlier: DeliveryWindow | None  # one that was moved or missed
    can_be_asked: bool
    can_report: bool  # whether the page has buttons that tell the shop what is wrong
    page_url: str  # the carrier's own page

    @property
    def milestone(self) -> Milestone | None:
        return self.shipment.standing.milestone

    @property
    def reason(self) -> Reason | None:
        return self.shipment.standing.reason

    @property
    def has_ended(self) -> bool:
        return self.milestone in ENDS

    @property
    def delay(self) -> DelayCause | None:
        """Why we call it late; of what we cannot see we do not say so."""
        return None if self.has_ended or self.is_blind else self.shipment.judgement.delayed

    @property
    def is_blind(self) -> bool:
        """Whether the parcel may be further than we know, because nobody could ask."""
        return not self.can_be_asked or self.shipment.watch.outcome in COULD_NOT_ASK

    @property
    def deciding(self) -> TrackingEvent | None:
        """The scan that put the parcel where it stands."""
        event = self.shipment.standing.event
        return next((each for each in self.newest_first if each.fingerprint == event), None)

    @property
    def last_seen(self) -> TrackingEvent | None:
        """The newest scan of the parcel itself: no forecast, no label, nothing that was taken back."""
        return next(iter(corrections.scans_of_it(self.newest_first, self.taken_back)), None)


def gather(
    shipment: Shipment,
    events: Sequence[TrackingEvent],
    *,
    language: Language,
    brand: Brand,
    now: datetime,
    can_be_asked: bool,
    can_report: bool,
    page_url: str,
) -> Facts:
    """The shipment and its events, any order."""
    window = _open_window(shipment, now)
    return Facts(
        language=language,
        shipment=shipment,
        newest_first=tuple(reversed(histories.in_order(events))),
        taken_back=corrections.taken_back(events),
        came_back=returns.came_back(events),
        names=words.names(language, shipment.carrier, shop=brand.name),
        now=now,
        today=times.today_at(now, shipment.destination_zone),
        window=window,
        earlier=_earlier_window(shipment, window),
        can_be_asked=can_be_asked,
        can_report=can_report,
        page_url=page_url,
    )


def _open_window(shipment: Shipment, now: datetime) -> DeliveryWindow | None:
    """The promise while it can be kept; once its hour has passed only its day still stands."""
    window = shipment.window
    if shipment.standing.milestone in ENDS or window is None:
        return None
    wall = now.astimezone(times.zone_info(shipment.destination_zone)).replace(tzinfo=None)
    if window.last_day < wall.date() or shipment.judgement.delayed is DelayCause.PROMISE_PASSED:
        return None
    if window.not_after and datetime.combine(window.last_day, window.not_after) < wall:
        return replace(window, not_before=None, not_after=None)
    return window


def _earlier_window(shipment: Shipment, window: DeliveryWindow | None) -> DeliveryWindow | None:
    """A promise that was moved or missed is named, not rewritten."""
    if window is None:
        return None if shipment.standing.milestone in ENDS else shipment.window
    first = shipment.first_window
    return first if first and first.last_day < window.last_day else None
