"""What a provider says later about a message, and what a person answers to it: plain types."""

from dataclasses import dataclass
from enum import StrEnum

from notifiers.message import Verdict


class WebhookUnreadable(Exception):
    """The provider's call has no shape we know; the message names the field, never a number or a text."""


class ReceiptState(StrEnum):
    """How far a text has come; a later member outranks an earlier one."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"  # handed to the network; the last word in countries without receipts
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    DELIVERED = "delivered"
    READ = "read"


RANKS = {
    ReceiptState.ACCEPTED: 10,
    ReceiptState.QUEUED: 20,
    ReceiptState.SENDING: 30,
    ReceiptState.SENT: 40,
    ReceiptState.UNDELIVERED: 50,
    ReceiptState.FAILED: 50,
    ReceiptState.CANCELED: 50,
    ReceiptState.DELIVERED: 60,
    ReceiptState.READ: 70,
}
ORDER = tuple(ReceiptState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One report about one message."""

    provider_message_id: str
    account: str  # at the provider; must be ours
    state: ReceiptState
    code: str  # the provider's own, empty when there is none
    verdict: Verdict | None  # what a failure means for the notification; None while nothing failed


class Keyword(StrEnum):
    """What a person's answer asks of us."""

    STOP = "stop"
    START = "start"  # takes back a STOP; means nothing from somebody who never said it ("yes")
    HELP = "help"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One text a person sent to us."""

    provider_message_id: str
    account: str  # at the provider; must be ours
    sender: str  # the person's number in E.164
    to: str  # our number
    text: str
    keyword: Keyword
    needs_review: bool  # obeyed on a guess: somebody should read it


def rank(state: ReceiptState) -> int:
    """How much a state outweighs another; a failure can still turn out to be a late success."""
    return RANKS[state]


def merged(before: ReceiptState | None, after: ReceiptState) -> ReceiptState:
    """What holds after one more receipt; reports in any order, repeated or not, have the same end."""
    if before is None:
        return after
    return max(before, after, key=ORDER.index)  # two kinds of failure weigh the same: the order decides, not the clock
