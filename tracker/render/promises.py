"""Who promised which day, in a sentence: a window never shows without its owner."""

from carriers.events import PromiseKind
from tracker.domain.windows import DeliveryWindow, PromisedBy
from tracker.render import times
from tracker.render.languages import N_, Language

_CARRIER_SAYS: dict[PromiseKind, str] = {
    PromiseKind.SCHEDULED: N_("%(carrier)s expects to deliver it %(when)s."),
    PromiseKind.RESCHEDULED: N_("%(carrier)s has changed its plan and now expects to deliver it %(when)s."),
    PromiseKind.COMMITTED: N_("%(carrier)s has committed to deliver it %(when)s."),
}
_CARRIER_NOW_SAYS = N_("%(carrier)s now expects to deliver it %(when)s.")
_SHOP_SAYS = N_("%(shop)s expects it to reach you %(when)s.")
_CARRIER_SAID = N_("%(carrier)s had planned to deliver it %(when)s.")
_SHOP_SAID = N_("%(shop)s had expected it to reach you %(when)s.")


def promise(language: Language, window: DeliveryWindow, *, is_new: bool, **names: str) -> str:
    """UPS expects to deliver it on Tuesday, November 24; a new day, after another one was named, comes with a "now"."""
    if window.promised_by is PromisedBy.SHOP:
        says = _SHOP_SAYS
    elif is_new and window.kind in (None, PromiseKind.SCHEDULED):
        says = _CARRIER_NOW_SAYS
    else:
        says = _CARRIER_SAYS[window.kind or PromiseKind.SCHEDULED]
    return language.say(says, when=times.in_a_sentence(language, window), **names)


def of_several(language: Language, window: DeliveryWindow, **names: str) -> str:
    """Expected between Tuesday, … and Thursday, …, says UPS: of several parcels no single one is meant."""
    who = names["shop"] if window.promised_by is PromisedBy.SHOP else names["carrier"]
    return language.say("Expected %(when)s, says %(who)s.", when=times.in_a_sentence(language, window), who=who)


def earlier(language: Language, window: DeliveryWindow, **names: str) -> str:
    """UPS had planned to deliver it on Friday, November 20."""
    said = _SHOP_SAID if window.promised_by is PromisedBy.SHOP else _CARRIER_SAID
    return language.say(said, when=times.in_a_sentence(language, window), **names)


def with_owner(language: Language, window: DeliveryWindow, *, carrier: str, shop: str) -> str:
    """Tue, Nov 24 (says UPS): for tables."""
    who = shop if window.promised_by is PromisedBy.SHOP else carrier
    return language.say("%(days)s (says %(who)s)", days=times.on_days(language, window), who=who)


def differ(one: DeliveryWindow, other: DeliveryWindow) -> bool:
    """Whether a reader would plan another day or hour."""
    return _shown(one) != _shown(other)


def _shown(window: DeliveryWindow) -> tuple[object, ...]:
    return window.first_day, window.last_day, window.not_before, window.not_after
