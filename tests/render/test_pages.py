"""The page states every fact once, for everybody, and asks nobody else."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from carriers.events import Clock, Milestone, Place, TrackingEvent
from tests.render.brands import SOUND, TRAIL
from tracker.domain.brands import Brand
from tracker.domain.orders import OrderStage
from tracker.domain.shipments import Item
from tracker.domain.windows import PromisedBy
from tracker.render.gallery.orders import CARRIER_PAGE, NOW, WAY, at, days, parcel, scan, view
from tracker.render.gallery.states import all_states
from tracker.render.pages import PageView, Unsubscribing
from tracker.render.pictures import ADDRESS
from tracker.render.renderer import STYLES, Renderer

RENDERER = Renderer.load()
STATES = all_states()
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y>\u202egnp.exe\u2066\r\nBcc: a@b.example\x00"


def shown(page: PageView, brand: Brand = TRAIL, *, locale: str = "en-US") -> str:
    return RENDERER.page(page, brand, now=NOW, locale=locale)


class Outline(HTMLParser):
    """Tags and attributes of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f" {data} "

    def count(self, tag: str) -> int:
        return sum(found == tag for found, _ in self.tags)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", Outline(html).text)


@pytest.mark.parametrize("brand", [TRAIL, SOUND], ids=["alpenglow", "volta"])
@pytest.mark.parametrize("name", STATES)
def test_every_state_renders_whole_small_and_within_the_policy(name: str, brand: Brand) -> None:
    page = shown(STATES[name], brand)
    outline = Outline(page)

    assert outline.count("h1") == 1
    assert outline.count("script") == outline.count("style") == 0
    assert not [attributes for _, attributes in outline.tags if "style" in attributes]
    assert not [key for _, attributes in outline.tags for key in attributes if key.startswith("on")]
    assert len(page.encode()) < 30_000
    assert not re.search(r"None|Undefined|\b[a-z]+_[a-z_]+\b|%\(", text_of(page))


@pytest.mark.parametrize("name", STATES)
def test_a_page_loads_its_style_sheet_pictures_of_ours_and_nothing_else(name: str) -> None:
    loaded = [
        attributes.get("href") or attributes.get("src") or ""
        for tag, attributes in Outline(shown(STATES[name])).tags
        if tag in ("link", "img", "script", "iframe", "video", "source", "object", "embed")
    ]

    pictures = f"{ADDRESS}{TRAIL.slug}/"
    assert [address for address in loaded if not address.startswith(("data:", pictures))] == [
        STYLES + RENDERER.stylesheet(TRAIL)[1]
    ]


def test_a_style_sheet_loads_nothing() -> None:
    for brand in (TRAIL, SOUND, None):
        css = RENDERER.stylesheet(brand)[0].decode()
        assert "url(" not in css
        assert "@import" not in css
        assert "{{" not in css


def test_a_style_sheets_name_changes_with_its_content() -> None:
    other = replace(TRAIL, theme=replace(TRAIL.theme, radius_px=9))

    assert RENDERER.stylesheet(TRAIL)[1] == RENDERER.stylesheet(TRAIL)[1]
    assert RENDERER.stylesheet(TRAIL)[1] != RENDERER.stylesheet(other)[1]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("placed", "We have your order"),
        ("confirmed", "Expected Wednesday, November 26 – Friday, November 28"),
        ("cancelled", "This order was cancelled"),
        ("label", "Packed, waiting for UPS"),
        ("not_known_yet", "UPS does not know this parcel yet"),
        ("never_asked", "No information yet"),
        ("in_transit", "Arrives tomorrow"),
        ("in_transit_range", "Arrives Wednesday, November 26 – Friday, November 28"),
        ("moved", "Arrives Thursday, November 27"),
        ("down", "Expected tomorrow"),
        ("refused", "We cannot ask UPS at present"),
        ("out_for_delivery", "Out for delivery today, 2:00 PM – 6:00 PM"),
        ("attempt_failed", "Nobody was there"),
        ("ready_for_pickup", "Waiting for you at a pickup point until Monday, December 1"),
        ("delivered", "Delivered today at 2:02 PM, left in a safe place"),
        ("late", "Delayed, and no new day yet"),
        ("silent", "No scan for longer than usual"),
        ("customs", "Waiting for customs"),
        ("returning", "On its way back to Alpenglow"),
        ("returned", "Returned to Alpenglow"),
        ("lost", "UPS cannot find this parcel"),
        ("three_parcels", "Parcel 2: Arrives tomorrow"),
    ],
)
def test_the_headline_is_the_answer(name: str, title: str) -> None:
    heading = re.search(r"<h1>(.*?)</h1>", shown(STATES[name]))

    assert heading
    assert heading[1].replace("\xa0", " ") == title


def test_a_parcel_on_a_shelf_is_not_called_out_for_delivery() -> None:
    hero = re.search('<section class="hero.*?</section>', shown(STATES["ready_for_pickup"]), re.DOTALL)

    assert hero
    assert "Waiting for you" in hero[0]
    assert "Out for delivery" not in hero[0]


def test_a_promise_shows_whose_it_is() -> None:
    assert "UPS expects to deliver it on Tuesday, November 25." in text_of(shown(STATES["in_transit"]))
    assert "Alpenglow expects it to reach you between" in text_of(shown(STATES["in_transit_range"]))


def test_a_missed_or_moved_promise_is_named_not_rewritten() -> None:
    assert "UPS had planned to deliver it on Friday, November 21." in text_of(shown(STATES["late"]))
    assert "UPS had planned to deliver it on Monday, November 24." in text_of(shown(STATES["moved"]))


