"""Whose name, colours, sender and page host."""

from dataclasses import dataclass, field

# What is worth a sound on a phone; config/brands.py names the same when a brand says nothing.
TEXTED = frozenset(
    {
        "shipped",
        "out_for_delivery",
        "attempt_failed",
        "ready_for_pickup",
        "delivered",
        "delayed",
        "exception",
        "returned",
        "corrected",
    }
)


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
class Product:
    """Something the shop shows below a page that tells good news."""

    title: str
    url: str
    price: str = ""  # as it is to be read
    picture: str = ""  # a file under templates/brands/<slug>/


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
    text_notices: frozenset[str] = TEXTED  # notices that go by text too, to those who agreed to texts
    texts_at_any_hour: frozenset[str] = field(default_factory=frozenset)  # despite quiet hours
    products: tuple[Product, ...] = ()
