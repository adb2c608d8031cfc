"""What readers and operators do to an installation; each function is one transaction."""

from datetime import datetime

from sqlalchemy import delete

from tracker.store import claims, facts, people
from tracker.store.outbox_tables import suppressions
from tracker.store.people import UNSUBSCRIBED, Suppression
from tracker.store.unit import SqlStore
from tracker.store.vault import Unsubscribed


def hold(store: SqlStore, reason: str) -> None:
    """Nothing is sent until a person resumes."""
    with store.begin() as connection:
        facts.put(connection, claims.HOLD, reason)


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
