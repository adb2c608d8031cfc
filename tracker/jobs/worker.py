"""What one worker process does: dramatiq's threads when the doorbell rings, one direct claimer when it is silent."""

import os
import signal
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from types import FrameType

import dramatiq
import redis
import structlog

from tracker.jobs import actors, broker
from tracker.jobs.direct import DirectClaims
from tracker.pipeline.ports import StoreAway
from tracker.wiring import App

log = structlog.get_logger()

QUEUES = ("looks", "dispatch")
IDLE_WAKE_MS = 200  # how soon an idle dramatiq thread notices that it should stop


def run(app: App, *, queues: Sequence[str] = QUEUES, threads: int) -> int:
    """Until SIGTERM or SIGINT, then let the calls at hand end. The exit code of a shell."""
    stop = threading.Event()

    def asked_to_stop(sent: int, frame: FrameType | None) -> None:
        del sent, frame
        stop.set()

    for sent in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sent, asked_to_stop)
    direct = DirectClaims(
        lambda: app.work_directly(queues, stopping=stop.is_set),
        silence=app.timing.doorbell_silent * 2,
        pace=app.timing.direct_poll,
    )
    worker = _listen(app, direct, stop, queues=queues, threads=threads)
    direct.start()
    _beat(app, stop, queues)
    _end(app, worker, direct)
    return 0


def _listen(
    app: App, direct: DirectClaims, stop: threading.Event, *, queues: Sequence[str], threads: int
) -> dramatiq.Worker | None:
    if app.settings.redis_url is None:
        log.warning("no_doorbell", problem="REDIS_URL is not set: claiming directly every quarter of a second")
        return None
    bell = broker.build(app.settings.redis_url, app.timing)
    actors.register(app, bell, rang=direct.rang, stopping=stop.is_set)
    worker = dramatiq.Worker(bell, queues=set(queues), worker_threads=threads, worker_timeout=IDLE_WAKE_MS)
    worker.start()
    return worker


def _beat(app: App, stop: threading.Event, queues: Sequence[str]) -> None:
    """Say that this kind of worker is alive until asked to stop."""
    every = app.timing.heartbeat
    while not stop.is_set():
        try:
            for queue in queues:
                app.ops.heartbeat(f"worker.{queue}", every=every, took=timedelta(0), done=0)
        except StoreAway as away:  # the beat grows old, which /readyz shows
            log.warning("database_away", job="heartbeat", why=str(away))
        stop.wait(every.total_seconds())


def _end(app: App, worker: dramatiq.Worker | None, direct: DirectClaims) -> None:
    """Calls at hand end within their own deadline; what hangs longer is left to its lease, and the process goes."""
    ends = time.monotonic() + app.timing.worker_shutdown.total_seconds()
    direct.stop()
    if worker is not None:
        _hang_up(worker, ends)
    ended = direct.join(timedelta(seconds=max(0.0, ends - time.monotonic())))
    app.close()
    if not ended or any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        os._exit(0)  # a thread that waits for a dead Redis for ever must not keep the process


def _hang_up(worker: dramatiq.Worker, ends: float) -> None:
    """Let the calls at hand end, then stop listening, without waiting until a dead Redis has heard of it.

    We wait for the threads ourselves: dramatiq's join_all subtracts the time waited so far anew at every thread. Of a
    hundred sends in flight up to ten were cut after four seconds of twenty-five (measured with 2.2.1).
    """
    for thread in worker.workers:
        thread.stop()
    for thread in worker.workers:
        thread.join(max(0.0, ends - time.monotonic()))
    patience = max(0.0, ends - time.monotonic())
    closing = threading.Thread(target=_stop, args=(worker, int(1000 * patience)), name="hang-up", daemon=True)
    closing.start()
    closing.join(patience)


def _stop(worker: dramatiq.Worker, patience: int) -> None:
    try:
        worker.stop(timeout=patience)
    except redis.RedisError as error:  # rings it had fetched are lost; sweeps ring again
        log.warning("doorbell_away", why=type(error).__name__)
