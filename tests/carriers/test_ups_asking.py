"""How UPS is asked: its headers, one shared token, one renewal, every call metered."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from carriers.contract import CarrierBusy, CarrierError, CarrierRefused, Token, UnknownNumber, Unreadable
from carriers.registry import OPEN
from tests.carriers.loopback import Answer, Server, say, serving
from tests.carriers.ups_answers import NUMBER, an_error, fixture

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
PAIR = {"client_id": "shop", "client_secret": "p:w%d"}


@dataclass
class OneToken:
    """Tokens of one process, in a variable."""

    token: Token | None = None

    def get(self, credential: str, fetch: Callable[[], Token]) -> str:
        self.token = self.token or fetch()
        return self.token.secret

    def refresh(self, credential: str, fetch: Callable[[], Token], *, stale: str) -> str:
        if self.token is None or self.token.secret == stale:
            self.token = fetch()
        return self.token.secret


@dataclass
class Purse:
    """A meter that counts what was spent."""

    left: int = 10
    spent: int = field(default=0)

    def spend(self) -> None:
        if self.spent == self.left:
            raise CarrierBusy("nothing left", wait=timedelta(hours=1))
        self.spent += 1


def ups(*looks: Answer, token: Answer | None = None) -> Answer:
    """A server that hands out tokens t1, t2, … and answers looks one after another."""
    tokens, left = iter(range(1, 100)), list(looks)

    def answer(connection: object, asked: bytes) -> None:
        if asked.startswith(b"POST /security/v1/oauth/token "):
            (token or say("200 OK", _token(f"t{next(tokens)}")))(connection, asked)  # type: ignore[arg-type]
        else:
            left.pop(0)(connection, asked)  # type: ignore[arg-type]

    return answer


def _token(secret: str, seconds: object = "14399") -> bytes:
    return json.dumps(
        {"token_type": "Bearer", "issued_at": "1773144000000", "access_token": secret, "expires_in": seconds}
    ).encode()


def look(server: Server, tokens: OneToken, purse: Purse) -> object:
    carrier = OPEN["ups"](server.url, PAIR, tokens=tokens, machine_now=lambda: NOW)
    return carrier.ask([NUMBER], purse).readings[NUMBER]


DELIVERED = say("200 OK", fixture("delivered.json"))
EXPIRED = say("401 Unauthorized", an_error("251004"))


def test_a_look_fetches_a_token_and_asks_as_ups_wants_it() -> None:
    tokens, purse = OneToken(), Purse()

    with serving(ups(DELIVERED)) as server:
        told = look(server, tokens, purse)

    assert isinstance(told, tuple)
    first, second = server.asked
    assert b"Authorization: Basic " + base64.b64encode(b"shop:p:w%d") + b"\r\n" in first
    assert first.endswith(b"grant_type=client_credentials")
    assert second.startswith(f"GET /api/track/v1/details/{NUMBER}?locale=en_US&".encode())
    assert b"Authorization: Bearer t1\r\n" in second
    assert b"transactionSrc: wismo\r\n" in second
    assert b"transId: " in second
    assert purse.spent == 1  # the token; the look itself was reserved when it was claimed
    assert tokens.token is not None
    assert tokens.token.expires_machine_at == NOW + timedelta(seconds=14399 - 100)


def test_every_look_has_its_own_transaction_and_shares_the_token() -> None:
    tokens, purse = OneToken(), Purse()

    with serving(ups(DELIVERED, DELIVERED)) as server:
        look(server, tokens, purse)
        look(server, tokens, purse)

    transactions = {line for asked in server.asked for line in asked.split(b"\r\n") if line.startswith(b"transId")}
    assert (len(server.asked), len(transactions), purse.spent) == (3, 2, 1)


def test_a_refused_token_is_renewed_once_and_both_calls_are_metered() -> None:
    tokens, purse = OneToken(Token(secret="old", expires_machine_at=NOW + timedelta(hours=1))), Purse()

    with serving(ups(EXPIRED, DELIVERED)) as server:
        told = look(server, tokens, purse)

    assert isinstance(told, tuple)
    assert purse.spent == 2
    assert b"Bearer t1\r\n" in server.asked[-1]


def test_a_second_refusal_is_final_and_403_is_final_at_once() -> None:
    with serving(ups(EXPIRED, EXPIRED)) as server, pytest.raises(CarrierRefused):
        look(server, OneToken(), Purse())
    with serving(ups(say("403 Forbidden"))) as blocked, pytest.raises(CarrierRefused):
        look(blocked, OneToken(), Purse())

    assert len(server.asked) == 4
    assert len(blocked.asked) == 2


def test_without_quota_no_call_is_made() -> None:
    with serving(ups(EXPIRED, DELIVERED)) as server, pytest.raises(CarrierBusy):
        look(server, OneToken(), Purse(left=0))

    assert server.asked == []


@pytest.mark.parametrize(
    ("token", "error"),
    [
        (say("401 Unauthorized", an_error("10401")), CarrierRefused),
        (say("401 Unauthorized", b"<html>"), CarrierRefused),
        (say("400 Bad Request", an_error("10401")), CarrierRefused),
        (say("429 Too Many Requests", an_error("10429"), Retry_After="30"), CarrierBusy),
        (say("200 OK", an_error("10429")), CarrierBusy),
        (say("200 OK", b"<html>"), Unreadable),
        (say("200 OK", b"{}"), Unreadable),
        (say("200 OK", _token("")), Unreadable),
        (say("200 OK", _token("t\n1")), Unreadable),
        (say("200 OK", _token("t1", "soon")), Unreadable),
    ],
)
def test_a_token_that_does_not_come_ends_the_look_with_its_reason(token: Answer, error: type[CarrierError]) -> None:
    with serving(ups(token=token)) as server, pytest.raises(error) as raised:
        look(server, OneToken(), Purse())

    assert PAIR["client_secret"] not in str(raised.value)


@pytest.mark.parametrize(("seconds", "lifetime"), [("60", 54), (60, 54), ("14399", 14299)])
def test_a_token_ends_a_margin_early(seconds: object, lifetime: int) -> None:
    tokens = OneToken()

    with serving(ups(DELIVERED, token=say("200 OK", _token("t1", seconds)))) as server:
        look(server, tokens, Purse())

    assert tokens.token is not None
    assert tokens.token.expires_machine_at == NOW + timedelta(seconds=lifetime)


def test_not_found_is_a_reading() -> None:
    with serving(ups(say("200 OK", fixture("not_found.json")))) as server:
        assert isinstance(look(server, OneToken(), Purse()), UnknownNumber)


def test_credentials_are_hashed() -> None:
    carrier = OPEN["ups"]("http://127.0.0.1:9", PAIR, tokens=OneToken(), machine_now=lambda: NOW)

    assert carrier.credential.startswith("ups:")
    assert "shop" not in carrier.credential
    assert (carrier.name, carrier.max_batch) == ("ups", 1)
    assert "p:w%d" not in repr(carrier)
