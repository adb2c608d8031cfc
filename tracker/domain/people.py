"""Whom we tell, by what address and with whose permission; masking for pages and logs."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from notifiers.message import Channel

RecipientId = NewType("RecipientId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An address on a channel, normalised."""

    channel: Channel
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A permission given or taken back; the newest per channel counts."""

    channel: Channel
    granted: bool
    source: str  # "checkout", "unsubscribe link", "import"
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One person to tell about one order."""

    id: RecipientId
    name: str = ""
    locale: str = ""  # BCP 47; empty: the brand's
    time_zone: str = ""  # IANA; empty: from the destination
    contacts: tuple[Contact, ...] = ()
    consents: tuple[Consent, ...] = ()
    erased: bool = False
