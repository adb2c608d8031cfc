"""Who holds a link has proven one thing more: links are passed on, and what is personal or changed needs both."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tracker.domain.reach import Addresses, Reach
from tracker.pipeline import lookup
from tracker.pipeline.ports import Quota
from tracker.render.languages import N_
from tracker.render.messages import Said
from tracker.render.pages import NOBODY
from tracker.store import readers
from tracker.store.vault import Purpose
from tracker.web import forms, hosts, html, links, responses, tries
from tracker.web.access import app_of
from tracker.web.page import PREFIX, TOKEN
from tracker.web.tries import DAY, HOUR
from tracker.wiring import App

COOKIE = "wismo_proof"
LINK = "link"  # beside the hashes of addresses: that anything was proven
LASTS = timedelta(minutes=15)  # machine time; then it is asked for again
TITLE = N_("My messages")
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
    if forms.is_from_elsewhere(request):
        return from_elsewhere(request, f"{PREFIX}{token}/{LEADS_TO[0]}", title=TITLE)
    if said is None:
        return back(request, f"{token}/{LEADS_TO[0]}", Said.LONG)
    reach = await run_in_threadpool(reached, app, token)
    if reach is None:
        return absent(request)
    leads_to = said.get("next", "") if said.get("next") in LEADS_TO else LEADS_TO[0]
    proof = said.get("proof", "")
    result = await run_in_threadpool(_checked, request, reach, proof)
    answer = back(request, f"{token}/{leads_to}", result)
    if result is Said.NOTHING:
        vault = app.store.vault
        typed = {vault.contact_hmac(*each) for each in named(reach, proof)}
        end = int((app.machine_now() + LASTS).timestamp())
        _give(request, answer, (_remembered(request, token) or {}) | dict.fromkeys([LINK, *typed], end))
    return answer


def is_proven(request: Request, token: str) -> bool:
    """Whether this browser has proven one thing more for this link, a while ago at most."""
    return _remembered(request, token) is not None


def proven(request: Request, token: str, reach: Reach) -> Addresses | None:
    """Which addresses it has typed whole: none for who proved a postcode; None for who proved nothing."""
    known = _remembered(request, token)
    if known is None:
        return None
    vault = app_of(request).store.vault
    ours = [(each.channel, each.address) for person in reach.people for each in person.contacts]
    return frozenset(each for each in ours if vault.contact_hmac(*each) in known)


def named(reach: Reach, proof: str) -> Addresses:
    """Which of a link's people's addresses this is."""
    return lookup.named_by(proof, reach.people, region=reach.order.destination.country)


def reached(app: App, token: str) -> Reach | None:
    """What a link opens; None when it leads nowhere, or its shop is gone."""
    if not TOKEN.fullmatch(token):
        return None
    with app.store.read() as snapshot:
        reach = readers.reach(snapshot, token, machine_now=app.machine_now())
    return reach if reach and reach.order.brand in app.brands else None


def back(request: Request, where: str, said: Said) -> Response:
    """To a page below a link, `where`, that a reload may ask for again."""
    lang = query_of(request)
    done = f"{'&' if lang else '?'}said={said}" if said else ""
    return responses.see_other(f"{PREFIX}{where}{lang}{done}")


def query_of(request: Request) -> str:
    """What keeps the language that the reader asked for, behind every address of a form."""
    lang = html.asked_of(request.scope).lang
    return f"?lang={lang}" if lang else ""


def language_of(request: Request, reach: Reach) -> str:
    """As the tracking page chooses it."""
    linked = next((each.reads_in for each in reach.people), "")
    usual = app_of(request).brands[reach.order.brand].locale
    return html.language_for(request.scope, app_of(request).renderer, linked=linked, usual=usual)


def said_in(request: Request) -> Said:
    """What the address says that was done."""
    said = request.query_params.get("said", "")
    return Said(said) if said in set(Said) else Said.NOTHING


def absent(request: Request) -> Response:
    """Where a link leads nowhere: a page that says nothing about any order."""
    return responses.page(html.not_found(app_of(request), request.scope).body, HTTPStatus.NOT_FOUND)


def from_elsewhere(request: Request, path: str, *, title: str) -> Response:
    """Another site's page sent the form that stands at `path`: only a link to it, whatever order it is about."""
    app = app_of(request)
    brand = hosts.brand_at(app, request.scope)
    tag = html.language_for(request.scope, app.renderer, usual=brand.locale if brand else "")
    link = path + query_of(request)
    body = app.renderer.below("elsewhere", brand or NOBODY, locale=tag, link=link, title=title)
    return responses.page(body, HTTPStatus.FORBIDDEN)


def _checked(request: Request, reach: Reach, proof: str) -> Said:
    subject = f"{reach.order.id}:{reach.reader.id if reach.reader else ''}"
    if tries.wait_before(request, "proof", TRIES, subject=subject) is not None:
        return Said.TOO_OFTEN
    if len(proof) > lookup.LONGEST:
        return Said.WRONG
    right = bool(named(reach, proof)) if reach.reader else lookup.is_proven(reach.order, proof)
    return Said.NOTHING if right else Said.WRONG


def _remembered(request: Request, token: str) -> dict[str, int] | None:
    """What the cookie says was proven, hashes of addresses beside LINK, and until when, each by itself; None when it
    says nothing for this link, now."""
    app = app_of(request)
    word = app.store.vault.read_signed(Purpose.PROOF, request.cookies.get(COOKIE, "")) or ""
    whose, *said = word.split(" ")
    ends = (each.partition(":") for each in said)
    now = app.machine_now().timestamp()
    known = {what: int(end) for what, _, end in ends if end.isdigit() and int(end) > now}
    return known if whose == token and known else None


def _give(request: Request, answer: Response, known: Mapping[str, int]) -> None:
    """Only to the pages below this link, only from our own forms. `known`: what was proven, and until when."""
    token = links.token_of(request)
    app = app_of(request)
    ends = (f"{what}:{end}" for what, end in sorted(known.items()))
    answer.set_cookie(
        COOKIE,
        app.store.vault.signed(Purpose.PROOF, " ".join([token, *ends])),
        max_age=int(LASTS.total_seconds()),
        path=f"{PREFIX}{token}/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
