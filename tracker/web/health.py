"""Whether this process lives, whether Wismo works, and its figures: /healthz, /readyz, /metrics.

/metrics holds no personal data, but it tells how much a shop sells. It is answered on loopback and to TRUSTED_PROXIES'
own addresses, not to what they forward, so a proxy that passes everything on does not publish it.
"""

from datetime import timedelta
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tracker.pipeline.ports import StoreAway
from tracker.store import lookups
from tracker.store.errors import StoreUnfit
from tracker.web import edge, metrics
from tracker.wiring import App

INTERVALS = 3  # a heartbeat older than so many of its own is a process that hangs or is gone


def healthz(_: Request) -> Response:
    """Alive. No database: a restart would not bring that back."""
    return PlainTextResponse("ok\n")


def readyz(request: Request) -> Response:
    """Everything that must run does; else 503 with what does not."""
    app: App = request.app.state.wismo
    wrong = troubles(app)
    status = HTTPStatus.SERVICE_UNAVAILABLE if wrong else HTTPStatus.OK
    return JSONResponse({"ready": not wrong, "troubles": wrong}, status_code=status)


def metrics_text(request: Request) -> Response:
    """Figures for Prometheus, computed from rows: any web process gives the same."""
    if not edge.is_near(request.scope):
        return PlainTextResponse("not found\n", status_code=HTTPStatus.NOT_FOUND)
    app: App = request.app.state.wismo
    try:
        return Response(metrics.text(app), media_type=metrics.CONTENT_TYPE)
    except (StoreAway, StoreUnfit):
        return PlainTextResponse("the database is away\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)


def troubles(app: App) -> list[dict[str, str]]:
    """What keeps Wismo from doing its work now, each with what to do."""
    try:
        app.store.check_schema()
        with app.store.read() as snapshot:
            beats = lookups.heartbeats(snapshot)
    except StoreUnfit as error:
        return [{"what": "database", "problem": str(error)}]
    except StoreAway:
        return [{"what": "database", "problem": "does not answer; check DATABASE_URL and the server"}]
    now = app.machine_now()
    late = [each for each in beats if now - each.ok_machine_at > INTERVALS * timedelta(seconds=each.every_seconds)]
    return [
        {
            "what": each.name,
            "problem": f"last seen {int((now - each.ok_machine_at).total_seconds())} s ago, every "
            f"{each.every_seconds:g} s expected; is that process running?",
        }
        for each in late
    ]
