"""API keys: made once, shown once, kept as a hash."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from tracker.store.ids import new_id
from tracker.store.machine_tables import api_keys
from tracker.store.vault import fingerprint

_k = api_keys.c
_FIND = select(api_keys).where(_k.secret_sha256 == bindparam("secret_sha256"), _k.revoked_machine_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """Who holds a key, without the key."""

    id: str
    name: str
    brand: str | None  # None: all brands
    created_machine_at: datetime
    revoked_machine_at: datetime | None


def make(connection: Connection, name: str, *, brand: str | None, machine_now: datetime) -> str:
    """A new secret of 256 bits; nobody can show it again."""
    secret = f"wismo_{secrets.token_urlsafe(32)}"
    row = {"id": new_id(), "name": name, "brand": brand, "created_machine_at": machine_now}
    connection.execute(insert(api_keys), row | {"secret_sha256": fingerprint(secret)})
    return secret


def find(connection: Connection, secret: str) -> ApiKey | None:
    """The key behind a secret; None when it never was or is revoked."""
    row = connection.execute(_FIND, {"secret_sha256": fingerprint(secret)}).one_or_none()
    return None if row is None else _key(row)


def revoke(connection: Connection, name: str, *, machine_now: datetime) -> int:
    """End every key of that name; how many."""
    these = (_k.name == name, _k.revoked_machine_at.is_(None))
    return connection.execute(update(api_keys).where(*these).values(revoked_machine_at=machine_now)).rowcount


def every(connection: Connection) -> tuple[ApiKey, ...]:
    """All keys, revoked ones too, the oldest first."""
    return tuple(_key(row) for row in connection.execute(select(api_keys).order_by(_k.id)))


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        brand=row.brand,
        created_machine_at=row.created_machine_at,
        revoked_machine_at=row.revoked_machine_at,
    )
