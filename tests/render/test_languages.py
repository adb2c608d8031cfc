"""Readers are answered in the language they asked for, in the right plural, with their own dates."""

import re
import shutil
from pathlib import Path

import pytest
from babel import Locale

from tests.render.extraction import LANGUAGES, written
from tracker.render import languages
from tracker.render.languages import Language, accepted_tags, own_name, wanted
from tracker.render.pages import Finding
from tracker.render.renderer import TEMPLATES, Renderer

KNOWN = tuple(sorted(LANGUAGES))


@pytest.mark.parametrize(
    ("asked", "linked", "accepted", "usual", "answered"),
    [
        ("", "", "", "", "en"),
        ("", "", "", "de-AT", "de-AT"),
        ("", "", "fr-CA,fr;q=0.9", "de", "fr-CA"),
        ("", "nl-BE", "fr-CA,fr;q=0.9", "de", "nl-BE"),
        ("th", "nl", "fr", "de", "th"),
        ("xx", "nl", "fr", "de", "nl"),
        ("../../etc/passwd", "", "", "", "en"),
        ("en", "de-AT", "", "", "en-AT"),  # the clock of the place
        ("en", "", "de-DE", "en-US", "en-DE"),
        ("de", "de-CH", "", "", "de-CH"),
        ("zh", "", "", "", "zh"),
        ("zh-CN", "", "", "", "zh-Hans-CN"),
        ("zh-TW", "", "", "", "zh-Hant-TW"),
        ("zh-HK", "", "", "", "zh-Hant-HK"),
        ("zh-US", "", "", "", "zh-Hant"),
        ("zh-Hans", "zh-TW", "", "", "zh-Hans"),
        ("pt", "", "", "", "pt"),
        ("pt-PT", "", "", "", "pt-PT"),
        ("es-419", "", "", "", "es-419"),
        ("", "es-MX", "", "", "es-MX"),
        ("", "sv-SE", "", "de", "de"),
        ("", "sv-SE", "", "en", "en-SE"),
        ("", "no", "", "", "en"),
        ("", "x-klingon", "*", "it", "it"),
        ("", "de-TH", "", "", "de"),  # German, though nobody has written down how Germans in Thailand write a day
        ("", "en-GB", "en-US", "", "en-GB"),
    ],
)
def test_a_reader_is_answered_in_the_language_asked_for(
    asked: str, linked: str, accepted: str, usual: str, answered: str
) -> None:
    assert wanted(KNOWN, asked=asked, linked=linked, accepted=accepted, usual=usual) == answered


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("", ()),
        ("de", ("de",)),
        ("da, en-GB;q=0.8, en;q=0.7", ("da", "en-GB", "en")),
        ("en;q=0.2,ja ; q=0.9 , ko;q=0,*;q=0.1", ("ja", "en")),
        ("fr;q=0.5,de;Q=1.000", ("de", "fr")),
        ("de;q=2,it;q=x,,;;,nl", ("nl",)),
    ],
)
def test_browsers_say_what_they_accept(header: str, tags: tuple[str, ...]) -> None:
    assert accepted_tags(header) == tags


@pytest.mark.parametrize(
    ("tag", "catalogue"),
    [
        ("zh", "zh_Hans"),
        ("zh-SG", "zh_Hans"),
        ("zh-MO", "zh_Hant"),
        ("zh-Hant-US", "zh_Hant"),
        ("pt", "pt_BR"),
        ("pt-PT", "pt_BR"),
        ("es-MX", "es"),
        ("ar-EG", "ar"),
        ("no", "en"),
    ],
)
def test_words_come_from_the_catalogue_of_the_script(tmp_path: Path, tag: str, catalogue: str) -> None:
    for name in LANGUAGES:
        _write(tmp_path, name, f'msgid "Carrier"\nmsgstr "Carrier in {name}"\n')

    assert languages.load(tmp_path).choose(tag, "en").say("Carrier") == f"Carrier in {catalogue}"


def test_an_answer_names_the_language_that_is_then_spoken(tmp_path: Path) -> None:
    for name in LANGUAGES:
        _write(tmp_path, name, "")
    spoken = languages.load(tmp_path)

    for tag in ("zh-HK", "pt-PT", "en-AT", "es-MX", "ar-EG", "id", "th-TH", "zh-US", "sv-SE"):
        answer = wanted(spoken.known, asked=tag, usual="en")
        assert spoken.choose(answer, "en").tag == answer


