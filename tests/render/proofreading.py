"""What a machine can see to be wrong with a translation."""

import re
from collections.abc import Iterator
from gettext import c2py

from babel.messages.catalog import Catalog, Message

NAME = re.compile(r"%\((\w+)\)s")
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
    if "%" in NAME.sub("", text):
        yield "has a stray %"
    if sorted(MARKUP.findall(text)) != sorted(MARKUP.findall(ids[-1])):
        yield "changes the markup"
    if text != text.strip() or "  " in text:
        yield "has a space too many"
    if name not in WITHOUT_STOPS and text.endswith(STOPS) != ids[-1].endswith(STOPS):
        yield "ends differently"
    yield from _english_in(name, ids, text)


def _english_in(name: str, ids: tuple[str, ...], text: str) -> Iterator[str]:
    plain = MARKUP.sub(" ", NAME.sub(" ", text))
    if text in ids and text not in SAME and len(WORD.findall(plain)) > FEW:
        yield "is still English"
    if name in OTHER_SCRIPTS and len(LATIN_WORD.findall(plain)) > FEW:
        yield "is still English in part"
