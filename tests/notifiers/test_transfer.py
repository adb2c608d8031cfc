"""The hand-over byte by byte: where exactly it stops being certain, and how long it waits."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

import pytest

from notifiers.message import Verdict
from notifiers.smtp.line import Line
from notifiers.smtp.mime import Letter
from notifiers.smtp.notifier import SmtpNotifier, transfer
from notifiers.smtp.replies import Stage, classify
from tests.notifiers.certificates import client_side, server_side
from tests.notifiers.letters import a_message

LETTER = Letter(sender="o@a.example", recipient="ada@b.example", raw=b"Subject: x\r\n\r\n.hidden\r\n")
DOT = b".\r\n"


class Scripted:
    """A socket whose server says yes to everything, and whose cable breaks at one write."""

    def __init__(self, *, breaks_at: bytes | None = None) -> None:
        self.breaks_at = breaks_at
        self.written: list[bytes] = []
        self.timeouts: list[float] = []
        self.replies = b""

    def settimeout(self, seconds: float) -> None:
        self.timeouts.append(seconds)

    def sendall(self, data: bytes) -> None:
        if data == self.breaks_at:
            raise BrokenPipeError
        self.written.append(data)
        if data == b"DATA\r\n":
            self.replies += b"354 go on\r\n"
        elif data[:4] in {b"MAIL", b"RCPT"} or data == DOT:
            self.replies += b"250 2.0.0 yes\r\n"

    def recv(self, _size: int) -> bytes:
        given, self.replies = self.replies, b""
        return given

    def close(self) -> None:
        pass


def line_over(wire: Scripted, *, left: float = 60, step: float = 5) -> Line:
    return Line(cast("socket.socket", wire), deadline=time.monotonic() + left, step=step)


def test_the_dot_leaves_alone_and_last() -> None:
    wire = Scripted()

    reply = transfer(line_over(wire), LETTER)

    assert reply.code == 250
    assert wire.written[-2:] == [b"Subject: x\r\n\r\n..hidden\r\n", DOT]


@pytest.mark.parametrize(
    ("breaks_at", "verdict", "code"),
    [
        (b"DATA\r\n", Verdict.RETRY, "lost_at_data"),
        (b"Subject: x\r\n\r\n..hidden\r\n", Verdict.RETRY, "lost_at_body"),
        (DOT, Verdict.UNKNOWN, "lost_after_data"),
    ],
)
def test_only_a_cable_that_breaks_at_the_dot_leaves_a_doubt(breaks_at: bytes, verdict: Verdict, code: str) -> None:
    line = line_over(Scripted(breaks_at=breaks_at))

    with pytest.raises(BrokenPipeError) as broken:
        transfer(line, LETTER)

    outcome = classify(line.stage, broken.value)
    assert (outcome.verdict, outcome.code) == (verdict, code)


def test_time_that_ran_out_before_the_dot_leaves_no_doubt() -> None:
    line = line_over(Scripted(), left=0)

    with pytest.raises(TimeoutError):
        transfer(line, LETTER)

    assert line.stage is Stage.MAIL


def test_no_wait_is_longer_than_what_is_left() -> None:
    wire = Scripted()

    transfer(line_over(wire, left=2, step=100), LETTER)

    assert 0 < max(wire.timeouts) <= 2


def test_only_the_last_answer_may_take_all_that_is_left() -> None:
    wire = Scripted()

    transfer(line_over(wire, left=60, step=3), LETTER)

    *before, dot, answer = wire.timeouts
    assert max(before) == 3
    assert min(dot, answer) > 3


def test_words_slipped_in_before_encryption_are_not_heard(tmp_path: Path) -> None:
    with _a_server_that_talks_too_early(server_side(tmp_path)) as port:
        url = f"smtp+starttls://127.0.0.1:{port}"
        with closing(SmtpNotifier(url, trust=client_side(tmp_path))) as smtp:
            outcome = smtp.send(a_message())

    assert (outcome.verdict, outcome.code) == (Verdict.RETRY, "451 4.3.0")


@contextmanager
def _a_server_that_talks_too_early(context: ssl.SSLContext) -> Iterator[int]:
    """Answers STARTTLS with one line too many, then encrypts and answers MAIL with 451."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        caller, _ = listener.accept()
        caller.sendall(b"220 hello\r\n")
        caller.recv(1000)
        caller.sendall(b"250-me\r\n250 STARTTLS\r\n")
        caller.recv(1000)
        caller.sendall(b"220 go on\r\n550 5.1.1 slipped in\r\n")
        with context.wrap_socket(caller, server_side=True) as line:
            line.recv(1000)
            line.sendall(b"250 me\r\n")
            line.recv(1000)
            line.sendall(b"451 4.3.0 later\r\n")
            line.recv(1000)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()
