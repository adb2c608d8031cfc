"""GET /api/v1/stuck: the parcels a person should look at, as the console shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from carriers.events import Milestone
from tracker import desk
from tracker.desk import Stuck
from tracker.domain.intake import FieldProblem
from tracker.domain.problems import StuckReason
from tracker.domain.shipments import LookOutcome
from tracker.store.stuck import NotOurPlace, Scanned, Sort, Wanted
from tracker.web import saying
from tracker.web.access import SLUG, Caller, app_of, caller, chosen
from tracker.web.answers import ShipmentAnswer
from tracker.web.contract import REFUSED, query_of
from tracker.web.problems import unusable

AGE = r"^\d{1,4}[mhd]$"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemWords:
    """One thing that is wrong, since when, and what there is to say of it."""

    reason: StuckReason
    since: datetime
    severity: int  # 1 look when you can, 2 today, 3 now
    why: str
    normal: str  # what would be normal
    todo: str  # what to do next


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAnswer:
    """Somebody knows; the row is left out until then unless it gets worse."""

    who: str
    note: str
    at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckAnswer:
    """A shipment somebody should look at; reason to todo are those of the gravest of its problems."""

    order: str
    brand: str
    reason: StuckReason
    since: datetime
    severity: int
    why: str
    normal: str
    todo: str
    problems: list[ProblemWords]
    failing: LookOutcome | None  # why the carrier cannot be asked
    page_url: str | None
    seen: SeenAnswer | None
    shipment: ShipmentAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckPage:
    """Some rows, and how many there are."""

    stuck: list[StuckAnswer]
    next: str | None  # hand it back as ?after=
    total: int
    counts: Mapping[StuckReason, int]  # shipments by each of their reasons, whatever reasons were asked for
    as_of: datetime  # of the first page


router = APIRouter(responses=REFUSED, tags=["stuck"])
FILTERS = ("brand", "reason", "carrier", "milestone", "older_than", "seen_too", "sort", "after", "limit")


def queue_of(
    request: Request,
    who: Annotated[Caller, Depends(caller)],
    brand: Annotated[str | None, Query(pattern=SLUG, description="With a key for all brands: one of them.")] = None,
) -> str:
    """Whose queue: a key's own brand, or with a key for all brands all of them. Raises Refusal."""
    if not brand and who.brand is None:
        return ""
    return chosen(app_of(request), who, brand or "")


@router.get("/stuck", dependencies=[query_of(*FILTERS)])
def stuck(
    request: Request,
    *,
    brand: Annotated[str, Depends(queue_of)],
    reason: Annotated[list[StuckReason] | None, Query(description="Any of these; may be repeated.")] = None,
    carrier: Annotated[str, Query(pattern=r"^[a-z0-9_]{0,32}$")] = "",
    milestone: Annotated[Milestone | Scanned | None, Query(description='"none": not scanned yet.')] = None,
    older_than: Annotated[str, Query(pattern=AGE, description='Stuck for longer: "30m", "6h", "2d".')] = "0m",
    seen_too: Annotated[bool, Query(description="Also what somebody has acknowledged.")] = False,
    sort: Sort = Sort.SEVERITY,
    after: Annotated[str, Query(max_length=500, description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=desk.MOST)] = 50,
) -> StuckPage:
    """Parcels a person should look at. Pages do not drift: what becomes stuck later is not in them."""
    wanted = Wanted(
        reasons=frozenset(reason or ()),
        carrier=carrier,
        brand=brand,
        milestone=milestone,
        older_than=desk.read_age(older_than),
        seen_too=seen_too,
    )
    try:
        found = desk.stuck(app_of(request), wanted, sort=sort, cursor=after, limit=limit)
    except NotOurPlace:
        fix = "Hand back `next` as it came, with the same sort; or leave it out to begin at the front."
        raise unusable([FieldProblem(field="query.after", problem="is no place in this list", fix=fix)]) from None
    return StuckPage(
        stuck=[_answer(each) for each in found.rows],
        next=found.next,
        total=found.total,
        counts=found.counts,
        as_of=found.as_of,
    )


def _answer(row: Stuck) -> StuckAnswer:
    problems = [
        ProblemWords(
            reason=each.problem.reason,
            since=each.problem.since,
            severity=each.problem.severity,
            why=each.words.why,
            normal=each.words.normal,
            todo=each.words.todo,
        )
        for each in row.problems
    ]
    first, seen = problems[0], row.seen
    return StuckAnswer(
        order=row.order,
        brand=row.brand,
        reason=first.reason,
        since=first.since,
        severity=first.severity,
        why=first.why,
        normal=first.normal,
        todo=first.todo,
        problems=problems,
        failing=row.failing,
        page_url=row.page_url or None,
        seen=SeenAnswer(who=seen.who, note=seen.note, at=seen.at, until_at=seen.until_at) if seen else None,
        shipment=saying.of_shipment(row.shipment),
    )
