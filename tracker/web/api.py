"""The HTTP API: /api/v1, described by its own OpenAPI 3.1 document at /api/openapi.json."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tracker.domain.intake import FieldProblem, Unusable
from tracker.intake.carry_out import Contended, KeyReused
from tracker.pipeline.naming import Undecided
from tracker.pipeline.ports import StoreAway
from tracker.store.errors import StoreUnfit
from tracker.web import orders_api, problems, shipments_api, stuck_api, tickets_api
from tracker.web.problems import Refusal
from tracker.wiring import App

DESCRIPTION = """
Orders in, answers out. Every refusal has one shape: `error` for programs, `message`, `fix`, and the `fields` at fault.
Statements are idempotent by brand and number. Instants carry an offset; days and wall times are at the destination.
"""


def build(app: App, *, version: str) -> FastAPI:
    """Everything under /api/. Not mounted: a line end in a number would fall through the mount's pattern."""
    api = FastAPI(
        title="Wismo",
        version=version,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.wismo = app
    api.include_router(shipments_api.router, prefix="/api/v1")  # first: "…/shipments" is no part of a number
    api.include_router(orders_api.router, prefix="/api/v1")
    api.include_router(stuck_api.router, prefix="/api/v1")
    api.include_router(tickets_api.router, prefix="/api/v1")
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _defect)
    for trouble in (Unusable, Undecided, KeyReused, Contended, StoreAway, StoreUnfit):
        api.add_exception_handler(trouble, _troubled)
    return api


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return problems.respond(error)


def _invalid(_request: Request, error: Exception) -> Response:
    """A parameter of the path, the query or a header; bodies are read by shops/orders.py."""
    assert isinstance(error, RequestValidationError)
    found = [
        FieldProblem(
            field=".".join(str(part) for part in each["loc"]),
            problem=str(each["msg"]).splitlines()[0],
            fix="Write it as /api/openapi.json describes it.",
        )
        for each in error.errors()
    ]
    return problems.respond(problems.unusable(found))


def _http(request: Request, error: Exception) -> Response:
    """What the router itself refuses: no such path, no such method."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "")
        message, fix = f"{request.method} is not possible here.", f"Possible here: {allowed}."
        refusal = Refusal(status, "wrong_method", message, fix=fix, headers=error.headers)
    else:
        refusal = Refusal(
            status, status.name.lower(), f"{status.phrase}.", fix="The paths are listed in /api/openapi.json."
        )
    return problems.respond(refusal)


def _troubled(_request: Request, error: Exception) -> Response:
    """What the steps refuse, in the API's words."""
    match error:
        case Unusable():
            refusal = problems.unusable(error.problems)
        case Undecided():
            refusal = problems.unusable([error.problem], candidates=error.candidates)
        case KeyReused():
            refusal = problems.key_reused()
        case Contended():
            refusal = problems.busy("Several requests are changing this order at the same moment.")
        case StoreUnfit():
            refusal = problems.busy("The database is not ready for this version of Wismo.")
        case _:
            refusal = problems.busy("The database did not answer. Nothing was stored.")
    return problems.respond(refusal)


def _defect(_request: Request, _error: Exception) -> Response:
    """Answered here, raised on to the edge, which logs it."""
    return problems.respond(problems.defect())
