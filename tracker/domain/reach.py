"""Whose messages a link reaches."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from notifiers.message import Channel
from tracker.domain.orders import Order
from tracker.domain.people import Recipient, Suppressed, address_on, may_tell
from tracker.domain.wishes import Kind, Wishes

Addresses = frozenset[tuple[Channel, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one link opens, and whose messages it may change."""

    order: Order
    reader: Recipient | None  # an invited person, who reaches nobody else; None: whoever the shop named
    awaited: tuple[Recipient, ...]  # invited, and have not agreed yet
    suppressed: Suppressed
    lasting: Suppressed = frozenset()  # of these by more than a reader's wish on a page or in a mail
    stopped_by_text: Suppressed = frozenset()  # of these by the word STOP, which only START from the phone takes back

    @property
    def may_return(self) -> Suppressed:
        """Of the suppressed, where a reader's wish alone takes the stop back."""
        return self.suppressed - self.lasting

    @property
    def people(self) -> tuple[Recipient, ...]:
        """Whose messages these are."""
        return (self.reader,) if self.reader else tuple(each for each in self.order.recipients if not each.invited)

    @property
    def invited(self) -> tuple[Recipient, ...]:
        """Who agreed to get them too, as far as this link shows them."""
        return () if self.reader else tuple(each for each in self.order.recipients if each.invited)


def is_on(who: Recipient, channel: Channel) -> bool:
    """Whether this person gets messages here, as far as they and the shop have said; a stop counts besides."""
    return channel not in who.wishes.off and may_tell(who, channel, frozenset()) is None


def allowed(who: Recipient, asked: Wishes, proven: Addresses) -> Wishes:
    """As much of it as may be had: links are passed on, so what is switched on needs the address it goes to."""
    theirs = {channel for channel in Channel if (channel, address_on(who, channel)) in proven}
    return replace(asked, off=asked.off | (who.wishes.off - theirs), silent=asked.silent | _kept(who, theirs))


def newly_agreed(who: Recipient, asked: Sequence[Channel], proven: Addresses) -> tuple[Channel, ...]:
    """Channels that this person permits by asking for them; only they do, by an address that is theirs."""
    return tuple(
        each
        for each in asked
        if (each, address_on(who, each)) in proven and may_tell(who, each, frozenset()) is not None
    )


def _kept(who: Recipient, theirs: Collection[Channel]) -> frozenset[Kind]:
    return frozenset() if theirs else who.wishes.silent
