"""What several processes do to one database at once; run by `racing`, each in an interpreter of its own."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from carriers.contract import Token
from notifiers.message import Handover, Verdict
from tests.servers import PATIENCE
from tests.store.builders import BOOT, NOON, SECRET
from tracker.pipeline.ports import Quota
from tracker.store.tokens import SqlTokens
from tracker.store.unit import open_store

T = TypeVar("T")

LEASE = timedelta(seconds=60)


def racing(work: Callable[..., T], *args: Any, processes: int) -> list[T]:
    """The results of as many processes doing the same; none begins before all are there."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])  # an interpreter with everything imported, forked before it has threads
    begin = context.Barrier(processes)
    patience = PATIENCE.total_seconds()
    with ProcessPoolExecutor(processes, mp_context=context, initializer=begin.wait, initargs=(patience,)) as pool:
        return [each.result(timeout=patience) for each in [pool.submit(work, *args) for _ in range(processes)]]


def claim_looks_until_none(url: str, batch: int) -> list[tuple[str, int]]:
    """Every (shipment, fence) this process was given."""
    store = open_store(url, secret=SECRET)
    got: list[tuple[str, int]] = []
    while True:
        batch_of = store.claim_looks(
            "ups",
            "cred",
            limit=batch,
            now=NOON,
            machine_now=BOOT,
            lease=LEASE,
            owner="racer",
            quotas=(),
            calls_of=1,
        )
        if not batch_of.claims:
            store.close()
            return got
        got += [(claim.shipment_id, claim.fence) for claim in batch_of.claims]


def send_until_none(url: str) -> list[str]:
    """Every notification this process started and finished."""
    store = open_store(url, secret=SECRET)
    sent: list[str] = []
    while True:
        claims = store.outbox.claim(limit=20, now=NOON, machine_now=BOOT, lease=LEASE, owner="racer", only=None)
        if not claims:
            store.close()
            return sent
        for claim in claims:
            n = store.outbox.start(
                claim,
                provider="smtp",
                body_sha256="0" * 64,
                now=NOON,
                machine_now=BOOT,
                again_machine_at=BOOT + LEASE,
                sibling_machine_at=BOOT + LEASE,
                hourly_cap=1_000_000,
                quiet_until=None,
            )
            if isinstance(n, int):
                store.outbox.finish(
                    claim, n, Handover(verdict=Verdict.ACCEPTED), machine_now=BOOT, retry_machine_at=None
                )
                sent.append(claim.id)


def spend_for(url: str, quotas: Sequence[Quota], calls: int) -> list[float]:
    """The instants at which this process was allowed so many calls, as the peer would see them."""
    store = open_store(url, secret=SECRET)
    allowed: list[float] = []
    while len(allowed) < calls:
        asked_at = time.time()
        wait = store.spend("cred", quotas, machine_now=datetime.fromtimestamp(asked_at, UTC))
        if wait is None:
            allowed.append(asked_at)
    store.close()
    return allowed


def get_token(url: str, ledger: Path, stale: str | None) -> str:
    """The token this process ends up with; each fetch leaves a line in the ledger."""
    store = open_store(url, secret=SECRET)

    def fetch() -> Token:
        with ledger.open("a") as file:
            file.write("fetched\n")
        return Token(secret="fresh", expires_machine_at=datetime.now(UTC) + timedelta(hours=1))

    tokens = SqlTokens(store, machine_now=lambda: datetime.now(UTC))
    secret = tokens.get("cred", fetch) if stale is None else tokens.refresh("cred", fetch, stale=stale)
    store.close()
    return secret
