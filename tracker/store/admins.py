"""Who may open the console, and the sessions of those who are in."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select

from tracker.store.ids import new_id
from tracker.store.machine_tables import admins, sessions
from tracker.store.upserts import insert_or_change
from tracker.store.vault import fingerprint

LASTS = timedelta(hours=12)  # of one session: a working day, however busy

_BY_NAME = select(admins).where(admins.c.name == bindparam("name"))
_BY_TOKEN = (
    select(admins.c.id, admins.c.name)
    .join(sessions, sessions.c.admin_id == admins.c.id)
    .where(
        sessions.c.token_sha256 == bindparam("token_sha256"), sessions.c.expires_machine_at > bindparam("machine_now")
    )
)
_PUT = insert_or_change(admins, unique=["name"], change=lambda row: {"password_hash": row.password_hash})


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """Somebody who may see every brand's orders in the console."""

    id: str
    name: str
    created_machine_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who is in."""

    admin_id: str
    name: str


def put(connection: Connection, name: str, *, password_hash: str, machine_now: datetime) -> bool:
    """Add somebody, or give a new password, which ends every session; whether the name is new."""
    known = connection.execute(_BY_NAME, {"name": name}).one_or_none()
    row = {"id": new_id(), "name": name, "password_hash": password_hash, "created_machine_at": machine_now}
    connection.execute(_PUT[connection.dialect.name], row)
    if known:
        connection.execute(delete(sessions).where(sessions.c.admin_id == known.id))
    return known is None


def remove(connection: Connection, name: str) -> bool:
    """Take the right away, at once; false when there was none."""
    return connection.execute(delete(admins).where(admins.c.name == name)).rowcount == 1


def every(connection: Connection) -> tuple[Admin, ...]:
    """All of them, by name."""
    rows = connection.execute(select(admins).order_by(admins.c.name))
    return tuple(Admin(id=row.id, name=row.name, created_machine_at=row.created_machine_at) for row in rows)


def password_hash(connection: Connection, name: str) -> tuple[str, str] | None:
    """(id, hash) of that name."""
    row = connection.execute(_BY_NAME, {"name": name}).one_or_none()
    return None if row is None else (row.id, row.password_hash)


def enter(connection: Connection, admin_id: str, *, machine_now: datetime) -> str:
    """A new session's token of 256 bits, of which only the hash is kept. Sessions that are over are forgotten."""
    connection.execute(delete(sessions).where(sessions.c.expires_machine_at <= machine_now))
    token = secrets.token_urlsafe(32)
    row = {"id": new_id(), "token_sha256": fingerprint(token), "admin_id": admin_id}
    times = {"created_machine_at": machine_now, "expires_machine_at": machine_now + LASTS}
    connection.execute(insert(sessions), row | times)
    return token


def inside(connection: Connection, token: str, *, machine_now: datetime) -> Session | None:
    """Who holds this token; None when it never was, is over or was ended."""
    asked = {"token_sha256": fingerprint(token), "machine_now": machine_now}
    row = connection.execute(_BY_TOKEN, asked).one_or_none()
    return None if row is None else Session(admin_id=row.id, name=row.name)


def leave(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(sessions).where(sessions.c.token_sha256 == fingerprint(token)))
