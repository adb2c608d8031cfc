"""When each recurring job runs: an APScheduler whose ticks only the leader performs."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from tracker.jobs import beacon
from tracker.jobs.leader import Leader
from tracker.pipeline.ports import StoreAway
from tracker.store.retention import Keep
from tracker.wiring import App

log = structlog.get_logger()

LEASE = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One recurring job: idempotent, short, and safe to run on two machines at once."""

    name: str
    every: timedelta
    run: Callable[[], int]  # how many rows it dealt with
    is_ours: bool = True  # false: its failure is somebody else's, and no reason to call ourselves unready


def ticks(app: App) -> tuple[Tick, ...]:
    """All recurring jobs of Wismo."""
    timing, ops = app.timing, app.ops
    keep = Keep(raw_answers=app.settings.raw_kept_for)
    recurring = (
        Tick(name="ring_looks", every=timing.ring, run=app.ring_looks),
        Tick(name="ring_dispatch", every=timing.ring, run=app.ring_dispatch),
        Tick(name="leases", every=timing.sweep, run=app.expire_leases),
        Tick(name="reconcile", every=timing.sweep, run=app.reconcile),
        Tick(name="receipts", every=timing.receipts, run=app.apply_receipts),
        Tick(name="expire", every=timing.sweep, run=app.expire),
        Tick(name="review", every=timing.sweep, run=app.review),
        Tick(name="invariants", every=timing.invariants, run=lambda: ops.check_invariants(grace=timing.sweep * 6)),
        Tick(name="retention", every=timing.retention, run=lambda: ops.retain(keep)),
        Tick(name="old_beats", every=timing.retention, run=lambda: ops.forget_beats(but={t.name for t in ticks(app)})),
    )
    url = app.settings.heartbeat_url
    if url is None:
        return recurring
    return (*recurring, Tick(name="beacon", every=timing.beat_away, run=lambda: beacon.send(url), is_ours=False))


def perform(app: App, tick: Tick) -> None:
    """Run it once; one of ours that ends well leaves its heartbeat."""
    began = time.monotonic()
    done = tick.run()
    if tick.is_ours:
        app.ops.heartbeat(tick.name, every=tick.every, took=timedelta(seconds=time.monotonic() - began), done=done)


def run(app: App, *, owner: str) -> int:
    """Until SIGTERM or SIGINT. The exit code of a shell."""
    stop = threading.Event()

    def asked_to_stop(sent: int, frame: FrameType | None) -> None:
        del sent, frame
        stop.set()

    for sent in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sent, asked_to_stop)
    leader = Leader(lambda: _take_the_lead(app, owner), trust=app.timing.leader_lease - app.timing.leader_renew)
    scheduler = _scheduler(app, leader)
    scheduler.start()
    stop.wait()
    scheduler.shutdown(wait=True)
    app.ops.drop_lease(LEASE, owner=owner)
    return 0


def _take_the_lead(app: App, owner: str) -> bool:
    """A database that does not answer is a lost lease: somebody else may have it by now."""
    try:
        return app.ops.take_lease(LEASE, owner=owner, lasts=app.timing.leader_lease)
    except StoreAway as away:
        log.warning("database_away", job="lead", why=str(away))
        return False


def _scheduler(app: App, leader: Leader) -> BackgroundScheduler:
    jobs = ticks(app)
    scheduler = BackgroundScheduler(
        timezone=UTC,
        jobstores={
            "default": MemoryJobStore()
        },  # due times are rows; a pickled job in a table would be deleted on a rename
        executors={"default": ThreadPoolExecutor(len(jobs) + 1)},
        # The default grace of one second drops runs silently whenever the machine is busy.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    scheduler.add_listener(_tell_of_trouble, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
    leader.try_to_lead()
    _add(scheduler, "lead", app.timing.leader_renew, leader.try_to_lead)
    for tick in jobs:
        _add(scheduler, tick.name, tick.every, _only_while_leading(app, leader, tick))
    return scheduler


def _add(scheduler: BackgroundScheduler, name: str, every: timedelta, job: Callable[[], object]) -> None:
    seconds = every.total_seconds()
    scheduler.add_job(job, "interval", seconds=seconds, id=name, replace_existing=True, next_run_time=datetime.now(UTC))


def _only_while_leading(app: App, leader: Leader, tick: Tick) -> Callable[[], None]:
    return lambda: perform(app, tick) if leader.leads() else None


def _tell_of_trouble(event: JobExecutionEvent) -> None:
    """A tick that failed or was skipped; its heartbeat grows old, which /readyz shows."""
    error = getattr(event, "exception", None)
    log.error("tick_failed", tick=event.job_id, why=type(error).__name__ if error else "skipped")
