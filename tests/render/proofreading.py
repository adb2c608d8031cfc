"""What a machine can see to be wrong with a translation."""

import re
from collections.abc import Iterator
from gettext import c2py

from babel.messages.catalog import Catalog, Message

from tracker.render import faq

NAME = re.compile(r"%\((\w+)\)s")
BRACED = re.compile(r"\{\w+\}")  # filled in by the page's script
MARKUP = re.compile(r"</?[a-z][^>]*>|&#?\w+;")
WORD = re.compile(r"[^\W\d_]{2,}")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
STOPS = (".", "。", "।")
WITHOUT_STOPS = ("th",)  # where a sentence ends with nothing
OTHER_SCRIPTS = ("th", "zh_Hans", "zh_Hant", "ja", "ko", "ar", "hi")
SAME = frozenset[str]()  # sentences of four words and more that are the same in another language
FEW = 3  # words; a name or a loan word may be the same everywhere
NUMBERS = range(200)  # in which every plural form of CLDR occurs


def faults(name: str, catalogue: Catalog, template: Catalog) -> list[str]:
    """Each fault of a language's catalogue, with the sentence it is in."""
    known = {_id(message): message for message in catalogue if message.id}
    found = [f"{key!r} is said no more" for key in known if key not in {_id(message) for message in template}]
    for source in template:
        if not source.id:
            continue
        message = known.get(_id(source))
        why = ["is missing"] if message is None else list(_faults_of(name, source, message, catalogue))
        found += [f"{_id(source)!r} {each}" for each in why]
    return found


def faq_faults(text: str, source: str, *, where: str) -> list[str]:
    """Each fault of a language's file of answers, with the topic it is in."""
    answers, ours = (faq.read(each, where=where, written=where) for each in (text, source))
    found = [f"{topic} is missing" for topic in ours if topic not in answers]
    for topic in answers.keys() & ours.keys():
        said, wanted = (each[topic].question + each[topic].text for each in (answers, ours))
        if set(faq.PLACEHOLDER.findall(said)) != set(faq.PLACEHOLDER.findall(wanted)):
            found.append(f"{topic} names others than the English answer")
        if answers[topic].text == ours[topic].text or answers[topic].question == ours[topic].question:
            found.append(f"{topic} is still English")
    return found


def _id(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, tuple) else message.id)


def _forms(text: object) -> tuple[str, ...]:
    """One sentence, or its plural forms."""
    return tuple(str(each or "") for each in (text if isinstance(text, tuple | list) else (text,)))


def _faults_of(name: str, source: Message, message: Message, catalogue: Catalog) -> Iterator[str]:
    if message.fuzzy:
        yield "is marked as fuzzy"
    if source.pluralizable != message.pluralizable or _forms(source.id) != _forms(message.id):
        yield "has another plural than the sentence"
        return
    said = _forms(message.string)
    if not all(said):
        yield "is not translated"
        return
    for form, text in enumerate(said):
        spare = _spare(_forms(source.id), catalogue, form) if source.pluralizable else set[str]()
        for fault in _faults_in(name, _forms(source.id), text, spare=spare):
            yield f"{fault}: {text!r}"


def _spare(ids: tuple[str, ...], catalogue: Catalog, form: int) -> set[str]:
    """What a plural form may leave out: one that stands for one number alone may say it in words, "both parcels"."""
    which = c2py(catalogue.plural_expr)
    if sum(which(n) == form for n in NUMBERS) != 1:
        return set()
    return {"num"} | (set(NAME.findall(ids[1])) - set(NAME.findall(ids[0])))


def _faults_in(name: str, ids: tuple[str, ...], text: str, *, spare: set[str]) -> Iterator[str]:
    wanted, got = set(NAME.findall(" ".join(ids))), set(NAME.findall(text))
    if lost := wanted - got - spare:
        yield f"lacks {', '.join(sorted(lost))}"
    if more := got - wanted:
        yield f"has {', '.join(sorted(more))} too many"
    if set(BRACED.findall(text)) != set(BRACED.findall(" ".join(ids))):
        yield "changes the names in braces"
    if "%" in NAME.sub("", text):
        yield "has a stray %"
    if sorted(MARKUP.findall(text)) != sorted(MARKUP.findall(ids[-1])):
        yield "changes the markup"
    if text != text.strip() or "  " in text:
        yield "has a space too many"
    is_short = len(WORD.findall(NAME.sub(" ", text))) <= FEW  # "vor 12 Min." ends with a short word, not a sentence
    if name not in WITHOUT_STOPS and text.endswith(STOPS) != ids[-1].endswith(STOPS) and not is_short:
        yield "ends differently"
    yield from _english_in(name, ids, text)


def _english_in(name: str, ids: tuple[str, ...], text: str) -> Iterator[str]:
    plain = MARKUP.sub(" ", NAME.sub(" ", text))
    if text in ids and text not in SAME and len(WORD.findall(plain)) > FEW:
        yield "is still English"
    if name in OTHER_SCRIPTS and len(LATIN_WORD.findall(plain)) > FEW:
        yield "is still English in part"
