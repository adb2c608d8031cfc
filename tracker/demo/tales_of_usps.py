"""Stories told by USPS, and one order that two carriers share."""

from datetime import timedelta

from carriers.sandbox.stories import Story
from tracker.demo.numbers import number
from tracker.demo.tale import (
    BOULDER,
    CHICAGO,
    COMMERCE_CITY,
    DENVER,
    LOUISVILLE,
    NEW_YORK,
    NEW_YORK_HOME,
    SECAUCUS,
    Act,
    End,
    Tale,
    promise,
    scans,
    spot,
    when,
)

MEMPHIS = spot("Memphis", "TN", -6)

USPS_MAILBOX = Tale(
    name="usps-mailbox",
    says="USPS writes local times with a false zone and a date that does not roll at midnight: the order stays true.",
    number="1111",
    placed=when("16 10:00"),
    items=("Wool socks",),
    parcels=(
        Story(
            number=number("usps", 1),
            carrier="usps",
            destination=DENVER,
            category_lag=timedelta(hours=6),
            scans=scans(
                ("16 12:00", "label", BOULDER),
                ("16 17:20", "picked up", BOULDER),
                ("16 22:55", "arrived", DENVER),
                ("17 01:35", "departed", DENVER),
                ("17 05:50", "at the last facility", DENVER),
                ("17 07:10", "out for delivery", DENVER),
                ("17 12:02", "delivered", DENVER),
                carrier="usps",
            ),
            promises=(promise(17, shown="16 18:00"),),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1111 is confirmed",
        "Arrives Tue, Nov 17: order 1111 is on its way",
        "Arrives Tue, Nov 17: order 1111",
        "Out for delivery today: order 1111",
        "Delivered: order 1111",
    ),
)

USPS_NOTICE = Tale(
    name="usps-notice",
    says="Nobody home, so it waits at the post office and is collected there.",
    brand="volta",
    number="V-2111",
    shopper="Mary Ross",
    placed=when("16 09:00", NEW_YORK),
    destination=NEW_YORK_HOME,
    items=("Cable set",),
    parcels=(
        Story(
            number=number("usps", 2),
            carrier="usps",
            destination=NEW_YORK,
            scans=scans(
                ("16 11:00", "label", SECAUCUS),
                ("16 16:40", "dropped off", SECAUCUS),
                ("17 08:00", "out for delivery", NEW_YORK),
                ("17 13:15", "nobody home", NEW_YORK),
                ("18 08:30", "at the access point", NEW_YORK),
                ("20 12:10", "collected", NEW_YORK),
                carrier="usps",
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order V-2111 is confirmed",
        "On its way with USPS: order V-2111",
        "Out for delivery today: order V-2111",
        "USPS could not deliver order V-2111: nobody was there",
        "Ready to collect: order V-2111",
        "Delivered: order V-2111",
    ),
)

USPS_FORECASTS = Tale(
    name="usps-forecasts",
    says='"In transit to next facility", written by a clock, is no scan: ops hears of the silence behind it.',
    number="1112",
    placed=when("16 09:00"),
    parcels=(
        Story(
            number=number("usps", 3),
            carrier="usps",
            destination=DENVER,
            scans=scans(
                ("16 12:00", "label", CHICAGO),
                ("16 18:00", "picked up", CHICAGO),
                ("17 03:00", "departed", CHICAGO),
                *((f"{day} 10:00", "on the way", CHICAGO) for day in range(18, 29)),
                carrier="usps",
            ),
        ),
    ),
    end=End(state="delayed", stuck="silent"),
    mails=(
        "Order 1112 is confirmed",
        "On its way with USPS: order 1112",
        "On the move: order 1112",
        "Delayed: order 1112",
    ),
)

USPS_RETURNED = Tale(
    name="usps-returned",
    says='"Delivered, To Original Sender" is no delivery.',
    number="1113",
    placed=when("16 08:00"),
    parcels=(
        Story(
            number=number("usps", 4),
            carrier="usps",
            destination=DENVER,
            scans=scans(
                ("16 11:00", "label", BOULDER),
                ("16 17:00", "picked up", BOULDER),
                ("17 08:15", "out for delivery", DENVER),
                ("17 13:30", "address wrong", DENVER),
                ("18 09:00", "returning", DENVER),
                ("20 11:00", "returned", BOULDER),
                carrier="usps",
            ),
        ),
    ),
    end=End(state="returned"),
    mails=(
        "Order 1113 is confirmed",
        "On its way with USPS: order 1113",
        "Out for delivery today: order 1113",
        "A problem with the address: order 1113",
        "On its way back to Alpenglow: order 1113",
        "Returned to Alpenglow: order 1113",
    ),
)

USPS_UNKNOWN = Tale(
    name="usps-wrong-number",
    says="A number that USPS never heard of: ops is told, the shopper is not told lies; then the shop mends it.",
    number="1114",
    placed=when("16 08:00"),
    ships=(("usps", number("usps", 5)),),
    parcels=(
        Story(
            number=number("usps", 6),
            carrier="usps",
            destination=DENVER,
            scans=scans(
                ("18 11:00", "label", BOULDER),
                ("18 17:00", "picked up", BOULDER),
                ("19 08:15", "out for delivery", DENVER),
                ("19 13:30", "delivered in a locker", DENVER),
                carrier="usps",
            ),
        ),
    ),
    acts=(
        Act(
            at=when("18 18:00"),
            verb="change",
            body={"shipments": [{"carrier": "usps", "tracking_number": number("usps", 6)}]},
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1114 is confirmed",
        "On its way with USPS: order 1114",
        "Out for delivery today: order 1114",
        "Delivered: order 1114",
    ),
)

TWO_CARRIERS = Tale(
    name="two-carriers",
    says="One order, two carriers: counted together, each parcel in its own carrier's time.",
    number="1120",
    placed=when("16 08:00"),
    items=("Ridgeline tent", "Tent pegs"),
    parcels=(
        Story(
            number=number("fedex", 8),
            carrier="fedex",
            destination=DENVER,
            scans=scans(
                ("16 11:00", "label", BOULDER),
                ("16 17:30", "picked up", BOULDER),
                ("17 08:20", "out for delivery", COMMERCE_CITY),
                ("17 13:50", "delivered", DENVER),
                carrier="fedex",
            ),
        ),
        Story(
            number=number("usps", 7),
            carrier="usps",
            destination=DENVER,
            scans=scans(
                ("16 11:00", "label", LOUISVILLE),
                ("16 17:00", "picked up", LOUISVILLE),
                ("18 05:15", "arrived", DENVER),
                ("19 08:15", "out for delivery", DENVER),
                ("19 13:30", "delivered", DENVER),
                carrier="usps",
            ),
        ),
    ),
    end=End(state="delivered", delivered=2, parcels=2),
    mails=(
        "Order 1120 is confirmed",
        "On its way with USPS: 1 of 2 parcels of order 1120",
        "On its way with FedEx: the last of 2 parcels of order 1120",
        "Out for delivery today: 1 of 2 parcels of order 1120",
        "Delivered: 1 of 2 parcels of order 1120",
        "On the move: 1 of 2 parcels of order 1120",
        "Out for delivery today: the last of 2 parcels of order 1120",
        "Delivered: both parcels of order 1120",
    ),
)

TALES = (
    USPS_MAILBOX,
    USPS_NOTICE,
    USPS_FORECASTS,
    USPS_RETURNED,
    USPS_UNKNOWN,
    TWO_CARRIERS,
)
