"""How a parcel's way so far looks as a small map, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from carriers.events import Milestone, Place, TrackingEvent
from tracker.domain import corrections, histories
from tracker.domain.shipments import Shipment
from tracker.render import lists, words
from tracker.render.atlas import drawings
from tracker.render.atlas.drawings import Drawing, Stop
from tracker.render.atlas.gazetteer import Precision, Spot, locate
from tracker.render.languages import Language
from tracker.render.plain import one_line

STOPS_DRAWN = 12  # the first and the latest; more would hide each other
NAMES_SAID = 5  # between the first and the last
_LABEL_LIMIT = 22
_NOT_COMING = frozenset(
    {Milestone.DELIVERED, Milestone.RETURNED, Milestone.RETURNING, Milestone.CANCELLED, Milestone.LOST}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """The map and its text alternative; both know the same."""

    name: str  # of the picture, for who does not see it
    drawing: Drawing
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Where one scan, or several in a row, put the parcel."""

    spot: Spot
    place: Place


def in_words(shipment: Shipment, events: Sequence[TrackingEvent], *, language: Language) -> Sketch | None:
    """The scans' places in travel order; None where there are fewer than two to tell apart."""
    way = _way(events)
    ahead = _ahead(shipment, way)
    if not way or (len(way) == 1 and ahead is None):
        return None
    shown = way if len(way) <= STOPS_DRAWN else [way[0], *way[1 - STOPS_DRAWN :]]
    drawing = drawings.drawn(
        tuple(Stop(spot=seen.spot, label=_label(language, seen)) for seen in shown),
        Stop(spot=ahead.spot, label=_label(language, ahead)) if ahead else None,
    )
    if drawing is None:
        return None
    home = shipment.destination.country
    return Sketch(
        name=language.say("Map of the way so far"),
        drawing=drawing,
        sentences=_sentences(language, way, ahead, home=home),
    )


def _way(events: Sequence[TrackingEvent]) -> list[_Seen]:
    """Each place once for each stay; a word that says less than the scan beside it is left out, but not at the end."""
    seen: list[_Seen] = []
    for event in corrections.scans_of_it(histories.in_order(events), corrections.taken_back(events)):
        spot = locate(event.place)
        if spot is None or (seen and seen[-1].spot == spot):
            continue
        while seen and seen[-1].spot.holds(spot):
            seen.pop()
        if not (seen and seen[-1].spot == spot):
            seen.append(_Seen(spot=spot, place=event.place))
    return seen


def _ahead(shipment: Shipment, way: Sequence[_Seen]) -> _Seen | None:
    """The country it is going to, until it is there. Never nearer: who was sent this link need not know the town."""
    country = shipment.destination.country
    if shipment.standing.milestone in _NOT_COMING or any(country in (s.spot.country, s.place.country) for s in way):
        return None
    place = Place(country=country)
    spot = locate(place)
    return _Seen(spot=spot, place=place) if spot else None


def _label(language: Language, seen: _Seen) -> str:
    """The few letters that stand on the map."""
    return one_line(_short(language, seen), _LABEL_LIMIT)


def _short(language: Language, seen: _Seen) -> str:
    match seen.spot.precision:
        case Precision.CITY:
            return words.place(language, Place(city=seen.place.city))
        case Precision.REGION:
            return one_line(seen.place.region)
        case Precision.COUNTRY:
            return _country(language, seen.place)


def _country(language: Language, place: Place) -> str:
    return str(language.locale.territories.get(place.country, place.country))


def _full(language: Language, seen: _Seen, *, home: str) -> str:
    """The place in a sentence, as exact as the map draws it."""
    match seen.spot.precision:
        case Precision.CITY:
            name = words.place(language, seen.place, home=home)
        case Precision.REGION:
            name = words.place(language, replace(seen.place, city=""), home=home)
        case Precision.COUNTRY:
            name = _country(language, seen.place)
    return lists.isolated(language, name)


def _sentences(language: Language, way: Sequence[_Seen], ahead: _Seen | None, *, home: str) -> tuple[str, ...]:
    said = [_so_far(language, way, home=home)]
    if ahead:
        country = lists.isolated(language, _country(language, ahead.place))
        said.append(language.say("It is on its way to this country: %(country)s.", country=country))
    if any(seen.spot.precision is not Precision.CITY for seen in (*way, *([ahead] if ahead else []))):
        # Translators: explains the map: dashed circles on it are areas, dots are towns
        said.append(language.say("A circle stands for a whole region or country."))
    if len(way) > 1:
        # Translators: explains the map: its lines between dots are only drawn, nobody knows the roads
        said.append(language.say("The way between the scans is not known."))
    return tuple(said)


def _so_far(language: Language, way: Sequence[_Seen], *, home: str) -> str:
    first, last = _full(language, way[0], home=home), _full(language, way[-1], home=home)
    if len(way) == 1:
        # Translators: %(place)s is a town, a region or a country, as in all sentences about scans below
        return language.say("Last scan: %(place)s.", place=last)
    if len(way) == 2:
        return language.say("First scan: %(first)s. Last scan: %(last)s.", first=first, last=last)
    between = [lists.isolated(language, _short(language, seen)) for seen in way[1:-1]]
    through = lists.joined(language, between, limit=NAMES_SAID)
    # Translators: %(through)s is a list of towns: "Lyon, Paris and Metz"
    return language.say(
        "First scan: %(first)s. Then: %(through)s. Last scan: %(last)s.", first=first, through=through, last=last
    )
