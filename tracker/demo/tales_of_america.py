"""Stories told by FedEx and USPS, with what their answers are known to get wrong."""

from datetime import timedelta

from carriers.sandbox import words
from carriers.sandbox.stories import Story
from tracker.demo.numbers import number
from tracker.demo.tale import (
    BOULDER,
    CHICAGO,
    COMMERCE_CITY,
    DENVER,
    LOUISVILLE,
    NEW_YORK,
    PORTLAND,
    SECAUCUS,
    Act,
    End,
    Tale,
    Trouble,
    promise,
    scans,
    spot,
    when,
)

MEMPHIS = spot("Memphis", "TN", -6)
NEW_YORK_HOME = {"country": "US", "region": "NY", "city": "New York", "postcode": "10013"}

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
    mails=(),
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
    mails=(),
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
    mails=(),
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
            promises=(promise(18, shown="16 18:00"), promise(20, shown="17 18:00")),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(),
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
    mails=(),
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
    mails=(),
)

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
    mails=(),
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
    mails=(),
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
    mails=(),
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
    mails=(),
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
    mails=(),
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
    mails=(),
)

TALES = (
    FEDEX_DOOR,
    FEDEX_BACK,
    FEDEX_COUNTER,
    FEDEX_LATE_TRUCK,
    FEDEX_RECYCLED,
    FEDEX_OUTAGE,
    USPS_MAILBOX,
    USPS_NOTICE,
    USPS_FORECASTS,
    USPS_RETURNED,
    USPS_UNKNOWN,
    TWO_CARRIERS,
)
