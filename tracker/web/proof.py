"""Who holds a link has proven one thing more: links are passed on, and what is personal or changed needs both."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tracker.domain.reach import Reach
from tracker.pipeline import lookup
from tracker.pipeline.ports import Quota
from tracker.render import languages
from tracker.render.messages import Said
from tracker.store import readers, throttles
from tracker.store.throttles import Throttle
from tracker.store.vault import Purpose
from tracker.web import forms, html, links, peers
from tracker.web.page import PREFIX, TOKEN
from tracker.wiring import App

COOKIE = "wismo_proof"
LASTS = timedelta(minutes=15)  # machine time; then it is asked for again
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Counted apart from the look-up's: whoever guesses there cannot keep out who holds the link.
TRIES = {
    "address": (Quota(limit=20, per=HOUR), Quota(limit=60, per=DAY)),
    "network": (Quota(limit=100, per=HOUR), Quota(limit=500, per=DAY)),
    "order": (Quota(limit=10, per=HOUR), Quota(limit=20, per=DAY)),
}
LEADS_TO = ("messages", "more")


async def prove(request: Request) -> Response:
    """POST /t/{token}/proof: the cookie when it is right, and back to where it was asked for."""
    app, token = app_of(request), links.token_of(request)
    said = await forms.read(request)
    if said is None or forms.is_from_elsewhere(request):
        return refused(request, HTTPStatus.FORBIDDEN)
    reach = await run_in_threadpool(reached, app, token)
    if reach is None:
        return refused(request, HTTPStatus.NOT_FOUND)
    leads_to = said.get("next", "") if said.get("next") in LEADS_TO else LEADS_TO[0]
    result = await run_in_threadpool(_checked, request, reach, said.get("proof", ""))
    answer = back(request, token, leads_to, result)
    if result is Said.NOTHING:
        _give(request, answer, token)
    return answer


def is_proven(request: Request, token: str) -> bool:
    """Whether this browser has proven it for this link, a while ago at most."""
    app = app_of(request)
    word = app.store.vault.read_signed(Purpose.PROOF, request.cookies.get(COOKIE, ""))
    whose, _, until = (word or "").partition(" ")
    return whose == token and until.isdigit() and datetime.fromtimestamp(int(until), UTC) > app.machine_now()


def reached(app: App, token: str) -> Reach | None:
    """What a link opens; None when it leads nowhere, or its shop is gone."""
    if not TOKEN.fullmatch(token):
        return None
    with app.store.read() as snapshot:
        reach = readers.reach(snapshot, token, machine_now=app.machine_now())
    return reach if reach and reach.order.brand in app.brands else None


def back(request: Request, token: str, to: str, said: Said) -> Response:
    """To a page that a reload may ask for again."""
    lang = query_of(request)
    done = f"{'&' if lang else '?'}said={said}" if said else ""
    return Response(
        status_code=HTTPStatus.SEE_OTHER, headers=headers() | {"location": f"{PREFIX}{token}/{to}{lang}{done}"}
    )


def query_of(request: Request) -> str:
    """What keeps the language that the reader asked for, behind every address of a form."""
    lang = html.asked_of(request.scope).lang
    return f"?lang={lang}" if lang else ""


def language_of(request: Request, reach: Reach) -> str:
    """As the tracking page chooses it."""
    app, asked = app_of(request), html.asked_of(request.scope)
    return languages.wanted(
        app.renderer.languages.known,
        asked=asked.lang,
        linked=next((each.locale for each in reach.people), ""),
        accepted=asked.accepted,
        usual=app.brands[reach.order.brand].locale,
    )


def said_in(request: Request) -> Said:
    """What the address says that was done."""
    said = request.query_params.get("said", "")
    return Said(said) if said in set(Said) else Said.NOTHING


def refused(request: Request, status: HTTPStatus) -> Response:
    """A page that says nothing about any order."""
    body = html.not_found(app_of(request), request.scope).body
    return Response(body, status_code=status, media_type="text/html", headers=headers())


def headers() -> dict[str, str]:
    """Of every page that stands behind a proof or asks for it: kept nowhere."""
    return {name.decode(): value.decode() for name, value in (*html.SAFE, html.NO_STORE)}


def app_of(request: Request) -> App:
    app: App = request.app.state.wismo
    return app


def _checked(request: Request, reach: Reach, proof: str) -> Said:
    app, order = app_of(request), reach.order
    if throttles.wait_before(app.store, _throttles(request, reach), machine_now=app.machine_now()) is not None:
        return Said.TOO_OFTEN
    if len(proof) > lookup.LONGEST:
        return Said.WRONG
    if reach.reader:
        right = lookup.is_own(reach.reader, proof, region=order.destination.country)
    else:
        right = lookup.is_proven(order, proof)
    return Said.NOTHING if right else Said.WRONG


def _throttles(request: Request, reach: Reach) -> list[Throttle]:
    vault, peer = app_of(request).store.vault, request.client.host if request.client else ""
    names = {
        "address": peers.household(peer),
        "network": peers.neighbourhood(peer),
        "order": f"{reach.order.id}:{reach.reader.id if reach.reader else ''}",
    }
    return [
        Throttle(name=vault.throttle_name(f"proof:{kind}", name), quotas=TRIES[kind]) for kind, name in names.items()
    ]


def _give(request: Request, answer: Response, token: str) -> None:
    """Only to the pages below this link, only from our own forms."""
    app = app_of(request)
    until = int((app.machine_now() + LASTS).timestamp())
    answer.set_cookie(
        COOKIE,
        app.store.vault.signed(Purpose.PROOF, f"{token} {until}"),
        max_age=int(LASTS.total_seconds()),
        path=f"{PREFIX}{token}/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
