"""Whose name, colours, sender and page host."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What a brand looks like: CSS colours as #rrggbb, system font stacks only."""

    accent: str
    on_accent: str
    ink: str
    paper: str
    accent_dark: str
    on_accent_dark: str
    ink_dark: str
    paper_dark: str
    font: str
    radius_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """One shop as the shopper knows it."""

    slug: str
    name: str
    theme: Theme
    mail_from: str  # "Name <box@host>"
    reply_to: str = ""
    locale: str = "en"
    time_zone: str = "UTC"
    shop_url: str = ""
    help_url: str = ""
    returns_url: str = ""
    footer: str = ""
    logo_svg: str = ""  # path under templates/brands/<slug>/; empty: the name in type
    silent_notices: frozenset[str] = field(default_factory=frozenset)  # notices this brand does not send
