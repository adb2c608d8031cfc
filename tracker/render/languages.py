"""In which words and date forms a reader is spoken to: gettext catalogues and babel locales."""

import gettext
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global, parse_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

SOURCE = "en"  # the language the code and the templates are written in
DOMAIN = "wismo"
REMEMBERED = 1024  # answers; a reader may send any tag, so not all are kept
LONGEST, LONGEST_LIST = 35, 200  # letters of a tag (RFC 5646) and of Accept-Language that are read

# As CLDR has them, but for Indonesian, where it has the country. Asking it keeps all it knows of each language in
# memory: 16 MiB for these, of which an installation uses a few.
_OWN_NAMES = {
    "ar": "العربية",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "hi": "हिन्दी",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt_BR": "Português (Brasil)",
    "th": "ไทย",
    "tr": "Türkçe",
    "vi": "Tiếng Việt",
    "zh_Hans": "简体中文",
    "zh_Hant": "繁體中文",
}
_WIDE = ("。", "！", "？", "：", "」")  # signs that bring their own blank
_STOPS = {"ja": "。", "zh": "。", "hi": "।", "th": ""}
_COLONS = {"ja": "：", "zh": "：", "fr": "\xa0: "}
_DOTTED = ("az", "tr")  # where the capital of i has its dot
_CARRIER_BEGINS = re.compile(r"(?:^|(?<=[.!?] ))%\(carrier\)s")
_ACCEPTED = re.compile(r"\s*([A-Za-z0-9-]+)\s*(?:;\s*[qQ]=([01](?:\.\d{0,3})?)\s*)?")


