"""What operators, readers and processes do to an installation; each function is one transaction."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from tracker.store import claims, facts, heartbeats, keys, leases, pauses, people, starting
from tracker.store.heartbeats import Heartbeat
from tracker.store.outbox_tables import suppressions
from tracker.store.pauses import Pause
from tracker.store.people import Suppression
from tracker.store.unit import SqlStore
from tracker.store.vault import Unsubscribed

UNSUBSCRIBED = "unsubscribed"


def pause(store: SqlStore, what: Pause, *, at: datetime) -> None:
    """Nothing of this kind starts after this has committed."""
    with store.begin() as connection:
        pauses.add(connection, what, at=at)


def resume(store: SqlStore, what: Pause, *, machine_now: datetime) -> bool:
    """Let go on; the empty pause also ends a hold. False when there was nothing to end."""
    with store.begin() as connection:
        lifted = pauses.lift(connection, what)
        if (what.brand, what.notice, what.channel) == ("", "", ""):
            starting.forget_this_hour(connection, machine_now=machine_now)
            lifted = facts.drop(connection, claims.HOLD) or lifted
        return lifted


def hold(store: SqlStore, reason: str) -> None:
    """Nothing is sent until a person resumes."""
    with store.begin() as connection:
        facts.put(connection, claims.HOLD, reason)


def on_hold(store: SqlStore) -> str | None:
    """Why nothing is sent; None when nothing holds everything."""
    with store.read() as snapshot:
        return facts.get(snapshot.connection, claims.HOLD)


def stop_mail(store: SqlStore, who: Unsubscribed, *, source: str, at: datetime) -> None:
    """An opt-out: no attempt starts after this has committed."""
    whom = Suppression(
        channel=who.channel, contact_hmac=who.contact_hmac, brand=who.brand, reason=UNSUBSCRIBED, source=source
    )
    with store.begin() as connection:
        people.suppress(connection, whom, at=at)


def resume_mail(store: SqlStore, who: Unsubscribed) -> None:
    """The way back from an opt-out, not from an address that bounced."""
    s = suppressions.c
    this = (s.channel == who.channel, s.contact_hmac == who.contact_hmac, s.brand == who.brand)
    with store.begin() as connection:
        connection.execute(delete(suppressions).where(*this, s.reason == UNSUBSCRIBED))


def make_key(store: SqlStore, name: str, *, brand: str | None, machine_now: datetime) -> str:
    """A new API key, shown this once."""
    with store.begin() as connection:
        return keys.make(connection, name, brand=brand, machine_now=machine_now)


def revoke_keys(store: SqlStore, name: str, *, machine_now: datetime) -> int:
    """End every key of that name; how many."""
    with store.begin() as connection:
        return keys.revoke(connection, name, machine_now=machine_now)


def take_lease(store: SqlStore, name: str, *, owner: str, lasts: timedelta, machine_now: datetime) -> int | None:
    """Take or renew; the fence, or None while it is another's."""
    with store.begin() as connection:
        return leases.take(connection, name, owner=owner, machine_now=machine_now, until_machine_at=machine_now + lasts)


def drop_lease(store: SqlStore, name: str, *, owner: str) -> bool:
    """Give it back before its end."""
    with store.begin() as connection:
        return leases.drop(connection, name, owner=owner)


def beat(store: SqlStore, heartbeat: Heartbeat) -> None:
    """A recurring job has ended well."""
    with store.begin() as connection:
        heartbeats.beat(connection, heartbeat)
