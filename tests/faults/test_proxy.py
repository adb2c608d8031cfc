"""The line we cut in fault tests is a plain line until it is cut."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.faults.proxy import FaultProxy
from tests.servers import until


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that answers each piece with itself."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=_echo, args=(line,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


def _echo(line: socket.socket) -> None:
    with line:
        try:
            while piece := line.recv(100):
                line.sendall(piece)
        except OSError:
            return


def dial(proxy: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def hears(line: socket.socket, *, within: float) -> bytes | None:
    """What comes; None when nothing comes in time."""
    line.settimeout(within)
    try:
        return line.recv(100)
    except TimeoutError:
        return None


def test_what_is_said_arrives_and_is_answered(echo: int) -> None:
    with FaultProxy(echo) as proxy, dial(proxy) as line:
        line.sendall(b"hello")

        assert line.recv(100) == b"hello"
        assert proxy.passed == 1


def test_a_cut_tears_old_and_new_connections_until_mended(echo: int) -> None:
    with FaultProxy(echo) as proxy, dial(proxy) as old:
        old.sendall(b"hello")
        assert old.recv(100) == b"hello"

        proxy.cut()

        with pytest.raises(ConnectionResetError):
            old.recv(100)
        with pytest.raises(ConnectionResetError), dial(proxy) as new:
            new.recv(100)
        proxy.mend()
        with dial(proxy) as line:
            line.sendall(b"again")
            assert line.recv(100) == b"again"


def test_a_stalled_line_says_nothing_and_then_everything(echo: int) -> None:
    with FaultProxy(echo) as proxy, dial(proxy) as line:
        line.sendall(b"one")
        assert line.recv(100) == b"one"

        proxy.stall()
        line.sendall(b"two")

        assert hears(line, within=0.2) is None
        proxy.mend()
        assert hears(line, within=5) == b"two"


def test_a_lost_answer_was_an_answer(echo: int) -> None:
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _ = listening.accept()
        with line:
            heard.append(line.recv(100))
            line.sendall(b"yes")
            with contextlib.suppress(ConnectionResetError):
                line.recv(100)

    threading.Thread(target=serve, daemon=True).start()
    with listening, FaultProxy(listening.getsockname()[1]) as proxy, dial(proxy) as line:
        proxy.lose_answers()
        line.sendall(b"question")

        until(lambda: heard == [b"question"], what="the question to arrive")
        assert hears(line, within=0.2) is None
        proxy.mend()
        with pytest.raises(ConnectionResetError):
            hears(line, within=5)


def test_only_the_answer_after_certain_words_is_lost(echo: int) -> None:
    with FaultProxy(echo) as proxy, dial(proxy) as line:
        proxy.lose_answer_to(b"UPDATE", b"COMMIT")
        for word in (b"COMMIT", b"UPDATE"):
            line.sendall(word)
            assert line.recv(100) == word

        line.sendall(b"COMMIT")

        assert hears(line, within=0.2) is None


def test_nobody_there_is_a_torn_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with FaultProxy(port) as proxy, pytest.raises(ConnectionResetError), dial(proxy) as line:
        line.recv(100)
