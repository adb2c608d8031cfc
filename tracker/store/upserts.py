"""How a row is inserted unless it is there: both engines say it alike, SQLAlchemy has one spelling for each."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

ByEngine = dict[str, Executable]


def insert_once(table: Table, *, unique: Sequence[str] | None = None) -> ByEngine:
    """The row that was there first stays as it is; `unique` None: whatever it collides on."""
    return {
        "sqlite": sqlite.insert(table).on_conflict_do_nothing(index_elements=unique),
        "postgresql": postgresql.insert(table).on_conflict_do_nothing(index_elements=unique),
    }


def insert_or_change(table: Table, *, unique: Sequence[str], change: Callable[[Any], dict[str, Any]]) -> ByEngine:
    """`change` gets the row that could not be inserted and gives what to set in the one that is there."""
    of_sqlite, of_postgres = sqlite.insert(table), postgresql.insert(table)
    return {
        "sqlite": of_sqlite.on_conflict_do_update(index_elements=unique, set_=change(of_sqlite.excluded)),
        "postgresql": of_postgres.on_conflict_do_update(index_elements=unique, set_=change(of_postgres.excluded)),
    }
