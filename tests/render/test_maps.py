"""Whether the map draws what the scans say, no more, and says the same in words."""

import gzip
import re
from dataclasses import replace
from datetime import timedelta
from gettext import NullTranslations

import pytest
from babel import Locale

from carriers.events import Milestone, Place, TrackingEvent
from tests.render.brands import TRAIL
from tracker.domain.orders import OrderStage
from tracker.domain.shipments import Shipment
from tracker.render import maps
from tracker.render.atlas.frames import HEIGHT, WIDTH
from tracker.render.gallery.orders import NOW, WAY, at, parcel, scan, view
from tracker.render.languages import Language
from tracker.render.maps import Sketch
from tracker.render.renderer import Renderer

RENDERER = Renderer.load()
ENGLISH = RENDERER.languages.choose("en-US", "en")
AMERICA = Place(country="US")
Scanned = tuple[str, str, str]  # city, region, country

ACROSS_AMERICA: tuple[Scanned, ...] = (
    ("Boulder", "CO", "US"),
    ("Commerce City", "CO", "US"),
    ("LOUISVILLE", "KY", "US"),
    ("Maspeth", "NY", "US"),
)
OVER_THE_PACIFIC: tuple[Scanned, ...] = (("Tokyo", "", "JP"), ("Los Angeles", "CA", "US"))


def scanned(*places: Scanned, milestone: Milestone = Milestone.IN_TRANSIT) -> tuple[TrackingEvent, ...]:
    """One scan every three hours."""
    return tuple(
        replace(
            scan(milestone, at(20, 1) + timedelta(hours=3 * n)),
            code=f"scan {n}",
            place=Place(city=city, region=region, country=country),
        )
        for n, (city, region, country) in enumerate(places)
    )


def sketch(
    events: tuple[TrackingEvent, ...],
    *,
    to: Place = AMERICA,
    milestone: Milestone = Milestone.IN_TRANSIT,
    language: Language = ENGLISH,
) -> Sketch | None:
    shipment: Shipment = replace(parcel(milestone, events)[0], destination=to)
    return maps.in_words(shipment, events, language=language)


def drawn(*places: Scanned, to: Place = AMERICA) -> Sketch:
    made = sketch(scanned(*places), to=to)
    assert made is not None
    return made


def test_scans_are_dots_in_travel_order_and_the_words_say_the_same() -> None:
    made = drawn(*ACROSS_AMERICA)

    across = [dot.x for dot in made.drawing.dots]
    assert across == sorted(across), "from Colorado to New York is from left to right"
    assert [dot.is_last for dot in made.drawing.dots] == [False, False, True]
    assert [label.text for label in made.drawing.labels if label.is_last] == ["Maspeth"]
    assert made.sentences == (
        "First scan: Boulder, CO. Then: Commerce City and Louisville. Last scan: Maspeth, NY.",
        "The way between the scans is not known.",
    )


def test_north_is_up_and_the_date_line_is_no_edge() -> None:
    there, back = drawn(*OVER_THE_PACIFIC), drawn(*reversed(OVER_THE_PACIFIC))
    south = drawn(("Brisbane", "QLD", "AU"), ("Melbourne", "VIC", "AU"), to=Place(country="AU"))

    tokyo, los_angeles = there.drawing.dots
    assert tokyo.x < los_angeles.x, "the short way, over the sea"
    assert [dot.x for dot in back.drawing.dots] == [los_angeles.x, tokyo.x]
    assert south.drawing.dots[0].y < south.drawing.dots[1].y


@pytest.mark.parametrize(
    ("vague", "kind"),
    [
        (("Nobody counted it", "NE", "US"), "region"),
        (("Springfield", "", "US"), "country"),
        (("", "", "US"), "country"),
    ],
)
def test_what_is_not_known_is_a_circle_as_large_and_no_line_leads_into_it(vague: Scanned, kind: str) -> None:
    made = drawn(("KOELN", "", "DE"), vague)

    (area,) = made.drawing.areas
    (leg,) = made.drawing.legs
    end = [int(number) for number in re.findall(r"-?\d+", leg.path)][-2:]
    assert area.kind == kind
    assert area.is_last
    assert leg.is_vague
    assert abs(((end[0] - area.x) ** 2 + (end[1] - area.y) ** 2) ** 0.5 - area.radius) < 2
    assert "A circle stands for a whole region or country." in made.sentences
    assert vague[0] not in [label.text for label in made.drawing.labels] or not vague[0]


def test_a_vaguer_word_for_the_same_place_draws_nothing_but_at_the_end() -> None:
    made = drawn(("", "", "DE"), ("KOELN", "", "DE"), ("", "", "DE"), ("Leipzig", "", "DE"), to=Place(country="DE"))
    ends_vague = drawn(("KOELN", "", "DE"), ("Leipzig", "", "DE"), ("", "", "DE"), to=Place(country="DE"))

    assert made.drawing.areas == ()
    assert len(made.drawing.legs) == 1
    assert [area.is_last for area in ends_vague.drawing.areas] == [True]
    assert len(ends_vague.drawing.legs) == 1, "none into the area that holds both"


