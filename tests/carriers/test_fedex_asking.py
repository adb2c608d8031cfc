"""How FedEx is asked: up to thirty numbers, one shared token, one renewal, every call metered."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from carriers.contract import (
    Carrier,
    CarrierBusy,
    CarrierError,
    CarrierRefused,
    Reading,
    Token,
    UnknownNumber,
    Unreadable,
)
from carriers.registry import OPEN
from tests.carriers.fedex_answers import NUMBER, OTHER, an_error, fixture
from tests.carriers.loopback import Answer, Server, say, serving
from tests.carriers.test_ups_asking import OneToken, Purse

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
PAIR = {"client_id": "shop", "client_secret": "p:w%d"}
BAD_JWT = an_error("BAD.REQUEST.ERROR", "The given JWT is invalid. Please modify your request and try again.")
DAY_SPENT = an_error("X", "Too many requests - Daily transaction quota exceeded. Retry after 12:00AM GMT")
TOO_FAST = an_error("X", "We have received too many requests in a short duration.")

DELIVERED = say("200 OK", fixture("delivered.json"))
EXPIRED = say("401 Unauthorized", an_error("NOT.AUTHORIZED.ERROR"))


def fedex(*looks: Answer, token: Answer | None = None) -> Answer:
    """A server that hands out tokens t1, t2, … and answers looks one after another."""
    tokens, left = iter(range(1, 100)), list(looks)

    def answer(connection: object, asked: bytes) -> None:
        if asked.startswith(b"POST /oauth/token "):
            (token or say("200 OK", _token(f"t{next(tokens)}")))(connection, asked)  # type: ignore[arg-type]
        else:
            left.pop(0)(connection, asked)  # type: ignore[arg-type]

    return answer


def _token(secret: str, seconds: object = 3599) -> bytes:
    return json.dumps({"access_token": secret, "token_type": "bearer", "expires_in": seconds, "scope": "CXS"}).encode()


def opened(server: Server, tokens: OneToken | None = None) -> Carrier:
    return OPEN["fedex"](server.url, PAIR, tokens=tokens or OneToken(), machine_now=lambda: NOW)


def look(server: Server, tokens: OneToken, purse: Purse) -> Reading:
    return opened(server, tokens).ask([NUMBER], purse).readings[NUMBER]


def _body(asked: bytes) -> bytes:
    return asked.partition(b"\r\n\r\n")[2]


def test_a_look_fetches_a_token_and_asks_as_fedex_wants_it() -> None:
    tokens, purse = OneToken(), Purse()

    with serving(fedex(DELIVERED)) as server:
        told = look(server, tokens, purse)

    assert isinstance(told, tuple)
    first, second = server.asked
    assert parse_qs(_body(first).decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["shop"],
        "client_secret": ["p:w%d"],
    }
    assert b"Content-Type: application/x-www-form-urlencoded\r\n" in first
    assert second.startswith(b"POST /track/v1/trackingnumbers ")
    assert b"Authorization: Bearer t1\r\n" in second
    assert b"Content-Type: application/json\r\n" in second
    assert b"x-customer-transaction-id: " in second
    assert json.loads(_body(second)) == {
        "includeDetailedScans": True,
        "trackingInfo": [{"trackingNumberInfo": {"trackingNumber": NUMBER}}],
    }
    assert purse.spent == 1  # the token; the look itself was reserved when it was claimed
    assert tokens.token is not None
    assert tokens.token.expires_machine_at == NOW + timedelta(seconds=3599 - 100)


def test_thirty_numbers_are_one_call_and_each_gets_its_reading() -> None:
    numbers = [NUMBER, OTHER, "7704 8123 6676", *(f"{each:012}" for each in range(26)), f" {NUMBER}"]

    with serving(fedex(say("200 OK", fixture("batch.json")))) as server:
        carrier = opened(server)
        told = carrier.ask(numbers, Purse()).readings

    assert carrier.max_batch == len(numbers) == 30
    asked = [
        each["trackingNumberInfo"]["trackingNumber"] for each in json.loads(_body(server.asked[1]))["trackingInfo"]
    ]
    assert asked == [NUMBER, OTHER, "770481236676", *(f"{each:012}" for each in range(26))]  # none of them twice
    assert set(told) == set(numbers)
    assert isinstance(told[NUMBER], tuple)
    assert told[f" {NUMBER}"] == told[NUMBER]
    assert isinstance(told["7704 8123 6676"], tuple)  # echoed with a blank in front
    assert isinstance(told[OTHER], UnknownNumber)
    assert isinstance(told["000000000003"], Unreadable)  # asked, and not answered


def test_every_look_has_its_own_transaction_and_shares_the_token() -> None:
    tokens, purse = OneToken(), Purse()

    with serving(fedex(DELIVERED, DELIVERED)) as server:
        look(server, tokens, purse)
        look(server, tokens, purse)

    named = {line for asked in server.asked for line in asked.split(b"\r\n") if line.startswith(b"x-customer-tr")}
    assert (len(server.asked), len(named), purse.spent) == (3, 2, 1)


@pytest.mark.parametrize("refused", [EXPIRED, say("400 Bad Request", BAD_JWT), say("401 Unauthorized", b"<html>")])
def test_a_refused_token_is_renewed_once_and_both_calls_are_metered(refused: Answer) -> None:
    tokens, purse = OneToken(Token(secret="old", expires_machine_at=NOW + timedelta(hours=1))), Purse()

    with serving(fedex(refused, DELIVERED)) as server:
        told = look(server, tokens, purse)

    assert isinstance(told, tuple)
    assert purse.spent == 2
    assert b"Bearer t1\r\n" in server.asked[-1]


@pytest.mark.parametrize("refused", [EXPIRED, say("400 Bad Request", BAD_JWT)])
def test_a_second_refusal_is_final(refused: Answer) -> None:
    with serving(fedex(refused, refused)) as server, pytest.raises(CarrierRefused):
        look(server, OneToken(), Purse())

    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "refused",
    [
        say("403 Forbidden", an_error("FORBIDDEN.ERROR")),
        say("400 Bad Request", an_error("BAD.REQUEST.ERROR", "The given JSON is invalid.")),
        say("404 Not Found", an_error("NOT.FOUND.ERROR")),
        say("400 Bad Request", an_error("TRACKING.TRACKINGNUMBER.EMPTY")),
    ],
)
def test_what_no_token_can_mend_is_final_at_once(refused: Answer) -> None:
    with serving(fedex(refused)) as server, pytest.raises(CarrierRefused):
        look(server, OneToken(), Purse())

    assert len(server.asked) == 2


def test_without_quota_no_call_is_made() -> None:
    with serving(fedex(EXPIRED, DELIVERED)) as server, pytest.raises(CarrierBusy):
        look(server, OneToken(), Purse(left=0))

    assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (say("429 Too Many Requests", TOO_FAST), timedelta(seconds=10)),
        (say("429 Too Many Requests", b"<html>", Retry_After="7"), timedelta(seconds=7)),
        (say("429 Too Many Requests", DAY_SPENT), timedelta(hours=12)),
    ],
)
def test_a_day_s_quota_is_waited_for_until_midnight_and_a_window_for_seconds(answer: Answer, wait: timedelta) -> None:
    with serving(fedex(answer)) as server, pytest.raises(CarrierBusy) as busy:
        look(server, OneToken(), Purse())
    with serving(fedex(token=answer)) as server, pytest.raises(CarrierBusy) as no_token:
        look(server, OneToken(), Purse())

    assert (busy.value.wait, no_token.value.wait) == (wait, wait)


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (say("401 Unauthorized", an_error("NOT.AUTHORIZED.ERROR")), CarrierRefused),
        (say("403 Forbidden", b"<html>"), CarrierRefused),
        (say("400 Bad Request", an_error("BAD.REQUEST.ERROR")), CarrierRefused),
        (say("200 OK", b"<html>"), Unreadable),
        (say("200 OK", b"{}"), Unreadable),
        (say("200 OK", _token("")), Unreadable),
        (say("200 OK", _token("t\n1")), Unreadable),
        (say("200 OK", _token("t1", "soon")), Unreadable),
    ],
)
def test_a_token_that_does_not_come_ends_the_look_with_its_reason(token: Answer, error: type[CarrierError]) -> None:
    with serving(fedex(token=token)) as server, pytest.raises(error) as raised:
        look(server, OneToken(), Purse())

    assert PAIR["client_secret"] not in str(raised.value)


@pytest.mark.parametrize(("seconds", "lifetime"), [(10, 9), ("60", 54), (3599, 3499)])
def test_a_token_ends_a_margin_early(seconds: object, lifetime: int) -> None:
    tokens = OneToken()

    with serving(fedex(DELIVERED, token=say("200 OK", _token("t1", seconds)))) as server:
        look(server, tokens, Purse())

    assert tokens.token is not None
    assert tokens.token.expires_machine_at == NOW + timedelta(seconds=lifetime)


def test_credentials_are_checked_with_a_token_of_their_own() -> None:
    kept = OneToken(Token(secret="old", expires_machine_at=NOW + timedelta(hours=1)))
    purse = Purse()

    with serving(fedex(token=EXPIRED)) as server, pytest.raises(CarrierRefused):
        opened(server, kept).check(purse)

    assert (len(server.asked), purse.spent) == (1, 1)


def test_credentials_are_hashed() -> None:
    carrier = OPEN["fedex"]("http://127.0.0.1:9", PAIR, tokens=OneToken(), machine_now=lambda: NOW)

    assert carrier.credential.startswith("fedex:")
    assert "shop" not in carrier.credential
    assert (carrier.name, carrier.max_batch) == ("fedex", 30)
    assert "p:w%d" not in repr(carrier)
