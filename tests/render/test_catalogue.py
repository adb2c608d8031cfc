"""Everything people read can be translated."""

import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from tests.render import proofreading
from tests.render.brands import TRAIL
from tests.render.extraction import ENGLISH, LANGUAGES, LOCALE, extracted, path_of, read, written
from tests.render.mails import STORIES, render
from tests.render.notes import NOTES
from tracker.domain.tickets import TicketKind
from tracker.render import reports
from tracker.render.gallery.orders import NOW
from tracker.render.gallery.states import all_states
from tracker.render.pages import Finding, Unsubscribing
from tracker.render.renderer import TEMPLATES, Renderer
from tracker.render.reports import Asking, Refused, Typed, Wrong

DATA = re.compile(  # what comes from orders, carriers and brands, and days as babel writes them
    "Alpenglow( Mountain Supply, 410 Pearl Street, Boulder, CO 80302)?|UPS( Ground)?|FedEx|USPS|Ana|1Z999AA10123456784"
    r"|(Brooklyn|Maspeth)(, NY)?|Louisville(, KY)?|(Boulder|Commerce City)(, CO)?|Vereinigte Staaten|Front Door"
    "|GeoNames, CC BY 4.0|Ridgeline tent, two people|Titanium pegs, set of six|Enamel mug"
    r"|https://\S+|help@alpenglow.example|\b(Mo|Di|Mi|Do|Fr|Sa|So)\.|\w+tag|Mittwoch|Nov\.|Dez\.|November|Dezember"
)

CATALOGUES = sorted(path.parts[-3] for path in LOCALE.glob("*/LC_MESSAGES/wismo.po"))
TRANSLATED = [name for name in CATALOGUES if name != "en"]
WORDED = sorted(
    path
    for folder in ("page", "email", "sms")
    for path in (TEMPLATES / folder).rglob("*.*")
    if path.suffix in (".html", ".txt")
)


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """A "German" in which each sentence of ours stands in brackets, so that what is not translated shows."""
    folder = tmp_path_factory.mktemp("bracketed") / "templates"
    shutil.copytree(TEMPLATES, folder)
    bracketed = folder / "locale/de/LC_MESSAGES/wismo.po"
    bracketed.parent.mkdir(parents=True, exist_ok=True)
    catalogue = Catalog(locale="de")
    for message in extracted():
        if message.id:
            several = isinstance(message.id, tuple)
            catalogue.add(message.id, tuple(f"⟦{text}⟧" for text in message.id) if several else f"⟦{message.id}⟧")
    with bracketed.open("wb") as target:
        write_po(target, catalogue)
    return Renderer.load(folder)


@pytest.mark.parametrize("name", CATALOGUES)
def test_each_catalogue_lists_every_sentence(name: str) -> None:
    path = path_of(name)

    assert path.read_bytes() == written(name, path), "run: python -m tests.render.extraction"


def test_no_note_to_translators_is_about_a_sentence_that_went() -> None:
    said = {message.id[0] if isinstance(message.id, tuple) else message.id for message in extracted()}

    assert set(NOTES) - said == set()


@pytest.mark.parametrize("name", TRANSLATED)
def test_each_catalogue_is_whole(name: str) -> None:
    path = path_of(name)

    assert proofreading.faults(name, read(name, path), extracted()) == []
    assert "# No native speaker has read it yet." in path.read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", TRANSLATED)
def test_each_language_answers_every_question(name: str) -> None:
    ours, theirs = ((TEMPLATES / f"faq/{each}.md").read_text("utf-8") for each in ("en", name))

    assert proofreading.faq_faults(theirs, ours, where=name) == []


@pytest.mark.parametrize("name", STORIES)
def test_no_word_of_a_mail_escapes_translation(renderer: Renderer, name: str) -> None:
    mail = render(renderer, STORIES[name], TRAIL, locale="de-DE")

    assert mail.language == "de-DE"
    assert _untranslated(mail.subject) == []
    assert _untranslated(mail.text) == []
    assert _untranslated(_words_of(mail.html)) == []


@pytest.mark.parametrize("name", all_states())
def test_no_word_of_a_page_escapes_translation(renderer: Renderer, name: str) -> None:
    page = renderer.page(all_states()[name], TRAIL, now=NOW, locale="de")

    without_their_words = re.sub(r"<q lang=.*?</q>|<details class=\"fold faq\".*?</details>", "", page, flags=re.DOTALL)
    assert _untranslated(_words_of(without_their_words)) == []


