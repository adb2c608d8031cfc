"""A sign of life for a dead man's switch elsewhere: one GET, whose answer does not matter."""

import urllib.request
from datetime import timedelta

PATIENCE = timedelta(seconds=10)


def send(url: str) -> int:
    """Fetch HEARTBEAT_URL, checked at start to be http or https. Raises OSError, which fails the tick."""
    with urllib.request.urlopen(url, timeout=PATIENCE.total_seconds()) as answer:  # noqa: S310 - checked at start
        answer.read(1024)
    return 1
