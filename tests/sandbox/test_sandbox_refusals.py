"""What the carrier refuses, its stand-in refuses in the same words."""

import socket
from typing import Any

import httpx
import pytest

from carriers.sandbox.clock import SetClock
from carriers.sandbox.server import Sandbox
from carriers.sandbox.ups.front import TOKEN_PATH, TRACK_PATH, is_valid
from tests.sandbox.journeys import DELIVERED_NEXT_DAY, GRANT, LOGIN, NOON, NUMBER, headers, look, token
from tests.servers import until


def errors(answer: httpx.Response) -> list[str]:
    return [error["code"] for error in answer.json()["response"]["errors"]]


def test_a_token_answer_has_its_numbers_as_text(line: httpx.Client) -> None:
    answer = line.post(TOKEN_PATH, auth=LOGIN, data=GRANT).json()

    assert (answer["token_type"], answer["expires_in"], answer["status"]) == ("Bearer", "14399", "approved")
    assert answer["issued_at"].isdigit()
    assert len(answer["access_token"]) > 1300


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"data": GRANT}, 401, "250003"),
        ({"data": GRANT, "headers": {"Authorization": "Basic not base64"}}, 401, "250003"),
        ({"data": GRANT, "auth": ("sandbox-client", "wrong")}, 401, "250002"),
        ({"data": GRANT, "auth": ("nobody", "sandbox-secret")}, 401, "250002"),
        ({"auth": LOGIN}, 400, "10400"),
        ({"auth": LOGIN, "json": GRANT}, 400, "10400"),
        ({"auth": LOGIN, "data": {"grant_type": "password"}}, 400, "10400"),
    ],
)
def test_a_token_is_given_only_as_the_carrier_gives_it(
    line: httpx.Client, asked: dict[str, Any], status: int, code: str
) -> None:
    answer = line.post(TOKEN_PATH, **asked)

    assert (answer.status_code, errors(answer)) == (status, [code])


@pytest.mark.parametrize("missing", ["transId", "transactionSrc"])
def test_both_transaction_headers_are_needed(line: httpx.Client, missing: str) -> None:
    sent = headers(token(line))
    del sent[missing]

    answer = line.get(f"{TRACK_PATH}{NUMBER}", headers=sent)

    assert answer.status_code == 400
    assert missing in answer.json()["response"]["errors"][0]["message"]


def test_a_token_nobody_issued_opens_nothing(line: httpx.Client) -> None:
    answer = look(line, bearer="invented")

    assert (answer.status_code, errors(answer)) == (401, ["UJ0001"])


def test_a_token_stops_working_when_its_time_is_over() -> None:
    with Sandbox(clock=SetClock(NOON), token_seconds=0.2) as carrier, httpx.Client(base_url=carrier.url) as line:
        bearer = token(line)
        first = look(line, bearer=bearer).status_code
        until(lambda: look(line, bearer=bearer).status_code == 401)

        assert first == 200
        assert errors(look(line, bearer=bearer)) == ["251004"]
        assert look(line, bearer=token(line)).status_code == 200


def test_all_tokens_can_be_made_worthless(carrier: Sandbox, line: httpx.Client) -> None:
    bearer = token(line)
    line.post("/_sandbox/faults", json={"kind": "expire_tokens"}).raise_for_status()

    assert errors(look(line, bearer=bearer)) == ["251004"]
    assert look(line, bearer=token(line)).status_code == 200


def test_a_number_nobody_told_of_is_not_found_inside_a_200(line: httpx.Client) -> None:
    answer = look(line, NUMBER)

    assert answer.status_code == 200
    (shipment,) = answer.json()["trackResponse"]["shipment"]
    assert shipment["warnings"][0]["code"] == "TW0001"
    assert "package" not in shipment


@pytest.mark.parametrize("number", ["123", "1Z5R89390357567128", "1Z5R8939035756712", "x" * 35, "1z5r89390357567127"])
def test_a_number_that_cannot_be_one_is_refused(line: httpx.Client, number: str) -> None:
    answer = look(line, number)

    assert (answer.status_code, errors(answer)) == (400, ["TV1002"])


@pytest.mark.parametrize("number", [NUMBER, "1Z879E930346834440", "K1506235620", "92055901755477000000000000"])
def test_a_number_that_could_be_one_is_looked_up(number: str) -> None:
    assert is_valid(number)


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/api/track/v2/details/x"), ("POST", "/api")])
def test_other_addresses_are_not_there(line: httpx.Client, method: str, path: str) -> None:
    assert line.request(method, path).status_code == 404


@pytest.mark.parametrize(("method", "path"), [("POST", TRACK_PATH + NUMBER), ("GET", TOKEN_PATH)])
def test_other_methods_are_refused(line: httpx.Client, method: str, path: str) -> None:
    assert line.request(method, path).status_code == 405


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /" + b"x" * 40_000,
    ],
)
def test_broken_http_gets_an_error_and_the_server_lives_on(carrier: Sandbox, line: httpx.Client, raw: bytes) -> None:

    with socket.create_connection(("127.0.0.1", carrier.port), timeout=5) as caller:
        caller.sendall(raw)
        assert caller.recv(100).startswith(b"HTTP/1.1 4")

    carrier.tell(DELIVERED_NEXT_DAY)
    assert look(line).status_code == 200
