"""How the shop's newer words change an order: facts, people and place; a field that was not said stays."""

from dataclasses import replace

from carriers.zones import zone_of
from notifiers.message import Channel
from tracker.domain import windows
from tracker.domain.intake import NewOrder, NewRecipient
from tracker.domain.orders import Order, ShopFacts
from tracker.domain.people import Consent, Recipient, RecipientId
from tracker.pipeline.ports import OrderUnit

FACTS = ("placed_at", "confirmed_at", "packed_at", "cancelled_at")
IMPLIED = "order"  # source of the permission to mail about an order to the address given with it

Changes = dict[str, object]  # field -> what to record of it; nothing personal


def with_facts(order: Order, new: NewOrder, changes: Changes) -> Order:
    """When the shop placed, confirmed, packed and cancelled it; what is in it; what it promised."""
    facts: ShopFacts = order.facts
    for name in FACTS:
        said = getattr(new, name)
        if name in new.stated and said != getattr(facts, name):
            facts = replace(facts, **{name: said})
            changes[name] = said.isoformat() if said else None
    after = replace(order, facts=facts)
    if "items" in new.stated and new.items != order.items:
        after = replace(after, items=new.items)
        changes["items"] = len(new.items)
    if "promised" in new.stated and not windows.says_the_same(new.promised, order.promised):
        after = replace(after, promised=new.promised)
        changes["promised"] = f"{new.promised.first_day}/{new.promised.last_day}" if new.promised else None
    return after


def with_people(unit: OrderUnit, order: Order, new: NewOrder, changes: Changes) -> Order:
    """Whom to tell; an erased person stays erased until an address is stated again."""
    if "recipients" not in new.stated:
        return order
    people = tuple(_same_person(unit, each, order) for each in new.recipients)
    named = {each.id for each in people}
    people += tuple(each for each in order.recipients if each.invited and each.id not in named)
    if people == order.recipients:
        return order
    changes["recipients"] = len(people)
    return replace(order, recipients=people)


def with_place(order: Order, new: NewOrder, changes: Changes, *, shops_zone: str) -> Order:
    """Where it goes, and the time there."""
    if "destination" not in new.stated:
        return order
    zone = zone_at(new, shops_zone)
    if (order.destination, order.destination_zone) == (new.destination, zone):
        return order
    changes["destination"] = new.destination.country
    moved = tuple(replace(each, destination=new.destination, destination_zone=zone) for each in order.shipments)
    return replace(order, destination=new.destination, destination_zone=zone, shipments=moved)


def zone_at(new: NewOrder, shops_zone: str) -> str:
    """The zone stated, else the only one the place can be in, else the shop's."""
    found = zone_of(new.destination) if new.destination.country else None
    return new.destination_zone or (found.key if found else shops_zone)


def person(unit: OrderUnit, stated: NewRecipient, facts: ShopFacts) -> Recipient:
    """An address given with an order may be written to about that order, unless the shop says otherwise. A phone
    number needs its owner's word."""
    consents = stated.consents
    mails = any(each.channel is Channel.EMAIL for each in stated.contacts)
    if mails and not any(each.channel is Channel.EMAIL for each in consents):
        consents = (*consents, Consent(channel=Channel.EMAIL, granted=True, source=IMPLIED, at=facts.placed_at))
    return Recipient(
        id=RecipientId(unit.new_id()),
        name=stated.name,
        locale=stated.locale,
        time_zone=stated.time_zone,
        contacts=stated.contacts,
        consents=consents,
    )


def _same_person(unit: OrderUnit, stated: NewRecipient, order: Order) -> Recipient:
    """Whoever shares an address is the same person, with all that was ever permitted or refused."""
    said = person(unit, stated, order.facts)
    known = next((each for each in order.recipients if not set(each.contacts).isdisjoint(said.contacts)), None)
    if known is None:
        return said
    news = tuple(each for each in said.consents if not _was_said(each, known))
    return replace(
        said,
        id=known.id,
        locale=said.locale,
        time_zone=said.time_zone,
        consents=known.consents + news,
        wishes=known.wishes,
        invited=known.invited,
    )


def _was_said(consent: Consent, known: Recipient) -> bool:
    """The permission we imply never follows a word of the person, or of the shop."""
    if consent.source == IMPLIED:
        return any(each.channel is consent.channel for each in known.consents)
    return consent in known.consents
