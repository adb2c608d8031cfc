"""The few facts about the whole installation: whether sending is on hold, and why."""

from sqlalchemy import Connection, bindparam, delete, select

from tracker.store.machine_tables import facts
from tracker.store.upserts import insert_or_change

_GET = select(facts.c.value).where(facts.c.name == bindparam("name"))
_PUT = insert_or_change(facts, unique=["name"], change=lambda row: {"value": row.value})


def get(connection: Connection, name: str) -> str | None:
    """What is known under this name."""
    value: str | None = connection.execute(_GET, {"name": name}).scalar()
    return value


def put(connection: Connection, name: str, value: str) -> None:
    """Write it down, in place of what was known before."""
    connection.execute(_PUT[connection.dialect.name], {"name": name, "value": value})


def drop(connection: Connection, name: str) -> bool:
    """Forget it; whether there was anything to forget."""
    return connection.execute(delete(facts).where(facts.c.name == name)).rowcount > 0
