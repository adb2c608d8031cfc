"""When a parcel should arrive, and whose promise that is."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from carriers.events import PromiseKind


class PromisedBy(StrEnum):
    """Whose promise a window is; shown beside it."""

    CARRIER = "carrier"
    SHOP = "shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryWindow:
    """Earliest to latest arrival: days and wall times at the destination, never shifted by a zone."""

    first_day: date
    last_day: date
    not_before: time | None = None
    not_after: time | None = None
    promised_by: PromisedBy
    kind: PromiseKind | None = None  # the carrier's own word for it
    told_at: datetime  # shop time of the look or order that said so
