"""Whom we tell, by what address and with whose permission; masking for pages and logs."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from notifiers.message import Channel
from tracker.domain.wishes import Wishes

NOTHING_CHOSEN = Wishes()

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
    locale: str = ""  # BCP 47, as the shop stated it; empty: the brand's
    time_zone: str = ""  # IANA, as the shop stated it; empty: from the destination
    contacts: tuple[Contact, ...] = ()
    consents: tuple[Consent, ...] = ()
    wishes: Wishes = NOTHING_CHOSEN
    invited: bool = False  # by a reader, not named by the shop; has confirmed it
    erased: bool = False

    @property
    def reads_in(self) -> str:
        """BCP 47, by their own word before the shop's; empty: the brand's."""
        return self.wishes.locale or self.locale

    @property
    def zone(self) -> str:
        """IANA, by their own word before the shop's; empty: from the destination."""
        return self.wishes.time_zone or self.time_zone


class Barrier(StrEnum):
    """Why a person may not be told on a channel; the words of WhyNot."""

    NO_ADDRESS = "no_address"
    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"


Suppressed = frozenset[tuple[Channel, str]]  # addresses that must not be used, whoever owns them


def address_on(recipient: Recipient, channel: Channel) -> str | None:
    """Where to reach a person on a channel."""
    if recipient.erased:
        return None
    return next((contact.address for contact in recipient.contacts if contact.channel is channel), None)


def may_tell(recipient: Recipient, channel: Channel, suppressed: Suppressed) -> Barrier | None:
    """None when this person may be told: an address, a permission given and not taken back, not suppressed."""
    address = address_on(recipient, channel)
    if address is None:
        return Barrier.NO_ADDRESS
    if (channel, address) in suppressed:
        return Barrier.OPTED_OUT
    consents = [consent for consent in recipient.consents if consent.channel is channel]
    if not consents:
        return Barrier.NO_CONSENT
    newest = max(consents, key=lambda consent: (consent.at, not consent.granted))  # of one instant, the refusal counts
    return None if newest.granted else Barrier.OPTED_OUT


def mask(address: str) -> str:
    """An address for pages and logs: enough to recognise one's own, too little to use."""
    box, at, host = address.rpartition("@")
    if at:
        return f"{box[:1]}***@{host}"
    return f"***{address[-2:]}" if len(address) > 4 else "***"