def test_what_did_not_happen_is_not_drawn() -> None:
    boulder, city, louisville, maspeth = scanned(*ACROSS_AMERICA)
    delivered = replace(maspeth, milestone=Milestone.DELIVERED)
    back = replace(scan(Milestone.DELIVERED, at(22, 1), "Denver", "CO"), retracts=Milestone.DELIVERED)
    forecast = replace(scan(Milestone.IN_TRANSIT, at(23, 1), "Miami", "FL"), forecast=True)
    label = scan(Milestone.LABEL_CREATED, at(19, 1), "Seattle", "WA")
    unread = scan(Milestone.UNKNOWN, at(23, 2), "Dallas", "TX")

    made = sketch((label, boulder, city, louisville, delivered, back, forecast, unread))

    assert made is not None
    assert made.sentences[0] == "First scan: Boulder, CO. Then: Commerce City. Last scan: Louisville, KY."


def test_the_destination_is_a_country_until_the_parcel_is_there_and_never_a_town() -> None:
    home = Place(city="Bergen", region="Vestland", postcode="5013", country="NO")
    away, near = scanned(("Leipzig", "", "DE")), scanned(("Leipzig", "", "DE"), ("OSLO", "", "NO"))

    made, arrived = sketch(away, to=home), sketch(near, to=home)

    assert made is not None
    assert arrived is not None
    assert [(mark.kind, mark.is_ahead) for mark in made.drawing.areas] == [("country", True)]
    assert [leg.is_ahead for leg in made.drawing.legs] == [True]
    assert "It is on its way to this country: Norway." in made.sentences
    assert arrived.drawing.areas == ()
    assert "Bergen" not in str(made) + str(arrived)
    assert sketch(away, to=home, milestone=Milestone.RETURNING) is None


@pytest.mark.parametrize(
    "places",
    [
        (),
        (("Denver", "CO", "US"),),
        (("Denver", "CO", "US"), ("DENVER", "CO", "US")),
        (("Maspeth", "NY", "US"), ("Brooklyn", "NY", "US")),  # nearer to each other than a dot is wide
        (("Atlantis", "", "XX"), ("Denver", "CO", "US")),
    ],
)
def test_one_place_is_no_way(places: tuple[Scanned, ...]) -> None:
    assert sketch(scanned(*places)) is None


def test_labels_lie_apart_and_within() -> None:
    made = drawn(*ACROSS_AMERICA, ("Los Angeles", "CA", "US"), ("Miami", "FL", "US"), ("Seattle", "WA", "US"))

    assert 2 <= len(made.drawing.labels) <= 4
    assert all(0 < label.x < WIDTH and 0 < label.y < HEIGHT for label in made.drawing.labels)
    assert len({label.y for label in made.drawing.labels}) > 1


@pytest.mark.parametrize(
    "places",
    [
        ACROSS_AMERICA,
        OVER_THE_PACIFIC,
        (("Shenzhen", "", "CN"), ("KOELN", "", "DE"), ("Anchorage", "AK", "US"), ("Sydney", "NSW", "AU")),
        tuple((city, "", country) for city in ("Tokyo", "Paris", "KOELN") for country in ("JP", "FR", "DE")) * 4,
    ],
)
def test_the_whole_figure_is_small_and_the_same_every_time(places: tuple[Scanned, ...]) -> None:
    events = scanned(*places)

    pages = [page(events) for _ in range(2)]
    figures = [re.findall(r'<figure class="map">.*?</figure>', html, re.DOTALL) for html in pages]

    assert figures[0] == figures[1]
    assert len(gzip.compress(figures[0][0].encode())) <= 3_000
    assert 'style="' not in figures[0][0]


def test_names_of_carriers_stay_text() -> None:
    hostile = '"><script>alert(1)</script>'
    events = scanned(("Denver", "CO", "US"), (hostile, "IL", "US"), ("KOELN", hostile, "DE"), ("x" * 10_000, "", "FR"))

    html = page(events)

    assert "<script>alert" not in html
    assert len(html) < 60_000


def test_a_name_from_right_to_left_is_fenced_off_in_a_sentence() -> None:
    arabic = Language(name="ar", locale=Locale("ar"), catalogue=NullTranslations())
    made = sketch(scanned(("Dubai", "", "AE"), ("Haifa", "", "IL"), ("KOELN", "", "DE")), language=arabic)

    assert made is not None
    assert "\u2068Koeln" in made.sentences[0]
    assert made.sentences[0].count("\u2068") == made.sentences[0].count("\u2069") > 1


def page(events: tuple[TrackingEvent, ...]) -> str:
    shown = view(OrderStage.IN_TRANSIT, parcel(Milestone.IN_TRANSIT, events))
    return RENDERER.page(shown, TRAIL, now=NOW, locale="en-US")


def test_the_page_shows_the_map_of_the_parcel_its_title_is_about() -> None:
    assert '<figure class="map">' in page(WAY)
    assert '<figure class="map">' not in page(WAY[:2])
