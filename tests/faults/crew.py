"""Real processes of Wismo, started for one test and always ended by their own id."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from tests.servers import PATIENCE, until

# As `python -m tracker`, and killed by the kernel when the tests themselves are.
PROGRAM = (
    "import runpy, signal; from tracker.orphans import die_with_parent; die_with_parent(signal.SIGKILL); "
    "runpy.run_module('tracker', run_name='__main__', alter_sys=True)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One running program and where it writes."""

    name: str
    popen: "subprocess.Popen[bytes]"
    log: Path

    @property
    def pid(self) -> int:
        return self.popen.pid

    def said(self) -> str:
        """Everything it has written so far."""
        return self.log.read_text(errors="replace")

    def is_alive(self) -> bool:
        return self.popen.poll() is None

    def signal(self, sent: signal.Signals) -> None:
        self.popen.send_signal(sent)

    def kill(self) -> None:
        """Nothing is cleaned up."""
        self.popen.kill()
        self.popen.wait()

    def stop(self, within: timedelta = PATIENCE) -> int:
        """SIGTERM; the exit code."""
        self.popen.terminate()
        return self.ended(within)

    def ended(self, within: timedelta = PATIENCE) -> int:
        """Wait for its end; the exit code."""
        until(lambda: not self.is_alive(), within, what=f"{self.name} to end; it said:\n{self.said()}")
        return self.popen.wait()

    def is_ready(self) -> bool:
        """Whether it has taken over what SIGTERM does: from here on it leaves in good order."""
        caught = re.search(r"^SigCgt:\s*(\w+)", Path(f"/proc/{self.pid}/status").read_text(), re.MULTILINE)
        return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)

    def is_stopped(self) -> bool:
        """Whether it is frozen by SIGSTOP."""
        return state_of(self.pid) == "T"


@dataclass(slots=True)
class Crew:
    """Every process of one test."""

    home: Path
    processes: list[Process] = field(default_factory=list)

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()
        if error is not None:
            for process in self.processes:
                sys.stderr.write(f"--- {process.name} ({process.pid}) said:\n{process.said()[-4000:]}\n")

    def start(self, *arguments: str, environment: Mapping[str, str], tree: Path | None = None) -> Process:
        """`wismo <arguments>` as a process of its own; `tree`: another copy of the program than the one under test."""
        name = " ".join(arguments)
        log = self.home / f"{len(self.processes):02}-{arguments[0]}.log"
        with log.open("wb") as file:
            popen = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *arguments],
                env=dict(environment),
                cwd=tree,  # what Python looks through first
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = Process(name=name, popen=popen, log=log)
        self.processes.append(process)
        return process

    def end(self) -> None:
        """SIGKILL to all that still run, frozen ones too, and to what they started."""
        for process in self.processes:
            inner = descendants(process.pid) if process.is_alive() else []
            process.kill()
            for pid in inner:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """Its children, their children, and so on."""
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, children.read_text().split()):
                found += [child, *descendants(child)]
    return found


def state_of(pid: int) -> str:
    """The kernel's letter: R running, S asleep, T stopped, Z dead and not yet asked about; empty: gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_there(pid: int) -> bool:
    """Whether a process with this id still runs."""
    return state_of(pid) not in ("", "Z")


def clean_environment() -> dict[str, str]:
    """What every program needs, and nothing that says how Wismo is set up. Byte code is kept: it saves a second."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
