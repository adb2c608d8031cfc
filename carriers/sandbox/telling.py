"""What of a story can be seen at one moment, whoever tells it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from carriers.sandbox.stories import Known, Promise, Scan, Spot, Story


def lives(number: str, *, known: Known, now: datetime) -> list[Story]:
    """All lives of a number that can be seen, the one with the newest scan last."""
    seen = [life for life in known.get(number, ()) if is_known(life, now)]
    return sorted(seen, key=lambda life: max(scan.at for scan in visible(life, now)))


def is_known(story: Story, now: datetime) -> bool:
    """Whether the carrier has anything to say."""
    purged = story.purged_at is not None and now >= story.purged_at
    return not purged and bool(visible(story, now))


def visible(story: Story, now: datetime) -> list[Scan]:
    """The scans shown now, as told."""
    return [scan for scan in story.scans if scan.at + scan.lag <= now and (scan.gone_at is None or now < scan.gone_at)]


def listed(story: Story, scans: Sequence[Scan]) -> list[Scan]:
    """Newest first; of two at the same second the later told stands first."""
    told = sorted(enumerate(scans), key=lambda place: (place[1].on_top, place[1].at, place[0]), reverse=True)
    ordered = [scan for _, scan in told]
    return ordered[::-1] if story.oldest_first else ordered


def promised(story: Story, now: datetime) -> list[Promise]:
    """What stands now: the newest of each kind; the scheduled date stays beside the new one."""
    standing: dict[str, Promise] = {}
    for promise in sorted(story.promises, key=lambda promise: promise.shown_at):
        if promise.shown_at <= now and (promise.gone_at is None or now < promise.gone_at):
            standing[promise.kind] = promise
    return [standing[kind] for kind in sorted(standing, reverse=True)]


def estimate(story: Story, now: datetime) -> Promise | None:
    """The one that was shown last, for carriers that have only one."""
    return max(promised(story, now), key=lambda promise: promise.shown_at, default=None)


def local(at: datetime, spot: Spot) -> datetime:
    """What the clock on the wall shows there; without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None) + spot.utc_offset


def signed(offset: timedelta) -> str:
    """An offset as +05:30."""
    sign, size = ("-", -offset) if offset < timedelta(0) else ("+", offset)
    minutes = int(size.total_seconds()) // 60
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"
