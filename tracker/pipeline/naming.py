"""Which carrier a stated number belongs to: the shop's word, else the number's pattern, else a question back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from carriers import detect
from tracker.domain.intake import FieldProblem, NewShipment

# What shops call carriers beside our own names; services ("UPS Ground") are found by their first words.
ALSO_CALLED: Mapping[str, str] = {
    "united_parcel_service": "ups",
    "us_postal_service": "usps",
    "united_states_postal_service": "usps",
    "federal_express": "fedex",
    "la_poste": "laposte",
    "deutsche_post": "dhl",
    "amazon": "amazon_shipping",
    "amazon_logistics": "amazon_shipping",
}
KNOWN = frozenset(each.carrier for each in detect.FORMATS)
LONGEST = 32  # characters; the column


@dataclass(frozen=True, slots=True, kw_only=True)
class Askable:
    """Which carriers this installation can ask, and why the others are off."""

    on: frozenset[str]
    why_off: Mapping[str, str]  # configured but off: the reason


class Undecided(Exception):
    """No carrier, or more than one, fits the number: the shop must say."""

    def __init__(self, problem: FieldProblem, *, candidates: tuple[str, ...]) -> None:
        super().__init__(problem.problem)
        self.problem = problem
        self.candidates = candidates


def carrier_of(stated: NewShipment, *, field: str) -> str:
    """The carrier's name as we spell it. Raises Undecided."""
    if stated.carrier:
        return spelled(stated.carrier)
    found = detect.candidates(stated.tracking_number)
    if len(found) == 1:
        return found[0]
    raise Undecided(_question(stated.tracking_number, found, field), candidates=found)


def spelled(name: str) -> str:
    """ "UPS Ground" -> "ups"; a name we do not know stays, in our spelling."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    for known, ours in (*ALSO_CALLED.items(), *((each, each) for each in sorted(KNOWN, key=len, reverse=True))):
        if plain == known or plain.startswith(f"{known}_"):
            return ours
    return plain[:LONGEST]


def warning(carrier: str, askable: Askable) -> str:
    """What to say about a parcel that nobody can be asked about; empty when all is well."""
    if carrier in askable.on:
        return ""
    if carrier in askable.why_off:
        return f"{carrier} is not asked: {askable.why_off[carrier]}"
    speaks = ", ".join(sorted(askable.on)) or "none yet"
    return f"{carrier} is not a carrier we can ask (we can ask: {speaks}). The page shows the number without scans."


def _question(number: str, found: tuple[str, ...], field: str) -> FieldProblem:
    if found:
        several = f"fits several carriers: {', '.join(found)}"
        return FieldProblem(field=field, problem=several, fix='Say which one in "carrier".')
    hurt = detect.damage(number)
    fix = hurt or f'Check it, or name the carrier in "carrier". Numbers we recognise: {", ".join(sorted(KNOWN))}.'
    return FieldProblem(field=field, problem="fits no carrier we recognise", fix=fix)
