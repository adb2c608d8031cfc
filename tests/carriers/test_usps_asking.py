"""How USPS is asked: one shared token with the tracking scope, one renewal, every call metered."""

import json
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qs

import pytest

from carriers.contract import CarrierBusy, CarrierError, CarrierRefused, Token, UnknownNumber, Unreadable
from carriers.registry import OPEN
from tests.carriers.loopback import Answer, Server, say, serving
from tests.carriers.test_ups_asking import NOW, OneToken, Purse
from tests.carriers.usps_answers import NUMBER, an_error, fixture

PAIR = {"client_id": "shop", "client_secret": "p:w%d&+"}


def usps(*looks: Answer, token: Answer | None = None) -> Answer:
    """A server that hands out tokens t1, t2, … and answers looks one after another."""
    tokens, left = iter(range(1, 100)), list(looks)

    def answer(connection: object, asked: bytes) -> None:
        if asked.startswith(b"POST /oauth2/v3/token "):
            (token or say("200 OK", _token(f"t{next(tokens)}")))(connection, asked)  # type: ignore[arg-type]
        else:
            left.pop(0)(connection, asked)  # type: ignore[arg-type]

    return answer


def _token(secret: str, seconds: object = 28799, scope: object = "addresses locations prices tracking labels") -> bytes:
    return json.dumps(
        {
            "access_token": secret,
            "token_type": "Bearer",
            "issued_at": 1773144000000,
            "expires_in": seconds,
            "status": "approved",
            "scope": scope,
            "issuer": "https://keyc.usps.com/realms/USPS",
        }
    ).encode()


def look(server: Server, tokens: OneToken, purse: Purse) -> object:
    carrier = OPEN["usps"](server.url, PAIR, tokens=tokens, machine_now=lambda: NOW)
    return carrier.ask([NUMBER], purse).readings[NUMBER]


def kept() -> OneToken:
    return OneToken(Token(secret="old", expires_machine_at=NOW + timedelta(hours=1)))


DELIVERED = say("200 OK", fixture("delivered.json"))
EXPIRED = say("401 Unauthorized", an_error("401", message="The access token is invalid or has expired."))
NO_SCOPE = say("401 Unauthorized", fixture("scope.json"))


def test_a_look_fetches_a_token_and_asks_as_usps_wants_it() -> None:
    tokens, purse = OneToken(), Purse()

    with serving(usps(DELIVERED)) as server:
        told = look(server, tokens, purse)

    assert isinstance(told, tuple)
    first, second = server.asked
    form = parse_qs(first.partition(b"\r\n\r\n")[2].decode())
    assert form == {"grant_type": ["client_credentials"], "client_id": ["shop"], "client_secret": ["p:w%d&+"]}
    assert b"Content-Type: application/x-www-form-urlencoded\r\n" in first
    assert second.startswith(f"GET /tracking/v3/tracking/{NUMBER}?expand=DETAIL HTTP".encode())
    assert b"Authorization: Bearer t1\r\n" in second
    assert purse.spent == 1  # the token; the look itself was reserved when it was claimed
    assert tokens.token is not None
    assert tokens.token.expires_machine_at == NOW + timedelta(seconds=28799 - 100)


def test_looks_share_the_token() -> None:
    tokens, purse = OneToken(), Purse()

    with serving(usps(DELIVERED, DELIVERED)) as server:
        look(server, tokens, purse)
        look(server, tokens, purse)

    assert (len(server.asked), purse.spent) == (3, 1)


def test_a_refused_token_is_renewed_once_and_both_calls_are_metered() -> None:
    tokens, purse = kept(), Purse()

    with serving(usps(EXPIRED, DELIVERED)) as server:
        told = look(server, tokens, purse)

    assert isinstance(told, tuple)
    assert purse.spent == 2
    assert b"Bearer t1\r\n" in server.asked[-1]


def test_a_second_refusal_is_final() -> None:
    with serving(usps(EXPIRED, EXPIRED)) as server, pytest.raises(CarrierRefused):
        look(server, OneToken(), Purse())

    assert len(server.asked) == 4


def test_a_missing_scope_costs_no_second_token_and_says_what_to_do() -> None:
    """Sixty calls an hour are too few to try again what cannot work."""
    purse = Purse()

    with serving(usps(NO_SCOPE)) as server, pytest.raises(CarrierRefused, match="tracking scope"):
        look(server, kept(), purse)

    assert (len(server.asked), purse.spent) == (1, 0)


