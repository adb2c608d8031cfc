"""How a measured process is started, told to do one round, and ended."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from tests.bench.figures import CannotMeasure
from tests.faults.crew import clean_environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one child did in one round."""

    done: int
    seconds: float
    cpu: float  # user and system, of the child alone

    @property
    def rate(self) -> float:
        return self.done / self.seconds

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu / self.done


class Paced(Protocol):
    """Something that can be measured a round at a time."""

    def round(self, asked: int) -> Round: ...


@dataclass(frozen=True, slots=True)
class Child:
    """A process that answers each line on its input with a line on its output."""

    name: str
    popen: "subprocess.Popen[str]"

    def line(self) -> str:
        assert self.popen.stdout is not None
        said = self.popen.stdout.readline()
        if not said:
            raise CannotMeasure(f"{self.name} ended with {self.popen.wait()}; its own output says why")
        return said.strip()

    def round(self, asked: int) -> Round:
        """Let it do `asked` things and say how long they took."""
        assert self.popen.stdin is not None
        self.popen.stdin.write(f"{asked}\n")
        self.popen.stdin.flush()
        said: dict[str, Any] = json.loads(self.line())
        return Round(**said)


@contextmanager
def child(module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Child]:
    """Run `python -m tests.bench.<module>` until the block ends."""
    popen = subprocess.Popen(
        [sys.executable, "-m", f"tests.bench.{module}", *arguments],
        env=dict(environment) if environment is not None else clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with popen:
        try:
            yield Child(module, popen)
        finally:
            popen.terminate()


def interleaved(rounds: int, asked: int, *runners: Paced) -> list[list[Round]]:
    """Every runner's rounds, taken in turns, so that all see the same neighbours on the machine."""
    done: list[list[Round]] = [[] for _ in runners]
    for _ in range(rounds):
        for kept, runner in zip(done, runners, strict=True):
            kept.append(runner.round(asked))
    return done
