"""The proofreader sees what is wrong with a translation, and only that."""

from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from tests.render.extraction import LANGUAGES
from tests.render.proofreading import faq_faults, faults

LATE = "%(carrier)s has your <b>parcel</b> since %(day)s."
ONE, MANY = "%(done)s of %(num)s parcel", "%(done)s of %(num)s parcels"


def template() -> Catalog:
    catalogue = Catalog()
    catalogue.add(LATE)
    catalogue.add((ONE, MANY))
    return catalogue


def judged(late: str, *counted: str, name: str = "de", more: str = "") -> list[str]:
    forms = "".join(f'msgstr[{n}] "{text}"\n' for n, text in enumerate(counted))
    header = f'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {LANGUAGES[name][1]}\\n"\n'
    source = (
        f'msgid ""\nmsgstr ""\n{header}\n{more}msgid "{LATE}"\nmsgstr "{late}"\n\n'
        f'msgid "{ONE}"\nmsgid_plural "{MANY}"\n{forms}'
    )
    return faults(name, read_po(BytesIO(source.encode()), locale=name, abort_invalid=True), template())


GOOD = "%(carrier)s hat Ihr <b>Paket</b> seit %(day)s."
GOOD_ONE, GOOD_MANY = "%(done)s von %(num)s Paket", "%(done)s von %(num)s Paketen"


def test_a_good_translation_has_no_fault() -> None:
    assert judged(GOOD, GOOD_ONE, GOOD_MANY) == []


def test_a_form_for_one_number_may_say_it_in_words() -> None:
    arabic = ["%(done)s من %(num)s طرود"] * 6
    arabic[1], arabic[2] = "%(done)s من طرد واحد", "%(done)s من طردين"

    assert judged("%(carrier)s <b>طرد</b> %(day)s.", *arabic, name="ar") == []
    assert judged("%(carrier)s <b>colis</b> %(day)s.", "%(done)s d'un colis", "%(done)s sur %(num)s", name="fr") == [
        f'{ONE!r} lacks num: "%(done)s d\'un colis"'  # 0 is said so too
    ]


@pytest.mark.parametrize(
    ("late", "fault"),
    [
        ("", "is not translated"),
        ("%(carrier)s hat Ihr <b>Paket</b>.", "lacks day"),
        ("%(carrier)s hat Ihr <b>Paket</b> seit %(tag)s.", "lacks day"),
        ("%(carrier)s %(day)s %(shop)s <b>Paket</b>.", "has shop too many"),
        ("%(carrier)s hat 100 % <b>Paket</b> %(day)s.", "has a stray %"),
        ("%(carrier)s hat Ihr Paket seit %(day)s.", "changes the markup"),
        ("%(carrier)s {hat} <b>Paket</b> %(day)s.", "changes the names in braces"),
        (GOOD + " ", "has a space too many"),
        (GOOD.removesuffix("."), "ends differently"),
        (LATE, "is still English"),
    ],
)
def test_each_fault_of_a_sentence_is_named(late: str, fault: str) -> None:
    found = judged(late, GOOD_ONE, GOOD_MANY)

    assert any(each.startswith(f"{LATE!r} {fault}") for each in found)


def test_half_a_translation_into_another_script_is_seen() -> None:
    found = judged("%(carrier)s has your <b>小包</b> since last %(day)s。", "%(done)s/%(num)s", name="ja")

    assert [each.split("' ")[1].split(":")[0] for each in found] == ["is still English in part"]


@pytest.mark.parametrize(
    ("forms", "fault"),
    [
        ((GOOD_ONE,), "is not translated"),
        ((GOOD_ONE, ""), "is not translated"),
        ((GOOD_ONE, "%(num)s Pakete"), "lacks done"),
        ((GOOD_ONE, "%(done)s Pakete"), "lacks num"),
    ],
)
def test_each_fault_of_a_plural_is_named(forms: tuple[str, ...], fault: str) -> None:
    found = judged(GOOD, *forms)

    assert any(each.startswith(f"{ONE!r} {fault}") for each in found), found


def test_a_form_too_many_is_an_error() -> None:
    with pytest.raises(PoFileError):
        judged(GOOD, GOOD_ONE, GOOD_MANY, GOOD_MANY)


def test_fuzzy_missing_and_left_over_sentences_are_named() -> None:
    assert f"{LATE!r} is marked as fuzzy" in judged(GOOD, GOOD_ONE, GOOD_MANY, more="#, fuzzy\n")
    assert judged(GOOD, GOOD_ONE, GOOD_MANY, more='msgid "Gone"\nmsgstr "Weg"\n\n') == ["'Gone' is said no more"]
    assert faults("de", Catalog(locale="de"), template()) == [f"{LATE!r} is missing", f"{ONE!r} is missing"]


def test_the_faults_of_a_file_of_answers_are_named() -> None:
    ours = "## Late? {#delay}\n\n{carrier} is late.\n\n## Lost? {#lost}\n\nAsk {shop}.\n\n## Held? {#held}\n\nAsk."
    theirs = "## Zu spät? {#delay}\n\nJa.\n\n## Lost? {#lost}\n\nFragen Sie {shop}.\n"

    assert sorted(faq_faults(theirs, ours, where="de")) == [
        "delay names others than the English answer",
        "held is missing",
        "lost is still English",
    ]