@pytest.mark.parametrize("path", WORDED, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_has_words_of_its_own(path: Path) -> None:
    ours = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<(style|svg).*?</\1>", "", path.read_text("utf-8"), flags=re.DOTALL)
    spoken = re.findall(r'\b(?:alt|title|placeholder|aria-label)="([^"]*)"', ours)

    assert _untranslated(_words_of(ours)) == []
    assert _untranslated(" ".join(spoken)) == []


def test_no_word_of_the_small_pages_escapes_translation(renderer: Renderer) -> None:
    small = [renderer.gone(TRAIL, locale="de"), renderer.error(TRAIL, locale="de")]
    small += [renderer.unsubscribe(TRAIL, where=where, action="/u/x", locale="de") for where in Unsubscribing]

    assert [_untranslated(_words_of(page)) for page in small] == [[]] * 5


def test_a_page_offers_its_other_languages_by_their_own_names(renderer: Renderer) -> None:
    asks = renderer.unsubscribe(TRAIL, where=Unsubscribing.ASKED, action="/u/x", locale="de-AT")
    finds = renderer.track(TRAIL, outcome=Finding.ASKED, action="/track", locale="de-AT")
    leads_nowhere = renderer.gone(TRAIL, locale="de-AT")

    assert '<a href="?lang=de" hreflang="de" lang="de" aria-current="true">Deutsch</a>' in asks
    assert '<a href="?lang=en" hreflang="en" lang="en">English</a>' in asks
    assert '<a href="?brand=alpenglow&amp;lang=en" hreflang="en" lang="en">English</a>' in finds
    assert "hreflang" not in leads_nowhere


def test_a_page_without_an_address_offers_no_languages(renderer: Renderer) -> None:
    view = all_states()["in_transit"]

    assert "hreflang" not in renderer.page(view, TRAIL, now=NOW, locale="de")
    assert "hreflang" in renderer.page(replace(view, path="/t/x"), TRAIL, now=NOW, locale="de")


@pytest.mark.parametrize("refused", [None, *Wrong])
def test_no_word_of_a_form_escapes_translation(renderer: Renderer, refused: Wrong | None) -> None:
    view = all_states()["all_delivered"]
    asking = Asking(order=view.order, brand=TRAIL, language=renderer.languages.choose("de", "en"), events=view.events)
    facts: dict[str, Any] = {"locale": "de", "back": "/t/x"}

    forms = [
        reports.form(kind, asking, Typed(), refused=Refused(wrong=refused, minutes=2) if refused else None)
        for kind in TicketKind
    ]
    made = [renderer.below("report", TRAIL, form=form, action="/t/x", **facts) for form in forms]
    for given, problem in ((None, ""), (7, ""), (7, forms[0].problem)):
        rating: dict[str, Any] = {"given": given, "problem": problem, "comment": "", "action": "/t/x"}
        made.append(renderer.below("rating", TRAIL, **rating, **facts))
    made.append(renderer.below("thanks", TRAIL, about="missing", has_waited=False, **facts))

    assert [_untranslated(_words_of(page)) for page in made] == [[]] * 8


@pytest.mark.parametrize(
    ("locale", "language", "shown"),
    [
        ("en-US", "en-US", "Mon, Nov 24"),
        ("en-GB", "en-GB", "Mon 24 Nov"),
        ("sv-SE", "en-SE", "Mon, 24 Nov"),  # no Swedish catalogue here: English words, English dates, never a mixture
        ("fi-FI", "en-FI", "Mon, 24 Nov"),
        ("", "en", "Mon, Nov 24"),
        ("not a locale", "en", "Mon, Nov 24"),
    ],
)
def test_words_and_dates_are_of_one_language(locale: str, language: str, shown: str) -> None:
    mail = render(Renderer.load(), STORIES["out_for_delivery"], TRAIL, locale=locale)

    assert mail.language == language
    assert shown in mail.text
    assert f'lang="{language}"' in mail.html


def _words_of(html: str) -> str:
    body = re.sub(r"<style>.*?</style>|<a [^>]*hreflang=[^>]*>.*?</a>", "", html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "\n", body))


def _untranslated(text: str) -> list[str]:
    """Words that stand neither in brackets nor in the data."""
    before = ""
    while before != text:
        before, text = text, re.sub("⟦[^⟦⟧]*⟧", " ", text)
    return re.findall(r"[A-Za-z]{2,}", DATA.sub(" ", text))


def test_the_check_itself_sees_a_forgotten_word() -> None:
    assert _untranslated("⟦Arrives ⟦today⟧⟧: forgotten") == ["forgotten"]
    assert Path(ENGLISH).is_file()


def test_all_eighteen_languages_are_there() -> None:
    assert set(CATALOGUES) == set(LANGUAGES)
    assert len(LANGUAGES) == 18


@pytest.mark.parametrize("name", TRANSLATED)
def test_each_catalogue_says_how_it_was_reviewed(name: str) -> None:
    head = path_of(name).read_text("utf-8").split("msgid", 1)[0].splitlines()

    said = [line for line in head if line.startswith("# Review: ")]

    assert "# No native speaker has read it yet." in head
    assert len(said) == 1
    assert "by a second reader" in said[0]
