"""What the tests of the HTTP edge get."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.shop import Shop, opened


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    """An empty installation on each engine."""
    with opened(database_url, tmp_path / "data") as shop:
        yield shop


@pytest.fixture
def small_shop(sqlite_url: str, tmp_path: Path) -> Iterator[Shop]:
    """An empty installation where the engine does not matter."""
    with opened(sqlite_url, tmp_path / "data") as shop:
        yield shop
