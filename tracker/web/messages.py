"""My messages at /t/{token}/messages: what a reader gets, changed by them alone, stopped by anybody with the link."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import time
from zoneinfo import available_timezones

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifiers.addresses import BadAddress, parse_email
from notifiers.message import Channel
from tracker.domain.notices import Notice
from tracker.domain.people import Recipient, RecipientId, address_on
from tracker.domain.reach import Addresses, Reach, allowed, is_on, newly_agreed
from tracker.domain.wishes import Kind, QuietHours, Wishes
from tracker.pipeline import letters
from tracker.pipeline.ports import Quota
from tracker.render import messages
from tracker.render.messages import Said
from tracker.store import invitations, readers, throttles
from tracker.store.ids import new_id
from tracker.store.invitations import Invitation
from tracker.store.readers import Chosen
from tracker.store.throttles import Throttle
from tracker.web import forms, links, proof, responses
from tracker.web.access import app_of
from tracker.web.forms import Form
from tracker.web.page import PREFIX
from tracker.web.tries import DAY
from tracker.wiring import App

PATH = "/t/{token}/messages"
# Who gets a question did not ask for it: few per order, and few per address whatever the order.
QUESTIONS = (Quota(limit=3, per=DAY),)


async def show(request: Request) -> Response:
    """What is sent where; forms to change it once the reader has proven whose order it is."""
    app, token = app_of(request), links.token_of(request)
    reach = await run_in_threadpool(proof.reached, app, token)
    if reach is None:
        return proof.absent(request)
    brand, tag = app.brands[reach.order.brand], proof.language_of(request, reach)
    page = messages.in_words(
        reach,
        path=PREFIX + token,
        proven=proof.proven(request, token, reach),
        said=proof.said_in(request),
        channels=app.rules.channels,
        known=app.renderer.languages.known,
        language=app.renderer.languages.choose(tag, brand.locale),
    )
    body = app.renderer.below("messages", brand, locale=tag, page=page, query=proof.query_of(request), keeps_proof=True)
    return responses.page(body)


async def change(request: Request) -> Response:
    """POST: stopping is always allowed, all else needs the proof."""
    app, token = app_of(request), links.token_of(request)
    said = await forms.read(request)
    if forms.is_from_elsewhere(request):
        return proof.from_elsewhere(request, request.url.path, title=proof.TITLE)
    act = _ACTS.get((said or {}).get("act", ""))
    reach = await run_in_threadpool(proof.reached, app, token)
    if reach is None or (said is not None and act is None):
        return proof.absent(request)
    there = f"{token}/messages"
    if said is None or act is None:
        return proof.back(request, there, Said.LONG)
    proven = proof.proven(request, token, reach)
    if act is not _stop and proven is None:
        return proof.back(request, there, Said.NOTHING)  # the proof has lapsed: asked for again
    asker = Asker(app=app, reach=reach, proven=proven or frozenset())
    return proof.back(request, there, await run_in_threadpool(act, asker, said))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wants something changed, and which addresses they have typed whole."""

    app: App
    reach: Reach
    proven: Addresses


def _stop(asker: Asker, _said: Form) -> Said:
    readers.stop(asker.app.store, asker.reach.order, asker.reach.people, at=asker.app.now())
    return Said.STOPPED


def _resume(asker: Asker, _said: Form) -> Said:
    """Only where the asker knows the address; the word STOP stands, and so does what bounced."""
    reach = asker.reach
    readers.resume(asker.app.store, reach.order.brand, asker.proven & reach.suppressed)
    if asker.proven & reach.may_return:
        return Said.RESUMED
    return Said.STOPPED_BY_TEXT if asker.proven & reach.stopped_by_text else Said.NOT_THEIRS


def _save(asker: Asker, said: Form) -> Said:
    who = next((each for each in asker.reach.people if each.id == said.get("person")), None)
    if who is None:
        return Said.GONE
    asked = _wishes(asker.app, said, who)
    if asked is None:
        return Said.NO_HOURS
    ticked = [each for each in asker.app.rules.channels if address_on(who, each) and f"channel-{each}" in said]
    wishes = allowed(who, asked, asker.proven)
    agreed = newly_agreed(who, ticked, asker.proven - asker.reach.stopped_by_text)
    chosen = Chosen(order_id=asker.reach.order.id, recipient_id=who.id, wishes=wishes, agreed=agreed)
    readers.choose(asker.app.store, chosen, at=asker.app.now())
    after = replace(who, wishes=wishes)
    missing = [each for each in ticked if each not in agreed and not is_on(after, each)]
    wanted = {(each, address_on(who, each)) for each in ticked if not is_on(who, each)}
    if wanted & asker.reach.stopped_by_text:
        return Said.STOPPED_BY_TEXT
    return Said.NOT_THEIRS if missing or wishes != asked else Said.SAVED


def _wishes(app: App, said: Form, who: Recipient) -> Wishes | None:
    """As the form says it; None when the quiet hours cannot be meant."""
    zone, times = said.get("zone", ""), (said.get("since", ""), said.get("until", ""))
    quiet = _quiet(*times)
    if any(times) and (quiet is None or zone not in available_timezones()):
        return None
    tags = {name.replace("_", "-") for name in app.renderer.languages.known}
    asked, shown = said.get("language", ""), [each for each in app.rules.channels if address_on(who, each)]
    return Wishes(
        silent=frozenset(kind for kind in Kind if f"kind-{kind}" not in said),
        off=(who.wishes.off - set(shown)) | {on for on in shown if f"channel-{on}" not in said and _may_end(who, on)},
        quiet=quiet,
        locale=asked if asked in tags else "",
        time_zone=zone if quiet else who.wishes.time_zone,
    )


def _may_end(who: Recipient, channel: Channel) -> bool:
    return channel in who.wishes.off or is_on(who, channel)


def _quiet(since: str, until: str) -> QuietHours | None:
    try:
        hours = QuietHours(since=time.fromisoformat(since), until=time.fromisoformat(until))
    except ValueError:
        return None
    return hours if hours.since != hours.until and not (hours.since.tzinfo or hours.until.tzinfo) else None


def _invite(asker: Asker, said: Form) -> Said:
    """Ask somebody, once. The answer is the same whether they were asked, are known or want nothing of us."""
    app, reach = asker.app, asker.reach
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
    policy, now = app.rules.telling, app.now()
    question = letters.letter(reach.order, Notice.INVITED, RecipientId(new_id()), which="1", policy=policy, now=now)
    locale = reach.order.recipients[0].reads_in if reach.order.recipients else ""
    due = invitations.ask(
        app.store, reach.order, Invitation(address=address, question=question, locale=locale), machine_now=machine_now
    )
    if due:
        app.doorbell.ring("dispatch", due)
    return Said.ASKED


def _remove(asker: Asker, said: Form) -> Said:
    if asker.reach.reader is None:
        invitations.take_back(asker.app.store, asker.reach.order.id, said.get("person", ""), at=asker.app.now())
    return Said.REMOVED


_ACTS: dict[str, Callable[[Asker, Form], Said]] = {
    "stop": _stop,
    "resume": _resume,
    "save": _save,
    "invite": _invite,
    "remove": _remove,
}
