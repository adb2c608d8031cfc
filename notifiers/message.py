"""What is handed to a provider, and what it said: plain types of this package."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """A way to reach a person."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Rendered text, ready for a provider; the same bytes on every attempt."""

    ref: str  # the notification's id: opaque, the same on every attempt
    channel: Channel
    to: str
    sender: str = ""  # e-mail: "Name <box@host>"; sms: number or service
    reply_to: str = ""
    subject: str = ""
    text: str
    html: str = ""
    message_id: str = ""  # e-mail: deterministic, <ref@mail.host>
    thread_id: str = ""  # e-mail: References, one per order
    unsubscribe_url: str = ""  # e-mail: one-click, RFC 8058; empty for essential mail
    language: str = "en"
    planned_at: datetime  # the Date header: the planning instant, so that retries are byte-identical
    feedback_id: str = ""
    callback_url: str = ""  # sms: where the provider reports what became of it


class Verdict(StrEnum):
    """What an attempt to hand over means for the notification."""

    ACCEPTED = "accepted"
    RETRY = "retry"  # definitely not sent: try again by schedule
    UNKNOWN = "unknown"  # may have been sent
    REJECT = "reject"  # this notification is final
    SUPPRESS = "suppress"  # this address must not be used again
    HALT = "halt"  # our configuration is broken: stop the provider, keep the rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """The outcome of one attempt, classified."""

    verdict: Verdict
    code: str = ""  # the provider's own: "550 5.1.1", "timeout_after_data"
    provider_message_id: str = ""
    detail: str = ""  # no address, no body
