"""Whether this process lives, whether Wismo works, and its figures: /healthz, /readyz, /metrics.

/metrics holds no personal data, but it tells how much a shop sells. It answers loopback and the addresses in
TRUSTED_PROXIES, not what they forward: a proxy that passes everything on does not publish it.
"""

from datetime import datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tracker.pipeline.ports import StoreAway
from tracker.store import heartbeats, schema
from tracker.store.errors import StoreUnfit
from tracker.store.heartbeats import Heartbeat
from tracker.web import edge
from tracker.web.metrics import CONTENT_TYPE, Metrics
from tracker.wiring import App


def healthz(_: Request) -> Response:
    """Alive. No database: a restart would not bring that back."""
    return PlainTextResponse("ok\n")


def readyz(request: Request) -> Response:
    """Everything that must run does; else 503 with what does not."""
    app: App = request.app.state.wismo
    wrong = troubles(app)
    status = HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK
    return JSONResponse({"ready": not wrong, "troubles": wrong}, status_code=int(status))


def metrics_text(request: Request) -> Response:
    """Figures for Prometheus, computed from rows: any web process gives the same."""
    if not edge.is_near(request.scope):
        return PlainTextResponse("not found\n", status_code=HTTPStatus.NOT_FOUND)
    figures: Metrics = request.app.state.metrics
    try:
        return Response(figures.text(), media_type=CONTENT_TYPE)
    except (StoreAway, StoreUnfit):
        return PlainTextResponse("the database is away\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)


def troubles(app: App) -> list[dict[str, str]]:
    """What keeps Wismo from doing its work now, each with what to do."""
    try:
        with app.store.read() as snapshot:
            schema.check_here(snapshot.connection)
            beats = heartbeats.every(snapshot.connection)
    except StoreUnfit as error:
        return [{"what": "database", "problem": str(error)}]
    except StoreAway:
        return [{"what": "database", "problem": "does not answer: check DATABASE_URL and the server"}]
    if not beats:
        return [{"what": "clock", "problem": "has never run: start `wismo clock` and `wismo worker`"}]
    now = app.machine_now()
    return [{"what": each.name, "problem": _late(each, now)} for each in beats if each.is_late(now)]


def _late(beat: Heartbeat, machine_now: datetime) -> str:
    ago = (machine_now - beat.ok_machine_at).total_seconds()
    return f"last ended well {ago:.0f} s ago, every {beat.every.total_seconds():g} s expected: is its process running?"
