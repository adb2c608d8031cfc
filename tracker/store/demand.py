"""How many shipments each carrier is still asked about, by milestone."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select

from carriers.events import Milestone
from tracker.store.tables import shipments
from tracker.store.unit import Snapshot

_s = shipments.c
_OPEN = (
    select(_s.carrier, _s.milestone, func.count().label("n"))
    .where(_s.next_look_at.is_not(None))
    .group_by(_s.carrier, _s.milestone)
)

Demand = Mapping[Milestone | None, int]


def by_carrier(snapshot: Snapshot) -> dict[str, Demand]:
    """Reads every open shipment: for a person's question, not for a page's."""
    found: dict[str, dict[Milestone | None, int]] = defaultdict(dict)
    for row in snapshot.connection.execute(_OPEN):
        found[row.carrier][Milestone(row.milestone) if row.milestone else None] = row.n
    return dict(found)
