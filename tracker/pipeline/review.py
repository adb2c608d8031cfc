"""How silence and passed promises become state: shipments whose review has come are judged anew."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tracker.domain.shipments import ShipmentId
from tracker.pipeline.bell import Doorbell
from tracker.pipeline.conclude import Rules, conclude
from tracker.pipeline.faults import FaultPoint, Hit, no_fault
from tracker.pipeline.ports import NotificationId, Raced, Store

TRIES = 3  # of one shipment that somebody else keeps changing; the next tick tries again


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewing:
    """The ports, rules and clocks of a review."""

    store: Store
    doorbell: Doorbell
    rules: Rules
    now: Callable[[], datetime]
    machine_now: Callable[[], datetime]
    hit: Hit = no_fault


def review(reviewing: Reviewing, *, limit: int) -> int:
    """Judge what is due; how many shipments. Two reviewers at once are harmless: the second finds it judged."""
    due = reviewing.store.due_reviews(now=reviewing.now(), limit=limit)
    for shipment_id in due:
        for notification_id in _judge_again(shipment_id, reviewing):
            reviewing.hit(FaultPoint.AFTER_COMMIT_BEFORE_RING)
            reviewing.doorbell.ring("dispatch", notification_id)
    return len(due)


def _judge_again(shipment_id: ShipmentId, reviewing: Reviewing, *, tries: int = TRIES) -> tuple[NotificationId, ...]:
    """One shipment in one unit; what may be sent at once."""
    try:
        return _judge(shipment_id, reviewing)
    except KeyError:  # removed with its order since it was found due
        return ()
    except Raced:
        return _judge_again(shipment_id, reviewing, tries=tries - 1) if tries > 1 else ()


def _judge(shipment_id: ShipmentId, reviewing: Reviewing) -> tuple[NotificationId, ...]:
    with reviewing.store.write() as unit:
        dossier = unit.dossier(shipment_id)
        concluded = conclude(
            unit,
            dossier,
            dossier.shipment,
            events=dossier.events,
            now=reviewing.now(),
            machine_now=reviewing.machine_now(),
            rules=reviewing.rules,
            hit=reviewing.hit,
        )
        reviewing.hit(FaultPoint.BEFORE_COMMIT_PLAN)
    return concluded.due
