"""Which carriers' quotas are too small for the parcels that are open, and what that means for each of them."""

from collections.abc import Iterator
from datetime import timedelta

from tracker.domain.urgency import looks_a_day
from tracker.jobs.findings import Finding, Health
from tracker.store import demand
from tracker.wiring import App

DAY = timedelta(days=1)


def findings(app: App) -> Iterator[Finding]:
    """One for each carrier that has fewer calls than the schedule would make."""
    with app.store.read() as snapshot:
        found = demand.by_carrier(snapshot)
    for name, carrier in sorted(app.carriers.items()):
        calls = min((quota.limit * (DAY / quota.per) for quota in app.looking[name].quotas), default=float("inf"))
        looks, parcels = calls * carrier.max_batch, sum(found.get(name, {}).values())
        wanted = looks_a_day(found.get(name, {}), app.rules.ladder)
        if wanted > looks:
            yield _short(app, name, calls=calls, parcels=parcels, wanted=wanted, every=DAY * parcels / looks)


def _short(app: App, name: str, *, calls: float, parcels: int, wanted: float, every: timedelta) -> Finding:
    """Bad once even the longest wait of the schedule cannot be kept."""
    told = (
        f"{calls:,.0f} calls a day for {parcels:,} open parcels, about which config/schedule.toml would ask "
        f"{wanted:,.0f} times: each is asked about every {_span(every)} on the average, the urgent ones first"
    )
    return Finding(
        part=f"quota {name}",
        health=Health.BAD if every > app.rules.ladder.longest else Health.OFF,
        finding=told,
        fix=f"Ask {name} for more calls, then raise its quota in config/carriers.toml; see docs/looking.md.",
    )


def _span(every: timedelta) -> str:
    return f"{every / DAY:.1f} days" if every > DAY else f"{every / timedelta(hours=1):.1f} hours"