def test_a_token_without_the_tracking_scope_is_refused_before_any_look() -> None:
    told = say("200 OK", _token("t1", scope="addresses locations prices"))

    with serving(usps(token=told)) as server, pytest.raises(CarrierRefused, match="developer portal"):
        look(server, OneToken(), Purse())

    assert len(server.asked) == 1


@pytest.mark.parametrize("scope", ["tracking", "", None, "labels tracking prices"])
def test_a_token_that_names_no_scope_or_ours_is_tried(scope: object) -> None:
    with serving(usps(DELIVERED, token=say("200 OK", _token("t1", scope=scope)))) as server:
        assert isinstance(look(server, OneToken(), Purse()), tuple)


def test_without_quota_no_call_is_made() -> None:
    with serving(usps(DELIVERED)) as server, pytest.raises(CarrierBusy):
        look(server, OneToken(), Purse(left=0))

    assert server.asked == []


INVALID_CLIENT = b'{"error": "invalid_client", "error_description": "Words", "error_uri": ""}'


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (say("401 Unauthorized", INVALID_CLIENT), CarrierRefused),
        (say("400 Bad Request", INVALID_CLIENT), CarrierRefused),
        (say("401 Unauthorized", b"<html>"), CarrierRefused),
        (say("403 Forbidden", b"<html>"), CarrierRefused),
        (say("429 Too Many Requests", b"", Retry_After="30"), CarrierBusy),
        (say("200 OK", b"<html>"), Unreadable),
        (say("200 OK", b"{}"), Unreadable),
        (say("200 OK", _token("")), Unreadable),
        (say("200 OK", _token("t\n1")), Unreadable),
        (say("200 OK", _token("t1", "soon")), Unreadable),
    ],
)
def test_a_token_that_does_not_come_ends_the_look_with_its_reason(token: Answer, error: type[CarrierError]) -> None:
    with serving(usps(token=token)) as server, pytest.raises(error) as raised:
        look(server, OneToken(), Purse())

    assert PAIR["client_secret"] not in str(raised.value)


@pytest.mark.parametrize(("seconds", "lifetime"), [("60", 54), (60, 54), ("28799", 28699), (28799, 28699)])
def test_a_token_ends_a_margin_early(seconds: object, lifetime: int) -> None:
    tokens = OneToken()

    with serving(usps(DELIVERED, token=say("200 OK", _token("t1", seconds)))) as server:
        look(server, tokens, Purse())

    assert tokens.token is not None
    assert tokens.token.expires_machine_at == NOW + timedelta(seconds=lifetime)


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (say("400 Bad Request", fixture("not_found.json")), 1),
        (say("404 Not Found", an_error("404", message="Tracking is not available for this item.")), 1),
        (say("403 Forbidden", an_error("403", "This number needs an IP Agreement with its shipper")), 1),
    ],
)
def test_an_error_about_the_number_is_a_reading_and_refuses_nothing_else(answer: Answer, asked: int) -> None:
    with serving(usps(answer)) as server:
        assert isinstance(look(server, kept(), Purse()), UnknownNumber)

    assert len(server.asked) == asked


def test_their_wait_is_kept() -> None:
    busy_one = say("429 Too Many Requests", b"{}", Retry_After="1200")

    with serving(usps(busy_one)) as server, pytest.raises(CarrierBusy) as busy:
        look(server, kept(), Purse())

    assert busy.value.wait == timedelta(minutes=20)


def test_the_same_bytes_again_are_not_read_again() -> None:
    body = fixture("delivered.json")

    with serving(usps(DELIVERED)) as server:
        carrier = OPEN["usps"](server.url, PAIR, tokens=kept(), machine_now=lambda: NOW)
        answer = carrier.ask([NUMBER], Purse(), unchanged=sha256(body).hexdigest())

    assert (answer.body, answer.readings) == (body, {})


def test_checking_the_credentials_fetches_a_token_of_its_own() -> None:
    tokens, purse = kept(), Purse()

    with serving(usps(token=say("401 Unauthorized", INVALID_CLIENT))) as server, pytest.raises(CarrierRefused):
        OPEN["usps"](server.url, PAIR, tokens=tokens, machine_now=lambda: NOW).check(purse)

    assert (len(server.asked), purse.spent) == (1, 1)


def test_credentials_are_hashed() -> None:
    carrier = OPEN["usps"]("http://127.0.0.1:9", PAIR, tokens=OneToken(), machine_now=lambda: NOW)

    assert carrier.credential.startswith("usps:")
    assert "shop" not in carrier.credential
    assert (carrier.name, carrier.max_batch) == ("usps", 1)
    assert PAIR["client_secret"] not in repr(carrier)
