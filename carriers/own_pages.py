"""Which public pages of a carrier there are for whoever waits for a parcel, whether we can ask that carrier or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote


class Wish(StrEnum):
    """What somebody who waits for a parcel may want of the carrier."""

    CHANGE = "change"  # another day or place, before the first attempt
    AGAIN = "again"  # another attempt after a failed one
    SEARCH = "search"  # a search for a parcel that is not there


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """One public page, and for parcels to which countries it stands."""

    wish: Wish
    url: str
    countries: frozenset[str]


TRACKING_PAGES: Mapping[str, str] = {  # the number stands behind it
    "ups": "https://www.ups.com/track?loc=en_US&tracknum=",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr=",
    "usps": "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
    "dhl": "https://www.dhl.com/en/home/tracking/tracking-parcel.html?submit=1&tracking-id=",
}

_US = frozenset({"US"})

# Only pages that are known to stand and need nothing of ours; every other wish is left to the tracking page.
OWN_PAGES: Mapping[str, tuple[OwnPage, ...]] = {
    "ups": (
        OwnPage(wish=Wish.CHANGE, url="https://www.ups.com/us/en/track/change-delivery", countries=_US),
        OwnPage(wish=Wish.AGAIN, url="https://www.ups.com/us/en/track/change-delivery", countries=_US),
    ),
    "usps": (
        OwnPage(wish=Wish.AGAIN, url="https://tools.usps.com/redelivery.htm", countries=_US),
        OwnPage(wish=Wish.SEARCH, url="https://www.usps.com/help/missing-mail.htm", countries=_US),
    ),
    "fedex": (
        OwnPage(wish=Wish.CHANGE, url="https://www.fedex.com/en-us/delivery-manager.html", countries=_US),
        OwnPage(wish=Wish.AGAIN, url="https://www.fedex.com/en-us/delivery-manager.html", countries=_US),
    ),
}


def tracking_page(carrier: str, number: str) -> str:
    """The carrier's own page of this number; empty for a carrier we do not know."""
    page = TRACKING_PAGES.get(carrier, "")
    return page + quote(number, safe="") if page else ""


def own_page(carrier: str, wish: Wish, *, country: str) -> str:
    """Its address; empty when we know of none for parcels to this country."""
    pages = OWN_PAGES.get(carrier, ())
    return next((each.url for each in pages if each.wish is wish and country in each.countries), "")
