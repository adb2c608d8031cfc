"""How a database is opened so that it keeps what the outbox promises, on SQLite or PostgreSQL."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from tracker.store.errors import StoreUnfit

WRITES = "wismo_writes"  # execution option: this connection begins write transactions
DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
EXAMPLES = "sqlite:///var/wismo.sqlite3 or postgresql://user:password@host/database"

CONNECTIONS = 5  # kept open by one process; a worker has four threads, and one spare
BURST = 15  # opened beside them when web and threads want more

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL may lose the last commits when power fails: a mail sent, its mark not
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -32000",  # KiB
)
POSTGRES_OPTIONS = " ".join(
    (
        "-c timezone=UTC",
        "-c statement_timeout=15s",
        "-c lock_timeout=10s",
        "-c idle_in_transaction_session_timeout=60s",
        "-c default_transaction_isolation=read\\ committed",
    )
)
POSTGRES_ARGUMENTS: dict[str, Any] = {
    "connect_timeout": 5,
    "application_name": "wismo",
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # ms; a cut cable must not hold a worker for the kernel's two hours
}


def open_engine(url: str, *, busy: timedelta = timedelta(seconds=10)) -> Engine:
    """An engine that has not connected yet. Raises StoreUnfit for a URL that cannot be served."""
    place = _understood(url)
    if place.get_backend_name() == "sqlite":
        return _sqlite(place, busy=busy)
    arguments = {**POSTGRES_ARGUMENTS, "options": POSTGRES_OPTIONS}
    return create_engine(
        place,
        connect_args={name: value for name, value in arguments.items() if name not in place.query},
        pool_size=CONNECTIONS,
        max_overflow=BURST,
        pool_timeout=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,  # an error message must not carry an address
    )


def for_reading(engine: Engine) -> Engine:
    """For transactions that only read. Under PostgreSQL's READ COMMITTED each statement sees a state of its own, with
    BEGIN and COMMIT around them as without; those are two of a page's eight journeys to the server."""
    return engine.execution_options(isolation_level="AUTOCOMMIT") if engine.dialect.name == "postgresql" else engine


def _understood(url: str) -> URL:
    try:
        place = make_url(url)
    except ArgumentError:
        raise StoreUnfit(f"DATABASE_URL is not a database address; write {EXAMPLES}") from None
    driver = DRIVERS.get(place.drivername)
    if driver is None:
        raise StoreUnfit(f"DATABASE_URL names {place.drivername!r}; Wismo keeps its data in {EXAMPLES}")
    if driver == "sqlite" and place.database in (None, "", ":memory:"):
        raise StoreUnfit(f"DATABASE_URL names no file, and memory is not shared between processes; write {EXAMPLES}")
    return place.set(drivername=driver)


def _sqlite(place: URL, *, busy: timedelta) -> Engine:
    folder = Path(str(place.database)).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    Path(str(place.database)).touch(mode=0o600)  # SQLite gives its journal files the same mode
    engine = create_engine(
        place,
        connect_args={"timeout": busy.total_seconds(), "check_same_thread": False},
        pool_size=CONNECTIONS,
        max_overflow=BURST,
        pool_timeout=busy.total_seconds(),
        hide_parameters=True,
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, record: object) -> None:
    """Called by SQLAlchemy for each new connection."""
    del record
    connection.isolation_level = None  # the driver begins nothing by itself; we do, below
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    """A write takes the lock at once: a transaction that reads, then writes, fails when another came between."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")
