"""Whether a brand's colours can be read, and the further shades that follow from them."""

from dataclasses import dataclass
from functools import lru_cache

from tracker.domain.brands import Brand, Theme

TEXT = 4.5  # WCAG 2.2, 1.4.3: contrast of text
_PAPERS = ("paper", "raised", "tint", "warn_paper")
# Every text colour of the sheets on everything it may stand on; a brand's own sheet uses no other.
PAIRS = (
    *((text, paper) for text in ("ink", "muted", "link", "warn") for paper in _PAPERS),
    ("on_accent", "accent"),
    ("paper", "ink"),
)
_STEPS = 50
_AMBER = "#9a6700"  # for what is late, in every brand
_BLACK, _WHITE = "#000000", "#ffffff"


class ThemeUnreadable(Exception):
    """Two colours of a brand are too close; the message names them and one that passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """All colours of one scheme, light or dark; each text colour passes on paper, raised and tint."""

    accent: str
    on_accent: str
    ink: str
    paper: str
    raised: str  # cards on the paper
    tint: str  # the band that carries the headline
    line: str
    muted: str
    link: str
    warn: str
    warn_paper: str


def check(brand: Brand) -> None:
    """Raises ThemeUnreadable when somebody with ordinary eyes could not read this brand's pages."""
    theme = brand.theme
    for name, colour, on_name, on in (
        ("ink", theme.ink, "paper", theme.paper),
        ("on_accent", theme.on_accent, "accent", theme.accent),
        ("ink_dark", theme.ink_dark, "paper_dark", theme.paper_dark),
        ("on_accent_dark", theme.on_accent_dark, "accent_dark", theme.accent_dark),
    ):
        if contrast(colour, on) < TEXT:
            raise _unreadable(brand, name=name, colour=colour, on_name=on_name, on=on)
    for scheme, palette in (("", light(theme)), ("_dark", dark(theme))):
        for text, paper in PAIRS:
            colour, on = getattr(palette, text), getattr(palette, paper)
            if contrast(colour, on) < TEXT:
                raise _unreadable(brand, name=text + scheme, colour=colour, on_name=paper + scheme, on=on)


def _unreadable(brand: Brand, *, name: str, colour: str, on_name: str, on: str) -> ThemeUnreadable:
    return ThemeUnreadable(
        f"brand {brand.slug}: {name} {colour} on {on_name} {on} has a contrast of {contrast(colour, on):.1f}:1, "
        f"text needs {TEXT}:1; {name} {readable(colour, on)} would pass"
    )


@lru_cache(maxsize=256)
def light(theme: Theme) -> Palette:
    """The colours by day."""
    return _palette(
        accent=theme.accent,
        on_accent=theme.on_accent,
        ink=theme.ink,
        paper=theme.paper,
        raised=mix(theme.paper, _WHITE, 0.7),
    )


@lru_cache(maxsize=256)
def dark(theme: Theme) -> Palette:
    """The colours by night."""
    return _palette(
        accent=theme.accent_dark,
        on_accent=theme.on_accent_dark,
        ink=theme.ink_dark,
        paper=theme.paper_dark,
        raised=mix(theme.paper_dark, theme.ink_dark, 0.06),
    )


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two #rrggbb colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, *backgrounds: str, ratio: float = TEXT) -> str:
    """The colour itself if it passes on every background, else its nearest shade towards black or white that does."""
    end = max((_BLACK, _WHITE), key=lambda end: min(contrast(end, paper) for paper in backgrounds))
    for step in range(_STEPS + 1):
        shade = mix(colour, end, step / _STEPS)
        if all(contrast(shade, paper) >= ratio for paper in backgrounds):
            return shade
    return end


def mix(one: str, other: str, share: float) -> str:
    """`one` with that share of `other`."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _palette(*, accent: str, on_accent: str, ink: str, paper: str, raised: str) -> Palette:
    warn_paper, tint = mix(paper, _AMBER, 0.12), mix(paper, accent, 0.07)
    papers = (paper, raised, tint, warn_paper)
    return Palette(
        accent=accent,
        on_accent=on_accent,
        ink=readable(ink, *papers),
        paper=paper,
        raised=raised,
        tint=tint,
        line=mix(paper, ink, 0.16),
        muted=readable(mix(ink, paper, 0.32), *papers),
        link=readable(accent, *papers),
        warn=readable(_AMBER, *papers),
        warn_paper=warn_paper,
    )


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
