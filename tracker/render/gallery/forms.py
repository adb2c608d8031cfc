"""How the forms below a page look, each as a shopper meets it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time

from carriers.events import Place
from notifiers.message import Channel
from tracker.domain.brands import Brand
from tracker.domain.people import Consent, Contact, Recipient, RecipientId
from tracker.domain.reach import Reach
from tracker.domain.tickets import NEEDED, TicketKind
from tracker.domain.wishes import Kind, QuietHours, Wishes
from tracker.render import discreet, messages, reports
from tracker.render.gallery.orders import at
from tracker.render.gallery.states import all_states
from tracker.render.messages import Said
from tracker.render.renderer import Renderer
from tracker.render.reports import Asking, Refused, Typed, Wrong

Made = Callable[[Renderer, Brand, str], str]  # of a locale

PATH = "/t/of-no-order"  # forms post there and links lead there: to nothing
_CAME = all_states()["delivered"]
_CHECKOUT = tuple(Consent(channel=each, granted=True, source="checkout", at=at(19, 20)) for each in Channel)
_ADA = Recipient(
    id=RecipientId("ada"),
    name="Ada Byron",
    contacts=(
        Contact(channel=Channel.EMAIL, address="ada@shopper.example"),
        Contact(channel=Channel.SMS, address="+12125550147"),
    ),
    consents=_CHECKOUT,
    wishes=Wishes(silent=frozenset({Kind.ON_ITS_WAY}), quiet=QuietHours(since=time(21, 30), until=time(7))),
)
_FRIEND, _NEIGHBOUR = (
    Recipient(
        id=RecipientId(name),
        contacts=(Contact(channel=Channel.EMAIL, address=f"{name}@friend.example"),),
        consents=_CHECKOUT,
        invited=True,
    )
    for name in ("charles", "mary")
)
_ORDER = replace(
    _CAME.order,
    recipients=(_ADA, _FRIEND),
    destination=Place(country="US", region="NY", city="Brooklyn", postcode="11201"),
)
_REACH = Reach(order=_ORDER, reader=None, awaited=(_NEIGHBOUR,), suppressed=frozenset())
_HERS = frozenset((each.channel, each.address) for each in _ADA.contacts)


def _below(name: str, **facts: object) -> Made:
    return lambda renderer, brand, locale: renderer.below(name, brand, locale=locale, keeps_proof=False, **facts)


def _messages(reach: Reach = _REACH, *, said: Said = Said.NOTHING, may_change: bool = False) -> Made:
    def made(renderer: Renderer, brand: Brand, locale: str) -> str:
        page = messages.in_words(
            reach,
            path=PATH,
            proven=_HERS if may_change else None,
            said=said,
            channels=tuple(Channel),
            known=renderer.languages.known,
            language=renderer.languages.choose(locale, brand.locale),
        )
        return renderer.below("messages", brand, locale=locale, page=page, query="", keeps_proof=True)

    return made


def _more(*, may_see: bool, said: Said = Said.NOTHING) -> Made:
    def made(renderer: Renderer, brand: Brand, locale: str) -> str:
        language = renderer.languages.choose(locale, brand.locale)
        page = discreet.in_words(
            _ORDER,
            (_ADA,),
            dict(_CAME.events),
            path=PATH,
            may_see=may_see,
            says=messages.says(language, said),
            language=language,
        )
        return renderer.below("more", brand, locale=locale, page=page, query="", keeps_proof=True)

    return made


def _report(kind: TicketKind, state: str, *, typed: Typed | None = None, refused: Refused | None = None) -> Made:
    view = all_states()[state]

    def made(renderer: Renderer, brand: Brand, locale: str) -> str:
        language = renderer.languages.choose(locale, brand.locale)
        about = Asking(order=view.order, brand=brand, language=language, events=view.events)
        form = reports.form(kind, about, typed or Typed(), refused=refused)
        return renderer.below("report", brand, locale=locale, form=form, action=f"{PATH}/{kind}", back=PATH)

    return made


def _rating(given: int | None, *, refused: Refused | None = None) -> Made:
    def made(renderer: Renderer, brand: Brand, locale: str) -> str:
        language = renderer.languages.choose(locale, brand.locale)
        problem = reports.problem(language, refused, shop=brand.name)
        facts = {"given": given, "comment": "", "problem": problem, "action": f"{PATH}/rating", "back": PATH}
        return renderer.below("rating", brand, locale=locale, keeps_proof=False, **facts)

    return made


_LOOKED = Typed(checks=NEEDED, comment="The neighbors have not seen it either.")
_FULL = replace(_REACH, suppressed=_HERS)

FORMS: dict[str, Made] = {
    "messages": _messages(),
    "messages_proof_refused": _messages(said=Said.WRONG),
    "messages_to_change": _messages(may_change=True, said=Said.SAVED),
    "messages_stopped": _messages(_FULL, may_change=True, said=Said.STOPPED),
    "messages_of_who_was_invited": _messages(replace(_REACH, reader=_FRIEND, awaited=())),
    "more_proof": _more(may_see=False),
    "more": _more(may_see=True),
    "report_missing": _report(TicketKind.MISSING, "delivered"),
    "report_missing_of_several": _report(TicketKind.MISSING, "all_delivered", typed=_LOOKED),
    "report_missing_refused": _report(TicketKind.MISSING, "delivered", refused=Refused(wrong=Wrong.CHECKS)),
    "report_damaged": _report(TicketKind.DAMAGED, "delivered"),
    "report_address": _report(TicketKind.ADDRESS, "in_transit"),
    "report_problem": _report(TicketKind.PROBLEM, "late"),
    "report_too_often": _report(
        TicketKind.PROBLEM, "late", typed=_LOOKED, refused=Refused(wrong=Wrong.TOO_OFTEN, minutes=21)
    ),
    "rating": _rating(None),
    "rating_given": _rating(9),
    "rating_refused": _rating(None, refused=Refused(wrong=Wrong.SCORE)),
    "thanks": _below("thanks", about="missing", has_waited=False, back=PATH),
    "invitation": _below("invitation", action=""),
    "sent_from_elsewhere": _below("elsewhere", title="My messages", link=f"{PATH}/messages"),
}
