"""Whether the processes of one machine start in order, come back when they die, and leave nobody behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import PATIENCE, until

PROGRAMS = """
import sys
from datetime import timedelta
from pathlib import Path
from tracker.jobs.supervisor import BackOff, Program, Supervisor

home = Path(sys.argv[1])

CHILD = '''
import os, pathlib, signal, sys, time
home, name, stubborn = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "stubborn"
def end(sent, frame):
    with (home / "ends").open("a") as ends: ends.write(name + chr(10))
    if not stubborn: sys.exit(0)
signal.signal(signal.SIGTERM, end)
with (home / (name + ".pids")).open("a") as pids: pids.write(str(os.getpid()) + chr(10))
time.sleep(120)
'''

def program(name, stage, kind="mild"):
    return Program(
        name=name, stage=stage, command=(sys.executable, "-c", CHILD, str(home), name, kind),
        patience=timedelta(seconds=1 if kind == "stubborn" else 240), ready=lambda: (home / (name + ".pids")).exists(),
    )

sys.exit(Supervisor(
    programs=[program("queue", 0), program("web", 1), program("worker", 2, *sys.argv[2:]), program("clock", 3)],
    environment={}, back_off=BackOff(first=timedelta(seconds=0.1), longest=timedelta(seconds=1)), say=print,
).run(then=lambda: (home / "up").touch()))
"""


def start(home: Path, *kind: str) -> "subprocess.Popen[bytes]":
    supervisor = subprocess.Popen([sys.executable, "-c", PROGRAMS, str(home), *kind])
    until((home / "up").exists, what="all programs to start")
    return supervisor


def pids(home: Path, name: str) -> list[int]:
    return [int(line) for line in (home / f"{name}.pids").read_text().split()]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_the_clock_stops_first_and_the_queue_last(tmp_path: Path, sent: signal.Signals) -> None:
    supervisor = start(tmp_path)

    supervisor.send_signal(sent)

    assert supervisor.wait(PATIENCE.total_seconds()) == 0
    assert (tmp_path / "ends").read_text().split() == ["clock", "worker", "web", "queue"]


def test_a_killed_child_comes_back_and_the_others_never_notice(tmp_path: Path) -> None:
    supervisor = start(tmp_path)

    os.kill(pids(tmp_path, "worker")[0], signal.SIGKILL)

    until(lambda: len(pids(tmp_path, "worker")) == 2, what="the worker to come back")
    assert [len(pids(tmp_path, name)) for name in ("queue", "web", "clock")] == [1, 1, 1]
    supervisor.terminate()
    assert supervisor.wait(PATIENCE.total_seconds()) == 0


def test_a_child_that_will_not_stop_is_killed_after_its_patience(tmp_path: Path) -> None:
    supervisor = start(tmp_path, "stubborn")
    worker = pids(tmp_path, "worker")[0]

    supervisor.terminate()

    assert supervisor.wait(PATIENCE.total_seconds()) == 0
    assert not alive(worker)


def test_nobody_is_left_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    supervisor = start(tmp_path)
    children = [pids(tmp_path, name)[0] for name in ("queue", "web", "worker", "clock")]

    supervisor.kill()
    supervisor.wait()

    until(lambda: not any(alive(pid) for pid in children), what="the children to end")
    assert not any(alive(pid) for pid in children)
