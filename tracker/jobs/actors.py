"""What a ring of the doorbell starts: ids in, one call of the app, nothing else."""

from collections.abc import Callable

import dramatiq

from tracker.pipeline.ports import NotificationId
from tracker.wiring import App


def register(app: App, broker: dramatiq.Broker, *, rang: Callable[[], None], stopping: Callable[[], bool]) -> None:
    """Declare the two actors; each is safe to run twice, late, or never."""

    @dramatiq.actor(broker=broker, queue_name="looks")
    def look(carrier: str) -> None:
        rang()
        app.poll(carrier, stopping=stopping)

    @dramatiq.actor(broker=broker, queue_name="dispatch")
    def dispatch(notification_id: str) -> None:
        rang()
        app.dispatch(NotificationId(notification_id))
