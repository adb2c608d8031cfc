"""How often a visitor may try something: counted for their line, their network and what they try it on."""

from collections.abc import Mapping
from datetime import timedelta

from starlette.requests import Request

from tracker.pipeline.ports import Quota
from tracker.store import throttles
from tracker.store.throttles import Throttle
from tracker.web import peers
from tracker.wiring import App

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADDRESS, NETWORK = "address", "network"

Limits = Mapping[str, tuple[Quota, ...]]


def wait_before(request: Request, what: str, limits: Limits, *, subject: str) -> timedelta | None:
    """Count one try; how long who tries too often has to wait. A limit of another name than the two is `subject`'s."""
    app: App = request.app.state.wismo
    vault, peer = app.store.vault, request.client.host if request.client else ""
    names = {ADDRESS: peers.household(peer), NETWORK: peers.neighbourhood(peer)}
    counted = [
        Throttle(name=vault.throttle_name(f"{what}:{kind}", names.get(kind, subject)), quotas=quotas)
        for kind, quotas in limits.items()
    ]
    return throttles.wait_before(app.store, counted, machine_now=app.machine_now())


def minutes(wait: timedelta) -> int:
    """A wait in whole minutes, never too few."""
    return -(-wait // timedelta(minutes=1))
