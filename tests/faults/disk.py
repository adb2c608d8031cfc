"""A disk so small that a test can fill it."""

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import new_folder

SIZE = 16  # MiB
PIECE = b"\0" * 65536


@dataclass(slots=True, kw_only=True)
class Disk:
    """A folder with little room."""

    folder: Path
    is_real: bool
    watched: list[int] = field(default_factory=list)

    def watch(self, *pids: int) -> None:
        """These processes are the ones that find it full, where no disk of our own can be had."""
        self.watched += pids

    def fill(self) -> None:
        """No file can grow any more."""
        if not self.is_real:
            self._limit(1)
            return
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            for piece in (PIECE, PIECE[:4096]):
                with suppress(OSError):
                    while ballast.write(piece):
                        pass

    def free(self) -> None:
        """Room again."""
        if self.is_real:
            (self.folder / "ballast").unlink()
        else:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        for pid in self.watched:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def small_disk() -> Iterator[Disk]:
    """A tmpfs of its own for root; for others a folder whose writers can be forbidden to write."""
    folder = new_folder("wismo-hd-")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "wismo-tests", str(folder)]
    is_real = (
        shutil.which("mount") is not None and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    )
    try:
        yield Disk(folder=folder, is_real=is_real)
    finally:
        if is_real:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)
