"""What the tests of the HTTP edge get."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.web.browsing import started
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file: while it runs, its loop is in the way of every other."""
    with started() as browser:
        yield browser
