"""Whether a log line can carry a person's address, phone or name."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as some

from config import log
from config.settings import LogFormat

CANARIES = (
    "anna.berg@shop.example",
    "anna+spring@xn--bcher-kva.example",
    "+4791234567",
    "+47 912 34 567",
    "(555) 010-0199",
    "0047-912-34567",
    "Anna Berg",
    "Strandgata 4",
)
ADDRESSES = CANARIES[:-2]  # what can be recognised inside a free text; names and streets are kept out by their field

WHO = {"level": "info", "logger": "tick", "process": "clock"}


@pytest.fixture(params=list(LogFormat))
def written(request: pytest.FixtureRequest, untouched_loggers: None) -> io.StringIO:
    """The text of all logs, in each format."""
    stream = io.StringIO()
    log.set_up(request.param, stream=stream, process="worker")
    return stream


@pytest.fixture
def untouched_loggers() -> Iterator[None]:
    """Every logger and hook is put back: they belong to the whole test run."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook)
    levels = {name: logging.getLogger(name).level for name in log.QUIET}
    yield
    root.handlers[:], root.level, sys.excepthook, threading.excepthook = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


@pytest.mark.parametrize("canary", CANARIES)
def test_a_field_nobody_allowed_is_left_out_and_named(written: io.StringIO, canary: str) -> None:
    structlog.get_logger("dispatch").info("sent", notification_id="n1", to=canary, recipient={"name": canary})

    assert canary not in written.getvalue()
    assert "n1" in written.getvalue()
    assert "'recipient', 'to'" in written.getvalue().replace('"', "'")


@pytest.mark.parametrize("canary", ADDRESSES)
def test_an_allowed_field_is_masked(written: io.StringIO, canary: str) -> None:
    structlog.get_logger("dispatch").warning(
        "refused", code=f"550 5.1.1 <{canary}> unknown", order_id=f"x{ADDRESSES[0]}"
    )

    assert canary not in written.getvalue()
    assert ADDRESSES[0] not in written.getvalue()
    assert "550 5.1.1" in written.getvalue()


@pytest.mark.parametrize("canary", ADDRESSES)
@pytest.mark.parametrize(
    "library", ["urllib3.connectionpool", "dramatiq.worker", "apscheduler.executors", "granian", "own"]
)
def test_libraries_are_masked_too(written: io.StringIO, library: str, canary: str) -> None:
    logging.getLogger(library).warning("Failed to process message %s(%r)", "send", canary, extra={"name_of": canary})

    assert "Failed to process message" in written.getvalue()
    assert canary not in written.getvalue()


def test_libraries_do_not_chat(written: io.StringIO) -> None:
    for library in ("urllib3", "dramatiq", "apscheduler", "granian"):
        logging.getLogger(library).info("Starting new connection")

    assert written.getvalue() == ""


def test_an_exception_tells_its_place_but_no_values(written: io.StringIO) -> None:
    def send(to: str) -> None:
        greeting = f"Dear {to}"
        raise ValueError(
            f"no route to {to} via https://api.example/v1?key=s3cret\nDETAIL: Key (name)=(Anna Berg) {greeting}"
        )

    try:
        send("anna.berg@shop.example")
    except ValueError:
        structlog.get_logger("dispatch").exception("failed", notification_id="n1")

    said = written.getvalue()
    assert "ValueError: no route to <address> via https://api.example/v1" in said
    assert "in send, config/test_log.py line" in said
    assert not [leak for leak in ("anna", "Anna", "s3cret", "Dear") if leak in said]


def test_the_cause_is_told(written: io.StringIO) -> None:
    try:
        try:
            raise KeyError("n1")
        except KeyError as error:
            raise RuntimeError("no such row") from error
    except RuntimeError:
        logging.getLogger("own").exception("failed")

    assert written.getvalue().index("RuntimeError: no such row") < written.getvalue().index("KeyError")


def test_an_uncaught_exception_is_masked_like_any_other(written: io.StringIO) -> None:
    thread = threading.Thread(target=lambda: int("anna.berg@shop.example"))
    thread.start()
    thread.join()

    assert "died" in written.getvalue()
    assert "anna" not in written.getvalue()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET /t/Zm9vYmFyYmF6cXV4cXV1eA HTTP", "GET /t/… HTTP"),
        ("redis://:pa55word@queue.example:6379/0 refused", "redis://…@queue.example:6379/0 refused"),
        ("POST https://api.example/orders?email=x&key=y: 500", "POST https://api.example/orders 500"),
        ("019a2b3c-1234-5678-9abc-0123456789ab", "019a2b3c-1234-5678-9abc-0123456789ab"),
        ("waited 15 s, 3 of 500 left", "waited 15 s, 3 of 500 left"),
    ],
)
def test_masking_keeps_what_ops_need(text: str, shown: str) -> None:
    assert log.mask(text) == shown


@given(some.text(), some.sampled_from(ADDRESSES), some.text())
def test_no_surroundings_bring_an_address_through(before: str, address: str, after: str) -> None:
    assert address not in log.mask(f"{before} <{address}> {after}")


def test_json_lines_are_one_object_each(untouched_loggers: None) -> None:
    stream = io.StringIO()
    log.set_up(LogFormat.JSON, stream=stream, process="clock")

    structlog.get_logger("tick").info("rang", count=3, took_ms=1.5, carrier="ups")

    line = json.loads(stream.getvalue())
    assert line.pop("at").endswith("Z")
    assert line == {"event": "rang", "count": 3, "took_ms": 1.5, "carrier": "ups", **WHO}
