"""How what was bought reads on the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracker.domain.shipments import Item
from tracker.render.pictures import as_known
from tracker.render.plain import one_line

LONGEST = 120  # characters of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One line of what is in a parcel or an order."""

    name: str
    quantity: int
    picture: str  # its address on our own host; empty: none


def in_words(items: Sequence[Item], pictures: Mapping[str, str]) -> tuple[ItemLine, ...]:
    """What was bought, with the shop's picture of it; `pictures`: addresses by SKU."""
    return tuple(
        ItemLine(
            name=one_line(item.name, LONGEST), quantity=item.quantity, picture=pictures.get(as_known(item.sku), "")
        )
        for item in items
    )
