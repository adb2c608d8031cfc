"""A shop for each test, once on each database."""

from collections.abc import Iterator

import pytest

from tests.pipeline.world import World, opened


@pytest.fixture
def world(migrated_url: str) -> Iterator[World]:
    """Empty tables of the test's own."""
    store = opened(migrated_url)
    yield World(store=store)
    store.close()
