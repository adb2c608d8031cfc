"""Every page answers three questions, in a language its reader knows, in words that cannot do anything."""

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest

from carriers.events import Milestone, Reason
from carriers.own_pages import OWN_PAGES, TRACKING_PAGES, Wish, own_page, tracking_page
from carriers.registry import OPEN
from tests.domain.builders import a_shipment
from tests.render.brands import SOUND, TRAIL
from tracker.domain.brands import Product
from tracker.domain.orders import Order, ShopFacts
from tracker.domain.shipments import DelayCause, Judgement, OrderId, Shipment, Standing
from tracker.domain.tickets import TicketKind
from tracker.render import faq, pages, questions
from tracker.render.faq import FaqUnreadable
from tracker.render.gallery.orders import NOW
from tracker.render.gallery.states import all_states
from tracker.render.languages import Language
from tracker.render.moods import Mood
from tracker.render.pictures import Album
from tracker.render.questions import TOPICS, Situation, Topic
from tracker.render.renderer import TEMPLATES, Renderer

RENDERER = Renderer.load()
FILES = sorted((TEMPLATES / "faq").glob("*.md"))
LAMP = Product(title="A lamp <b>", url="https://alpenglow.example/lamp", price="$12", picture="lamp.png")
SELLING = replace(TRAIL, products=(LAMP,))


def passages(path: Path) -> dict[Topic, faq.Passage]:
    return faq.read(path.read_text("utf-8"), where=path.name, written=path.stem)


def speak(tag: str) -> Language:
    return RENDERER.languages.choose(tag, "en")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_language_answers_exactly_the_questions_of_english_with_the_same_names(path: Path) -> None:
    english, other = passages(TEMPLATES / "faq/en.md"), passages(path)

    assert list(other) == list(english) == list(Topic)
    for topic, passage in other.items():
        assert _names(passage) == _names(english[topic]), topic
        assert _links(passage) == _links(english[topic]), topic


def test_every_situation_has_three_different_questions() -> None:
    assert set(TOPICS) == set(Situation)
    assert all(len(set(topics)) == 3 for topics in TOPICS.values())
    assert {topic for topics in TOPICS.values() for topic in topics} | {Topic.PARCELS} == set(Topic)


def test_every_standing_leads_to_a_situation() -> None:
    order = Order(id=OrderId("o"), brand="alpenglow", number="1", facts=ShopFacts(placed_at=NOW), created_at=NOW)
    delays = (None, *DelayCause)
    found = {
        questions.situation(order, _standing(milestone, reason, delay), mood)
        for milestone, reason, delay, mood in itertools.product((None, *Milestone), (None, *Reason), delays, Mood)
    }

    assert found >= set(Situation) - {Situation.GETTING_READY, Situation.CANCELLED, Situation.NOT_KNOWN}


@pytest.mark.parametrize("name", all_states())
def test_every_page_answers_three_questions_and_names_what_can_be_done(name: str) -> None:
    view = replace(all_states()[name], path="/t/x")

    html = RENDERER.page(view, TRAIL, now=NOW, locale="en")
    help_ = pages.in_words(view, TRAIL, language=speak("en"), now=NOW).help

    assert html.count('<details class="fold faq"') == 3
    assert help_.actions[-1].url == "/t/x/problem"
    assert len({each.label for each in help_.actions}) == len(help_.actions)
    assert all(each.url.startswith("/t/x/" if each.is_ours else ("https://", "mailto:")) for each in help_.actions)


@pytest.mark.parametrize("name", all_states())
def test_products_stand_only_on_pages_with_good_news(name: str) -> None:
    view = replace(all_states()[name], path="/t/x")
    page = pages.in_words(view, SELLING, language=speak("en"), now=NOW)

    milestones = {each.standing.milestone for each in view.order.shipments}
    is_bad = view.order.state.delayed or milestones & {
        Milestone.EXCEPTION,
        Milestone.ATTEMPT_FAILED,
        Milestone.RETURNING,
        Milestone.RETURNED,
        Milestone.LOST,
        Milestone.CANCELLED,
    }

    assert not (page.help.products and is_bad), name
    assert bool(page.help.products) <= (page.mood in (Mood.CALM, Mood.GOOD))
    assert pages.in_words(view, TRAIL, language=speak("en"), now=NOW).help.products == ()


