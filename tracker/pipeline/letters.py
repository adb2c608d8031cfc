"""The mails that somebody asks for: the link once more, and the question whether a person wants messages."""

from datetime import datetime

from notifiers.message import Channel
from tracker.domain.notices import Notice, Notification, NotificationState, TellingPolicy, Told
from tracker.domain.orders import Order
from tracker.domain.people import Recipient, RecipientId, Suppressed, address_on, may_tell


def letter(
    order: Order, notice: Notice, to: RecipientId, *, which: str, policy: TellingPolicy, now: datetime
) -> Notification:
    """One mail, due at once; `which` tells it from others of its kind to the same person, and twice is once."""
    return Notification(
        dedupe_key=f"{order.id}:{notice}:{to}:{which}",
        order_id=order.id,
        shipment_id=None,
        recipient_id=to,
        notice=notice,
        channel=Channel.EMAIL,
        seq=0,
        rank=0,
        visit=0,
        collapse_key=f"{order.id}:{notice}:{to}:{which}",
        occurred_at=now,
        planned_at=now,
        not_before_at=now + policy.settle[notice],
        expires_at=now + policy.lifetime[notice],
        state=NotificationState.PENDING,
        told=Told(order_number=order.number, notice=notice, occurred_at=now),
    )


def on_file(order: Order, suppressed: Suppressed) -> list[Recipient]:
    """Those the shop named who may be sent the order's link by mail: whom a reader invited has another."""
    return [
        each
        for each in order.recipients
        if not each.invited and address_on(each, Channel.EMAIL) and may_tell(each, Channel.EMAIL, suppressed) is None
    ]
