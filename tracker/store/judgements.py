"""How our judgement of a shipment lies in its row, and comes back as the same value."""

from typing import Any

from sqlalchemy import Row

from tracker.domain.problems import Problem, StuckReason
from tracker.domain.shipments import DelayCause, Judgement
from tracker.store.codec import from_plain, to_plain

# A journey that counts no more is neither stuck nor judged again; that it was late stays its history.
NOT_STUCK: dict[str, Any] = {
    "stuck": None,
    "stuck_since": None,
    "severity": 0,
    "problems": None,
    "problem_names": "",
    "review_at": None,
}


def to_row(judgement: Judgement) -> dict[str, Any]:
    """The columns; all problems' names stand beside them, to filter and to count by."""
    return {
        "delayed": judgement.delayed,
        "delayed_since": judgement.delayed_since,
        "stuck": judgement.stuck,
        "stuck_since": judgement.stuck_since,
        "severity": judgement.severity,
        "problems": to_plain(judgement.problems) or None,
        "problem_names": "".join(f"{each.reason}," for each in judgement.problems),
        "review_at": judgement.review_at,
    }


def from_row(row: Row[Any]) -> Judgement:
    """What was judged last."""
    return Judgement(
        delayed=DelayCause(row.delayed) if row.delayed else None,
        delayed_since=row.delayed_since,
        stuck=StuckReason(row.stuck) if row.stuck else None,
        stuck_since=row.stuck_since,
        severity=row.severity,
        problems=from_plain(tuple[Problem, ...], row.problems or []),
        review_at=row.review_at,
    )
