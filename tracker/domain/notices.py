"""What a change of state is worth telling, to whom, until when, and why not."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from carriers.events import Clock, Milestone, Place, Reason
from notifiers.message import Channel
from tracker.domain.people import RecipientId
from tracker.domain.shipments import Item, OrderId, ShipmentId
from tracker.domain.windows import DeliveryWindow
from tracker.domain.wishes import Kind, Wishes


class Notice(StrEnum):
    """A kind of thing to say; one template folder each."""

    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    DELAYED = "delayed"
    EXCEPTION = "exception"
    RETURNED = "returned"
    CORRECTED = "corrected"
    LINK = "link"  # a reader asked for the page's link
    INVITED = "invited"  # a reader named somebody, who has to agree first


LETTERS = frozenset({Notice.LINK, Notice.INVITED})  # mails somebody asked for; no news, and beside its order

KINDS: dict[Notice, Kind] = {  # what is missing here is never wished away alone
    Notice.CONFIRMED: Kind.ON_ITS_WAY,
    Notice.SHIPPED: Kind.ON_ITS_WAY,
    Notice.IN_TRANSIT: Kind.ON_ITS_WAY,
    Notice.OUT_FOR_DELIVERY: Kind.DELIVERY_DAY,
    Notice.DELAYED: Kind.DELAYS,
    Notice.DELIVERED: Kind.DELIVERED,
}


class NotificationState(StrEnum):
    """The outbox row's life; design: outbox, states."""

    PENDING = "pending"
    LEASED = "leased"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"  # the provider says that it has arrived
    SENT_UNCONFIRMED = "sent_unconfirmed"  # accepted, and no word of its arrival for days
    UNDELIVERED = "undelivered"  # accepted, and then the network gave it up
    HELD = "held"  # decided and rendered, but sending is off
    REJECTED = "rejected"
    SUPPRESSED = "suppressed"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNKNOWN_FINAL = "unknown_final"


OPEN_STATES = frozenset(
    {NotificationState.PENDING, NotificationState.LEASED, NotificationState.SENDING, NotificationState.UNKNOWN}
)
STARTED_STATES = frozenset(  # the person may have it
    {
        NotificationState.SENDING,
        NotificationState.UNKNOWN,
        NotificationState.ACCEPTED,
        NotificationState.DELIVERED,
        NotificationState.SENT_UNCONFIRMED,
        NotificationState.HELD,
        NotificationState.UNKNOWN_FINAL,
    }
)


class WhyNot(StrEnum):
    """Why something worth telling was not told; recorded on the row, counted, shown to ops."""

    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"
    STALE = "stale"  # expired before it could be planned
    EXPIRED = "expired"
    HISTORY = "history"  # occurred before we were asked to tell
    NOTICE_OFF = "notice_off"  # the brand does not send this notice
    NOT_WANTED = "not_wanted"  # the reader chose so under "My messages"
    SUPERSEDED = "superseded"
    TOLD_HIGHER = "told_higher"  # something later was already told
    RENDER_FAILED = "render_failed"
    SENDING_OFF = "sending_off"
    NOT_ALLOWLISTED = "not_allowlisted"
    ORDER_CANCELLED = "order_cancelled"
    REFUSED_BY_PROVIDER = "refused_by_provider"
    UNDELIVERED = "undelivered"  # taken by the provider, then given up by the network
    QUIET_HOURS = "quiet_hours"  # no longer true by the hour at which a text may arrive
    ANSWER_LOST = "answer_lost"  # may have been sent; never known
    TAKEN_BACK = "taken_back"  # the carrier corrected it before it was told
    TOO_SOON = "too_soon"  # the promise moved again within twelve hours of the last such message


def is_wanted(wishes: Wishes, channel: Channel, notice: Notice, *, correction: bool) -> bool:
    """Whether a reader's own choice leaves room for this; what was asked for by itself always comes."""
    return notice in LETTERS or wishes.include(channel, None if correction else KINDS.get(notice))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The frozen facts a message may state; everything a template sees beside brand, recipient and links."""

    order_number: str
    notice: Notice
    milestone: Milestone | None = None
    reason: Reason | None = None
    occurred_at: datetime
    utc_offset_minutes: int | None = None
    clock: Clock | None = None  # of the event; None or inexact: only the day is told, never a time of day
    place: Place | None = None
    carrier: str = ""
    tracking_number: str = ""
    window: DeliveryWindow | None = None
    window_before: DeliveryWindow | None = None
    delivered: int = 0
    parcels: int = 1
    together: int = 0  # of several parcels, how many this tells of at once; 0: of one that is named, or of the order
    earlier: int = 0  # how many this person had heard of before, as far along
    behind: int = 0  # how many have not come so far
    left_with: str = ""
    pickup_by: date | None = None
    items: tuple[Item, ...] = ()
    delay: str = ""  # DelayCause value when notice is DELAYED
    corrected_from: Milestone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One notice for one recipient on one channel, decided; the outbox row before it has an id."""

    dedupe_key: str  # unique for ever
    order_id: OrderId
    shipment_id: ShipmentId | None
    recipient_id: RecipientId
    notice: Notice
    channel: Channel
    seq: int  # the shipment's version when it was decided
    rank: int
    visit: int
    correction: bool = False
    collapse_key: str  # pending rows with this key and a lower place give way to a newer one
    occurred_at: datetime
    planned_at: datetime
    not_before_at: datetime
    expires_at: datetime
    state: NotificationState  # pending, or final with a why_not
    why_not: WhyNot | None = None
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBefore:
    """One notification decided earlier for the same order, in whatever state it is now."""

    dedupe_key: str
    shipment_id: ShipmentId | None
    recipient_id: RecipientId
    notice: Notice
    channel: Channel
    seq: int
    rank: int
    visit: int
    correction: bool = False
    collapse_key: str
    planned_at: datetime
    not_before_at: datetime
    state: NotificationState
    started_at: datetime | None = None  # shop time of the first attempt
    window: DeliveryWindow | None = None  # the promise it states


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingPolicy:
    """How long a notice waits for a better one, and how long it stays true; config/schedule.toml."""

    settle: dict[Notice, timedelta]
    lifetime: dict[Notice, timedelta]
    correction_stands: timedelta  # a correction is told only after it has stood this long
    window_moves: timedelta  # a promise that moves by less within one day is no news
