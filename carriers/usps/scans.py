"""Which TrackingEvent one entry of USPS's trackingEvents is, if it says enough to be one.

An entry counts as read only with a code, a wall time and, where the code alone could mean several things, its sentence.
One that lacks any of these is left out and counted: what remains of it could mean something else.
"""

import re
from functools import lru_cache

from carriers.countries import country_named
from carriers.events import Milestone, Place, TrackingEvent
from carriers.shapes import fields, words
from carriers.usps.codes import meaning_of
from carriers.usps.instants import instant_of
from carriers.wording import clean

LONGEST_NAME = 80  # of a city; it may be the name of a whole facility

_CODE = re.compile(r"[A-Z0-9]{2}")
# As they stand in eventState, those of the military post included.
_STATE = re.compile(
    r"A[AEKLPRSZ]|C[AOT]|D[CE]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]|O[HKR]|P[ARW]|RI|S[CD]|T[NX]|UT"
    r"|V[AIT]|W[AIVY]"
)
_COUNTRY = re.compile(r"[A-Z]{2}")
_TRADEMARK = re.compile(r"<SUP>[^<>]*</SUP>", re.IGNORECASE)  # "USPS Ground Advantage<SUP>&#153;</SUP>"


def read_scan(value: object) -> TrackingEvent | None:
    """The event of one entry; None when it lacks what makes it readable."""
    entry = fields(value)
    code, sentence = words(entry.get("eventCode")), plain(entry.get("eventType"))
    meaning = meaning_of(code, sentence) if _CODE.fullmatch(code) else None
    if not meaning:
        return None
    place = place_of(entry.get("eventCity"), entry.get("eventState"), entry.get("eventZIP"), entry.get("eventCountry"))
    instant = instant_of(entry, place, label=meaning.milestone is Milestone.LABEL_CREATED)
    if not instant:
        return None
    return TrackingEvent(
        code=code,
        milestone=meaning.milestone,
        reason=meaning.reason,
        phase=meaning.phase,
        occurred_at=instant.occurred_at,
        clock=instant.clock,
        utc_offset_minutes=instant.utc_offset_minutes,
        local_text=instant.local_text,
        place=place,
        text=sentence,
        forecast=meaning.forecast,
        known=meaning.known,
    )


def plain(value: object, *, longest: int = 500) -> str:
    """Their words without markup and trademark signs."""
    return clean(_TRADEMARK.sub("", words(value)[: longest * 8]), longest=longest)


def place_of(city: object, state: object, postcode: object, country: object) -> Place:
    """At home they name a state and no country; abroad a country, often by its name."""
    return _place(words(city), words(state), words(postcode), words(country))


@lru_cache(maxsize=10_000)
def _place(city: str, state: str, postcode: str, country: str) -> Place:
    named = country.upper()
    code = named if _COUNTRY.fullmatch(named) else country_named(named)
    if not country and _STATE.fullmatch(state.upper()):
        code = "US"
    abroad = "" if code else country  # a name without a row is kept for people; no zone can be told from it
    return Place(
        city=clean(city, longest=LONGEST_NAME),
        region=clean(state or abroad, longest=LONGEST_NAME),
        postcode=clean(postcode, longest=LONGEST_NAME),
        country=code,
    )
