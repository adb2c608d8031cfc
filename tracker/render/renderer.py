"""The one value through which everything that people read is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Self

from jinja2 import Environment
from markupsafe import Markup

from notifiers.message import Message
from tracker.domain.brands import Brand
from tracker.domain.notices import Told
from tracker.render import faq, languages, mails, pages, pictures, surroundings, texts, themes
from tracker.render.environment import environment, find
from tracker.render.pages import NOBODY, Finding, PageView, Unsubscribing
from tracker.render.pictures import Album
from tracker.render.scripts import Scripts
from tracker.render.surroundings import Around, Setting

SWITCH = "?lang="  # the same page in another language
STYLES = "/css/"  # where the web edge serves what `stylesheet` returns
TEMPLATES = Path(__file__).parents[2] / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """Templates and catalogues of one installation; made once, used by many threads."""

    common: Environment
    by_brand: Mapping[str, Environment]
    languages: languages.Languages
    faq: faq.Faq
    scripts: Callable[[], Scripts]
    dress: Callable[[Brand], "Dress"]
    album: Callable[[Brand], Album]  # raises PictureUnfit the first time
    around: Callable[[Setting], Around]

    @classmethod
    def load(cls, templates: Path = TEMPLATES) -> Self:
        """Templates compile when first used; what a brand keeps under brands/<slug>/ goes before the common file."""
        known = languages.load(templates / "locale")
        folders = sorted(path for path in (templates / "brands").glob("*") if path.is_dir())
        common = environment((templates,))
        by_brand = {path.name: environment((path, templates)) for path in folders}

        def of(brand: Brand) -> Environment:
            return by_brand.get(brand.slug, common)

        @cache
        def dress(brand: Brand) -> Dress:
            return _dress(of(brand), brand, templates)

        return cls(
            common=common,
            by_brand=by_brand,
            languages=known,
            faq=faq.load(templates),
            scripts=cache(partial(Scripts.load, templates)),
            dress=dress,
            album=cache(partial(pictures.album, templates)),
            around=surroundings.remembered(of, lambda brand: dress(brand).logo, known.listed),
        )

    def mail(
        self,
        told: Told,
        brand: Brand,
        *,
        ref: str,
        to: str,
        recipient_name: str,
        locale: str,
        zone: str,
        page_url: str,
        unsubscribe_url: str,
        planned_at: datetime,
        host: str,
    ) -> Message:
        """The message of one notification. Raises ValueError when an address or link could not stand in a header."""
        language = self.languages.choose(locale, brand.locale)
        reader = mails.Reader(to=to, name=recipient_name, language=language, zone=zone, planned_at=planned_at)
        mail = mails.in_words(told, brand, reader=reader, page_url=page_url, unsubscribe_url=unsubscribe_url)
        return mails.message(self._environment(brand), told, brand, reader=reader, mail=mail, ref=ref, host=host)

    def text(
        self,
        told: Told,
        brand: Brand,
        *,
        ref: str,
        to: str,
        locale: str,
        zone: str,
        page_url: str,
        unsubscribe_url: str,
        is_first: bool,
        planned_at: datetime,
    ) -> Message:
        """The text of one notification; the first to a person says how to end them, by `unsubscribe_url` if given."""
        language = self.languages.choose(locale, brand.locale)
        reader = mails.Reader(to=to, name="", language=language, zone=zone, planned_at=planned_at)
        facts = mails.in_words(told, brand, reader=reader, page_url=page_url, unsubscribe_url=unsubscribe_url)
        stop = texts.stop_words(language, unsubscribe_url=facts.unsubscribe_url) if is_first else ""
        text = texts.in_words(told, brand, reader=reader, mail=facts, stop=stop)
        return texts.message(self._environment(brand), told, reader=reader, text=text, ref=ref)

    def page(self, view: PageView, brand: Brand, *, now: datetime, locale: str) -> str:
        """The tracking page of one order."""
        language = self.languages.choose(locale, brand.locale)
        album = self.album(brand)
        page = pages.in_words(view, brand, language=language, now=now, pictures=album.of_items)
        answers = self.faq.answers(page.help, brand, language=language)
        facts = {"page": page, "answers": answers, "pictures": album.of_products}
        return self._page("page/order.html", brand, facts, locale=locale, switch=SWITCH if view.path else "")

    def gone(self, brand: Brand | None = None, *, locale: str = "") -> str:
        """The one answer to a link that leads nowhere, whatever the cause; it must tell a guesser nothing."""
        return self._page("page/gone.html", brand or NOBODY, locale=locale)

    def error(self, brand: Brand | None = None, *, locale: str = "") -> str:
        """When we failed."""
        return self._page("page/error.html", brand or NOBODY, locale=locale)

    def unsubscribe(self, brand: Brand, *, where: Unsubscribing, action: str, locale: str = "") -> str:
        """Ask, confirm, or offer the way back; the form posts choice=stop or choice=resume to `action`."""
        facts = {"where": where.value, "action": action}
        return self._page("page/unsubscribe.html", brand, facts, locale=locale, switch=SWITCH)

    def track(
        self,
        brand: Brand | None,
        *,
        outcome: Finding,
        action: str,
        again: str = "",
        number: str = "",
        minutes: int = 0,
        locale: str = "",
    ) -> str:
        """The look-up form; it posts to `action`, a lost link's to `again`, without which there is none.
        `number`: what was typed before. `minutes`: how long who tried too often has to wait."""
        switch = f"?brand={brand.slug}&lang=" if brand else SWITCH
        facts = {"outcome": outcome.value, "action": action, "again": again, "number": number, "minutes": minutes}
        return self._page("page/track.html", brand or NOBODY, facts, locale=locale, switch=switch)

    def below(self, name: str, brand: Brand, *, locale: str, keeps_proof: bool = False, **facts: object) -> str:
        """A page below a tracking page, by its template's name; one that `keeps_proof` cannot say it sets no cookie."""
        return self._page(f"page/{name}.html", brand, facts, locale=locale, switch=SWITCH, keeps_proof=keeps_proof)

    def stylesheet(self, brand: Brand | None = None) -> tuple[bytes, str]:
        """The brand's style sheet and its file name, which changes with every byte: serve it under STYLES, for ever."""
        dress = self.dress(brand or NOBODY)
        return dress.css, dress.name

    def _page(
        self,
        template: str,
        brand: Brand,
        facts: Mapping[str, object] = MappingProxyType({}),
        *,
        locale: str,
        switch: str = "",
        keeps_proof: bool = False,
    ) -> str:
        """`switch`: how the address of the same page in another language begins, its tag follows; none by default."""
        language = self.languages.choose(locale, brand.locale)
        around = self.around(Setting(brand=brand, language=language, switch=switch, keeps_proof=keeps_proof))
        return (
            self._environment(brand)
            .get_template(template)
            .render(
                facts,
                brand=brand,
                language=language,
                around=around,
                stylesheet=STYLES + self.dress(brand).name,
                script=self.scripts().path,
            )
        )

    def _environment(self, brand: Brand) -> Environment:
        return self.by_brand.get(brand.slug, self.common)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """What a brand's pages wear: made once per brand."""

    css: bytes
    name: str
    logo: Markup


def _dress(environment: Environment, brand: Brand, templates: Path) -> Dress:
    palettes = {"light": themes.light(brand.theme), "dark": themes.dark(brand.theme)}
    css = environment.get_template("page/style.css").render(palettes, theme=brand.theme)
    own = (templates / "brands" / brand.slug,) if brand.slug else ()
    if sheet := find(own, "brand.css"):
        css += sheet.read_text("utf-8")
    logo = find(own, brand.logo_svg or "logo.svg")
    return Dress(
        css=css.encode(),
        name=f"{brand.slug or 'wismo'}.{sha256(css.encode()).hexdigest()[:16]}.css",
        logo=Markup(logo.read_text("utf-8") if logo else ""),  # noqa: S704 - the shop's own file, not data
    )
