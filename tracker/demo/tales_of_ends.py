"""Stories by how they end: delivered as promised, late, on the second try, collected, sent back, in three parcels."""

from datetime import date

from carriers.sandbox.stories import Story
from tracker.demo.tale import (
    BOULDER,
    CHICAGO,
    COMMERCE_CITY,
    DENVER,
    LOUISVILLE,
    NEW_YORK,
    NEW_YORK_HOME,
    SECAUCUS,
    End,
    Tale,
    promise,
    scans,
    when,
)

SMOOTH = Tale(
    name="smooth",
    says="A parcel that does what it should: five mails, each with something new.",
    number="1001",
    placed=when("16 08:05"),
    parcels=(
        Story(
            number="1Z4WV0303100001373",
            destination=DENVER,
            scans=scans(
                ("16 11:20", "label", BOULDER),
                ("16 17:40", "picked up", BOULDER),
                ("16 21:10", "departed", BOULDER),
                ("17 02:35", "arrived", COMMERCE_CITY),
                ("18 04:50", "preparing", COMMERCE_CITY),
                ("18 08:42", "out for delivery", COMMERCE_CITY),
                ("18 13:27", "delivered", DENVER),
            ),
            promises=(promise(18, shown="16 17:40"),),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1001 is confirmed",
        "Arrives Wed, Nov 18: order 1001 is on its way",
        "Arrives Wed, Nov 18: order 1001",
        "Out for delivery today: order 1001",
        "Delivered: order 1001",
    ),
)

LATE = Tale(
    name="late",
    says="The promised Wednesday passes without a word; we say so before the shopper asks.",
    brand="volta",
    number="V-2001",
    shopper="Grace Murray",
    placed=when("16 09:15", NEW_YORK),
    destination=NEW_YORK_HOME,
    items=("Field recorder", "Wind shield"),
    parcels=(
        Story(
            number="1Z4WV0303100002747",
            destination=NEW_YORK,
            scans=scans(
                ("16 12:00", "label", CHICAGO),
                ("16 18:05", "picked up", CHICAGO),
                ("16 22:40", "departed", CHICAGO),
                ("17 19:15", "arrived", SECAUCUS),
                ("20 05:10", "preparing", SECAUCUS),
                ("20 09:03", "out for delivery", SECAUCUS),
                ("20 15:48", "delivered", NEW_YORK),
            ),
            promises=(
                promise(18, shown="16 18:05", gone="19 22:00"),
                promise(20, shown="19 22:00", kind="RDD"),
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order V-2001 is confirmed",
        "On its way with UPS: order V-2001",
        "Delayed: order V-2001",
        "Delayed: order V-2001 is now expected Fri, Nov 20",
        "Out for delivery today: order V-2001",
        "Delivered: order V-2001",
    ),
    untold=("in_transit: notice_off",),
)

SECOND_TRY = Tale(
    name="second-try",
    says="Nobody was home on Tuesday; the second trip delivers.",
    number="1003",
    placed=when("16 07:30"),
    parcels=(
        Story(
            number="1Z4WV0303100004110",
            destination=DENVER,
            scans=scans(
                ("16 10:00", "label", BOULDER),
                ("16 17:45", "picked up", BOULDER),
                ("17 08:31", "out for delivery", COMMERCE_CITY),
                ("17 14:02", "nobody home", DENVER),
                ("18 08:28", "out for delivery", COMMERCE_CITY),
                ("18 12:10", "delivered", DENVER),
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1003 is confirmed",
        "On its way with UPS: order 1003",
        "Out for delivery today: order 1003",
        "UPS could not deliver order 1003: nobody was there",
        "Out for delivery today: order 1003",
        "Delivered: order 1003",
    ),
)

PICKUP = Tale(
    name="pickup",
    says="It waits at a shop around the corner until somebody collects it.",
    brand="volta",
    number="V-2002",
    placed=when("16 10:00", NEW_YORK),
    destination=NEW_YORK_HOME,
    items=("Desk microphone",),
    parcels=(
        Story(
            number="1Z4WV0303100005486",
            destination=NEW_YORK,
            pickup_by=date(2026, 11, 25),
            scans=scans(
                ("16 11:30", "label", SECAUCUS),
                ("16 18:20", "picked up", SECAUCUS),
                ("17 08:50", "out for delivery", SECAUCUS),
                ("17 13:05", "at the access point", NEW_YORK),
                ("19 18:12", "collected", NEW_YORK),
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order V-2002 is confirmed",
        "On its way with UPS: order V-2002",
        "Out for delivery today: order V-2002",
        "Collect by Wed, Nov 25: order V-2002 is waiting for you",
        "Delivered: order V-2002",
    ),
)

SENT_BACK = Tale(
    name="sent-back",
    says="The receiver refuses it; it travels back, and its arrival at the shop is no delivery.",
    number="1004",
    placed=when("16 08:00"),
    parcels=(
        Story(
            number="1Z4WV0303100006850",
            destination=DENVER,
            scans=scans(
                ("16 10:40", "label", BOULDER),
                ("16 17:50", "picked up", BOULDER),
                ("17 08:55", "out for delivery", COMMERCE_CITY),
                ("17 15:20", "refused", DENVER),
                ("17 20:05", "returning", COMMERCE_CITY),
                ("19 09:12", "out for delivery", BOULDER),
                ("19 11:30", "delivered", BOULDER),
            ),
        ),
    ),
    end=End(state="returned"),
    mails=(
        "Order 1004 is confirmed",
        "On its way with UPS: order 1004",
        "Out for delivery today: order 1004",
        "UPS could not deliver order 1004: it was refused",
        "On its way back to Alpenglow: order 1004",
        "Returned to Alpenglow: order 1004",
    ),
)

THREE_PARCELS = Tale(
    name="three-parcels",
    says="One order in three parcels: counted, not told three times.",
    number="1005",
    placed=when("16 08:20"),
    items=("Tent", "Sleeping bag", "Stove"),
    parcels=tuple(
        Story(
            number=number,
            destination=DENVER,
            scans=scans(
                ("16 11:00", "label", BOULDER),
                ("16 17:40", "picked up", BOULDER),
                (f"{day} 08:40", "out for delivery", COMMERCE_CITY),
                (f"{day} {clock}", "delivered", DENVER),
            ),
        )
        for number, day, clock in (
            ("1Z4WV0303100008223", 17, "13:00"),
            ("1Z4WV0303100009599", 17, "13:02"),
            ("1Z4WV0303100010961", 18, "11:45"),
        )
    ),
    end=End(state="delivered", delivered=3, parcels=3),
    mails=(
        "Order 1005 is confirmed",
        "On its way with UPS: all 3 parcels of order 1005",
        "Out for delivery today: 2 of 3 parcels of order 1005",
        "Delivered: 1 of 3 parcels of order 1005",
        "Delivered: 2 of 3 parcels of order 1005",
        "Out for delivery today: the last of 3 parcels of order 1005",
        "Delivered: all 3 parcels of order 1005",
    ),
    untold=(
        "shipped: superseded",
        "shipped: superseded",
        "out_for_delivery: superseded",
    ),
)

WEATHER = Tale(
    name="weather",
    says="Snow at Louisville: the reason is said, the new day follows, then it arrives.",
    number="1006",
    placed=when("16 09:00"),
    parcels=(
        Story(
            number="1Z4WV0303100012334",
            destination=DENVER,
            scans=scans(
                ("16 12:10", "label", LOUISVILLE),
                ("16 19:00", "picked up", LOUISVILLE),
                ("17 03:20", "weather", LOUISVILLE),
                ("18 22:15", "departed", LOUISVILLE),
                ("19 18:40", "arrived", COMMERCE_CITY),
                ("20 08:35", "out for delivery", COMMERCE_CITY),
                ("20 12:55", "delivered", DENVER),
            ),
            promises=(
                promise(18, shown="16 17:00", gone="17 01:20"),
                promise(20, shown="17 01:20", kind="RDD"),
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1006 is confirmed",
        "Arrives Wed, Nov 18: order 1006 is on its way",
        "Held up by the weather: order 1006",
        "Arrives Fri, Nov 20: order 1006",
        "Out for delivery today: order 1006",
        "Delivered: order 1006",
    ),
)

TALES = (SMOOTH, LATE, SECOND_TRY, PICKUP, SENT_BACK, THREE_PARCELS, WEATHER)
