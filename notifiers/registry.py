"""Which provider answers to a name."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Protocol

from notifiers.contract import Notifier
from notifiers.smtp.notifier import TOTAL, SmtpNotifier


class Open(Protocol):
    """Makes a provider from its URL; connects to nothing."""

    def __call__(self, url: str, *, total: timedelta = TOTAL) -> Notifier:
        """`total`: the longest one hand-over may take. Raises NotifierMisconfigured."""


NOTIFIERS: Mapping[str, Open] = MappingProxyType({"smtp": SmtpNotifier})
