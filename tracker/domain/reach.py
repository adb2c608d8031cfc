"""Whose messages a link reaches."""

from dataclasses import dataclass

from tracker.domain.orders import Order
from tracker.domain.people import Recipient, Suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one link opens, and whose messages it may change."""

    order: Order
    reader: Recipient | None  # an invited person, who reaches nobody else; None: whoever the shop named
    awaited: tuple[Recipient, ...]  # invited, and have not agreed yet
    suppressed: Suppressed

    @property
    def people(self) -> tuple[Recipient, ...]:
        """Whose messages these are."""
        return (self.reader,) if self.reader else tuple(each for each in self.order.recipients if not each.invited)

    @property
    def invited(self) -> tuple[Recipient, ...]:
        """Who agreed to get them too, as far as this link shows them."""
        return () if self.reader else tuple(each for each in self.order.recipients if each.invited)