def test_several_parcels_are_counted_and_the_late_one_is_not_hidden() -> None:
    text = text_of(shown(STATES["three_parcels"]))

    assert "1 of 3 parcels delivered" in text
    assert "1 other parcel is delayed." in text
    assert [f"Parcel {n} of 3" in text for n in (1, 2, 3)] == [True] * 3


def test_parcels_alike_share_a_headline_and_a_cancelled_order_has_its_own_words() -> None:
    coming = parcel(Milestone.IN_TRANSIT, WAY, window=days(25))
    twins = view(OrderStage.IN_TRANSIT, coming, parcel(Milestone.IN_TRANSIT, WAY, window=days(25), key="s2"))
    label = view(OrderStage.CANCELLED, parcel(Milestone.LABEL_CREATED, WAY[:1]))

    assert "<h1>Arrives tomorrow</h1>" in shown(twins)
    assert "Nothing more will be sent for it." in shown(label)


def test_the_story_names_the_latest_scan_not_the_one_that_opened_the_stage() -> None:
    coming, scans = parcel(Milestone.IN_TRANSIT, WAY[:4], window=days(25))
    opened = replace(coming, standing=replace(coming.standing, event=WAY[2].fingerprint))
    page = shown(view(OrderStage.IN_TRANSIT, (opened, scans)))

    assert "Last scanned in Louisville, KY" in text_of(page)


def test_a_scan_shows_its_own_local_time_and_the_carriers_words() -> None:
    abroad = TrackingEvent(
        code="X",
        milestone=Milestone.IN_TRANSIT,
        occurred_at=at(23, 20),
        clock=Clock.EXACT,
        utc_offset_minutes=60,
        local_text="2025-11-24T02:00:00",
        place=Place(city="KÖLN", country="DE"),
        text="Abgang <Umschlag>",
    )
    page = shown(view(OrderStage.IN_TRANSIT, parcel(Milestone.IN_TRANSIT, (*WAY[:2], abroad))))

    assert "Scanned in Köln, Germany." in page
    assert "Mon, Nov 24, 2:00\xa0AM" in page
    assert 'datetime="2025-11-24T01:00:00Z"' in page
    assert '<q lang="en"><bdi>Abgang &lt;Umschlag&gt;</bdi></q>' in page


def test_the_timeline_is_an_ordered_list_newest_first_with_the_current_step_marked() -> None:
    page = shown(STATES["delivered"])
    timeline = page[page.index('<ol class="scans">') :]

    assert timeline.index("left in a safe place") < timeline.index("out for delivery") < timeline.index("taken over")
    assert timeline.count('aria-current="true"') == 1
    assert page.count('aria-current="step"') == 1


def test_the_carriers_page_the_shop_and_the_items_are_one_link_away() -> None:
    page = shown(STATES["delivered"])

    assert f'href="{CARRIER_PAGE}"' in page
    assert f'href="{TRAIL.help_url}"' in page
    assert "mailto:help@alpenglow.example" in page
    assert "Titanium pegs, set of six" in page


def test_hostile_data_stays_text() -> None:
    bad = scan(Milestone.IN_TRANSIT, at(22, 8), HOSTILE, HOSTILE, text=HOSTILE)
    shipment, events = parcel(Milestone.IN_TRANSIT, (bad,), items=(Item(name=HOSTILE, quantity=3),), left_with=HOSTILE)
    dangerous = (replace(shipment, tracking_number=HOSTILE, service=HOSTILE, carrier=HOSTILE), events)
    page = view(OrderStage.IN_TRANSIT, dangerous, number=HOSTILE)
    html = shown(replace(page, carrier_pages={shipment.id: "javascript:alert(1)"}))
    outline = Outline(html)

    assert outline.count("script") == outline.count("img") == 0
    assert "javascript:" not in html
    assert not re.search("[\x00\r\u202e\u2066]", html)


def test_endless_data_is_cut() -> None:
    endless = scan(Milestone.IN_TRANSIT, at(22, 8), "C" * 10_000, "R" * 10_000, text="T" * 10_000)
    events = tuple(replace(endless, code=f"{n}") for n in range(300))
    many = [parcel(Milestone.IN_TRANSIT, events, key=f"s{n}", items=(Item(name="I" * 10_000),) * 90) for n in range(40)]

    html = shown(view(OrderStage.IN_TRANSIT, *many, number="N" * 10_000))

    assert len(html.encode()) < 100_000
    assert "28 more parcels belong to this order." in html
    assert "297 older scans are not shown." in html


def test_a_link_that_leads_nowhere_gives_one_answer_and_no_name() -> None:
    page = RENDERER.gone()

    assert page == RENDERER.gone(None, locale="")
    assert "newest message about your order" in page
    assert "Alpenglow" not in page


def test_stopping_messages_takes_a_press_of_a_button_and_can_be_undone() -> None:
    asked = RENDERER.unsubscribe(TRAIL, where=Unsubscribing.ASKED, action="/u/abc")
    stopped = RENDERER.unsubscribe(TRAIL, where=Unsubscribing.STOPPED, action="/u/abc")

    assert '<form method="post" action="/u/abc">' in asked
    assert 'name="choice" value="stop"' in asked
    assert 'name="choice" value="resume"' in stopped


@pytest.mark.parametrize("by", PromisedBy)
def test_an_order_without_parcels_tells_the_promise_made_for_it(by: PromisedBy) -> None:
    page = shown(view(OrderStage.CONFIRMED, promised=days(26, 28, by=by)))

    assert "between Wednesday, November 26 and Friday, November 28." in page
