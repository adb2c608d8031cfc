"""How passwords are kept: argon2id, and nothing else."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12  # characters
LONGEST = 200  # an endless one would keep a process busy


@cache
def _hasher() -> PasswordHasher:
    """RFC 9106, the second recommended choice: 64 MiB, three passes, four lanes."""
    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


@cache
def nobodys() -> str:
    """The hash that is tried when there is no such name, so that a guesser learns nothing from the time."""
    return hashed("a password that nobody has")


def hashed(password: str) -> str:
    """Salted and slow."""
    return _hasher().hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Whether this is the password behind the hash."""
    try:
        return _hasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
