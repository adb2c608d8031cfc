"""A shell with an empty data directory, and one with a migrated database."""

from pathlib import Path

import pytest

from tests.cli.shell import Shell


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    """Nothing has run here yet."""
    return Shell(tmp_path)


@pytest.fixture
def shell(tmp_path: Path, migrated_sqlite_url: str) -> Shell:
    """All tables, no rows."""
    return Shell(tmp_path, {"DATABASE_URL": migrated_sqlite_url})
