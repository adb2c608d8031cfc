"""What a ring of the doorbell starts: ids in, one call of the app, nothing else."""

from collections.abc import Callable

import dramatiq
import structlog

from tracker.pipeline.ports import NotificationId, StoreAway
from tracker.wiring import App

log = structlog.get_logger()


def register(app: App, broker: dramatiq.Broker, *, rang: Callable[[], None], stopping: Callable[[], bool]) -> None:
    """Declare the two actors; each is safe to run twice, late, or never."""

    @dramatiq.actor(broker=broker, queue_name="looks")
    def look(carrier: str) -> None:
        rang()
        try:
            app.poll(carrier, stopping=stopping)
        except StoreAway as away:  # the rows are still due: a sweep rings again
            log.warning("database_away", job="look", carrier=carrier, why=str(away))

    @dramatiq.actor(broker=broker, queue_name="dispatch")
    def dispatch(notification_id: str) -> None:
        rang()
        try:
            app.dispatch(NotificationId(notification_id))
        except StoreAway as away:
            log.warning("database_away", job="dispatch", notification_id=notification_id, why=str(away))
