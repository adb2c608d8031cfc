"""Two shops that look nothing like each other, as config/brands.toml has them."""

from tracker.domain.brands import Brand, Theme

TRAIL = Brand(
    slug="alpenglow",
    name="Alpenglow",
    theme=Theme(
        accent="#1f5f4f",
        on_accent="#ffffff",
        ink="#25221e",
        paper="#fbf7ef",
        accent_dark="#8fd6bd",
        on_accent_dark="#0e1a16",
        ink_dark="#f1ebe0",
        paper_dark="#171614",
        font="'Iowan Old Style', 'Palatino Linotype', Palatino, 'Book Antiqua', Georgia, serif",
        radius_px=3,
    ),
    mail_from="Alpenglow <post@alpenglow.example>",
    reply_to="help@alpenglow.example",
    locale="en",
    time_zone="America/Denver",
    shop_url="https://alpenglow.example/",
    help_url="https://alpenglow.example/help",
    returns_url="https://alpenglow.example/returns",
    footer="Alpenglow Mountain Supply, 410 Pearl Street, Boulder, CO 80302",
)

SOUND = Brand(
    slug="volta",
    name="Volta Audio",
    theme=Theme(
        accent="#4a2fbd",
        on_accent="#ffffff",
        ink="#17151f",
        paper="#f8f6fd",
        accent_dark="#b9a8ff",
        on_accent_dark="#17122e",
        ink_dark="#f1eff8",
        paper_dark="#131119",
        font="'Helvetica Neue', Helvetica, Arial, sans-serif",
        radius_px=18,
    ),
    mail_from="Volta Audio <orders@volta.example>",
    locale="en",
    time_zone="America/New_York",
    shop_url="https://volta.example/",
    help_url="https://volta.example/support",
    footer="Volta Audio Inc., 18 Canal Street, New York, NY 10013",
)
