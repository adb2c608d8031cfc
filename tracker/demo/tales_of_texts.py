"""Stories of texts: who agreed to them, when a phone may ring, and what STOP means."""

from carriers.sandbox.stories import Story
from tracker.demo.numbers import number
from tracker.demo.tale import (
    BOULDER,
    COMMERCE_CITY,
    DENVER,
    NEW_YORK,
    NEW_YORK_HOME,
    SECAUCUS,
    Act,
    End,
    Tale,
    promise,
    scans,
    when,
)

TEXTED = Tale(
    name="texted",
    says="Mail and texts side by side: a text only for what cannot wait.",
    number="1301",
    phone="+13035550123",
    placed=when("16 08:00"),
    parcels=(
        Story(
            number=number("fedex", 11),
            carrier="fedex",
            destination=DENVER,
            scans=scans(
                ("16 11:00", "label", BOULDER),
                ("16 17:30", "picked up", BOULDER),
                ("17 08:20", "out for delivery", COMMERCE_CITY),
                ("17 13:50", "delivered at the door", DENVER),
                carrier="fedex",
            ),
            promises=(promise(17, shown="16 17:00"),),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1301 is confirmed",
        "Arrives Tue, Nov 17: order 1301 is on its way",
        "Out for delivery today: order 1301",
        "Delivered: order 1301",
    ),
    untold=("confirmed: notice_off",),
    texts=(
        "Alpenglow, order 1301: FedEx has taken over the parcel. Expected Tue, Nov 17. PAGE Reply STOP to end.",
        "Alpenglow, order 1301: The parcel is out for delivery. Expected today. PAGE",
        "Alpenglow, order 1301: The parcel was left in a safe place. PAGE",
    ),
)

AT_NIGHT = Tale(
    name="texted-at-night",
    says="Picked up at ten in the evening: the mail goes at once, the phone stays quiet until the morning.",
    brand="volta",
    number="V-2301",
    shopper="Evelyn Boyd",
    phone="+12125550147",
    placed=when("16 18:00", NEW_YORK),
    destination=NEW_YORK_HOME,
    items=("Field recorder",),
    parcels=(
        Story(
            number=number("ups", 12),
            destination=NEW_YORK,
            scans=scans(
                ("16 19:00", "label", SECAUCUS),
                ("16 22:10", "picked up", SECAUCUS),
                ("18 08:45", "out for delivery", SECAUCUS),
                ("18 21:40", "delivered", NEW_YORK),
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order V-2301 is confirmed",
        "On its way with UPS: order V-2301",
        "Out for delivery today: order V-2301",
        "Delivered: order V-2301",
    ),
    untold=("confirmed: notice_off",),
    texts=(
        "Volta Audio, order V-2301: UPS has taken over the parcel. PAGE Reply STOP to end.",
        "Volta Audio, order V-2301: The parcel is out for delivery. PAGE",
        "Volta Audio, order V-2301: The parcel was delivered. PAGE",
    ),
)

STOPPED = Tale(
    name="texted-stop",
    says="STOP ends the texts at once and nothing else: the mails go on.",
    number="1302",
    phone="+13035550187",
    placed=when("16 08:00"),
    parcels=(
        Story(
            number=number("usps", 13),
            carrier="usps",
            destination=DENVER,
            scans=scans(
                ("16 11:00", "label", BOULDER),
                ("16 17:00", "picked up", BOULDER),
                ("17 08:15", "out for delivery", DENVER),
                ("17 13:30", "delivered", DENVER),
                carrier="usps",
            ),
        ),
    ),
    acts=(Act(at=when("17 10:30"), verb="text", body={"text": "Stop."}),),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1302 is confirmed",
        "On its way with USPS: order 1302",
        "Out for delivery today: order 1302",
        "Delivered: order 1302",
    ),
    untold=(
        "confirmed: notice_off",
        "delivered: opted_out",
    ),
    texts=(
        "Alpenglow, order 1302: USPS has taken over the parcel. PAGE Reply STOP to end.",
        "Alpenglow, order 1302: The parcel is out for delivery. PAGE",
    ),
)

BROKEN_STEP = Tale(
    name="texted-trouble",
    says="A failed attempt, a wait at the counter: each text says what to do, in one breath.",
    number="1303",
    phone="+13035550164",
    placed=when("16 08:00"),
    parcels=(
        Story(
            number=number("ups", 14),
            destination=DENVER,
            scans=scans(
                ("16 11:00", "label", BOULDER),
                ("16 17:45", "picked up", BOULDER),
                ("17 08:30", "out for delivery", COMMERCE_CITY),
                ("17 14:02", "nobody home", DENVER),
                ("18 10:15", "at the access point", DENVER),
                ("19 12:10", "collected", DENVER),
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1303 is confirmed",
        "On its way with UPS: order 1303",
        "Out for delivery today: order 1303",
        "UPS could not deliver order 1303: nobody was there",
        "Ready to collect: order 1303",
        "Delivered: order 1303",
    ),
    untold=("confirmed: notice_off",),
    texts=(
        "Alpenglow, order 1303: UPS has taken over the parcel. PAGE Reply STOP to end.",
        "Alpenglow, order 1303: The parcel is out for delivery. PAGE",
        "Alpenglow, order 1303: UPS tried to deliver, but nobody was there. See what you can do: PAGE",
        "Alpenglow, order 1303: The parcel is waiting for you at a pickup point. PAGE",
        "Alpenglow, order 1303: The parcel was collected at a pickup point. PAGE",
    ),
)

TALES = (TEXTED, AT_NIGHT, STOPPED, BROKEN_STEP)
