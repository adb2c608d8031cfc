"""What a shopper tells the shop from below the page: what is wrong with a parcel, and how content they were."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tracker.domain import tickets as rules
from tracker.domain.ratings import HIGHEST, can_be_rated, lane, rated
from tracker.domain.tickets import Check, Report, TicketKind
from tracker.pipeline.ports import Quota
from tracker.render import reports
from tracker.render.reports import Asking, Refused, Typed, Wrong
from tracker.store import ratings, tickets
from tracker.store.ratings import Given
from tracker.web import forms, html, links, responses, tries
from tracker.web.forms import Form
from tracker.web.links import Opened
from tracker.web.tries import DAY, HOUR
from tracker.wiring import App

log = structlog.get_logger("help")

TRIES_OF_LINK = (Quota(limit=10, per=HOUR), Quota(limit=30, per=DAY))  # somebody corrects themselves a few times
TRIES_OF_ADDRESS = (Quota(limit=40, per=HOUR), Quota(limit=120, per=DAY))  # an office shares one

_STATUS = {
    Wrong.ELSEWHERE: HTTPStatus.FORBIDDEN,
    Wrong.TOO_OFTEN: HTTPStatus.TOO_MANY_REQUESTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """Somebody with a link, below its page."""

    request: Request
    app: App
    opened: Opened
    tag: str  # the language to answer in

    def path(self, word: str = "", **query: str) -> str:
        """The page itself or an address below it, in the same language."""
        lang = html.asked_of(self.request.scope).lang
        said = urlencode(query | ({"lang": lang} if lang else {}))
        return self.opened.path + (f"/{word}" if word else "") + (f"?{said}" if said else "")

    def asking(self) -> Asking:
        language = self.app.renderer.languages.choose(self.tag, self.opened.brand.locale)
        view = self.opened.view
        return Asking(order=view.order, brand=self.opened.brand, language=language, events=view.events)

    def page(self, name: str, status: HTTPStatus = HTTPStatus.OK, **facts: object) -> Response:
        body = self.app.renderer.below(
            name, self.opened.brand, locale=self.tag, keeps_proof=False, back=self.path(), **facts
        )
        return responses.page(body, status)


def routes() -> list[Route]:
    """Everything below a page that this file answers."""
    return [
        *(Route(f"/t/{{token}}/{kind}", _ask, methods=["GET"]) for kind in TicketKind),
        *(Route(f"/t/{{token}}/{kind}", _report, methods=["POST"]) for kind in TicketKind),
        Route("/t/{token}/thanks", _thanks, methods=["GET"]),
        Route("/t/{token}/rating", _rating, methods=["GET"]),
        Route("/t/{token}/rating", _rate, methods=["POST"]),
    ]


def _ask(request: Request) -> Response:
    """The empty form; where there is nothing to report of this kind, the page."""
    visit, kind = _visit(request), _kind(request)
    if visit is None:
        return _absent(request)
    if kind not in rules.kinds_for(visit.opened.view.order):
        return responses.see_other(visit.path())
    return _report_page(visit, kind, Typed())


async def _report(request: Request) -> Response:
    said, is_ours = await forms.read(request), not forms.is_from_elsewhere(request)
    return await run_in_threadpool(_reported, request, said if is_ours else None, is_ours=is_ours)


def _reported(request: Request, said: Form | None, *, is_ours: bool) -> Response:
    """Written down, or the form again with what was typed."""
    visit, kind = _visit(request), _kind(request)
    if visit is None:
        return _absent(request)
    if kind not in rules.kinds_for(visit.opened.view.order):
        return responses.see_other(visit.path())
    if said is None:
        return _report_page(visit, kind, Typed(), refused=Refused(wrong=Wrong.LONG if is_ours else Wrong.ELSEWHERE))
    typed = Typed(
        shipment_id=said.get("shipment", ""),
        checks=frozenset(each for each in Check if said.get(each)),
        comment=_comment(said),
    )
    report = reports.read(kind, visit.asking(), typed)
    if isinstance(report, Wrong):
        return _report_page(visit, kind, typed, refused=Refused(wrong=report))
    if refused := _too_often(visit):
        return _report_page(visit, kind, typed, refused=refused)
    _keep(visit, report)
    waited = {"waited": "yes"} if Check.WAITED in report.checks else {}
    return responses.see_other(visit.path("thanks", about=kind, **waited))


def _keep(visit: _Visit, report: Report) -> None:
    app, view = visit.app, visit.opened.view
    shipment = next((each for each in view.order.shipments if each.id == report.shipment_id), None)
    now = app.now()
    seen = rules.evidence(shipment, view.events.get(shipment.id, ()), at=now) if shipment else None
    with app.store.begin() as connection:
        id_ = tickets.put(connection, view.order.id, report, seen=seen, at=now, vault=app.store.vault)
    log.info("ticket_written", ticket_id=id_, kind=report.kind.value, order_id=view.order.id)


def _thanks(request: Request) -> Response:
    visit = _visit(request)
    if visit is None:
        return _absent(request)
    said = request.query_params
    return visit.page("thanks", about=said.get("about", ""), has_waited=bool(said.get("waited")))


def _rating(request: Request) -> Response:
    """The score given so far, to be changed; before anything can be rated, the page.

    The comment is not shown again: links are passed on, and it was written to the shop. What is sent replaces all of
    it, as the form reads: a field left empty takes the comment back, and no old comment explains a new score.
    """
    visit = _visit(request)
    if visit is None:
        return _absent(request)
    if not can_be_rated(visit.opened.view.order):
        return responses.see_other(visit.path())
    with visit.app.store.read() as snapshot:
        given = ratings.given_by(snapshot, ratings.rater(snapshot, visit.opened.token))
    return _rating_page(visit, Typed(score=given.score) if given else Typed())


async def _rate(request: Request) -> Response:
    said, is_ours = await forms.read(request), not forms.is_from_elsewhere(request)
    return await run_in_threadpool(_rated, request, said if is_ours else None, is_ours=is_ours)


def _rated(request: Request, said: Form | None, *, is_ours: bool) -> Response:
    visit = _visit(request)
    if visit is None:
        return _absent(request)
    if not can_be_rated(visit.opened.view.order):
        return responses.see_other(visit.path())
    if said is None:
        return _rating_page(visit, Typed(), Refused(wrong=Wrong.LONG if is_ours else Wrong.ELSEWHERE))
    typed = Typed(score=_score(said), comment=_comment(said))
    if typed.score is None or len(typed.comment) > reports.LONGEST:
        return _rating_page(visit, typed, Refused(wrong=Wrong.SCORE if typed.score is None else Wrong.LONG))
    if refused := _too_often(visit):
        return _rating_page(visit, typed, refused)
    _keep_rating(visit, Given(score=typed.score, comment=typed.comment.strip()))
    return responses.see_other(visit.path("rating"))


def _keep_rating(visit: _Visit, given: Given) -> None:
    app, view = visit.app, visit.opened.view
    shipment = rated(view.order)
    assert shipment is not None, "an order that can be rated has a parcel that was delivered"
    went = lane(view.order, shipment, view.events.get(shipment.id, ()))
    with app.store.read() as snapshot:
        whose = ratings.rater(snapshot, visit.opened.token)
    ratings.put(app.store, whose, given, brand=view.order.brand, lane=went, at=app.now())
    log.info("rated", order_id=view.order.id, carrier=went.carrier)


def _visit(request: Request) -> _Visit | None:
    """None for a link that leads nowhere."""
    app: App = request.app.state.wismo
    opened = links.opened(app, links.token_of(request))
    if opened is None:
        return None
    tag = html.language_for(request.scope, app.renderer, linked=opened.view.locale, usual=opened.brand.locale)
    return _Visit(request=request, app=app, opened=opened, tag=tag)


def _too_often(visit: _Visit) -> Refused | None:
    """Counts this try; an answer when there were too many."""
    limits = {"link": TRIES_OF_LINK, tries.ADDRESS: TRIES_OF_ADDRESS}
    wait = tries.wait_before(visit.request, "help", limits, subject=visit.opened.token)
    return Refused(wrong=Wrong.TOO_OFTEN, minutes=tries.minutes(wait)) if wait is not None else None


def _report_page(visit: _Visit, kind: TicketKind, typed: Typed, *, refused: Refused | None = None) -> Response:
    form = reports.form(kind, visit.asking(), typed, refused=refused)
    return visit.page("report", _status(refused), form=form, action=visit.path(kind))


def _rating_page(visit: _Visit, typed: Typed, refused: Refused | None = None) -> Response:
    about = visit.asking()
    wrong = reports.problem(about.language, refused, shop=about.brand.name)
    action = visit.path("rating")
    return visit.page(
        "rating", _status(refused), given=typed.score, comment=typed.comment, problem=wrong, action=action
    )


def _status(refused: Refused | None) -> HTTPStatus:
    return HTTPStatus.OK if refused is None else _STATUS.get(refused.wrong, HTTPStatus.UNPROCESSABLE_ENTITY)


def _kind(request: Request) -> TicketKind:
    return TicketKind(request.url.path.rpartition("/")[2])


def _comment(said: Form) -> str:
    """As it was typed; a browser sends two characters for the end of a line."""
    return said.get("comment", "").replace("\r\n", "\n")


def _score(said: Form) -> int | None:
    text = said.get("score", "")
    return int(text) if text in {str(each) for each in range(HIGHEST + 1)} else None


def _absent(request: Request) -> Response:
    answer = html.not_found(request.app.state.wismo, request.scope)
    return responses.page(answer.body, answer.status)
