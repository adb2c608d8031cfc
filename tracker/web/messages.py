"""My messages at /t/{token}/messages: what a reader gets, changed by them alone, stopped by anybody with the link."""

from collections.abc import Callable
from datetime import time
from http import HTTPStatus
from zoneinfo import available_timezones

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifiers.addresses import BadAddress, parse_email
from notifiers.message import Channel
from tracker.domain.notices import Notice
from tracker.domain.people import Recipient, RecipientId, address_on, may_tell
from tracker.domain.reach import Reach
from tracker.domain.wishes import Kind, QuietHours, Wishes
from tracker.pipeline import letters
from tracker.pipeline.ports import Quota
from tracker.render import messages
from tracker.render.messages import Said
from tracker.store import readers, throttles
from tracker.store.ids import new_id
from tracker.store.throttles import Throttle
from tracker.web import forms, links, proof
from tracker.web.forms import Form
from tracker.web.page import PREFIX
from tracker.wiring import App

PATH = "/t/{token}/messages"
# Who gets a question did not ask for it: few per order, and few per address whatever the order.
QUESTIONS = (Quota(limit=3, per=proof.DAY),)


async def show(request: Request) -> Response:
    """What is sent where; forms to change it once the reader has proven whose order it is."""
    app, token = proof.app_of(request), links.token_of(request)
    reach = await run_in_threadpool(proof.reached, app, token)
    if reach is None:
        return proof.refused(request, HTTPStatus.NOT_FOUND)
    brand, tag = app.brands[reach.order.brand], proof.language_of(request, reach)
    page = messages.in_words(
        reach,
        path=PREFIX + token,
        may_change=proof.is_proven(request, token),
        said=proof.said_in(request),
        channels=app.rules.channels,
        known=app.renderer.languages.known,
        language=app.renderer.languages.choose(tag, brand.locale),
    )
    body = app.renderer.below("messages", brand, locale=tag, page=page, query=proof.query_of(request), keeps_proof=True)
    return Response(body, media_type="text/html", headers=proof.headers())


async def change(request: Request) -> Response:
    """POST: stopping is always allowed, all else needs the proof."""
    app, token = proof.app_of(request), links.token_of(request)
    said = await forms.read(request)
    if said is None or forms.is_from_elsewhere(request):
        return proof.refused(request, HTTPStatus.FORBIDDEN)
    act = _ACTS.get(said.get("act", ""))
    reach = await run_in_threadpool(proof.reached, app, token)
    if reach is None or act is None:
        return proof.refused(request, HTTPStatus.NOT_FOUND)
    if act is not _stop and not proof.is_proven(request, token):
        return proof.back(request, token, "messages", Said.NOTHING)  # the proof has lapsed: asked for again
    return proof.back(request, token, "messages", await run_in_threadpool(act, app, reach, said))


def _stop(app: App, reach: Reach, _said: Form) -> Said:
    readers.stop(app.store, reach.order, reach.people, at=app.now())
    return Said.STOPPED


def _resume(app: App, reach: Reach, _said: Form) -> Said:
    readers.resume(app.store, reach.order, reach.people)
    return Said.RESUMED


def _save(app: App, reach: Reach, said: Form) -> Said:
    who = next((each for each in reach.people if each.id == said.get("person")), None)
    wishes = _wishes(app, said, who) if who else None
    if who is None or wishes is None:
        return Said.NO_HOURS
    agreed = [
        each
        for each in app.rules.channels
        if each not in wishes.off and address_on(who, each) and may_tell(who, each, frozenset()) is not None
    ]
    readers.choose(app.store, reach.order.id, who.id, wishes, agreed=agreed, at=app.now())
    return Said.SAVED


def _wishes(app: App, said: Form, who: Recipient) -> Wishes | None:
    """As the form says it; None when the quiet hours cannot be meant."""
    zone, times = said.get("zone", ""), (said.get("since", ""), said.get("until", ""))
    quiet = _quiet(*times)
    if any(times) and (quiet is None or zone not in available_timezones()):
        return None
    tags = {name.replace("_", "-") for name in app.renderer.languages.known}
    asked = said.get("language", "")
    return Wishes(
        silent=frozenset(kind for kind in Kind if f"kind-{kind}" not in said),
        off=frozenset(on for on in Channel if address_on(who, on) and f"channel-{on}" not in said),
        quiet=quiet,
        locale=asked if asked in tags else "",
        time_zone=zone if quiet else who.wishes.time_zone,
    )


def _quiet(since: str, until: str) -> QuietHours | None:
    try:
        hours = QuietHours(since=time.fromisoformat(since), until=time.fromisoformat(until))
    except ValueError:
        return None
    return hours if hours.since != hours.until and not (hours.since.tzinfo or hours.until.tzinfo) else None


def _invite(app: App, reach: Reach, said: Form) -> Said:
    """Ask somebody, once. The answer is the same whether they were asked, are known or want nothing of us."""
    try:
        address = parse_email(said.get("address", ""))
    except BadAddress:
        return Said.NO_ADDRESS
    if reach.reader is not None:
        return Said.NOTHING
    vault, machine_now = app.store.vault, app.machine_now()
    names = {"order": reach.order.id, "address": vault.contact_hmac(Channel.EMAIL, address)}
    tries = [Throttle(name=vault.throttle_name(f"invite:{on}", whom), quotas=QUESTIONS) for on, whom in names.items()]
    if throttles.wait_before(app.store, tries, machine_now=machine_now) is not None:
        return Said.TOO_OFTEN
    friend, policy = RecipientId(new_id()), app.rules.telling
    question = letters.letter(reach.order, Notice.INVITED, friend, which="1", policy=policy, now=app.now())
    locale = reach.order.recipients[0].locale if reach.order.recipients else ""
    due = readers.invite(app.store, reach.order, address, question, locale=locale, machine_now=machine_now)
    if due:
        app.doorbell.ring("dispatch", due)
    return Said.ASKED


def _remove(app: App, reach: Reach, said: Form) -> Said:
    if reach.reader is None:
        readers.remove(app.store, reach.order.id, said.get("person", ""), at=app.now())
    return Said.REMOVED


_ACTS: dict[str, Callable[[App, Reach, Form], Said]] = {
    "stop": _stop,
    "resume": _resume,
    "save": _save,
    "invite": _invite,
    "remove": _remove,
}
