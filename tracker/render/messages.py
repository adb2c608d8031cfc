"""What stands under "My messages": whom we write to, about what, when, and what the reader just did."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global

from notifiers.message import Channel
from tracker.domain.people import Recipient, Suppressed, address_on, mask, may_tell
from tracker.domain.reach import Reach
from tracker.domain.wishes import Kind
from tracker.render.languages import N_, Language, own_name
from tracker.render.plain import one_line

_CHANNELS: dict[Channel, str] = {Channel.EMAIL: N_("E-mail"), Channel.SMS: N_("Text message")}
KINDS: dict[Kind, str] = {
    Kind.ON_ITS_WAY: N_("Your order is on its way"),
    Kind.DELIVERY_DAY: N_("It is delivered today"),
    Kind.DELAYS: N_("It is delayed"),
    Kind.DELIVERED: N_("It was delivered"),
}


class Said(StrEnum):
    """What the reader just did, as it stands in the address of the answer."""

    NOTHING = ""
    SAVED = "saved"
    STOPPED = "stopped"
    RESUMED = "resumed"
    ASKED = "asked"
    REMOVED = "removed"
    WRONG = "wrong"
    TOO_OFTEN = "often"
    NO_ADDRESS = "address"
    NO_HOURS = "hours"


REFUSED = frozenset({Said.WRONG, Said.TOO_OFTEN, Said.NO_ADDRESS, Said.NO_HOURS})
_SAYS: dict[Said, str] = {
    Said.SAVED: N_("Saved."),
    Said.STOPPED: N_("Stopped. We send no more messages to these addresses."),
    Said.RESUMED: N_("You get messages again."),
    Said.ASKED: N_("We have asked them by e-mail. Once they agree, they get the messages too."),
    Said.REMOVED: N_("Removed. Their link does not work any more."),
    Said.WRONG: N_("That was not given with this order."),
    Said.TOO_OFTEN: N_("That was too often. Please try again later."),
    Said.NO_ADDRESS: N_("We cannot write to that e-mail address."),
    Said.NO_HOURS: N_("Quiet hours need two different times and a time zone."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to choose."""

    value: str
    label: str
    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where messages go, recognisable only to who knows it."""

    channel: str
    label: str
    masked: str
    is_on: bool
    is_stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One reader's choices."""

    id: str
    addresses: tuple[Address, ...]
    kinds: tuple[Option, ...]
    languages: tuple[Option, ...]
    since: str  # of the quiet hours
    until: str
    zone: str

    @property
    def is_stopped(self) -> bool:
        """Whether nothing goes anywhere."""
        return all(each.is_stopped for each in self.addresses)

    @property
    def language(self) -> str:
        """The one that was chosen; empty: as the shop has it."""
        return next((each.label for each in self.languages if each.is_on), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """The whole page."""

    path: str  # of the tracking page
    number: str
    people: tuple[Person, ...]
    others: tuple[tuple[str, str, bool], ...]  # id, masked address, whether they have agreed
    is_invited: bool  # the reader was invited by another
    may_change: bool
    zones: tuple[str, ...]
    says: str
    is_refused: bool

    @property
    def is_stopped(self) -> bool:
        """Whether everything is stopped already."""
        return bool(self.people) and all(each.is_stopped for each in self.people)


def in_words(
    reach: Reach,
    *,
    path: str,
    may_change: bool,
    said: Said,
    channels: Sequence[Channel],
    known: Sequence[str],
    language: Language,
) -> Messages:
    """The page as this reader would put it; `known`: the languages there are."""
    others = [*((each, True) for each in reach.invited), *((each, False) for each in reach.awaited)]
    return Messages(
        path=path,
        number=one_line(reach.order.number),
        people=tuple(_person(each, reach, channels=channels, known=known, in_=language) for each in reach.people),
        others=tuple((each.id, mask(address_on(each, Channel.EMAIL) or ""), agreed) for each, agreed in others),
        is_invited=reach.reader is not None,
        may_change=may_change,
        zones=_zones() if may_change else (),
        says=says(language, said),
        is_refused=said in REFUSED,
    )


def says(language: Language, said: Said) -> str:
    """The answer to what the reader did."""
    return language.say(_SAYS[said]) if said in _SAYS else ""


def _person(
    who: Recipient, reach: Reach, *, channels: Sequence[Channel], known: Sequence[str], in_: Language
) -> Person:
    quiet = who.wishes.quiet
    return Person(
        id=who.id,
        addresses=tuple(
            _address(who, address, channel, reach.suppressed, in_=in_)
            for channel in channels
            if (address := address_on(who, channel))
        ),
        kinds=tuple(
            Option(value=kind, label=in_.say(label), is_on=kind not in who.wishes.silent)
            for kind, label in KINDS.items()
        ),
        languages=tuple(
            Option(value=tag, label=own_name(name), is_on=tag == who.wishes.locale)
            for name in known
            if (tag := name.replace("_", "-"))
        ),
        since=f"{quiet.since:%H:%M}" if quiet else "",
        until=f"{quiet.until:%H:%M}" if quiet else "",
        zone=who.time_zone or reach.order.destination_zone,
    )


@cache
def _zones() -> tuple[str, ...]:
    """Places to name a time by: those that lie in a country, once each."""
    placed = get_global("zone_territories")
    return tuple(sorted(each for each in available_timezones() if placed.get(each, "001") != "001"))


def _address(who: Recipient, address: str, channel: Channel, suppressed: Suppressed, *, in_: Language) -> Address:
    is_stopped = (channel, address) in suppressed
    is_on = channel not in who.wishes.off and may_tell(who, channel, frozenset()) is None  # once it is not stopped
    return Address(
        channel=channel, label=in_.say(_CHANNELS[channel]), masked=mask(address), is_on=is_on, is_stopped=is_stopped
    )