def test_products_are_shown_and_never_beside_an_open_ticket() -> None:
    view, plain = replace(all_states()["delivered"], path="/t/x"), replace(LAMP, picture="", title="A desk")
    album = Album(of_products={"lamp.png": "/pictures/alpenglow/of-the-lamp.png"})
    renderer, selling = replace(RENDERER, album=lambda _: album), replace(SELLING, products=(LAMP, plain))

    html = renderer.page(view, selling, now=NOW, locale="en")
    told = replace(view, reported=(TicketKind.MISSING,))

    (shown,) = re.findall("<img[^>]*>", html)
    assert shown == '<img src="/pictures/alpenglow/of-the-lamp.png" alt="" loading="lazy" width="320" height="240">'
    assert "A lamp &lt;b&gt;" in html
    assert "A desk" in html
    assert "lamp" not in renderer.page(told, selling, now=NOW, locale="en")


def test_a_preview_leads_nowhere_below_itself() -> None:
    html = RENDERER.page(all_states()["delivered"], TRAIL, now=NOW, locale="en")

    assert "<form" not in html
    assert "/missing" not in html


def test_names_are_filled_in_as_text() -> None:
    shop = replace(SOUND, name="Tom & <Jerry> {carrier}")

    answer = RENDERER.faq.answer(Topic.LABEL_CREATED, shop, language=speak("en"), carrier="{shop}")

    assert "Tom &amp; &lt;Jerry&gt; {carrier} has announced your parcel to {shop}" in answer.text


