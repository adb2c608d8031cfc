"""How DHL is asked: one number, one key, in English; and how long it is left alone after it refused for being asked."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest

from carriers.contract import CarrierBusy, CarrierDown, CarrierError, CarrierRefused, UnknownNumber
from carriers.registry import OPEN
from tests.carriers.dhl_answers import NUMBER, a_problem, fixture
from tests.carriers.loopback import Answer, Server, say, serving
from tests.carriers.test_ups_asking import OneToken, Purse

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
KEY = {"api_key": "a-key-of-the-shop"}
SPENT = json.dumps(
    {"status": 429, "title": "Too Many Requests", "detail": "Too many requests within defined time period"}
).encode()
TOO_FAST = json.dumps(
    {"fault": {"faultstring": "Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=1}"}}
).encode()


def look(server: Server, *, number: str = NUMBER, machine_now: datetime = NOW, unchanged: str = "") -> object:
    carrier = OPEN["dhl"](server.url, KEY, tokens=OneToken(), machine_now=lambda: machine_now)
    return carrier.ask([number], Purse(left=0), unchanged=unchanged).readings.get(number)


def test_a_look_is_one_call_with_the_key_in_its_header() -> None:
    with serving(say("200 OK", fixture("express.json"))) as server:
        told = look(server)

    assert isinstance(told, tuple)
    (asked,) = server.asked
    assert asked.startswith(f"GET /track/shipments?trackingNumber={NUMBER}&language=en HTTP/1.1\r\n".encode())
    assert b"DHL-API-Key: a-key-of-the-shop\r\n" in asked


def test_the_division_is_named_where_the_number_tells_it() -> None:
    with serving(say("200 OK", fixture("parcel_de.json"))) as server:
        assert isinstance(look(server, number="00340434000000000017"), tuple)

    assert b"trackingNumber=00340434000000000017&language=en&service=parcel-de " in server.asked[0]


def test_the_same_answer_again_needs_no_reading() -> None:
    with serving(say("200 OK", fixture("express.json"))) as server:
        assert look(server, unchanged=sha256(SPENT).hexdigest()) is not None
        assert look(server, unchanged=sha256(fixture("express.json")).hexdigest()) is None


def test_not_found_is_a_reading() -> None:
    with serving(say("404 Not Found", fixture("not_found.json"))) as server:
        assert isinstance(look(server), UnknownNumber)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (say("401 Unauthorized", a_problem(401)), CarrierRefused),
        (say("401 Unauthorized"), CarrierRefused),
        (say("403 Forbidden", b"<html>"), CarrierRefused),
        (say("500 Internal Server Error", a_problem(500)), CarrierDown),
        (say("503 Service Unavailable", b"<html>"), CarrierDown),
        (say("429 Too Many Requests", SPENT), CarrierBusy),
    ],
)
def test_a_call_that_failed_says_what_to_do_and_never_the_key(answer: Answer, error: type[CarrierError]) -> None:
    with serving(answer) as server, pytest.raises(error) as raised:
        look(server)

    assert KEY["api_key"] not in str(raised.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "machine_now", "wait"),
    [
        (say("429 Too Many Requests", SPENT), NOW, timedelta(hours=12)),
        (say("429 Too Many Requests"), NOW, timedelta(hours=12)),
        (say("429 Too Many Requests", SPENT), NOW.replace(hour=23, minute=59, second=30), timedelta(seconds=30)),
        (say("429 Too Many Requests", SPENT), NOW.replace(hour=0, minute=0), timedelta(days=1)),
        (say("429 Too Many Requests", TOO_FAST), NOW, timedelta(seconds=10)),
        (say("429 Too Many Requests", SPENT, Retry_After="7"), NOW, timedelta(seconds=7)),
        (say("429 Too Many Requests", TOO_FAST, Retry_After="40"), NOW, timedelta(seconds=40)),
        (say("429 Too Many Requests", SPENT, Retry_After="soon"), NOW, timedelta(hours=12)),
    ],
)
def test_a_spent_day_ends_at_midnight_in_greenwich_and_haste_in_seconds(
    answer: Answer, machine_now: datetime, wait: timedelta
) -> None:
    """We keep their pace ourselves, so a 429 that says no more than "too many" means the day."""
    with serving(answer) as server, pytest.raises(CarrierBusy) as busy:
        look(server, machine_now=machine_now)

    assert busy.value.wait == wait


def test_midnight_is_greenwich_s_wherever_the_machine_is() -> None:
    kolkata = NOW.astimezone(ZoneInfo("Asia/Kolkata"))

    with serving(say("429 Too Many Requests", SPENT)) as server, pytest.raises(CarrierBusy) as busy:
        look(server, machine_now=kolkata)

    assert busy.value.wait == timedelta(hours=12)


@pytest.mark.parametrize(
    "answer",
    [
        say("404 Not Found", fixture("not_found.json")),
        say("200 OK", fixture("express.json")),  # of another number: the key was taken
        say("400 Bad Request", a_problem(400)),
    ],
)
def test_a_key_that_is_taken_passes_the_check_which_is_metered(answer: Answer) -> None:
    purse = Purse()
    with serving(answer) as server:
        OPEN["dhl"](server.url, KEY, tokens=OneToken(), machine_now=lambda: NOW).check(purse)

    assert (purse.spent, len(server.asked)) == (1, 1)


def test_a_key_that_is_refused_fails_the_check() -> None:
    with serving(say("401 Unauthorized", a_problem(401))) as server, pytest.raises(CarrierRefused):
        OPEN["dhl"](server.url, KEY, tokens=OneToken(), machine_now=lambda: NOW).check(Purse())


def test_the_key_is_hashed() -> None:
    carrier = OPEN["dhl"]("http://127.0.0.1:9", KEY, tokens=OneToken(), machine_now=lambda: NOW)

    assert carrier.credential.startswith("dhl:")
    assert (carrier.name, carrier.max_batch) == ("dhl", 1)
    for told in (carrier.credential, repr(carrier)):
        assert KEY["api_key"] not in told
