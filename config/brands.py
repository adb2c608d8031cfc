"""Whose names, colours and senders: config/brands.toml as a value."""

from dataclasses import dataclass

from config.files import Table
from config.problems import shape
from config.schedule import NOTICES

NEWS = tuple(notice for notice in NOTICES if notice not in ("link", "invited"))  # those are mails that readers ask for
TEXTED = frozenset(NEWS) - {"confirmed", "in_transit"}  # not worth a sound on a phone
URGENT = ("out_for_delivery", "attempt_failed", "ready_for_pickup")  # what a night may be disturbed for
COLOUR = "#[0-9a-fA-F]{6}"
WEB_ADDRESS = r"(https?|mailto):\S+|"
SENDER = r"[^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+\.[^<>@\s]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSettings:
    """CSS colours as #rrggbb, by day and in the dark; a stack of fonts every device has."""

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
class ProductSettings:
    """Something the shop shows below a page that tells good news."""

    title: str
    url: str
    price: str  # as it is to be read: "from €12"
    picture: str  # a file beside the brand's templates; empty: none


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandSettings:
    """One shop as the shopper knows it."""

    slug: str
    name: str
    theme: ThemeSettings
    mail_from: str  # "Name <box@host>"; MAIL_FROM when the file gives none
    reply_to: str
    locale: str
    time_zone: str
    page_host: str  # "https://track.shop.example"; empty: PUBLIC_URL
    shop_url: str
    help_url: str
    returns_url: str
    footer: str
    logo_svg: str
    silent_notices: frozenset[str]  # notices this brand does not send
    text_notices: frozenset[str]  # notices that go by text too, to those who agreed to texts
    texts_at_any_hour: frozenset[str]  # despite quiet hours; out_for_delivery from six in the morning
    products: tuple[ProductSettings, ...]


def read_brands(file: Table, *, mail_from: str) -> tuple[BrandSettings, ...]:
    """Every brand of the file, in its order; `mail_from` stands in for a missing sender."""
    brands = tuple(_brand(slug, table, mail_from=mail_from) for slug, table in file.inner().items())
    if not brands:
        file.env.complain(
            file.where, found="names no brand", fix="Add a table such as [myshop] with a name and a theme."
        )
    return brands


def _brand(slug: str, table: Table, *, mail_from: str) -> BrandSettings:
    table.only(set(BrandSettings.__slots__) - {"slug"})
    if not slug.isascii() or not slug.replace("-", "").isalnum() or slug != slug.lower():
        table.env.complain(table.where, found=shape(slug), fix="Name it in small letters, digits and dashes.")
    return BrandSettings(
        slug=slug,
        name=table.text("name", matches=r"[^\r\n<>]+", fix="Write the shop's name on one line."),
        theme=_theme(table.table("theme")),
        mail_from=_sender(table, mail_from),
        reply_to=table.text("reply_to", default="", matches=f"({SENDER}|)", fix='Write "box@host".'),
        locale=table.text(
            "locale", default="en", matches=r"[a-z]{2,3}([-_]\w+)*", fix='Write a language such as "en".'
        ),
        time_zone=table.zone("time_zone"),
        page_host=table.text("page_host", default="", matches=r"(https?://[^/\s]+|)", fix='Write "https://host".'),
        shop_url=_link(table, "shop_url"),
        help_url=_link(table, "help_url"),
        returns_url=_link(table, "returns_url"),
        footer=table.text("footer", default=""),
        logo_svg=table.text("logo_svg", default="", matches=r"([\w-]+\.svg|)", fix="Name a .svg file, no folder."),
        silent_notices=table.texts("silent_notices", among=NEWS),
        text_notices=table.texts("text_notices", among=NEWS, default=TEXTED),
        texts_at_any_hour=table.texts("texts_at_any_hour", among=URGENT),
        products=tuple(_product(each) for each in table.tables("products")),
    )


def _theme(table: Table) -> ThemeSettings:
    table.only(ThemeSettings.__slots__)

    def colour(key: str) -> str:
        return table.text(key, matches=COLOUR, fix='Write a colour such as "#1f6f54".')

    return ThemeSettings(
        accent=colour("accent"),
        on_accent=colour("on_accent"),
        ink=colour("ink"),
        paper=colour("paper"),
        accent_dark=colour("accent_dark"),
        on_accent_dark=colour("on_accent_dark"),
        ink_dark=colour("ink_dark"),
        paper_dark=colour("paper_dark"),
        font=table.text("font", matches=r"[\w\s,'-]+", fix="Name fonts every device has, with commas."),
        radius_px=table.integer("radius_px", highest=40),
    )


def _product(table: Table) -> ProductSettings:
    table.only(ProductSettings.__slots__)
    fix = "Name a .webp, .avif, .png, .jpg or .svg file in templates/brands/<slug>/, no folder."
    return ProductSettings(
        title=table.text("title", matches=r"[^\r\n]{1,80}", fix="Write up to 80 letters on one line."),
        url=table.text("url", matches=r"https?://\S+", fix="Write a web address with https://."),
        price=table.text("price", default="", matches=r"[^\r\n]{0,40}", fix="Write up to 40 letters on one line."),
        picture=table.text("picture", default="", matches=r"([\w-]+\.(webp|avif|png|jpe?g|svg)|)", fix=fix),
    )


def _sender(table: Table, mail_from: str) -> str:
    fix = 'Write "Name <box@host>", or set MAIL_FROM.'
    return table.text("mail_from", default=mail_from or None, matches=SENDER, fix=fix)


def _link(table: Table, key: str) -> str:
    return table.text(key, default="", matches=WEB_ADDRESS, fix="Write a web address with https://, or leave it out.")
