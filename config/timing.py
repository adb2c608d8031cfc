"""How long every machine duration is, in the one order that keeps the outbox's promises."""

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Machine time: never warped. Tests hand in the same value scaled down."""

    http_connect: timedelta = timedelta(seconds=5)
    http_total: timedelta = timedelta(seconds=15)  # one conversation with a carrier or provider, whole
    time_limit: timedelta = timedelta(seconds=45)  # of one job; cannot interrupt a blocked system call
    lease: timedelta = timedelta(seconds=60)  # of a claimed row
    reconcile_grace: timedelta = timedelta(seconds=90)  # after an attempt, before "was it sent?" may be asked
    reconcile_again: timedelta = timedelta(seconds=30)  # between two tries to resolve a lost answer

    ring: timedelta = timedelta(seconds=5)  # the clock rings for what is due
    sweep: timedelta = timedelta(seconds=10)  # the longest a lost doorbell may cost
    receipts: timedelta = timedelta(seconds=2)  # what a web process kept and then died over
    doorbell_silent: timedelta = timedelta(seconds=5)  # then the direct-claim thread wakes up
    direct_poll: timedelta = timedelta(seconds=0.25)  # its pace while awake
    redis_socket: timedelta = timedelta(
        seconds=10
    )  # shorter makes dramatiq run finished messages again; dramatiq issue 894
    redis_connect: timedelta = timedelta(seconds=3)
    broker_max_age: timedelta = timedelta(seconds=600)  # of a doorbell; it is rung again anyway

    invariants: timedelta = timedelta(minutes=5)  # between two checks of what must never be
    retention: timedelta = timedelta(hours=1)  # between two removals of what was kept long enough
    beat_away: timedelta = timedelta(minutes=1)  # between two calls of HEARTBEAT_URL

    leader_lease: timedelta = timedelta(seconds=15)
    leader_renew: timedelta = timedelta(seconds=5)
    heartbeat: timedelta = timedelta(seconds=10)  # /readyz fails when one is older than three of these
    token_lease: timedelta = timedelta(seconds=30)  # one process fetches a token, the others wait
    token_spare: timedelta = timedelta(seconds=60)  # a token is renewed this long before it ends

    worker_shutdown: timedelta = timedelta(seconds=25)
    web_shutdown: timedelta = timedelta(seconds=10)
    restart_first: timedelta = timedelta(seconds=0.5)  # back-off of a dead child process
    restart_longest: timedelta = timedelta(seconds=30)
    sqlite_busy: timedelta = timedelta(seconds=10)  # patience, not pace: never scaled

    def __post_init__(self) -> None:
        order = ("http_connect", "http_total", "time_limit", "lease", "reconcile_grace")
        self._must_rise(*order)
        self._must_rise("http_total", "worker_shutdown")  # a send in flight may end before the worker must
        self._must_rise("http_total", "token_lease")
        self._must_rise("leader_renew", "leader_lease")
        self._must_rise("ring", "sweep")
        if self.leader_lease < 2 * self.leader_renew:
            raise ValueError("leader_lease must outlast two renewals, or one slow renewal loses the lead")

    def scaled(self, factor: float) -> "Timing":
        """The same order at another pace; `scaled(1 / 30)` is what the fault tests use."""
        paced = {each.name: getattr(self, each.name) * factor for each in fields(self) if each.name != "sqlite_busy"}
        return replace(self, **paced)

    def _must_rise(self, *names: str) -> None:
        for shorter, longer in pairwise(names):
            if not getattr(self, shorter) < getattr(self, longer):
                raise ValueError(f"{shorter} must be shorter than {longer}, or a crash window opens")
