"""What a provider says later about a message, and what a person answers to it: plain types."""

from dataclasses import dataclass
from enum import StrEnum

from notifiers.message import Verdict


class WebhookUnreadable(Exception):
    """The provider's call has no shape we know; the message names the field, never a number or a text."""


class ReceiptState(StrEnum):
    """How far a text has come; a later member outranks an earlier one: a failure can turn out a late success."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"  # handed to the network; the last word in countries without receipts
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"
    DELIVERED = "delivered"
    READ = "read"


ORDER = tuple(ReceiptState)  # not the clock: reports overtake each other


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
