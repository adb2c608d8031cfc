"""Which processes run on one machine: started in order, restarted when they die, stopped without cutting a send."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType
from typing import IO

from tracker.orphans import die_with_parent

GLANCE = timedelta(seconds=0.05)  # between two looks at the children
STEADY = timedelta(seconds=30)  # a child that ran this long starts its back-off afresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One kind of process to keep running."""

    name: str
    command: tuple[str, ...]
    stage: int  # stages start in rising order and stop in falling order, the programs of one stage together
    patience: timedelta  # between SIGTERM and SIGKILL
    ready: Callable[[], bool] = lambda: True  # the next program starts when this is true
    ready_within: timedelta = timedelta(seconds=60)  # a cold start on a busy small machine
    is_quiet: bool = False  # what it prints is for programs


@dataclass(frozen=True, slots=True, kw_only=True)
class BackOff:
    """How long to wait before a dead child is started again: doubling, from first to longest."""

    first: timedelta
    longest: timedelta

    def after(self, deaths: int) -> timedelta:
        doublings = min(max(deaths - 1, 0), 16)
        return min(self.first * (1 << doublings), self.longest)


@dataclass(slots=True, kw_only=True)
class Child:
    """One running process and how often its like has died lately."""

    program: Program
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    deaths: int = 0
    start_again: float = 0.0


@dataclass(slots=True, kw_only=True)
class Supervisor:
    """Starts programs in the order given and stops their stages in the reverse; signals leaders only, never a group.

    A signal to the group would reach dramatiq's threads' parents twice and kill running sends (measured with honcho).
    """

    programs: Sequence[Program]
    environment: Mapping[str, str]
    back_off: BackOff
    say: Callable[[str], None]
    logs_to: IO[bytes] | None = None  # the children's standard error; ours when None
    stopping: bool = False
    children: list[Child] = field(default_factory=list)

    def run(self, *, then: Callable[[], None] = lambda: None) -> int:
        """Until SIGTERM or SIGINT; `then` is called once when everything has started. The exit code of a shell."""
        for sent in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sent, self._asked_to_stop)
        try:
            if self._start_all():
                then()
                self._watch()
            return 0 if self.stopping else 1
        finally:
            self._stop_all()

    def stop(self) -> None:
        """Leave `run` at the next glance."""
        self.stopping = True

    def _asked_to_stop(self, sent: int, frame: FrameType | None) -> None:
        del sent, frame
        self.stopping = True

    def _start_all(self) -> bool:
        for program in self.programs:
            child = Child(program=program)
            self.children.append(child)
            self._start(child)
            if not self._ready(child):
                return False
        return not self.stopping

    def _ready(self, child: Child) -> bool:
        gives_up = time.monotonic() + child.program.ready_within.total_seconds()
        while not self.stopping and time.monotonic() < gives_up:
            if child.program.ready():
                return True
            if child.process is not None and child.process.poll() is not None:
                break
            time.sleep(GLANCE.total_seconds())
        if not self.stopping:
            self.say(f"{child.program.name} did not become ready; its own output above says why")
        return False

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        child.process = subprocess.Popen(  # noqa: S603 - our own commands
            child.program.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if child.program.is_quiet else None,
            stderr=self.logs_to,
            start_new_session=True,  # Ctrl-C in the terminal reaches only us
            preexec_fn=die_with_parent,  # noqa: PLW1509 - this process has no threads
        )

    def _watch(self) -> None:
        while not self.stopping:
            for child in self.children:
                self._care_for(child)
            time.sleep(GLANCE.total_seconds())

    def _care_for(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_again:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            return
        child.deaths = 1 if now - child.started > STEADY.total_seconds() else child.deaths + 1
        wait = self.back_off.after(child.deaths)
        child.start_again = now + wait.total_seconds()
        child.process = None
        self.say(f"{child.program.name} ended with {code}; starts again in {wait.total_seconds():.1f} s")

    def _stop_all(self) -> None:
        for stage in sorted({child.program.stage for child in self.children}, reverse=True):
            alive = [child for child in self.children if child.program.stage == stage and child.process is not None]
            for child in alive:
                self._signal(child, signal.SIGTERM)
            for child in alive:
                self._end(child)

    def _signal(self, child: Child, sent: signal.Signals) -> None:
        if child.process is not None and child.process.poll() is None:
            child.process.send_signal(sent)

    def _end(self, child: Child) -> None:
        if child.process is None:
            return
        try:
            child.process.wait(timeout=child.program.patience.total_seconds())
        except subprocess.TimeoutExpired:
            self.say(f"{child.program.name} did not stop within {child.program.patience.total_seconds():.0f} s")
            self._signal(child, signal.SIGKILL)
            child.process.wait()
