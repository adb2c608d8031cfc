"""In which words and date forms a reader is spoken to: gettext catalogues and babel locales."""

import gettext
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

SOURCE = "en"  # the language the code and the templates are written in
DOMAIN = "wismo"


def N_(text: str) -> str:  # noqa: N802 - the name babel looks for
    """Marks a sentence in a table for extraction; it is translated where it is used."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One reader's language: the sentences, and the forms of dates and numbers."""

    locale: Locale
    catalogue: gettext.NullTranslations = field(compare=False, repr=False)

    @property
    def tag(self) -> str:
        """As in lang="…" and Content-Language."""
        return str(self.locale).replace("_", "-")

    @property
    def direction(self) -> str:
        return str(self.locale.text_direction)

    def say(self, sentence: str, **values: object) -> str:
        """The sentence in this language, its %(names)s filled."""
        return self.catalogue.gettext(sentence) % values

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """The sentence in the plural form for n; %(num)s is n."""
        return self.catalogue.ngettext(one, many, n) % {"num": n, **values}


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """All catalogues of one installation."""

    choose: Callable[[str, str], Language]  # the reader's tag, the brand's tag


def load(folder: Path) -> Languages:
    """Catalogues are read when first needed: templates/locale/<lang>/LC_MESSAGES/wismo.po."""
    known = frozenset({SOURCE} | {path.parts[-3] for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")})

    @cache
    def catalogue(language: str) -> gettext.NullTranslations:
        path = folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        return _compiled(path) if path.exists() else gettext.NullTranslations()

    @cache
    def choose(wanted: str, fallback: str) -> Language:
        locale = next((found for tag in (wanted, fallback, SOURCE) if (found := _locale(tag, known))), Locale(SOURCE))
        if wanted_locale := _parsed(wanted):
            locale = _with_territory(locale, wanted_locale.territory)
        return Language(locale=locale, catalogue=catalogue(locale.language))

    return Languages(choose=choose)


def _compiled(path: Path) -> gettext.NullTranslations:
    with path.open("rb") as source:
        messages = read_po(source, locale=path.parts[-3], domain=DOMAIN)
    binary = BytesIO()
    write_mo(binary, messages)
    binary.seek(0)
    return gettext.GNUTranslations(binary)


def _locale(tag: str, known: frozenset[str]) -> Locale | None:
    locale = _parsed(tag)
    return locale if locale and locale.language in known else None


def _parsed(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag.replace("-", "_")) if tag else None
    except (ValueError, UnknownLocaleError):
        return None


def _with_territory(locale: Locale, territory: str | None) -> Locale:
    """Someone in Austria who must read English gets 24 hours and the day before the month: en-AT."""
    if locale.territory or not territory:
        return locale
    return _parsed(f"{locale.language}_{territory}") or locale


@pass_context
def template_gettext(context: Context, message: str, /, **values: object) -> str:
    """`_()` in templates: values are escaped in HTML, the sentence is ours."""
    return _filled(context, _language(context).catalogue.gettext(message), values)


@pass_context
def template_ngettext(context: Context, one: str, many: str, num: int, /, **values: object) -> str:
    """`ngettext()` in templates."""
    return _filled(context, _language(context).catalogue.ngettext(one, many, num), {"num": num, **values})


def _language(context: Context) -> Language:
    language = context["language"]
    assert isinstance(language, Language), "every template is rendered with a language"
    return language


def _filled(context: Context, message: str, values: dict[str, object]) -> str:
    return (Markup(message) if context.eval_ctx.autoescape else message) % values  # noqa: S704 - our own sentence
