"""How a test plants a mistake in a module, to see that somebody notices."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def planted(module: ModuleType, name: str, wrong: object) -> Iterator[None]:
    """The module's `name` means `wrong` for as long as the block lasts."""
    right = vars(module)[name]
    vars(module)[name] = wrong
    try:
        yield
    finally:
        vars(module)[name] = right
