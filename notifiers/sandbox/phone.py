"""A Twilio for one machine: its API, and everybody's phones, on one port of loopback."""

from collections.abc import Sequence
from pathlib import Path

from notifiers.sandbox import mischief
from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN, SERVICE, Exchange
from notifiers.sandbox.mischief import Story
from notifiers.sandbox.phone_web import PhoneSite
from notifiers.sandbox.refusals import WORKING_SENDER
from notifiers.sandbox.texts import Text

LOOPBACK = "127.0.0.1"


class Phone:
    """The exchange with its web site."""

    def __init__(
        self,
        ledger: Path,
        *,
        http_port: int = 0,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        senders: Sequence[str] = (WORKING_SENDER,),
        services: Sequence[str] = (SERVICE,),
        inbound_url: str = "",
        story: Story = mischief.USUAL,
        is_advanced: bool = False,
    ) -> None:
        """`story`: what is reported of a text unless told otherwise."""
        self.http_port = http_port
        self.exchange = Exchange(
            ledger,
            account_sid=account_sid,
            auth_token=auth_token,
            senders=senders,
            services=services,
            inbound_url=inbound_url,
            story=story,
            is_advanced=is_advanced,
        )
        self.faults, self.stories, self.caller = self.exchange.faults, self.exchange.stories, self.exchange.caller
        self.mailbox_url = ""  # of the neighbour's page, once it is known
        self._site = PhoneSite(self.exchange, mailbox_url=lambda: self.mailbox_url)

    def start(self) -> "Phone":
        """Listen; on return the port is known."""
        self.open_door()
        self.exchange.caller.start()
        return self

    def stop(self) -> None:
        """Stop listening and close the ledger."""
        self.close_door()
        self.exchange.stop()

    def __enter__(self) -> "Phone":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The API's base, and the web site."""
        return f"http://{LOOPBACK}:{self.http_port}"

    def texts(self, *, after: int = 0) -> list[Text]:
        """What was handed over, oldest first: the ledger."""
        return self.exchange.kept.accepted(after=after)

    def open_door(self) -> None:
        """Listen, on the port of the last time."""
        self.http_port = self._site.start(self.http_port)

    def close_door(self) -> None:
        """Refuse connections as if no server ran."""
        self._site.stop()
