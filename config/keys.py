"""Which key signs and encrypts when SECRET_KEY is not set: one made on first start and kept."""

import os
import secrets
from pathlib import Path

FILE = "secret.key"
SHORTEST = 32  # characters; openssl rand -hex 32 gives 64


def kept_key(data_dir: Path) -> str:
    """The key in the data directory, made when missing; several processes may start at once and get the same one."""
    path = data_dir / FILE
    if not path.exists():
        _make(path)
    return path.read_text().strip()


def _make(path: Path) -> None:
    """Written whole under another name, then linked: the first link wins, and nobody reads half a key."""
    draft = path.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the one
    finally:
        draft.unlink()
