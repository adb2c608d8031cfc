"""Stories told by FedEx, whose own summaries lie."""

from datetime import timedelta

from carriers.sandbox import words
from carriers.sandbox.stories import Story
from tracker.demo.numbers import number
from tracker.demo.tale import (
    BOULDER,
    CHICAGO,
    COMMERCE_CITY,
    DENVER,
    NEW_YORK,
    NEW_YORK_HOME,
    PORTLAND,
    SECAUCUS,
    End,
    Tale,
    Trouble,
    promise,
    scans,
    spot,
    when,
)

MEMPHIS = spot("Memphis", "TN", -6)

FEDEX_DOOR = Tale(
    name="fedex-door",
    says="FedEx leaves it at the front door a day early; what its own summary calls the state is not believed.",
    brand="volta",
    number="V-2101",
    shopper="Katherine Coleman",
    placed=when("16 09:00", NEW_YORK),
    destination=NEW_YORK_HOME,
    items=("Headphones",),
    parcels=(
        Story(
            number=number("fedex", 1),
            carrier="fedex",
            destination=NEW_YORK,
            blank_before_number=True,
            scans=scans(
                ("16 13:00", "label", CHICAGO),
                ("16 18:30", "picked up", CHICAGO),
                ("16 22:10", "departed", CHICAGO),
                ("17 02:40", "arrived", MEMPHIS),
                ("17 05:15", "departed", MEMPHIS),
                ("18 06:20", "at the last facility", SECAUCUS),
                ("18 08:05", "out for delivery", SECAUCUS),
                ("18 14:31", "delivered at the door", NEW_YORK),
                carrier="fedex",
            ),
            promises=(promise(19, shown="16 18:00"), promise(18, shown="17 04:00")),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order V-2101 is confirmed",
        "Arrives Thu, Nov 19: order V-2101 is on its way",
        "Out for delivery today: order V-2101",
        "Delivered: order V-2101",
    ),
    untold=(
        "in_transit: notice_off",
        "in_transit: notice_off",
    ),
)

FEDEX_BACK = Tale(
    name="fedex-back",
    says='FedEx calls a parcel "Delivered" that travels back to the shop: no shopper is told so.',
    number="1101",
    placed=when("16 08:00"),
    parcels=(
        Story(
            number=number("fedex", 2),
            carrier="fedex",
            destination=DENVER,
            goes_back_as=number("fedex", 3),
            scans=scans(
                ("16 11:00", "label", BOULDER),
                ("16 17:30", "picked up", BOULDER),
                ("17 08:20", "out for delivery", COMMERCE_CITY),
                ("17 14:10", "address wrong", DENVER),
                ("18 10:00", "returning", COMMERCE_CITY),
                carrier="fedex",
            ),
        ),
    ),
    end=End(state="delayed", stuck="returning"),
    mails=(
        "Order 1101 is confirmed",
        "On its way with FedEx: order 1101",
        "Out for delivery today: order 1101",
        "A problem with the address: order 1101",
        "On its way back to Alpenglow: order 1101",
    ),
)

FEDEX_COUNTER = Tale(
    name="fedex-counter",
    says="Held at a FedEx Office until it is collected; the newest code says something else.",
    number="1102",
    placed=when("16 08:30"),
    parcels=(
        Story(
            number=number("fedex", 4),
            carrier="fedex",
            destination=DENVER,
            scans=scans(
                ("16 11:00", "label", BOULDER),
                ("16 17:30", "picked up", BOULDER),
                ("17 11:45", "at the access point", DENVER),
                ("19 17:20", "collected", DENVER),
                carrier="fedex",
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1102 is confirmed",
        "On its way with FedEx: order 1102",
        "Ready to collect: order 1102",
        "Delivered: order 1102",
    ),
)

FEDEX_LATE_TRUCK = Tale(
    name="fedex-late",
    says="A late trailer moves the promise from Wednesday to Friday; one mail says why, another when.",
    number="1103",
    placed=when("16 09:30"),
    parcels=(
        Story(
            number=number("fedex", 5),
            carrier="fedex",
            destination=DENVER,
            scans=scans(
                ("16 12:00", "label", PORTLAND),
                ("16 18:10", "picked up", PORTLAND),
                ("17 01:30", "departed", PORTLAND),
                ("17 16:40", "late trailer", COMMERCE_CITY),
                ("19 20:15", "arrived", COMMERCE_CITY),
                ("20 08:10", "out for delivery", COMMERCE_CITY),
                ("20 15:05", "delivered", DENVER),
                carrier="fedex",
            ),
            promises=(promise(18, shown="16 18:00"), promise(20, shown="18 09:00")),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1103 is confirmed",
        "Arrives Wed, Nov 18: order 1103 is on its way",
        "Arrives Wed, Nov 18: order 1103",
        "Something is holding it up: order 1103",
        "Delayed: order 1103 is now expected Fri, Nov 20",
        "Out for delivery today: order 1103",
        "Delivered: order 1103",
    ),
)

_OLD_LIFE = (
    words.scan("picked up", at=when("16 17:00", PORTLAND) - timedelta(days=500), spot=PORTLAND, carrier="fedex"),
    words.scan("delivered", at=when("18 12:00", PORTLAND) - timedelta(days=500), spot=PORTLAND, carrier="fedex"),
)

FEDEX_RECYCLED = Tale(
    name="fedex-recycled",
    says="FedEx answers with two lives of one number, the old one delivered: only the new one is ours.",
    number="1104",
    placed=when("16 08:00"),
    parcels=(
        Story(number=number("fedex", 6), carrier="fedex", destination=PORTLAND, scans=_OLD_LIFE),
        Story(
            number=number("fedex", 6),
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
    ),
    ships=(("fedex", number("fedex", 6)),),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1104 is confirmed",
        "On its way with FedEx: order 1104",
        "Out for delivery today: order 1104",
        "Delivered: order 1104",
    ),
)

FEDEX_OUTAGE = Tale(
    name="fedex-outage",
    says="FedEx is away for nine hours in the middle: nobody is told of the trip that was over when it came back.",
    number="1105",
    placed=when("16 08:00"),
    parcels=(
        Story(
            number=number("fedex", 7),
            carrier="fedex",
            destination=DENVER,
            scans=scans(
                ("16 11:00", "label", BOULDER),
                ("16 17:30", "picked up", BOULDER),
                ("17 08:20", "out for delivery", COMMERCE_CITY),
                ("17 12:40", "delivered", DENVER),
                carrier="fedex",
            ),
        ),
    ),
    troubles=(
        Trouble(
            at=when("16 09:00"),
            fault={
                "kind": "outage",
                "carrier": "fedex",
                "from": when("17 07:00").isoformat(),
                "until": when("17 16:00").isoformat(),
            },
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1105 is confirmed",
        "On its way with FedEx: order 1105",
        "Delivered: order 1105",
    ),
)


TALES = (
    FEDEX_DOOR,
    FEDEX_BACK,
    FEDEX_COUNTER,
    FEDEX_LATE_TRUCK,
    FEDEX_RECYCLED,
    FEDEX_OUTAGE,
)
