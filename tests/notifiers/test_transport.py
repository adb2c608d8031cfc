"""One HTTP call to a provider: over in time, told apart by whether it may have been heard."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta

import pytest

from notifiers import transport
from notifiers.transport import CallFailed, HttpTransport
from tests.planting import planted
from tests.servers import PATIENCE, held_port

TOTAL = timedelta(seconds=0.6)
PIECE = 0.05  # seconds between two bytes of a slow answer
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Behave = Callable[[socket.socket, threading.Event], None]
Serve = Callable[[Behave], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that treats every connection as told; its address."""
    over = threading.Event()
    servers: list[socket.socket] = []

    def start(behave: Behave) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def accept() -> None:
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line, suppress(OSError):
                    behave(line, over)

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/Accounts/secret"

    yield start
    over.set()
    for server in servers:
        server.close()


def call(url: str, *, total: timedelta = PATIENCE, largest: int = 1000) -> tuple[int, bytes]:
    with closing(HttpTransport(total=total, largest=largest)) as line:
        reply = line.call("POST", url, headers={}, form={"To": "+12025550123"})
    return reply.http_status, reply.body


def trickle(line: socket.socket, over: threading.Event) -> None:
    """Every byte well within any timeout for one read, all of them far beyond the deadline."""
    line.recv(4096)
    for letter in ANSWER:
        over.wait(PIECE)
        line.sendall(bytes([letter]))


def hang_up(line: socket.socket, over: threading.Event) -> None:
    line.recv(4096)


def keep_quiet(line: socket.socket, over: threading.Event) -> None:
    line.recv(4096)
    over.wait(30)


def talk_on(line: socket.socket, over: threading.Event) -> None:
    line.recv(4096)
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000)


def stop_half_way(line: socket.socket, over: threading.Event) -> None:
    line.recv(4096)
    line.sendall(ANSWER[:-1])


def babble(line: socket.socket, over: threading.Event) -> None:
    line.recv(4096)
    line.sendall(b"220 mail ready\r\n")


@pytest.mark.parametrize(
    ("behave", "cause"),
    [
        (trickle, "timeout"),
        (keep_quiet, "timeout"),
        (hang_up, "lost"),
        (talk_on, "lost"),
        (stop_half_way, "lost"),
        (babble, "lost"),
    ],
)
def test_without_a_whole_answer_in_time_it_may_have_been_heard(serve: Serve, behave: Behave, cause: str) -> None:
    with pytest.raises(CallFailed) as failed:
        call(serve(behave), total=TOTAL if cause == "timeout" else PATIENCE)

    assert (failed.value.cause, failed.value.may_have_left) == (cause, True)
    assert str(failed.value) == cause  # no address, no number


@pytest.mark.parametrize(
    ("url", "cause"), [("http://127.0.0.1:{port}/", "refused"), ("http://a..b:{port}/", "dns"), ("nonsense", "lost")]
)
def test_what_found_nobody_was_not_heard(url: str, cause: str) -> None:
    with held_port() as port, pytest.raises(CallFailed) as failed:
        call(url.format(port=port))

    assert (failed.value.cause, failed.value.may_have_left) == (cause, False)


def test_a_redirect_is_an_answer_and_is_not_followed(serve: Serve) -> None:
    def send_on(line: socket.socket, over: threading.Event) -> None:
        line.recv(4096)
        line.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n")

    assert call(serve(send_on)) == (302, b"")


def test_a_connection_closed_meanwhile_costs_no_call(serve: Serve) -> None:
    closed = threading.Semaphore(0)

    def answer_once(line: socket.socket, over: threading.Event) -> None:
        line.recv(4096)
        line.sendall(ANSWER)
        line.shutdown(socket.SHUT_RDWR)
        closed.release()

    url = serve(answer_once)
    with closing(HttpTransport(total=PATIENCE)) as kept:
        for _ in range(3):
            assert kept.call("GET", url, headers={}).body == b"ok"
            assert closed.acquire(timeout=PATIENCE.total_seconds())


@pytest.mark.parametrize(("idle", "connections"), [(60.0, 1), (0.0, 3)])
def test_a_connection_is_kept_but_not_after_a_long_silence(serve: Serve, idle: float, connections: int) -> None:
    dialled: list[socket.socket] = []

    def keep_answering(line: socket.socket, over: threading.Event) -> None:
        dialled.append(line)
        while line.recv(4096):
            line.sendall(ANSWER)

    url = serve(keep_answering)
    with closing(HttpTransport(total=PATIENCE)) as kept, planted(transport, "IDLE", idle):
        said = [kept.call("GET", url, headers={}).body for _ in range(3)]

    assert (said, len(dialled)) == ([b"ok"] * 3, connections)
