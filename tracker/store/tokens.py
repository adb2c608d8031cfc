"""Carriers' access tokens, shared by all processes: one fetches under a lease, the others wait and read."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from carriers.contract import CarrierDown, Token
from tracker.store import leases
from tracker.store.ids import new_id
from tracker.store.machine_tables import carrier_tokens
from tracker.store.unit import SqlStore
from tracker.store.upserts import insert_or_change

_READ = select(carrier_tokens).where(carrier_tokens.c.credential == bindparam("credential"))
_KEEP = insert_or_change(
    carrier_tokens,
    unique=["credential"],
    change=lambda row: {
        "sealed": row.sealed,
        "renew_machine_at": row.renew_machine_at,
        "expires_machine_at": row.expires_machine_at,
    },
)
LOOK_AGAIN = 0.05  # seconds between two reads while another process fetches
SPARE_SHARE = 10  # a token is renewed in the last tenth of its life, if that is shorter than the spare time

Fetch = Callable[[], Token]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A token that may be used."""

    secret: str
    renew_machine_at: datetime


class SqlTokens:
    """Implements `carriers.contract.Tokens`."""

    def __init__(
        self,
        store: SqlStore,
        *,
        machine_now: Callable[[], datetime],
        lease: timedelta = timedelta(seconds=30),
        spare: timedelta = timedelta(seconds=60),
    ) -> None:
        self._store = store
        self._machine_now = machine_now
        self._lease = lease
        self._spare = spare
        self._process = new_id()
        self._known: dict[str, _Known] = {}
        self._patience = threading.Event()  # never set: its wait is how a thread rests

    def get(self, credential: str, fetch: Fetch) -> str:
        """The current token, fetched once under a lease when none is valid. Raises CarrierError from `fetch`."""
        known = self._known.get(credential)
        if known is not None and self._machine_now() < known.renew_machine_at:
            return known.secret
        return self._shared(credential, fetch, stale=None)

    def refresh(self, credential: str, fetch: Fetch, *, stale: str) -> str:
        """A token other than `stale`, which the carrier refused; fetched once however many processes ask."""
        self._known.pop(credential, None)
        return self._shared(credential, fetch, stale=stale)

    def _shared(self, credential: str, fetch: Fetch, *, stale: str | None) -> str:
        """Read; else fetch if we get the lease; else wait for whoever has it."""
        gives_up_at = time.monotonic() + 2 * self._lease.total_seconds()
        while True:
            known = self._stored(credential, stale=stale)
            if known is None and self._take(credential):
                known = self._fetched(credential, fetch, stale=stale)
            if known is not None:
                self._known[credential] = known
                return known.secret
            if time.monotonic() > gives_up_at:
                raise CarrierDown("no process could fetch an access token in time; see the token call's errors")
            self._patience.wait(LOOK_AGAIN)

    def _stored(self, credential: str, *, stale: str | None) -> _Known | None:
        with self._store.read() as snapshot:
            row = snapshot.connection.execute(_READ, {"credential": credential}).one_or_none()
        if row is None or row.renew_machine_at <= self._machine_now():
            return None
        secret = str(self._store.vault.unseal(row.sealed))
        return None if secret == stale else _Known(secret=secret, renew_machine_at=row.renew_machine_at)

    def _take(self, credential: str) -> bool:
        machine_now = self._machine_now()
        with self._store.begin() as connection:
            fence = leases.take(
                connection,
                _lease_of(credential),
                owner=self._owner(),
                machine_now=machine_now,
                until_machine_at=machine_now + self._lease,
            )
        return fence is not None

    def _owner(self) -> str:
        """Two threads of one process are two: an owner may take its own lease again."""
        return f"{self._process}:{threading.get_ident()}"

    def _fetched(self, credential: str, fetch: Fetch, *, stale: str | None) -> _Known:
        """Under the lease: somebody may have brought one between our look and our lease."""
        try:
            known = self._stored(credential, stale=stale)
            return known or self._keep(credential, fetch())
        finally:
            with self._store.begin() as connection:
                leases.drop(connection, _lease_of(credential), owner=self._owner())

    def _keep(self, credential: str, token: Token) -> _Known:
        machine_now = self._machine_now()
        life = token.expires_machine_at - machine_now
        renew_machine_at = token.expires_machine_at - min(self._spare, life / SPARE_SHARE)
        row = {
            "credential": credential,
            "sealed": self._store.vault.seal(token.secret),
            "renew_machine_at": renew_machine_at,
            "expires_machine_at": token.expires_machine_at,
        }
        with self._store.begin() as connection:
            connection.execute(_KEEP[connection.dialect.name], row)
        return _Known(secret=token.secret, renew_machine_at=renew_machine_at)


def _lease_of(credential: str) -> str:
    return f"token:{credential}"
