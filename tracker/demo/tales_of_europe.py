"""Stories told by DHL's divisions, each with its own words and its own way to be misunderstood."""

from dataclasses import replace

from carriers.sandbox.stories import Story
from tracker.demo.numbers import number
from tracker.demo.tale import End, Tale, promise, scans, spot, when

BERLIN = spot("Berlin", "", 1, "DE")
LEIPZIG = spot("Leipzig", "", 1, "DE")
HAMBURG = spot("Hamburg", "", 1, "DE")
UTRECHT = spot("Utrecht", "", 1, "NL")
AMSTERDAM = spot("Amsterdam", "", 1, "NL")
CINCINNATI = spot("Cincinnati", "OH", -5)
BERLIN_HOME = {"country": "DE", "city": "Berlin", "postcode": "10115"}
AMSTERDAM_HOME = {"country": "NL", "city": "Amsterdam", "postcode": "1016 GV"}

DHL_LATE_LABEL = Tale(
    name="dhl-late-label",
    says='DHL lists "announced" last and on top, minutes after the delivery: delivered stays delivered.',
    number="1201",
    shopper="Emmy Noether",
    placed=when("16 09:00", BERLIN),
    destination=BERLIN_HOME,
    parcels=(
        Story(
            number=number("dhl", 1),
            carrier="dhl",
            service_code="parcel-de",
            destination=BERLIN,
            scans=(
                *scans(
                    ("16 18:30", "origin", LEIPZIG),
                    ("17 04:10", "at the last facility", BERLIN),
                    ("17 09:05", "out for delivery", BERLIN),
                    ("17 13:40", "delivered", BERLIN),
                    carrier="dhl/parcel-de",
                ),
                replace(scans(("17 13:52", "label", LEIPZIG), carrier="dhl/parcel-de")[0], on_top=True),
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1201 is confirmed",
        "On the move: order 1201",
        "Out for delivery today: order 1201",
        "Delivered: order 1201",
    ),
)

DHL_NEIGHBOUR = Tale(
    name="dhl-neighbour",
    says="Left with a neighbour: the mail says so, and no name.",
    number="1202",
    shopper="Lise Meitner",
    placed=when("16 10:00", AMSTERDAM),
    destination=AMSTERDAM_HOME,
    parcels=(
        Story(
            number=number("dhl", 2),
            carrier="dhl",
            service_code="parcel-nl",
            destination=AMSTERDAM,
            scans=scans(
                ("16 11:00", "label", UTRECHT),
                ("16 20:10", "arrived", UTRECHT),
                ("17 05:30", "at the last facility", AMSTERDAM),
                ("17 08:55", "out for delivery", AMSTERDAM),
                ("17 14:25", "delivered to a neighbour", AMSTERDAM),
                carrier="dhl/parcel-nl",
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1202 is confirmed",
        "On the move: order 1202",
        "Out for delivery today: order 1202",
        "Delivered: order 1202",
    ),
)

DHL_SHOP = Tale(
    name="dhl-parcelshop",
    says="Not home, taken to a parcel shop: waiting there begins with DHL's word that it is ready, not before.",
    brand="volta",
    number="V-2201",
    shopper="Aletta Jacobs",
    placed=when("16 10:00", AMSTERDAM),
    destination=AMSTERDAM_HOME,
    items=("Turntable mat",),
    parcels=(
        Story(
            number=number("dhl", 3),
            carrier="dhl",
            service_code="parcel-nl",
            destination=AMSTERDAM,
            scans=scans(
                ("16 11:00", "label", UTRECHT),
                ("16 20:10", "arrived", UTRECHT),
                ("17 08:55", "out for delivery", AMSTERDAM),
                ("17 13:05", "nobody home", AMSTERDAM),
                ("17 13:06", "redirected", AMSTERDAM),
                ("17 17:40", "left at the shop", AMSTERDAM),
                ("17 18:15", "at the access point", AMSTERDAM),
                ("19 17:30", "delivered", AMSTERDAM),
                carrier="dhl/parcel-nl",
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order V-2201 is confirmed",
        "Out for delivery today: order V-2201",
        "DHL could not deliver order V-2201: nobody was there",
        "Ready to collect: order V-2201",
        "Delivered: order V-2201",
    ),
    untold=("in_transit: notice_off",),
)

DHL_CUSTOMS = Tale(
    name="dhl-customs",
    says="Held in customs for two days: what it means and who must act; then it goes on.",
    number="1203",
    shopper="Maria Mayer",
    placed=when("16 10:00", CINCINNATI),
    destination=BERLIN_HOME,
    parcels=(
        Story(
            number=number("dhl", 4),
            carrier="dhl",
            destination=BERLIN,
            origin=CINCINNATI,
            scans=scans(
                ("16 12:00", "label", CINCINNATI),
                ("16 17:30", "picked up", CINCINNATI),
                ("17 02:15", "departed", CINCINNATI),
                ("17 21:40", "arrived", LEIPZIG),
                ("18 06:30", "customs", LEIPZIG),
                ("20 09:10", "customs released", LEIPZIG),
                ("20 20:05", "departed", LEIPZIG),
                ("21 08:40", "out for delivery", BERLIN),
                ("21 12:15", "delivered", BERLIN),
                carrier="dhl",
            ),
            promises=(promise(18, shown="16 17:00"), promise(21, shown="20 10:00")),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1203 is confirmed",
        "Arrives Wed, Nov 18: order 1203 is on its way",
        "Arrives Wed, Nov 18: order 1203",
        "Waiting for customs: order 1203",
        "Delayed: order 1203 is now expected Sat, Nov 21",
        "Out for delivery today: order 1203",
        "Delivered: order 1203",
    ),
)

DHL_UNKNOWN = Tale(
    name="dhl-not-yet",
    says="For a day DHL answers 404: the shop's word stands, nothing is called an error.",
    number="1204",
    shopper="Grete Hermann",
    placed=when("16 08:00", BERLIN),
    destination=BERLIN_HOME,
    parcels=(
        Story(
            number=number("dhl", 5),
            carrier="dhl",
            service_code="ecommerce",
            destination=BERLIN,
            scans=scans(
                ("17 16:00", "picked up", HAMBURG),
                ("18 04:30", "arrived", BERLIN),
                ("18 08:20", "out for delivery", BERLIN),
                ("18 12:50", "delivered at the door", BERLIN),
                carrier="dhl/ecommerce",
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1204 is confirmed",
        "On its way with DHL: order 1204",
        "On the move: order 1204",
        "Out for delivery today: order 1204",
        "Delivered: order 1204",
    ),
)

DHL_LOST = Tale(
    name="dhl-lost",
    says="Lost on the way: one mail that says so plainly, and the shop on the queue's first line.",
    brand="volta",
    number="V-2202",
    shopper="Ida Noddack",
    placed=when("16 08:00", BERLIN),
    destination=BERLIN_HOME,
    items=("Studio monitor",),
    parcels=(
        Story(
            number=number("dhl", 6),
            carrier="dhl",
            service_code="ecommerce",
            destination=BERLIN,
            scans=scans(
                ("16 16:00", "picked up", HAMBURG),
                ("17 04:30", "departed", HAMBURG),
                ("20 10:00", "lost", HAMBURG),
                carrier="dhl/ecommerce",
            ),
        ),
    ),
    end=End(state="delayed", stuck="lost"),
    mails=(
        "Order V-2202 is confirmed",
        "On its way with DHL: order V-2202",
        "Delayed: order V-2202",
        "DHL cannot find your parcel: order V-2202",
    ),
    untold=("in_transit: notice_off",),
)

DHL_DAMAGED = Tale(
    name="dhl-damaged",
    says="Damaged and turned round at the door: bad news once, plainly, and its arrival at the shop closes it.",
    number="1205",
    shopper="Hertha Sponer",
    placed=when("16 08:00", AMSTERDAM),
    destination=AMSTERDAM_HOME,
    parcels=(
        Story(
            number=number("dhl", 7),
            carrier="dhl",
            service_code="parcel-nl",
            destination=AMSTERDAM,
            scans=scans(
                ("16 12:00", "label", UTRECHT),
                ("16 20:10", "arrived", UTRECHT),
                ("17 08:55", "out for delivery", AMSTERDAM),
                ("17 11:30", "damaged", AMSTERDAM),
                ("17 19:00", "returning", AMSTERDAM),
                ("19 10:20", "returned", UTRECHT),
                carrier="dhl/parcel-nl",
            ),
        ),
    ),
    end=End(state="returned"),
    mails=(
        "Order 1205 is confirmed",
        "On the move: order 1205",
        "Out for delivery today: order 1205",
        "The parcel was damaged: order 1205",
        "On its way back to Alpenglow: order 1205",
        "Returned to Alpenglow: order 1205",
    ),
)

TALES = (DHL_LATE_LABEL, DHL_NEIGHBOUR, DHL_SHOP, DHL_CUSTOMS, DHL_UNKNOWN, DHL_LOST, DHL_DAMAGED)
