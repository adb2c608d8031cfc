"""The few words above a page that answer "when does it come, where is it?"."""

from collections.abc import Sequence
from datetime import date

from carriers.events import Clock, Milestone, Reason, TrackingEvent
from tracker.domain.shipments import DelayCause, LookOutcome
from tracker.domain.windows import DeliveryWindow
from tracker.render import times, words
from tracker.render.facts import Facts
from tracker.render.languages import N_, Language

# Translators: %(when)s is "today at 2:02 PM", "Monday, November 24 at 2:02 PM" or only a day.
DELIVERED = N_("Delivered %(when)s")
DELIVERED_TO: dict[Reason, str] = {
    Reason.NEIGHBOUR: N_("Delivered %(when)s, left with a neighbor"),
    Reason.SAFE_PLACE: N_("Delivered %(when)s, left in a safe place"),
    Reason.MAILBOX: N_("Delivered %(when)s, put into the mailbox"),
    Reason.FRONT_DESK: N_("Delivered %(when)s, handed in at the front desk"),
    Reason.LOCKER: N_("Delivered %(when)s, put into a parcel locker"),
    Reason.ACCESS_POINT: N_("Collected %(when)s at a pickup point"),
    Reason.POST_OFFICE: N_("Collected %(when)s at a post office"),
    Reason.DAMAGED: N_("Delivered %(when)s, but damaged"),
}

# Where a parcel waits: with the last day for collecting it (%(day)s is "today", "tomorrow" or "Monday, December 1").
WAITS: dict[Reason | None, tuple[str, str]] = {
    None: (N_("Waiting for you until %(day)s"), N_("Waiting for you to collect it")),
    Reason.ACCESS_POINT: (
        N_("Waiting for you at a pickup point until %(day)s"),
        N_("Waiting for you at a pickup point"),
    ),
    Reason.LOCKER: (N_("Waiting for you in a parcel locker until %(day)s"), N_("Waiting for you in a parcel locker")),
    Reason.POST_OFFICE: (
        N_("Waiting for you at a post office until %(day)s"),
        N_("Waiting for you at a post office"),
    ),
}
OWN: dict[Milestone, str] = {  # where a page puts it otherwise than a mail
    Milestone.PICKED_UP: N_("On its way with %(carrier)s"),
    Milestone.LOST: N_("%(carrier)s cannot find this parcel"),
}
NOT_AFTER_ALL: dict[Milestone, str] = {
    Milestone.DELIVERED: N_("Not delivered after all"),
    Milestone.RETURNED: N_("Not returned after all"),
    Milestone.LOST: N_("Found again, on its way"),
}
_AT_ITS_END = frozenset({Milestone.RETURNING, Milestone.RETURNED, Milestone.LOST, Milestone.CANCELLED})


def of_parcel(facts: Facts) -> str:
    """In words that are as true above one parcel as above several."""
    milestone = facts.milestone
    if milestone is Milestone.DELIVERED:
        return _delivered(facts)
    if milestone is Milestone.READY_FOR_PICKUP:
        return _waits(facts)
    if milestone in words.TROUBLES:
        return _in_trouble(facts)
    if milestone in _AT_ITS_END:
        return _named(facts)
    return _on_the_road(facts)


def arrival(language: Language, window: DeliveryWindow, today: date) -> str:
    """today, 2:00 PM – 6:00 PM · tomorrow · Tuesday, November 24 – Thursday, November 26."""
    if window.last_day > max(window.first_day, today):
        return times.days(language, max(window.first_day, today), window.last_day)
    near, hours = _near(language, window.last_day, today), times.hours_of(language, window)
    return language.say("%(day)s, %(hours)s", day=near, hours=hours) if hours else near


def at(language: Language, event: TrackingEvent, *, zone: str, today: date) -> str:
    """today at 2:02 PM · Monday, November 24 at 2:02 PM · Monday, November 24 where the carrier gave only a day."""
    shown = times.wall_time(event.occurred_at, clock=event.clock, offset_minutes=event.utc_offset_minutes, zone=zone)
    # Where it happened the day may already have begun that is tomorrow where the parcel goes.
    day = _near(language, shown.date(), today) if shown.date() <= today else times.long_day(language, shown.date())
    if event.clock is Clock.DAY_ONLY:
        return day
    return language.say("%(day)s at %(time)s", day=day, time=times.clock_time(language, shown.time()))


def of_some(language: Language, title: str, *, alike: Sequence[int], whole: int) -> str:
    """The title of these parcels among the order's."""
    if len(alike) == whole:
        return title
    if len(alike) == 1:
        return language.say("Parcel %(n)s: %(title)s", n=alike[0], title=title)
    return language.count(
        "%(some)s of %(num)s parcels: %(title)s",
        "%(some)s of %(num)s parcels: %(title)s",
        whole,
        some=len(alike),
        title=title,
    )


