"""The volume fuse blows at five times the usual hour, and never in a shop that sends little."""

import pytest

from tracker.pipeline.fuse import hourly_cap


@pytest.mark.parametrize(
    ("starts", "cap"),
    [
        ([], 100),  # a new shop
        ([3, 0, 5, 4], 100),  # a quiet one
        ([40, 0, 0, 60, 50], 250),  # five times the middle of the hours in which anything was sent
        ([50] * 100 + [100_000], 250),  # one burst last week does not raise the usual
    ],
)
def test_the_cap_follows_the_usual_hour(starts: list[int], cap: int) -> None:
    assert hourly_cap(starts, factor=5, floor=100) == cap
