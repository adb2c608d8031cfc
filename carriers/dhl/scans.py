"""Which TrackingEvent one DHL event is, if it says enough to be one."""

from collections.abc import Sequence
from dataclasses import dataclass

from carriers.dhl.codes import CLASSES, Meaning, Status, is_sentence_of, meaning_of
from carriers.dhl.instants import instant_of, stamp, zone_for
from carriers.dhl.places import is_abroad, place_of
from carriers.events import Milestone, TrackingEvent
from carriers.shapes import fields, words
from carriers.wording import clean

LONGEST_CODE = 120  # of a sentence that stands where a code should
CODES = ("statusDetailed", "status")  # the finest first; "description" is for people

# Times of the first are local; the second writes "Z" above and none below, for the same scan. Any other division
# writes zones, and is believed to have left some out only when enough times show that it does not write UTC.
WRITES_LOCAL = frozenset({"parcel-de", "post-de", "svb"})
WRITES_BOTH = frozenset({"freight"})
ENOUGH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How the division that wrote an answer writes; an entry that lacks what the others have has lost it."""

    service: str
    local: bool  # a time of its that says no zone is local
    worded: bool  # its entries have a status, not only a description


def habits_of(service: str, entries: Sequence[object], newest: object) -> Habits:
    """What the entries of one answer have; `newest` stands above them and always has a status."""
    stamps = [found for each in (*entries, newest) if (found := stamp(words(fields(each).get("timestamp"))))]
    utc = any(each.in_utc for each in stamps)
    local = not utc and (service in WRITES_LOCAL or (service not in WRITES_BOTH and len(stamps) >= ENOUGH))
    alone = len(entries) < 2  # then nothing else tells whether it has lost its status
    worded = any(map(_is_worded, (*entries, newest) if alone else entries))
    return Habits(service=service, local=local, worded=worded)


def read_scan(value: object, habits: Habits) -> tuple[TrackingEvent, Meaning] | None:
    """The event of one entry, and the row it was read by; None when it lacks its time or its status."""
    said = fields(value)
    stamped = stamp(words(said.get("timestamp")))
    status = _status(value, habits)
    meaning = meaning_of(status)
    if not stamped or not meaning:
        return None
    place = place_of(said.get("location"))
    abroad = is_abroad(said.get("location"), place)
    zone = zone_for(habits.service, place, is_abroad=abroad) if habits.local else None
    instant = instant_of(stamped, place, zone=zone)
    event = TrackingEvent(
        code=_code(status, habits, meaning.milestone),
        milestone=meaning.milestone,
        reason=meaning.reason,
        phase=meaning.phase,
        occurred_at=instant.occurred_at,
        clock=instant.clock,
        utc_offset_minutes=instant.utc_offset_minutes,
        local_text=instant.local_text,
        place=place,
        text=_text(status, meaning),
        forecast=meaning.forecast,
        known=meaning.known,
    )
    return event, meaning


def _is_worded(value: object) -> bool:
    return any(words(fields(value).get(name)) for name in CODES)


def _status(value: object, habits: Habits) -> Status:
    """What an entry says of itself, markup removed; of one that lost its status, only a sentence we know."""
    said = fields(value)
    detailed, status, description = (clean(words(said.get(name))) for name in (*CODES, "description"))
    if habits.worded and not _is_worded(value) and not is_sentence_of(habits.service, description):
        description = ""
    kind = words(said.get("statusCode")).casefold()
    sayings = (detailed, status, description)
    return Status(service=habits.service, kind=kind if kind in CLASSES else "", sayings=sayings)


def _code(status: Status, habits: Habits, milestone: Milestone) -> str:
    """ "parcel-nl/NOT_HOME/failure", "dsc//transit"; a slash of theirs becomes a blank."""
    detailed, plain, description = status.sayings
    name = plain or detailed or ("" if habits.worded or _names_somebody(status, milestone) else description)
    return f"{status.service}/{name[:LONGEST_CODE].replace('/', ' ')}/{status.kind}".rstrip("/")


def _text(status: Status, meaning: Meaning) -> str:
    """The sentence for people."""
    *codes, description = status.sayings
    if description and not _names_somebody(status, meaning.milestone):
        return description
    return meaning.text or next(filter(None, codes), "")


def _names_somebody(status: Status, milestone: Milestone) -> bool:
    """Whether the description can be the name of who took the parcel, as it stands in some deliveries."""
    is_end = milestone is Milestone.DELIVERED or status.kind == "delivered"
    return is_end and not is_sentence_of(status.service, status.sayings[-1])