def of_ends(language: Language, *, delivered: int, whole: int) -> str:
    """Of several parcels, none of which is awaited any more and some of which came."""
    if delivered == whole == 2:
        return language.say("Both parcels were delivered")
    if delivered == whole:
        return language.count("All %(num)s parcels were delivered", "All %(num)s parcels were delivered", whole)
    return counted(language, delivered=delivered, whole=whole)


def counted(language: Language, *, delivered: int, whole: int) -> str:
    """2 of 3 parcels delivered."""
    return language.count(
        "%(done)s of %(num)s parcels delivered", "%(done)s of %(num)s parcels delivered", whole, done=delivered
    )


def _delivered(facts: Facts) -> str:
    language, deciding = facts.language, facts.deciding
    if deciding is None:
        return _named(facts)
    when = at(language, deciding, zone=facts.shipment.destination_zone, today=facts.today)
    says = DELIVERED_TO.get(facts.reason, DELIVERED) if facts.reason else DELIVERED
    return language.say(says, when=when)


def _waits(facts: Facts) -> str:
    until, ever = WAITS.get(facts.reason, WAITS[None])
    last_day = facts.shipment.pickup_by
    if last_day is None or last_day < facts.today:
        return facts.language.say(ever)
    return facts.language.say(until, day=_near(facts.language, last_day, facts.today))


def _in_trouble(facts: Facts) -> str:
    """What holds it up, and the new day if there is one."""
    title = _named(facts)
    if facts.window is None or facts.earlier is None or facts.is_blind:
        return title
    when = arrival(facts.language, facts.window, facts.today)
    return facts.language.say("%(title)s. New estimate: %(when)s", title=title, when=when)


def _named(facts: Facts) -> str:
    milestone = facts.milestone or Milestone.UNKNOWN
    if milestone in OWN and (milestone, facts.reason) != words.DESTROYED:
        return facts.language.say(OWN[milestone], **facts.names)
    return words.headline(facts.language, milestone, facts.reason, **facts.names)


def _on_the_road(facts: Facts) -> str:
    """Of a parcel that should still come."""
    language, window = facts.language, facts.window
    if facts.milestone is Milestone.OUT_FOR_DELIVERY and _is_today(facts):
        hours = times.hours_of(language, window) if window else ""
        return (
            language.say("Out for delivery today, %(hours)s", hours=hours)
            if hours
            else language.say("Out for delivery today")
        )
    if facts.delay is DelayCause.NEVER_SCANNED:
        return language.say("Not scanned by %(carrier)s yet", **facts.names)
    if window:
        says = N_("Expected %(when)s") if is_doubtful(facts) else N_("Arrives %(when)s")
        return language.say(says, when=arrival(language, window, facts.today))
    return _without_a_day(facts)


def cannot_ask(facts: Facts) -> str:
    """Of a carrier that is off or does not answer."""
    return facts.language.say("We cannot ask %(carrier)s at present", **facts.names)


def is_doubtful(facts: Facts) -> bool:
    """Whether a promised day is more hope than knowledge."""
    return facts.is_blind or facts.milestone is None or facts.delay is DelayCause.SILENT


def _without_a_day(facts: Facts) -> str:
    say, taken_back = facts.language.say, facts.shipment.standing.corrected_from
    if facts.is_blind:
        return cannot_ask(facts)
    if taken_back in NOT_AFTER_ALL:
        return say(NOT_AFTER_ALL[taken_back])
    if facts.milestone is None:
        return _nothing_known(facts)
    if facts.delay is DelayCause.PROMISE_PASSED:
        return say("Delayed, and no new day yet")
    if facts.delay is DelayCause.SILENT:
        return say("No scan for longer than usual")
    return _named(facts)


def _nothing_known(facts: Facts) -> str:
    say = facts.language.say
    if facts.newest_first:
        return say("Nothing certain yet")
    if facts.shipment.watch.outcome is LookOutcome.NOT_KNOWN_YET:
        return say("%(carrier)s does not know this parcel yet", **facts.names)
    if facts.shipment.watch.outcome is None:
        return say("No information yet")
    return say("No news from %(carrier)s yet", **facts.names)


def _is_today(facts: Facts) -> bool:
    """Whether the van goes round today: the promise says so, or it was loaded today."""
    if facts.window:
        return facts.window.first_day <= facts.today == facts.window.last_day
    deciding, zone = facts.deciding, facts.shipment.destination_zone
    if deciding is None:
        return False
    clock, offset = deciding.clock, deciding.utc_offset_minutes
    return times.wall_time(deciding.occurred_at, clock=clock, offset_minutes=offset, zone=zone).date() == facts.today


def _near(language: Language, value: date, today: date) -> str:
    """yesterday, today, tomorrow, or the day written out."""
    is_near = abs((value - today).days) <= 1
    return times.near_day(language, value, today) if is_near else times.long_day(language, value)
