"""What one look leaves behind when it is written down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.domain.shipments import LookOutcome, ShipmentId
from tracker.domain.urgency import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRecord:
    """One look to write down. `next_look_at` is shop time; None stops asking."""

    shipment_id: ShipmentId
    fence: int
    at: datetime
    started_machine_at: datetime
    took: timedelta
    outcome: LookOutcome
    next_look_at: datetime | None
    urgency: Urgency = Urgency.USUAL  # of that next look
    http_status: int | None = None
    wait: timedelta | None = None
    new_events: int = 0
    detail: str = ""
    answer: bytes | None = None  # raw; stored compressed once per content
    answer_sha256: str | None = None
    said_sha256: str | None = None  # of what a call for many says of this one; None: the answer is all about it