def test_a_shops_own_words_go_before_ours() -> None:
    own, ours = (
        RENDERER.faq.answer(Topic.RETURN, brand, language=speak("en"), carrier="UPS") for brand in (TRAIL, SOUND)
    )

    assert "60 days" in own.text
    assert 'rel="noopener noreferrer"' in own.text
    assert "60 days" not in ours.text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Our English answers, two in German, and a shop that speaks French."""
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq/en.md").write_text((TEMPLATES / "faq/en.md").read_text("utf-8"), "utf-8")
    (tmp_path / "faq/de.md").write_text("## Ist es weg? {#lost}\n\nMeist nicht.\n", "utf-8")
    (tmp_path / "brands/loup/faq").mkdir(parents=True)
    (tmp_path / "brands/loup/faq/fr.md").write_text("## Perdu ? {#today}\n\nNon.\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("topic", "tag", "question", "language"),
    [
        (Topic.LOST, "de-AT", "Ist es weg?", ""),
        (Topic.TODAY, "de", "Perdu ?", "fr"),  # the shop's language before English
        (Topic.DELAY, "de", "Why is it late?", "en"),
        (Topic.DELAY, "en-GB", "Why is it late?", ""),
    ],
)
def test_a_question_without_a_translation_says_its_language(
    folder: Path, topic: Topic, tag: str, question: str, language: str
) -> None:
    loup = replace(SOUND, slug="loup", locale="fr-FR")
    reader = replace(speak("en"), locale=speak("en").locale.parse(tag, sep="-"))

    answer = faq.load(folder).answer(topic, loup, language=reader, carrier="UPS")

    assert (answer.question, answer.language) == (question, language)
    assert answer.direction == ("ltr" if language else "")


def test_a_shop_chooses_its_topics_by_situation(folder: Path) -> None:
    (folder / "brands/loup/faq/topics.toml").write_text('moving = ["return", "today"]\n', "utf-8")
    loup = replace(SOUND, slug="loup")
    page = pages.in_words(all_states()["in_transit"], loup, language=speak("en"), now=NOW)

    found = faq.load(folder)

    assert [each.topic for each in found.answers(page.help, loup, language=speak("en"))] == [Topic.RETURN, Topic.TODAY]
    assert len(found.answers(page.help, SOUND, language=speak("en"))) == 3


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("en.md", "## No id\n\nText.\n", 'write "## Question'),
        ("en.md", "## What? {#nothing}\n\nText.\n", "there is no topic 'nothing'"),
        ("en.md", "## What? {#lost}\n\n{price} is due.\n", "{price} is no name"),
        ("en.md", "## A? {#lost}\n\nX.\n\n## B? {#lost}\n\nY.\n", "stands there twice"),
        ("en.md", "## What? {#lost}\n\n", "has no answer"),
        ("klingon.md", "## What? {#lost}\n\nX.\n", "named for no language"),
        ("topics.toml", 'nowhere = ["lost"]\n', "situations:"),
        ("topics.toml", 'moving = ["nothing"]\n', "topics:"),
        ("topics.toml", "moving = 3\n", "loup/faq/topics.toml"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_at_start(folder: Path, file: str, text: str, says: str) -> None:
    (folder / "brands/loup/faq" / file).write_text(text, "utf-8")

    with pytest.raises(FaqUnreadable) as refused:
        faq.load(folder)

    assert says in str(refused.value)
    assert file in str(refused.value)


@pytest.mark.parametrize(
    ("markdown", "harmless"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("[x](javascript:alert(1))", "[x]("),
        ("[x](JaVaScRiPt:alert(1))", "[x]("),
        ("[x](data:text/html,x)", "[x]("),
        ("[x](//evil.example)", "[x]("),
        ("<javascript:alert(1)>", "&lt;javascript"),
        ("![x](https://evil.example/x.png)", '!<a href="https://evil.example/x.png" rel="noopener noreferrer">'),
        ("[x](/help)", '<a href="/help" rel="noopener noreferrer">'),
        ("[x](mailto:a@b.example)", '<a href="mailto:a@b.example" rel="noopener noreferrer">'),
    ],
)
def test_markdown_can_only_say_things(folder: Path, markdown: str, harmless: str) -> None:
    (folder / "brands/loup/faq/en.md").write_text(f"## X? {{#lost}}\n\n{markdown}\n", "utf-8")
    loup = replace(SOUND, slug="loup")

    text = faq.load(folder).answer(Topic.LOST, loup, language=speak("en"), carrier="UPS").text

    assert harmless in text
    assert not re.search(r"<(script|img)|href=\"(javascript|data|//)", text, re.IGNORECASE)


def test_carriers_own_pages_are_known_by_country_only() -> None:
    assert set(OWN_PAGES) <= set(OPEN)
    assert all(page.url.startswith("https://") and page.countries for each in OWN_PAGES.values() for page in each)
    assert own_page("usps", Wish.AGAIN, country="US") == "https://tools.usps.com/redelivery.htm"
    assert own_page("usps", Wish.AGAIN, country="") == own_page("unheard", Wish.AGAIN, country="US") == ""


def test_every_carrier_has_a_public_page_whose_number_is_escaped() -> None:
    assert set(TRACKING_PAGES) == set(OPEN)
    assert tracking_page("ups", "1Z&x=1") == "https://www.ups.com/track?loc=en_US&tracknum=1Z%26x%3D1"
    assert tracking_page("unheard", "1Z") == ""


def _standing(milestone: Milestone | None, reason: Reason | None, delay: DelayCause | None) -> Shipment:
    standing = Standing(milestone=milestone, reason=reason)
    return replace(a_shipment(), standing=standing, judgement=Judgement(delayed=delay))


def _names(passage: faq.Passage) -> set[str]:
    return set(faq.PLACEHOLDER.findall(passage.question + passage.text))


def _links(passage: faq.Passage) -> list[str]:
    return sorted(re.findall(r"\]\((.*?)\)", passage.text))
