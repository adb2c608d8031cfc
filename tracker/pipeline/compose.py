"""What one notification says to its recipient: the renderer's words with this person's address, zone and links."""

from datetime import datetime
from typing import Protocol

from notifiers.message import Channel, Message
from tracker.domain.brands import Brand
from tracker.domain.notices import Told
from tracker.domain.people import Recipient, address_on
from tracker.pipeline.ports import DispatchClaim, Links


class NoAddress(Exception):
    """The recipient has no address on this channel any more: erased or replaced since it was decided."""


class Renderer(Protocol):
    """Turns facts into words; raises when a template is wrong."""

    def mail(
        self,
        told: Told,
        brand: Brand,
        *,
        ref: str,
        to: str,
        recipient_name: str,
        locale: str,
        zone: str,
        page_url: str,
        unsubscribe_url: str,
        planned_at: datetime,
        host: str,
    ) -> Message: ...

    def text(
        self,
        told: Told,
        brand: Brand,
        *,
        ref: str,
        to: str,
        locale: str,
        zone: str,
        page_url: str,
        unsubscribe_url: str,
        is_first: bool,
        planned_at: datetime,
    ) -> Message: ...


def compose(
    claim: DispatchClaim,
    links: Links,
    *,
    brand: Brand,
    renderer: Renderer,
    public_url: str,
    can_be_answered: bool,
    now: datetime,
) -> Message:
    """The message of one claim. Raises NoAddress. A mail bears its day; a text may have waited for the morning, and
    speaks of the day it is."""
    match claim.channel:
        case Channel.EMAIL:
            return _mail(claim, links, brand=brand, renderer=renderer, public_url=public_url)
        case Channel.SMS:
            stop = "" if can_be_answered else public_url + links.unsubscribe_path
            page = public_url + links.page_path
            return _text(claim, links, brand=brand, renderer=renderer, page_url=page, stop=stop, now=now)


def _mail(claim: DispatchClaim, links: Links, *, brand: Brand, renderer: Renderer, public_url: str) -> Message:
    recipient = claim.recipient
    return renderer.mail(
        claim.told,
        brand,
        ref=claim.id,
        to=_address(recipient, Channel.EMAIL),
        recipient_name=recipient.name,
        locale=recipient.reads_in,
        zone=recipient.zone or claim.destination_zone,
        page_url=public_url + links.page_path,
        unsubscribe_url=public_url + links.unsubscribe_path,
        planned_at=claim.planned_at,
        host=_host(brand.mail_from),
    )


def _text(
    claim: DispatchClaim, links: Links, *, brand: Brand, renderer: Renderer, page_url: str, stop: str, now: datetime
) -> Message:
    recipient = claim.recipient
    return renderer.text(
        claim.told,
        brand,
        ref=claim.id,
        to=_address(recipient, Channel.SMS),
        locale=recipient.reads_in,
        zone=recipient.zone or claim.destination_zone,
        page_url=page_url,
        unsubscribe_url=stop,
        is_first=links.is_first,
        planned_at=now,
    )


def _address(recipient: Recipient, channel: Channel) -> str:
    address = address_on(recipient, channel)
    if address is None:
        raise NoAddress(f"recipient {recipient.id} has no {channel} address")
    return address


def _host(mail_from: str) -> str:
    """Message-IDs live in the sender's own domain."""
    return mail_from.rpartition("@")[2].rstrip("> ")
