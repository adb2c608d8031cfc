"""How content shoppers were per carrier and lane: the one answer that console and command line show."""

from datetime import timedelta

from tracker.domain.ratings import LaneRating
from tracker.render import matters
from tracker.store import ratings as rows
from tracker.wiring import App

COLUMNS = ("carrier", "service", "lane", "ratings", "mean", "nps", "newest")  # of `as_row`
USUAL_DAYS = 90  # a season


def ratings(app: App, *, brand: str = "", days: int = USUAL_DAYS) -> tuple[LaneRating, ...]:
    """Every carrier and lane that was rated lately, the most rated first."""
    with app.store.read() as snapshot:
        return rows.by_lane(snapshot, since=app.now() - timedelta(days=days), brand=brand)


def as_row(rating: LaneRating) -> dict[str, object]:
    """Flat, for tables of other programs: JSON and CSV."""
    newest = rating.remarks[0] if rating.remarks else None
    return {
        "carrier": rating.lane.carrier,
        "service": rating.lane.service,
        "lane": matters.lane(rating.lane),
        "ratings": rating.n,
        "mean": round(rating.mean, 1),
        "nps": rating.nps,
        "newest": f"{newest.score}: {newest.text}" if newest else "",
    }
