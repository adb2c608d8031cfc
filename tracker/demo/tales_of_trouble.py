"""Stories of trouble on the way to the truth: corrections, silence, outages, numbers, a shop that changes its mind."""

from dataclasses import replace
from datetime import timedelta

from carriers.sandbox import words
from carriers.sandbox.stories import Story
from tracker.demo.tale import (
    BOULDER,
    COMMERCE_CITY,
    DENVER,
    PORTLAND,
    Act,
    End,
    Tale,
    Trouble,
    promise,
    scans,
    when,
)


def _plain(number: str, day: int = 16) -> Story:
    """A healthy parcel that leaves Boulder on one day and arrives the next."""
    return Story(
        number=number,
        destination=DENVER,
        scans=scans(
            (f"{day} 11:00", "label", BOULDER),
            (f"{day} 17:45", "picked up", BOULDER),
            (f"{day + 1} 08:35", "out for delivery", COMMERCE_CITY),
            (f"{day + 1} 13:20", "delivered", DENVER),
        ),
    )


TAKEN_BACK = Tale(
    name="taken-back",
    says='"Delivered" was a mistake: the van still has it. We say so to those who were told, then tell the truth.',
    number="1010",
    placed=when("16 08:10"),
    parcels=(
        Story(
            number="1Z4WV0303100013708",
            destination=DENVER,
            scans=scans(
                ("16 11:00", "label", BOULDER),
                ("16 17:45", "picked up", BOULDER),
                ("17 08:30", "out for delivery", COMMERCE_CITY),
                ("17 12:15", "delivered", DENVER),
                ("18 08:32", "out for delivery", COMMERCE_CITY),
                ("18 14:44", "delivered", DENVER),
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1010 is confirmed",
        "On its way with UPS: order 1010",
        "Out for delivery today: order 1010",
        "Delivered: order 1010",
        "Correction: order 1010 has not been delivered",
        "Delivered: order 1010",
    ),
)

NEVER_SCANNED = Tale(
    name="never-scanned",
    says="A label without a parcel: nobody says shipped, ops hears of it.",
    number="1011",
    placed=when("16 08:30"),
    parcels=(Story(number="1Z4WV0303100015073", destination=DENVER, scans=scans(("16 11:10", "label", BOULDER))),),
    end=End(state="delayed", stuck="never_scanned"),
    mails=(
        "Order 1011 is confirmed",
        "Delayed: order 1011",
    ),
)

NOT_YET_KNOWN = Tale(
    name="not-yet-known",
    says="For half a day the carrier does not know the number: that is not an error, and no news is invented.",
    number="1012",
    placed=when("16 06:00"),
    parcels=(_plain("1Z4WV0303100016447", 17),),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1012 is confirmed",
        "On its way with UPS: order 1012",
        "Out for delivery today: order 1012",
        "Delivered: order 1012",
    ),
)

UNKNOWN_CODE = Tale(
    name="unknown-code",
    says="A code nobody knows is shown and counted; it moves nothing and tells nothing.",
    number="1013",
    placed=when("16 08:00"),
    parcels=(
        Story(
            number="1Z4WV0303100017811",
            destination=DENVER,
            scans=scans(
                ("16 11:00", "label", BOULDER),
                ("16 17:45", "picked up", BOULDER),
                ("17 03:10", "a code nobody knows", COMMERCE_CITY),
                ("17 08:41", "out for delivery", COMMERCE_CITY),
                ("17 16:05", "delivered", DENVER),
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1013 is confirmed",
        "On its way with UPS: order 1013",
        "Out for delivery today: order 1013",
        "Delivered: order 1013",
    ),
)

WRONG_NUMBER = Tale(
    name="wrong-number",
    says="The shop corrects the tracking number: the old journey is kept apart, the new one is told.",
    number="1014",
    placed=when("16 08:00"),
    ships=(("ups", "1Z4WV0303100019186"),),
    parcels=(_plain("1Z4WV0303100020558", 17),),
    acts=(
        Act(
            at=when("17 09:00"),
            verb="change",
            body={"shipments": [{"carrier": "ups", "tracking_number": "1Z4WV0303100020558"}]},
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1014 is confirmed",
        "On its way with UPS: order 1014",
        "Out for delivery today: order 1014",
        "Delivered: order 1014",
    ),
)

RECYCLED = Tale(
    name="recycled",
    says="The number had a former life last year: its delivery is not ours.",
    number="1015",
    placed=when("16 08:00"),
    parcels=(
        replace(
            _plain("1Z4WV0303100021922"),
            scans=(
                words.scan("picked up", at=when("16 17:00", PORTLAND) - timedelta(days=400), spot=PORTLAND),
                words.scan("delivered", at=when("18 12:00", PORTLAND) - timedelta(days=400), spot=PORTLAND),
                *_plain("1Z4WV0303100021922").scans,
            ),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1015 is confirmed",
        "On its way with UPS: order 1015",
        "Out for delivery today: order 1015",
        "Delivered: order 1015",
    ),
)

OUTAGE = Tale(
    name="outage",
    says="The carrier does not answer for five hours: the page says so; afterwards only what is still true is told.",
    number="1016",
    placed=when("16 08:00"),
    parcels=(_plain("1Z4WV0303100023297"),),
    troubles=(
        Trouble(
            at=when("16 09:00"),
            fault={
                "kind": "outage",
                "number": "1Z4WV0303100023297",
                "from": when("17 07:00").isoformat(),
                "until": when("17 12:00").isoformat(),
            },
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1016 is confirmed",
        "On its way with UPS: order 1016",
        "Out for delivery today: order 1016",
        "Delivered: order 1016",
    ),
)

CANCELLED = Tale(
    name="cancelled",
    says="The shop cancels before anything left: nothing more is told, nothing is asked.",
    number="1017",
    placed=when("16 08:00"),
    acts=(Act(at=when("16 15:00"), verb="cancel"),),
    end=End(state="cancelled", parcels=0),
    mails=("Order 1017 is confirmed",),
)

NO_CONSENT = Tale(
    name="no-consent",
    says="Without permission nobody is written to; why is on record, and the page still tells.",
    number="1018",
    consents=False,
    placed=when("16 08:00"),
    parcels=(_plain("1Z4WV0303100024661"),),
    end=End(state="delivered", delivered=1),
    mails=(),
    untold=(
        "confirmed: opted_out",
        "shipped: opted_out",
        "out_for_delivery: opted_out",
        "delivered: opted_out",
    ),
)

LATE_LABEL = Tale(
    name="late-label",
    says='A "label created" that arrives after the scans, and two scans in the same second, move nothing back.',
    number="1019",
    placed=when("16 08:00"),
    parcels=(
        Story(
            number="1Z4WV0303100026034",
            destination=DENVER,
            scans=(
                *scans(
                    ("16 17:45", "picked up", BOULDER),
                    ("16 21:00", "departed", BOULDER),
                    ("16 21:00", "arrived", COMMERCE_CITY),
                    ("17 08:30", "out for delivery", COMMERCE_CITY),
                    ("17 15:15", "delivered", DENVER),
                ),
                replace(scans(("17 09:30", "label", BOULDER))[0], on_top=True),
            ),
            promises=(promise(17, shown="16 21:00", by="19:00"),),
        ),
    ),
    end=End(state="delivered", delivered=1),
    mails=(
        "Order 1019 is confirmed",
        "On its way with UPS: order 1019",
        "Arrives Tue, Nov 17, by 7:00 PM: order 1019",
        "Out for delivery today, by 7:00 PM: order 1019",
        "Delivered: order 1019",
    ),
)

TALES = (
    TAKEN_BACK,
    NEVER_SCANNED,
    NOT_YET_KNOWN,
    UNKNOWN_CODE,
    WRONG_NUMBER,
    RECYCLED,
    OUTAGE,
    CANCELLED,
    NO_CONSENT,
    LATE_LABEL,
)
