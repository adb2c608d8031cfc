"""Which provider answers to a name."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Protocol

from notifiers import transport
from notifiers.contract import Notifier, Texter
from notifiers.smtp.notifier import TOTAL, SmtpNotifier
from notifiers.twilio_sms.notifier import API, TwilioSms


class Open(Protocol):
    """Makes a provider from its URL; connects to nothing."""

    def __call__(self, url: str, *, total: timedelta = TOTAL) -> Notifier:
        """`total`: the longest one hand-over may take. Raises NotifierMisconfigured."""


class OpenTexter(Protocol):
    """Makes a provider of texts from an account; connects to nothing."""

    def __call__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        sender: str = "",
        messaging_service_sid: str = "",
        base_url: str = API,
        total: timedelta = transport.TOTAL,
    ) -> Texter:
        """Either `sender` or `messaging_service_sid`. Raises NotifierMisconfigured."""


NOTIFIERS: Mapping[str, Open] = MappingProxyType({"smtp": SmtpNotifier})
TEXTERS: Mapping[str, OpenTexter] = MappingProxyType({"twilio": TwilioSms})
