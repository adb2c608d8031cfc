"""That one `wismo up` runs on a data directory: a second would take away the first one's queue."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "up.lock"


class AlreadyUp(Exception):
    """Another process holds the data directory; `pid` is what it calls itself."""

    def __init__(self, pid: str) -> None:
        super().__init__(f"process {pid}" if pid else "another process")


@contextmanager
def holding(data_dir: Path) -> Iterator[None]:
    """Hold the directory until the block ends or the process dies, however it dies. Raises AlreadyUp."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyUp(os.read(file, 20).decode(errors="replace").strip()) from None
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(file)  # the kernel lets go of the lock with it
