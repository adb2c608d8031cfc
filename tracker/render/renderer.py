"""The one value through which everything that people read is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from jinja2 import Environment

from notifiers.message import Message
from tracker.domain.brands import Brand
from tracker.domain.notices import Told
from tracker.render import languages, mails
from tracker.render.environment import environment

TEMPLATES = Path(__file__).parents[2] / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """Templates and catalogues of one installation; made once, used by many threads."""

    common: Environment
    by_brand: Mapping[str, Environment]
    languages: languages.Languages

    @classmethod
    def load(cls, templates: Path = TEMPLATES) -> Self:
        """Templates compile when first used; what a brand keeps under brands/<slug>/ goes before the common file."""
        folders = sorted(path for path in (templates / "brands").glob("*") if path.is_dir())
        return cls(
            common=environment((templates,)),
            by_brand={path.name: environment((path, templates)) for path in folders},
            languages=languages.load(templates / "locale"),
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

    def _environment(self, brand: Brand) -> Environment:
        return self.by_brand.get(brand.slug, self.common)
