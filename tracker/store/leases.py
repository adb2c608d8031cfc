"""Which process does a thing that only one may do: a row with an owner and an end."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select, update

from tracker.store.columns import EPOCH
from tracker.store.machine_tables import leases
from tracker.store.upserts import insert_once

_l = leases.c
_MAKE = insert_once(leases)
_MADE = select(_l.owner, _l.fence).where(_l.name == bindparam("name"))
_TAKE = (
    update(leases)
    .where(
        _l.name == bindparam("this_name"),
        or_(_l.until_machine_at <= bindparam("machine_now"), _l.owner == bindparam("set_owner")),
    )
    .values(owner=bindparam("set_owner"), fence=_l.fence + 1, until_machine_at=bindparam("set_until"))
    .returning(_l.fence)
)
_READ = select(_l.owner, _l.until_machine_at).where(_l.name == bindparam("name"))


def take(
    connection: Connection, name: str, *, owner: str, machine_now: datetime, until_machine_at: datetime
) -> int | None:
    """Take or renew; the fence, which rises every time, or None while it is another's."""
    asked = {"this_name": name, "machine_now": machine_now, "set_owner": owner, "set_until": until_machine_at}
    fence: int | None = connection.execute(_TAKE, asked).scalar()
    if fence is not None:
        return fence
    row = {"name": name, "owner": owner, "fence": 1, "until_machine_at": until_machine_at}
    connection.execute(_MAKE[connection.dialect.name], row)
    # PostgreSQL's driver does not count rows of an INSERT that may do nothing: whose row is there decides.
    held = connection.execute(_MADE, {"name": name}).one()
    return 1 if (held.owner, held.fence) == (owner, 1) else None


def holder(connection: Connection, name: str, *, machine_now: datetime) -> str | None:
    """Who holds it now."""
    row = connection.execute(_READ, {"name": name}).one_or_none()
    return row.owner if row is not None and row.until_machine_at > machine_now else None


def drop(connection: Connection, name: str, *, owner: str) -> bool:
    """Give it back before its end; false when it is another's by now. The fence goes on rising."""
    mine = (_l.name == name, _l.owner == owner)
    ended = connection.execute(update(leases).where(*mine).values(owner="", until_machine_at=EPOCH))
    return ended.rowcount == 1
