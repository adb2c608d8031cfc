"""How the whole database becomes one file and comes back, on either engine: move from SQLite to PostgreSQL this way."""

import io
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import zstandard
from sqlalchemy import Column, Connection, LargeBinary, Table, func, insert, select, text

from tracker.store import facts, schema
from tracker.store.claims import HOLD
from tracker.store.columns import EPOCH, MICROSECOND, Day, Instant
from tracker.store.engine import WRITES, open_engine
from tracker.store.errors import translated

FORMAT = "wismo backup 1"
BATCH = 500  # rows written at once
HELD = "restored from a backup: messages sent after it was made look unsent"

Line = dict[str, Any] | list[Any]


class NotRestored(Exception):
    """The file or the database does not fit; the database is as it was."""


def backup(url: str, file: Path) -> int:
    """Write everything, as of one instant, while others go on working; how many rows."""
    engine = open_engine(url)
    part = file.with_name(file.name + ".part")
    try:
        schema.check(engine)
        with translated(), engine.connect() as connection, _private(part) as raw:
            press = zstandard.ZstdCompressor().stream_writer(raw, closefd=False)
            with io.TextIOWrapper(press, encoding="utf-8") as out:
                rows = _write(out, _lines(_frozen(connection)))
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(file)
        return rows
    finally:
        part.unlink(missing_ok=True)
        engine.dispose()


def restore(url: str, file: Path) -> int:
    """Fill an empty database; nothing is sent until a person resumes. How many rows. Raises NotRestored."""
    schema.migrate(url)
    engine = open_engine(url)
    try:
        with translated(), engine.execution_options(**{WRITES: True}).begin() as connection, file.open("rb") as raw:
            _must_be_empty(connection)
            rows = _fill(connection, _read(raw))
            facts.put(connection, HOLD, HELD)
            return rows
    finally:
        engine.dispose()


def _private(part: Path) -> io.BufferedWriter:
    """Addresses in it are sealed, but orders are not: for the owner's eyes only."""
    return os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _frozen(connection: Connection) -> Connection:
    """One snapshot for all tables: SQLite's read transaction is one, PostgreSQL must be asked for it."""
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection.execute(text("SET LOCAL statement_timeout = 0"))
    return connection


def _lines(connection: Connection) -> Iterator[Line]:
    yield {"format": FORMAT, "revision": schema.newest()}
    for table in schema.metadata.sorted_tables:
        yield {"table": table.name, "columns": [column.name for column in table.c]}
        encoders = [_encoder(column) for column in table.c]
        for row in connection.execution_options(yield_per=BATCH).execute(select(table)):
            yield [encode(value) for encode, value in zip(encoders, row, strict=True)]


def _write(out: io.TextIOWrapper, lines: Iterable[Line]) -> int:
    rows = 0
    for line in lines:
        rows += isinstance(line, list)
        out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    out.write(json.dumps({"rows": rows}) + "\n")
    return rows


def _must_be_empty(connection: Connection) -> None:
    for table in schema.metadata.sorted_tables:
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise NotRestored(f"the database is not empty (table {table.name}); name a new one in DATABASE_URL")


def _read(raw: io.BufferedReader) -> Iterator[Line]:
    """Every line; the last one says how many rows there must have been."""
    rows, ended = 0, False
    try:
        with io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), encoding="utf-8") as lines:
            for text_line in lines:
                line: Line = json.loads(text_line)
                rows += isinstance(line, list)
                ended = isinstance(line, dict) and line.get("rows") == rows
                yield line
    except (zstandard.ZstdError, ValueError) as error:
        raise NotRestored(f"the file cannot be read ({error}); use another backup") from error
    if not ended:
        raise NotRestored("the file ends too early; use another backup")


def _fill(connection: Connection, lines: Iterator[Line]) -> int:
    head = next(lines)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise NotRestored("the file was not written by `wismo backup`")
    if head["revision"] != schema.newest():
        raise NotRestored(
            f"the file is of revision {head['revision']}, this Wismo has {schema.newest()}; "
            "restore it with the version that wrote it, then run `wismo migrate` with this one"
        )
    rows, table, waiting = 0, "", list[list[Any]]()
    for line in lines:
        if isinstance(line, list):
            waiting.append(line)
        if waiting and (isinstance(line, dict) or len(waiting) == BATCH):
            rows += _insert(connection, schema.metadata.tables[table], waiting)
            waiting = []
        if isinstance(line, dict):
            table = line.get("table", "")
    return rows


def _insert(connection: Connection, table: Table, rows: list[list[Any]]) -> int:
    names = [column.name for column in table.c]
    decoders = [_decoder(column) for column in table.c]
    values = [{name: decode(value) for name, decode, value in zip(names, decoders, row, strict=True)} for row in rows]
    connection.execute(insert(table), values)
    return len(values)


def _encoder(column: Column[Any]) -> Callable[[Any], Any]:
    match column.type:
        case Instant():
            return lambda at: None if at is None else (at - EPOCH) // MICROSECOND
        case Day():
            return lambda day: day and day.isoformat()
        case LargeBinary():
            return lambda raw: None if raw is None else b64encode(raw).decode()
        case _:
            return _as_it_is


def _decoder(column: Column[Any]) -> Callable[[Any], Any]:
    match column.type:
        case Instant():
            return lambda micros: None if micros is None else EPOCH + micros * MICROSECOND
        case Day():
            return lambda day: day and date.fromisoformat(day)
        case LargeBinary():
            return lambda raw: None if raw is None else b64decode(raw)
        case _:
            return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
