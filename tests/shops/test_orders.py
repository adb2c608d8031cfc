"""What our own order JSON may say, and how each fault is answered."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from notifiers.message import Channel
from tracker.domain.intake import NewOrder, Unusable
from tracker.shops import orders

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WHOLE: dict[str, Any] = {
    "number": " 2026/001 ",
    "placed_at": "2026-03-01T10:00:00+01:00",
    "confirmed_at": "2026-03-01T09:05:00Z",
    "destination": {"country": "no", "city": "Bergen", "postcode": "5013", "time_zone": "Europe/Oslo"},
    "items": [{"sku": "W-1", "name": "Wool blanket", "quantity": 2.0}],
    "recipients": [
        {
            "name": "Ada Nord",
            "email": "ada@Shopper.EXAMPLE",
            "phone": "41 23 45 67",
            "locale": "nb",
            "consents": [{"channel": "sms", "granted": True, "source": "checkout", "at": "2026-03-01T09:00:00Z"}],
        }
    ],
    "promised": {"first_day": "2026-03-04", "last_day": "2026-03-06", "not_after": "18:00"},
    "shipments": [{"tracking_number": "1z 999aa1 0123456784", "carrier": "ups"}],
}


def problems_of(payload: object) -> dict[str, str]:
    with pytest.raises(Unusable) as caught:
        orders.read(payload, now=NOW)
    assert all(each.fix for each in caught.value.problems)
    return {each.field: each.problem for each in caught.value.problems}


def with_(**fields: object) -> dict[str, Any]:
    return {"number": "A1", **fields}


def test_a_whole_order_becomes_plain_values() -> None:
    order = orders.read(WHOLE, now=NOW)

    assert order.number == "2026/001"
    assert order.placed_at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert (order.destination.country, order.destination_zone) == ("NO", "Europe/Oslo")
    assert order.items[0].quantity == 2
    assert [(each.channel, each.address) for each in order.recipients[0].contacts] == [
        (Channel.EMAIL, "ada@shopper.example"),
        (Channel.SMS, "+4741234567"),
    ]
    assert order.recipients[0].consents[0].channel is Channel.SMS
    assert order.promised is not None
    assert (order.promised.last_day, order.promised.not_after) == (date(2026, 3, 6), time(18, 0))
    assert order.shipments[0].tracking_number == "1Z999AA10123456784"


def test_only_what_was_said_counts_as_stated() -> None:
    order = orders.read({"number": "A1", "confirmed_at": None, "items": []}, now=NOW)

    assert order.stated == {"confirmed_at", "items"}


def test_a_change_may_leave_out_everything_but_not_name_the_order_anew() -> None:
    assert orders.read_change({}, number="A1", now=NOW) == NewOrder(number="A1", stated=frozenset())

    with pytest.raises(Unusable, match="number: is not a field we know"):
        orders.read_change({"number": "A2"}, number="A1", now=NOW)


@pytest.mark.parametrize(
    ("payload", "field", "problem"),
    [
        ([], "", "The body is a list, not an object"),
        (None, "", "The body is null, not an object"),
        ({}, "number", "is missing"),
        ({"number": 7}, "number", "is a number, not text"),
        ({"number": ""}, "number", "cannot be used"),
        ({"number": ".."}, "number", "cannot be used"),
        ({"number": "a\x00b"}, "number", "holds a control character or half a character"),
        ({"number": "a\ud800"}, "number", "holds a control character or half a character"),
        ({"number": "1.22816E+14"}, "number", "cannot be used"),
        (with_(nubmer="x"), "nubmer", "is not a field we know"),
        (with_(**{"\ud800": 1}), "\\ud800", "is not a field we know"),
        (with_(placed_at="2026-03-01T10:00:00"), "placed_at", "has no time zone"),
        (with_(placed_at="0001-01-01T00:00:00+14:00"), "placed_at", "is outside the years 2000 to 2099"),
        (with_(placed_at=None), "placed_at", "is null, not text"),
        (with_(items={}), "items", "is an object, not a list"),
        (with_(items=[{"name": "x", "quantity": True}]), "items[0].quantity", "is true or false, not a whole number"),
        (with_(items=[{"name": "x", "quantity": 10**30}]), "items[0].quantity", "is out of range"),
        (with_(items=[{"name": "x"}] * 501), "items", "has 501 entries, 500 are possible"),
        (with_(shipments=[{}]), "shipments[0].tracking_number", "is missing"),
        (with_(shipments=[{"tracking_number": "12"}]), "shipments[0].tracking_number", "cannot be used"),
        (with_(shipments=[{"tracking_number": "#☠1☢\n---"}]), "shipments[0].tracking_number", None),
        (with_(shipments=[{"tracking_number": "../../etc/passwd"}]), "shipments[0].tracking_number", "cannot be used"),
        (with_(shipments=[{"tracking_number": "1" * 65}]), "shipments[0].tracking_number", "cannot be used"),
        (with_(shipments=[{"tracking_number": "1,22816E+14"}]), "shipments[0].tracking_number", "cannot be used"),
        (with_(shipments=[{"tracking_number": "AB12345"}, {"tracking_number": "ab 12345"}]), None, "is listed twice"),
        (with_(recipients=[{"email": "not an address"}]), "recipients[0].email", "cannot be used"),
        (with_(recipients=[{"email": "a@b.example\r\nBcc: c@d.example"}]), "recipients[0].email", None),
        (with_(recipients=[{"phone": "41234567"}]), "recipients[0].phone", "cannot be used"),
        (with_(recipients=[{"time_zone": "../../etc/localtime"}]), "recipients[0].time_zone", None),
        (with_(recipients=[{"consents": [{"channel": "fax"}]}]), "recipients[0].consents[0].channel", None),
        (with_(destination={"country": "Norway"}), "destination.country", None),
        (with_(promised={"first_day": "2026-03-05", "last_day": "2026-03-04"}), "promised", "ends before it begins"),
        (with_(promised={"first_day": "2026-02-30", "last_day": "2026-03-04"}), "promised.first_day", None),
    ],
)
def test_each_fault_is_named_with_its_field_and_a_fix(payload: object, field: str | None, problem: str | None) -> None:
    found = problems_of(payload)

    assert field is None or field in found
    assert problem is None or problem in found.values()


def test_all_faults_are_told_at_once() -> None:
    found = problems_of(with_(items=[{"name": ""}, {"nmae": "x"}], placed_at="yesterday", colour="red"))

    assert set(found) == {"items[0].name", "items[1].name", "items[1].nmae", "placed_at", "colour"}


def test_an_empty_address_is_no_address() -> None:
    order = orders.read(with_(recipients=[{"email": "", "phone": " "}]), now=NOW)

    assert order.recipients[0].contacts == ()


def test_no_problem_repeats_what_was_sent() -> None:
    with pytest.raises(Unusable) as caught:
        orders.read(with_(recipients=[{"email": "secret person@shopper.example", "phone": "0047555"}]), now=NOW)

    said = " ".join(f"{each.problem} {each.fix}" for each in caught.value.problems)
    assert "secret" not in said
    assert "555" not in said.replace("+1 202 555 0123", "")
