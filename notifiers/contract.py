"""What every provider can do, and how it fails at start-up."""

from typing import Protocol

from notifiers.message import Channel, Handover, Message


class NotifierMisconfigured(Exception):
    """The provider cannot be used as set up; the message names the setting and the fix."""


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
