"""How long to leave DHL alone after it answered 429.

A plan has so many calls a day, which come back at 00:00 GMT, and a pace of one call in one to five seconds. Both end in
"429 Too Many Requests", mostly in the same words. We keep the pace ourselves, so unless the answer speaks of the pace,
the day is spent: asking again before midnight is refused again.
"""

from datetime import UTC, datetime, timedelta

SPIKE = timedelta(seconds=10)  # the slowest pace they publish is one call in five seconds
LONGEST = timedelta(days=1)

_OF_THE_PACE = (b"spike arrest", b"spikearrest")  # the gateway's own words


def is_spike(body: bytes) -> bool:
    """Whether it was only too fast."""
    said = body[:4096].lower()
    return any(words in said for words in _OF_THE_PACE)


def wait(body: bytes, machine_now: datetime) -> timedelta:
    """How long, when the answer's header does not say."""
    if is_spike(body):
        return SPIKE
    midnight = machine_now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + LONGEST
    return midnight - machine_now
