"""What is bought on a shop's pages in the gallery: what it sells, as far as its pictures tell."""

from collections.abc import Iterable
from dataclasses import replace

from tracker.domain.shipments import Item
from tracker.render.gallery.orders import ITEMS
from tracker.render.pages import PageView
from tracker.render.pictures import Album

_SOLD: dict[str, tuple[Item, ...]] = {  # by the demo's shops; of the last there is no picture
    "alpenglow": ITEMS,
    "volta": (
        Item(sku="HP-1", name="Studio headphones, closed"),
        Item(sku="CBL-3", name="Cable set, one meter", quantity=2),
        Item(sku="PAD", name="Ear pads", quantity=4),
    ),
}


def sold(view: PageView, slug: str, album: Album) -> PageView:
    """The same order from this shop; one we do not know shows its own pictures, by their SKUs."""
    own = tuple(replace(each, sku=sku, name=sku) for each, sku in zip(ITEMS, album.of_items, strict=False))
    goods = _SOLD.get(slug) or own + ITEMS[len(own) :]
    instead = dict(zip(ITEMS, goods, strict=True))

    def swapped(items: Iterable[Item]) -> tuple[Item, ...]:
        return tuple(instead[each] for each in items)

    order = view.order
    shipments = tuple(replace(each, items=swapped(each.items)) for each in order.shipments)
    return replace(view, order=replace(order, items=swapped(order.items), shipments=shipments))
