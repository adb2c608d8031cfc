"""Which trouble of a database asks for which reaction: wait, load again, or fix the set-up."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from tracker.pipeline.ports import Raced, StoreAway

SQLITE_UNIQUE = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})
LOST_A_RACE = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)
SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
NO_TABLES = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)
POSTGRES_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction)


class StoreUnfit(Exception):
    """The database or its settings cannot be used as they are; the message says how to fix it."""


@contextmanager
def translated() -> Iterator[None]:
    """Let no driver's exception out: each becomes the reaction it asks for, or is a defect and passes."""
    try:
        yield
    except NoFreeConnection as error:
        raise StoreAway("every database connection is busy; give the process fewer threads or a larger pool") from error
    except DBAPIError as error:
        raise _reaction(error) from error


def _reaction(error: DBAPIError) -> Exception:
    cause = error.orig
    if _lost_a_race(error):
        return Raced(f"another transaction was first: {_words(cause)}")
    if isinstance(cause, NO_TABLES) or "no such table" in str(cause) or "no such column" in str(cause):
        return StoreUnfit(f"the database lacks a table or column ({_words(cause)}): run `wismo migrate`")
    if _is_away(cause):
        return StoreAway(f"the database did not answer: {_words(cause)}")
    return error


def _lost_a_race(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError) and isinstance(error.orig, sqlite3.IntegrityError):
        return error.orig.sqlite_errorcode in SQLITE_UNIQUE
    return isinstance(error.orig, LOST_A_RACE)


def _is_away(cause: BaseException | None) -> bool:
    """SQLite calls a misspelt statement an operational error too; its codes tell them apart."""
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode & 0xFF in SQLITE_AWAY
    return isinstance(cause, POSTGRES_AWAY)


def _words(cause: BaseException | None) -> str:
    """The first line only: PostgreSQL's DETAIL repeats the row's values."""
    return str(cause).strip().partition("\n")[0]