@pytest.mark.parametrize("name", LANGUAGES)
def test_plural_forms_are_those_of_cldr(tmp_path: Path, name: str) -> None:
    """The same forms for the same numbers; compact numbers such as "1M", which have forms of their own, never occur."""
    counting = _counting(tmp_path, name)
    of_cldr = Locale.parse(name).plural_form

    pairs = {(of_cldr(n), counting.count("%(num)s parcel", "%(num)s parcels", n)) for n in range(1000)}

    assert len(pairs) == len({category for category, _ in pairs}) == len({form for _, form in pairs})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pl", ["2", "0", "1", "2", "2"]),
        ("ar", ["0", "1", "2", "3", "4"]),
        ("fr", ["0", "0", "1", "1", "1"]),
        ("de", ["1", "0", "1", "1", "1"]),
        ("ja", ["0", "0", "0", "0", "0"]),
    ],
)
def test_counting_takes_the_languages_own_form(tmp_path: Path, name: str, said: list[str]) -> None:
    counting = _counting(tmp_path, name)

    counted = [counting.count("%(num)s parcel", "%(num)s parcels", n) for n in (0, 1, 2, 5, 21)]

    assert counted == [f"form {each}" for each in said]


@pytest.mark.parametrize(
    ("name", "said"),
    [("pl", ["2", "0", "1", "2", "2"]), ("ar", ["0", "1", "2", "3", "4"]), ("de", ["1", "0", "1", "1", "1"])],
)
def test_a_template_counts_as_the_language_does(tmp_path: Path, name: str, said: list[str]) -> None:
    shutil.copytree(TEMPLATES / "page", tmp_path / "page")
    shutil.copytree(TEMPLATES / "faq", tmp_path / "faq")
    sentence = "That was too often. Please try again in %(num)s minute."
    _write(tmp_path / "locale", name, _counted(name, sentence, sentence.replace("minute.", "minutes.")))
    renderer = Renderer.load(tmp_path)

    pages = [
        renderer.track(None, outcome=Finding.TOO_OFTEN, action="/track", minutes=n, locale=name)
        for n in (0, 1, 2, 5, 21)
    ]

    assert [found for page in pages for found in re.findall(r"<p>form (\d)</p>", page)] == said


def test_a_sentence_that_ends_with_an_abbreviation_has_one_stop() -> None:
    english = languages.load(Path("nowhere")).choose("en", "en")

    assert english.say("Expected %(when)s.", when="Mi., 26. Nov.") == "Expected Mi., 26. Nov."
    assert english.say("From %(first)s. To %(last)s.", first="1. Dez.", last="noon") == "From 1. Dez. To noon."
    assert english.count("%(num)s of %(whole)s.", "%(num)s of %(whole)s.", 2, whole="3 Std.") == "2 of 3 Std."


def test_each_language_calls_itself_by_its_own_name() -> None:
    names = [own_name(name) for name in KNOWN]

    assert len(set(names)) == len(KNOWN)
    assert {"Deutsch", "Español", "日本語", "简体中文", "繁體中文", "Português (Brasil)", "Bahasa Indonesia"} <= set(
        names
    )


def test_the_names_of_languages_are_those_of_the_locale_data() -> None:
    theirs = {name: str(Locale.parse(name).languages.get(name, "")) for name in KNOWN}

    differing = {name for name in KNOWN if theirs[name][:1].upper() + theirs[name][1:] != own_name(name)}

    assert differing == {"id", "pt_BR"}  # the first would be the country, the second is not listed


def _counting(folder: Path, name: str) -> Language:
    """A language whose forms say their own index."""
    _write(folder, name, _counted(name, "%(num)s parcel", "%(num)s parcels"))
    return languages.load(folder).choose(name, "en")


def _counted(name: str, one: str, many: str) -> str:
    forms = int(LANGUAGES[name][1].removeprefix("nplurals=")[0])
    said = "".join(f'msgstr[{n}] "form {n}"\n' for n in range(forms))
    return f'msgid "{one}"\nmsgid_plural "{many}"\n{said}'


def _write(folder: Path, name: str, messages: str) -> None:
    """A catalogue with the header that the tool writes, and these sentences only."""
    header = written(name).decode().split("\n\n")[0]
    path = folder / name / "LC_MESSAGES/wismo.po"
    path.parent.mkdir(parents=True)
    path.write_text(f"{header}\n\n{messages}", "utf-8")
