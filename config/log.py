"""What a log line may contain: known fields, masked text, and never a person's address, phone or message."""

import logging
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter

from config.settings import LogFormat

# Anything else is left out, and its name is listed under `dropped`. Ids, words of ours and numbers only.
FIELDS = frozenset(
    """
    at level logger event exception dropped process pid host version
    brand order_id shipment_id notification_id look_id key_id admin_id request_id carrier channel provider notice
    ticket_id kind milestone state outcome verdict code why why_not reason problem fix setting
    queue actor job tick lease fence owner leader child signal exit_code restarts
    count total due claimed written sent held rows bad_rows attempts looks events in_flight dropped_rings
    took_ms wait_ms age_s interval_s limit factor
    method route status port path revision engine line
    """.split()  # noqa: SIM905 - by subject, so that a person can read it
)
QUIET = (
    "urllib3",
    "twilio",
    "dramatiq",
    "apscheduler",
    "granian",
    "_granian",
    "asyncio",
    "redis",
    "sqlalchemy",
    "alembic",
    "mail",  # aiosmtpd, in the sandbox
)
FRAMES = 12  # the innermost; enough to find the line, short enough to read
LONGEST = 300  # characters of one text

ADDRESS = re.compile(r"[^\s<>\"'(),;:=/]+@[^\s<>\"'(),;:=/]+")
LOGIN = re.compile(r"(?<=://)[^\s/@]+@")
QUERY = re.compile(r"(\w+://[^\s?#'\"]*|/[^\s?#'\"]*)[?#][^\s'\")]*")
TOKEN = re.compile(r"/[\w-]{22,}")  # 128 random bits: whoever knows it sees the page
NUMBER = re.compile(r"(?<![\w-])\+?\(?\d[\d\s()./-]{5,}\d(?![\w-])")
FEWEST_DIGITS = 7  # shorter is no phone number

Event = MutableMapping[str, Any]


def set_up(log_format: LogFormat, *, stream: TextIO, process: str) -> None:
    """Route every logger of this process to one stream, through one filter."""
    structlog.contextvars.bind_contextvars(process=process)
    incoming: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _plain_exception,
        only_known_fields,
        masked,
    ]
    structlog.configure(
        processors=[*incoming, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            processors=[ProcessorFormatter.remove_processors_meta, *_renderers(log_format)],
            foreign_pre_chain=incoming,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        quiet = logging.getLogger(name)
        quiet.handlers.clear()
        quiet.propagate = True
        quiet.setLevel(logging.WARNING)
    sys.excepthook = _last_words
    threading.excepthook = lambda died: _last_words(died.exc_type, died.exc_value, died.exc_traceback)


def only_known_fields(_: object, __: str, event: Event) -> Event:
    """Leave out what no rule has looked at; a new field is added to FIELDS in the same commit."""
    unknown = sorted(name for name in event if name not in FIELDS and not name.startswith("_"))
    for name in unknown:
        del event[name]
    if unknown:
        event["dropped"] = unknown
    return event


def masked(_: object, __: str, event: Event) -> Event:
    """Mask every text, whoever wrote it: a provider's error repeats the address it refused."""
    return {
        name: value if name in ("at", "dropped") or name.startswith("_") else _mask(value, is_id=name.endswith("_id"))
        for name, value in event.items()
    }


def mask(text: str, *, is_id: bool = False) -> str:
    """A text without addresses, phone numbers, log-ins, query strings and page tokens."""
    text = LOGIN.sub("…@", text)
    text = QUERY.sub(r"\1", text)
    text = TOKEN.sub("/…", text)
    text = ADDRESS.sub(lambda found: found[0] if found[0].startswith("…@") else "<address>", text)
    return text[:LONGEST] if is_id else NUMBER.sub(_number, text)[:LONGEST]


def _mask(value: object, *, is_id: bool) -> object:
    match value:
        case bool() | float() | None:
            return value
        case int():
            return value if abs(value) < 10**FEWEST_DIGITS else mask(str(value))
        case list() | tuple():
            return [_mask(each, is_id=is_id) for each in value]
        case _:
            return mask(str(value), is_id=is_id)


def _number(found: re.Match[str]) -> str:
    return "<number>" if sum(each.isdigit() for each in found[0]) >= FEWEST_DIGITS else found[0]


def _plain_exception(_: object, __: str, event: Event) -> Event:
    """Types, first lines and places; no values of locals, no second line, where databases quote the row."""
    info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = info[1] if isinstance(info, tuple) else sys.exc_info()[1] if info is True else info
    if isinstance(error, BaseException):
        event["exception"] = _told(error)
    return event


def _told(error: BaseException) -> list[str]:
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(lines) < 3 * FRAMES:
        first = (str(seen).splitlines() or [""])[0]
        lines.append(f"{type(seen).__name__}: {first}" if first else type(seen).__name__)
        lines.extend(_place(frame) for frame in traceback.extract_tb(seen.__traceback__)[-FRAMES:])
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return lines


def _place(frame: traceback.FrameSummary) -> str:
    return f"  in {frame.name}, {'/'.join(Path(frame.filename).parts[-2:])} line {frame.lineno}"


def _renderers(log_format: LogFormat) -> list[structlog.typing.Processor]:
    match log_format:
        case LogFormat.JSON:
            return [structlog.processors.JSONRenderer(ensure_ascii=False)]
        case LogFormat.CONSOLE:
            return [_exception_as_text, structlog.dev.ConsoleRenderer(timestamp_key="at", colors=False)]


def _exception_as_text(_: object, __: str, event: Event) -> Event:
    if "exception" in event:
        event["exception"] = "\n".join(event["exception"])
    return event


def _last_words(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """An exception nobody caught is logged like any other; Ctrl-C is no error."""
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger("process").critical("died", exc_info=(kind, error, trace))
