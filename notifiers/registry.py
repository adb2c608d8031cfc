"""Which provider answers to a name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from notifiers.contract import Notifier
from notifiers.smtp.notifier import SmtpNotifier

NOTIFIERS: Mapping[str, Callable[[str], Notifier]] = MappingProxyType({"smtp": SmtpNotifier})  # name -> from a URL
