"""What can be wrong with a shipment so that a person should look at it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StuckReason(StrEnum):
    """Why ops should look at a shipment; our judgement, not a milestone."""

    LOST = "lost"
    NOT_THERE = "not_there"  # delivered, as the carrier says; its shopper does not have it
    ADDRESS = "address"
    CUSTOMS = "customs"
    EXCEPTION = "exception"
    RETURNING = "returning"
    PICKUP_ENDING = "pickup_ending"
    ATTEMPT_FAILED = "attempt_failed"
    SILENT = "silent"
    PAST_PROMISE = "past_promise"
    NEVER_SCANNED = "never_scanned"
    CANNOT_ASK = "cannot_ask"
    NUMBER_UNKNOWN = "number_unknown"
    NOT_TOLD = "not_told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason, since when, and how urgent: 1 look when you can, 2 today, 3 now."""

    reason: StuckReason
    since: datetime
    severity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """The newest thing worth telling that reached its reader on no channel. Words, because Notice stands above."""

    notice: str
    channel: str  # the last one tried
    why: str  # WhyNot
    since: datetime  # shop time