def N_(text: str) -> str:  # noqa: N802 - the name babel looks for
    """Marks a sentence in a table for extraction; it is translated where it is used."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Language:
    """One reader's language: the sentences, and the forms of dates and numbers.

    Only the same value is equal: dates are remembered by language, and babel's locales take long to compare.
    """

    name: str  # of the catalogue, as in pt_BR
    locale: Locale
    catalogue: gettext.NullTranslations = field(repr=False)

    @property
    def tag(self) -> str:
        """As in lang="…" and Content-Language."""
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        return _direction(self.locale)

    @property
    def is_latin(self) -> bool:
        """Whether letters may be parted, slanted and set close."""
        return written_in(self.name)[1] == "Latn"

    def say(self, sentence: str, **values: object) -> str:
        """The sentence in this language, its %(names)s filled."""
        said, filled = self.fitting(sentence, self.catalogue.gettext(sentence), values)
        return said % filled

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """The sentence in the plural form for n; %(num)s is n."""
        said, filled = self.fitting(one, self.catalogue.ngettext(one, many, n), {"num": n, **values})
        return said % filled

    def fitting(self, source: str, said: str, values: Mapping[str, object]) -> tuple[str, Mapping[str, object]]:
        """What is `said` for the source's sentence, and its values, so that both begin and end well together."""
        said, carrier = _with_one_stop(said, values), values.get("carrier")
        is_fragment = source[:1].islower()
        if is_fragment or not isinstance(carrier, str) or not carrier[:1].islower():
            return said, values
        return _CARRIER_BEGINS.sub("%(Carrier)s", said), {**values, "Carrier": self._capitalised(carrier)}

    def ended(self, words: str) -> str:
        """A heading made a sentence."""
        return words + _STOPS.get(self.locale.language, ".")

    def labelled(self, label: str, value: str = "") -> str:
        """Expected: Tue, Nov 24; a label alone when its value stands below it."""
        return f"{label}{_COLONS.get(self.locale.language, ': ')}{value}".rstrip()

    def joined(self, sentences: Iterable[str]) -> str:
        """Whole sentences one after the other; a full-width stop needs no blank behind it, except before a link."""
        said = ""
        for each in filter(None, sentences):
            needs_none = not said or (said.endswith(_WIDE) and not each.startswith("http"))
            said += each if needs_none else " " + each  # no f-string: of two, one may be Markup
        return said

    def _capitalised(self, words: str) -> str:
        first = "İ" if words[0] == "i" and self.locale.language in _DOTTED else words[0].upper()
        return first + words[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A language among those to choose from."""

    name: str
    own_name: str

    @property
    def tag(self) -> str:
        return self.name.replace("_", "-")


@cache  # asked for each name on a page; babel works it out anew each time
def _direction(locale: Locale) -> str:
    return str(locale.text_direction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """All catalogues of one installation."""

    known: tuple[str, ...]  # their names, as in pt_BR
    listed: tuple[Listed, ...]
    choose: Callable[[str, str], Language]  # the reader's tag, the brand's tag


def load(folder: Path) -> Languages:
    """Catalogues are read when first needed: templates/locale/<lang>/LC_MESSAGES/wismo.po."""
    known = tuple(sorted({SOURCE} | {path.parts[-3] for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}))

    @cache
    def catalogue(name: str) -> gettext.NullTranslations:
        path = folder / name / "LC_MESSAGES" / f"{DOMAIN}.po"
        return _compiled(path) if path.exists() else gettext.NullTranslations()

    @lru_cache(maxsize=REMEMBERED)
    def choose(tag: str, fallback: str) -> Language:
        wished = _parsed(tag)
        locale, name = _first_known((wished, _parsed(fallback)), known)
        if wished and wished.territory:
            locale = _in_territory(locale, wished.territory)
        return Language(name=name, locale=locale, catalogue=catalogue(name))

    listed = sorted((Listed(name=name, own_name=own_name(name)) for name in known), key=_place_in_list)
    return Languages(known=known, listed=tuple(listed), choose=choose)


def wanted(known: tuple[str, ...], *, asked: str = "", linked: str = "", accepted: str = "", usual: str = "") -> str:
    """The tag to answer in: what ?lang= asks, else whom the link was sent to, else what the browser accepts, else the
    brand's usual one. The first territory that any of the first three names decides on forms of dates and times."""
    short = {"asked": asked[:LONGEST], "linked": linked[:LONGEST], "accepted": accepted[:LONGEST_LIST]}
    return _wanted(known, **short, usual=usual)


def accepted_tags(header: str) -> tuple[str, ...]:
    """Accept-Language, most welcome first (RFC 9110, 12.5.4); "*" and what has q=0 name no language to write in."""
    weighed = [(found[1], float(found[2] or 1)) for each in header.split(",") if (found := _ACCEPTED.fullmatch(each))]
    return tuple(tag for tag, weight in sorted(weighed, key=lambda each: -each[1]) if weight > 0)


def own_name(name: str) -> str:
    """What a language calls itself, as it stands in a list."""
    if name in _OWN_NAMES:
        return _OWN_NAMES[name]
    locale = Locale.parse(name)
    own = locale.languages.get(name) or locale.display_name or name
    return own[:1].upper() + own[1:]


def _place_in_list(language: Listed) -> tuple[str, str]:
    """By alphabet, Latin first; both kinds of Chinese stay together."""
    return unicodedata.normalize("NFKD", language.own_name)[:1].casefold(), language.name


def _compiled(path: Path) -> gettext.NullTranslations:
    with path.open("rb") as source:
        messages = read_po(source, locale=path.parts[-3], domain=DOMAIN)
    binary = BytesIO()
    write_mo(binary, messages)
    binary.seek(0)
    return gettext.GNUTranslations(binary)


@lru_cache(maxsize=REMEMBERED)
def _wanted(known: tuple[str, ...], *, asked: str, linked: str, accepted: str, usual: str) -> str:
    readers = [_parsed(tag) for tag in (asked, linked, *accepted_tags(accepted))]
    locale, _ = _first_known((*readers, _parsed(usual)), known)
    territory = next((each.territory for each in readers if each and each.territory), None)
    return str(_in_territory(locale, territory) if territory else locale).replace("_", "-")


def _with_one_stop(sentence: str, values: Mapping[str, object]) -> str:
    """A sentence that ends with "26. Nov." has its stop already."""
    for name, value in values.items():
        if isinstance(value, str) and value.endswith("."):
            sentence = sentence.replace(f"%({name})s.", f"%({name})s")
    return sentence


def _first_known(locales: Iterable[Locale | None], known: tuple[str, ...]) -> tuple[Locale, str]:
    """The first that has a catalogue of its language and script: zh-HK is read in zh_Hant, pt-PT in pt_BR."""
    for locale in locales:
        if locale is None:
            continue
        same = [name for name in known if written_in(name) == written_in(str(locale))]
        if same:
            return locale, str(locale) if str(locale) in same else same[0]
    return Locale(SOURCE), SOURCE


@lru_cache(maxsize=REMEMBERED)
def written_in(name: str) -> tuple[str, str]:
    """Language and script; a script that is not said is the likely one, Hans for zh."""
    language, territory, script = parse_locale(name)[:3]
    likely = get_global("likely_subtags")
    guess = likely.get(f"{language}_{territory}") or likely.get(language) or name
    return language, script or parse_locale(guess)[2] or ""


def _parsed(tag: str) -> Locale | None:
    """The locale of a tag, or of its beginning where no forms of that country are known: of de-TH it is de."""
    parts = tag.replace("-", "_").split("_")
    likely = get_global("likely_subtags")
    for length in range(min(len(parts), 3), 0, -1):
        name = "_".join(parts[:length])
        for each in (name, likely.get(name, "").rpartition("_")[0]):  # zh_US is zh_Hant
            try:
                return Locale.parse(each)
            except (ValueError, UnknownLocaleError):
                continue
    return None


def _in_territory(locale: Locale, territory: str) -> Locale:
    """Someone in Austria who must read English gets 24 hours and the day before the month: en-AT."""
    try:
        return locale if locale.territory else Locale.parse(f"{locale}_{territory}")
    except (ValueError, UnknownLocaleError):
        return locale


@pass_context
def template_gettext(context: Context, message: str, /, **values: object) -> str:
    """`_()` in templates: values are escaped in HTML, the sentence is ours."""
    language = _language(context)
    if not values:
        return _as_it_stands(language.catalogue, message, escaped=bool(context.eval_ctx.autoescape))
    return _filled(context, *language.fitting(message, language.catalogue.gettext(message), values))


@pass_context
def template_ngettext(context: Context, one: str, many: str, num: int, /, **values: object) -> str:
    """`ngettext()` in templates."""
    language = _language(context)
    return _filled(context, *language.fitting(one, language.catalogue.ngettext(one, many, num), {"num": num, **values}))


def _language(context: Context) -> Language:
    language = context["language"]
    assert isinstance(language, Language), "every template is rendered with a language"
    return language


@lru_cache(maxsize=8 * REMEMBERED)  # a page has dozens
def _as_it_stands(catalogue: gettext.NullTranslations, message: str, *, escaped: bool) -> str:
    """A sentence without values."""
    said = catalogue.gettext(message) % {}
    return Markup(said) if escaped else said  # noqa: S704 - our own sentence


def _filled(context: Context, message: str, values: Mapping[str, object]) -> str:
    return (Markup(message) if context.eval_ctx.autoescape else message) % values  # noqa: S704 - our own sentence
