"""How a call to a carrier ends: one reply, or the CarrierError that fits, always within its time."""

import gzip
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from carriers.contract import CarrierBusy, CarrierDown, CarrierError, CarrierRefused, Unreadable
from carriers.transport import HttpTransport, Reply
from tests.carriers.loopback import Answer, say, serving
from tests.servers import PATIENCE

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
DEFAULT = timedelta(seconds=90)
SECRET = "token-that-must-not-show"
SOON = timedelta(milliseconds=300)


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    with HttpTransport(
        carrier="ups", machine_now=lambda: NOW, busy_wait=DEFAULT, total=PATIENCE, largest=1000
    ) as opened:
        yield opened


@pytest.fixture
def impatient() -> Iterator[HttpTransport]:
    with HttpTransport(carrier="ups", machine_now=lambda: NOW, busy_wait=DEFAULT, total=SOON, largest=1000) as opened:
        yield opened


def ask(transport: HttpTransport, answer: Answer) -> Reply:
    with serving(answer) as server:
        return transport.call(
            "GET", f"{server.url}/track/1Z?secret={SECRET}", headers={"Authorization": f"Bearer {SECRET}"}
        )


def test_a_reply_is_status_and_body_and_headers_go_out_as_given(transport: HttpTransport) -> None:
    with serving(say("404 Not Found", b"{}")) as server:
        reply = transport.call("GET", f"{server.url}/a/b?c=d", headers={"transId": "7", "Authorization": "Bearer x"})

    assert reply == Reply(http_status=404, body=b"{}")
    assert server.asked[0].startswith(b"GET /a/b?c=d HTTP/1.1\r\n")
    assert b"transId: 7\r\n" in server.asked[0]


def test_a_form_is_posted_as_a_form(transport: HttpTransport) -> None:
    with serving(say("200 OK")) as server:
        transport.call("POST", server.url, headers={}, form={"grant_type": "client_credentials"})

    assert b"Content-Type: application/x-www-form-urlencoded\r\n" in server.asked[0]
    assert server.asked[0].endswith(b"\r\n\r\ngrant_type=client_credentials")


def test_a_connection_is_kept_also_after_a_refusal_and_cookies_are_not(transport: HttpTransport) -> None:
    with serving(say("401 Unauthorized", b"no", Set_Cookie="session=1")) as server:
        for _ in range(3):
            with pytest.raises(CarrierRefused):
                transport.call("GET", server.url, headers={})

    assert server.connections == 1
    assert b"session=1" not in b"".join(server.asked)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("401 Unauthorized", CarrierRefused),
        ("403 Forbidden", CarrierRefused),
        ("429 Too Many Requests", CarrierBusy),
        ("500 Internal Server Error", CarrierDown),
        ("503 Service Unavailable", CarrierDown),
    ],
)
def test_a_status_becomes_the_error_that_fits_and_the_body_is_kept(
    transport: HttpTransport, status: str, error: type[CarrierError]
) -> None:
    with pytest.raises(error) as raised:
        ask(transport, say(status, b"why"))

    assert (raised.value.http_status, raised.value.body) == (int(status[:3]), b"why")
    assert SECRET not in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta(seconds=1)),
        ("Tue, 10 Mar 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Tue, 10 Mar 2026 11:00:00 GMT", timedelta(seconds=1)),
        ("99999999999999999999", timedelta(days=1)),
        ("soon", DEFAULT),
        ("-5", DEFAULT),
        ("", DEFAULT),
    ],
)
def test_busy_says_how_long_to_wait(transport: HttpTransport, said: str, wait: timedelta) -> None:
    with pytest.raises(CarrierBusy) as busy:
        ask(transport, say("429 Too Many Requests", b"", **({"Retry_After": said} if said else {})))

    assert busy.value.wait == wait


def test_a_redirect_is_not_followed(transport: HttpTransport) -> None:
    with serving(say("302 Found", Location="http://127.0.0.1:9/elsewhere")) as server:
        assert transport.call("GET", server.url, headers={}).http_status == 302

    assert len(server.asked) == 1


def test_too_large_a_body_is_cut_off_also_when_it_was_packed_small(transport: HttpTransport) -> None:
    with pytest.raises(Unreadable, match="more than 1000 bytes"):
        ask(transport, say("200 OK", b"x" * 2000))
    with pytest.raises(Unreadable, match="more than 1000 bytes"):
        ask(transport, say("200 OK", gzip.compress(b"x" * 1_000_000), Content_Encoding="gzip"))

    assert ask(transport, say("200 OK", gzip.compress(b"x" * 1000), Content_Encoding="gzip")).body == b"x" * 1000


def test_nobody_there_is_down(transport: HttpTransport) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, not listening
        with pytest.raises(CarrierDown, match="ups did not answer"):
            transport.call("GET", f"http://127.0.0.1:{held.getsockname()[1]}/?{SECRET}", headers={})


def _hang_up(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")
    connection.close()


def _nonsense(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"\x00\xff\r\n\r\n")
    connection.close()


def _silence(connection: socket.socket, _: bytes) -> None:
    connection.recv(1)


def _trickling(*pieces: bytes) -> Answer:
    """One byte at a time for as long as anybody listens; each comes well within a read's own time."""

    def trickle(connection: socket.socket, _: bytes) -> None:
        pause = threading.Event()
        connection.sendall(pieces[0])
        while not pause.wait(0.01):
            connection.sendall(pieces[1])

    return trickle


@pytest.mark.parametrize(
    "answer",
    [
        _hang_up,
        _nonsense,
        _silence,
        _trickling(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"x"),
        _trickling(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        _trickling(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        say("200 OK", b"not gzip", Content_Encoding="gzip"),
    ],
)
def test_an_answer_that_does_not_end_well_is_down(impatient: HttpTransport, answer: Answer) -> None:
    """Those that trickle would go on for ever: that this test ends is what it shows."""
    with pytest.raises(CarrierDown) as down:
        ask(impatient, answer)

    assert SECRET not in str(down.value)


def test_what_cannot_be_sent_is_down_and_shows_no_secret(transport: HttpTransport) -> None:
    with pytest.raises(CarrierDown) as down:
        transport.call("GET", "http://127.0.0.1:1/", headers={"Authorization": f"Bearer {SECRET}\r\nX: 1"})

    assert SECRET not in str(down.value)
