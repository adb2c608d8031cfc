"""What stands under "My messages": whom we write to, about what, when, and what the reader just did."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global

from notifiers.message import Channel
from tracker.domain.people import Contact, Recipient, address_on, mask
from tracker.domain.reach import Addresses, Reach, is_on
from tracker.domain.wishes import Kind, QuietHours
from tracker.render.languages import N_, Language, own_name
from tracker.render.plain import one_line
from tracker.render.reports import PROBLEMS, Wrong
from tracker.render.times import clock_time

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
    GONE = "gone"  # whom it was about
    NOT_THEIRS = "theirs"  # what is switched on needs the address it goes to
    STOPPED_BY_TEXT = "start"
    ELSEWHERE = "elsewhere"  # another site's page sent it
    LONG = "long"


REFUSED = frozenset(Said) - {Said.NOTHING, Said.SAVED, Said.STOPPED, Said.RESUMED, Said.ASKED, Said.REMOVED}
STOPPED_BY_TEXT = N_("Texts were stopped by the word STOP. To get them again, reply START from that phone.")
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
    Said.GONE: N_("This person gets no messages about this order any more."),
    Said.NOT_THEIRS: N_("To switch something on, first type in the address or number that it goes to."),
    Said.STOPPED_BY_TEXT: STOPPED_BY_TEXT,
    Said.ELSEWHERE: PROBLEMS[Wrong.ELSEWHERE],
    Said.LONG: PROBLEMS[Wrong.LONG],
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
    is_on: bool  # once it is not stopped
    is_stopped: bool
    may_return: bool  # a button may lift the stop: not that of the word STOP, nor of what bounced
    is_proven: bool  # the reader knows it whole
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One reader's choices."""

    id: str
    addresses: tuple[Address, ...]
    kinds: tuple[Option, ...]
    languages: tuple[Option, ...]
    since: str  # of the quiet hours, as a field of a form has them
    until: str
    quiet: str  # "9:30 PM – 7:00 AM"
    zone: str

    @property
    def is_stopped(self) -> bool:
        """Whether nothing goes anywhere."""
        return all(each.is_stopped for each in self.addresses)

    @property
    def is_whole(self) -> bool:
        """Whether nothing more could be switched on by proving another address."""
        rest = [each for each in self.addresses if not each.is_proven]
        may_have_all = len(rest) < len(self.addresses) or all(kind.is_on for kind in self.kinds)
        return may_have_all and all(each.is_on and not each.is_stopped for each in rest if not each.hint)

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
    needs_address: str
    says: str
    is_refused: bool

    @property
    def is_stopped(self) -> bool:
        """Whether everything is stopped already."""
        return bool(self.people) and all(each.is_stopped for each in self.people)

    @property
    def may_resume(self) -> bool:
        """Whether any stop can be lifted here."""
        return any(each.may_return and each.is_proven for person in self.people for each in person.addresses)

    @property
    def may_resume_later(self) -> bool:
        """Whether the form that asks for a proof leads to such a button."""
        return any(each.may_return and not each.is_proven for person in self.people for each in person.addresses)

    @property
    def is_whole(self) -> bool:
        """Whether nothing more could be switched on by the form that asks for a proof."""
        return self.may_change and all(each.is_whole for each in self.people)


def in_words(
    reach: Reach,
    *,
    path: str,
    proven: Addresses | None,
    said: Said,
    channels: Sequence[Channel],
    known: Sequence[str],
    language: Language,
) -> Messages:
    """The page as this reader would put it. `proven`: the addresses they know whole; None: they may change nothing.
    `known`: the languages there are."""
    facts = _Facts(reach=reach, proven=proven or frozenset(), language=language)
    others = [*((each, True) for each in reach.invited), *((each, False) for each in reach.awaited)]
    return Messages(
        path=path,
        number=one_line(reach.order.number),
        people=tuple(_person(each, facts, channels=channels, known=known) for each in reach.people),
        others=tuple((each.id, mask(address_on(each, Channel.EMAIL) or ""), agreed) for each, agreed in others),
        is_invited=reach.reader is not None,
        may_change=proven is not None,
        zones=_zones() if proven is not None else (),
        needs_address=language.say(_SAYS[Said.NOT_THEIRS]),
        says=says(language, said),
        is_refused=said in REFUSED,
    )


def says(language: Language, said: Said) -> str:
    """The answer to what the reader did."""
    return language.say(_SAYS[said]) if said in _SAYS else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What is true of everybody on one page."""

    reach: Reach
    proven: Addresses
    language: Language


def _hours(language: Language, quiet: QuietHours) -> str:
    first, last = clock_time(language, quiet.since), clock_time(language, quiet.until)
    return language.say("%(first)s – %(last)s", first=first, last=last)


def _person(who: Recipient, facts: _Facts, *, channels: Sequence[Channel], known: Sequence[str]) -> Person:
    quiet = who.wishes.quiet
    return Person(
        id=who.id,
        addresses=tuple(
            _address(who, Contact(channel=channel, address=address), facts)
            for channel in channels
            if (address := address_on(who, channel))
        ),
        kinds=tuple(
            Option(value=kind, label=facts.language.say(label), is_on=kind not in who.wishes.silent)
            for kind, label in KINDS.items()
        ),
        languages=tuple(
            Option(value=tag, label=own_name(name), is_on=tag == who.wishes.locale)
            for name in known
            if (tag := name.replace("_", "-"))
        ),
        since=f"{quiet.since:%H:%M}" if quiet else "",
        until=f"{quiet.until:%H:%M}" if quiet else "",
        quiet=_hours(facts.language, quiet) if quiet else "",
        zone=who.zone or facts.reach.order.destination_zone,
    )


@cache
def _zones() -> tuple[str, ...]:
    """Places to name a time by: those that lie in a country, once each."""
    placed = get_global("zone_territories")
    return tuple(sorted(each for each in available_timezones() if placed.get(each, "001") != "001"))


def _address(who: Recipient, contact: Contact, facts: _Facts) -> Address:
    this = (contact.channel, contact.address)
    return Address(
        channel=contact.channel,
        label=facts.language.say(_CHANNELS[contact.channel]),
        masked=mask(contact.address),
        is_on=is_on(who, contact.channel),
        is_stopped=this in facts.reach.suppressed,
        may_return=this in facts.reach.may_return,
        is_proven=this in facts.proven,
        hint=facts.language.say(STOPPED_BY_TEXT) if this in facts.reach.stopped_by_text else "",
    )
