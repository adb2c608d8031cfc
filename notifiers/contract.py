"""What every provider can do, and how it fails at start-up."""

from datetime import datetime
from typing import Protocol

from notifiers.message import Channel, Handover, Message


class NotifierMisconfigured(Exception):
    """The provider cannot be used as set up; the message names the setting and the fix."""


class ListingFailed(Exception):
    """The provider's list could not be read: that says nothing about what it holds."""


class Notifier(Protocol):
    """One provider of one channel."""

    @property
    def name(self) -> str:
        """ "smtp", "twilio": as recorded on each attempt."""

    @property
    def channel(self) -> Channel:
        """The channel it serves."""

    def send(self, message: Message) -> Handover:
        """Hand over once, no retry, total time bounded; never raises for what the provider or network does."""

    def close(self) -> None:
        """Let go of kept connections."""

    def check(self) -> str:
        """Connect and greet without sending; a sentence for `wismo doctor`. Raises NotifierMisconfigured."""


class Texter(Notifier, Protocol):
    """A provider of texts: it can be asked what it holds, since it cannot be told to take a text only once."""

    def find(self, message: Message, *, since: datetime, until: datetime) -> tuple[str, ...]:
        """Provider ids of texts to `message.to`, created in that machine span, that hold `message.text`.

        Raises ListingFailed.
        """

    def redact(self, provider_message_id: str) -> None:
        """Have the provider forget the text, not that it was sent. Raises ListingFailed."""
