"""A brand that nobody could read does not start."""

import re
from dataclasses import fields, replace

import pytest

from tests.render.brands import SOUND, TRAIL
from tracker.domain.brands import Brand
from tracker.render import themes
from tracker.render.pages import NOBODY
from tracker.render.renderer import Renderer
from tracker.render.themes import Palette, ThemeUnreadable, contrast


def test_contrast_is_measured_as_the_guidelines_do() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("brand", [TRAIL, SOUND, NOBODY], ids=lambda brand: brand.slug or "nobody")
def test_every_text_colour_passes_on_every_paper(brand: Brand) -> None:
    themes.check(brand)
    for palette in (themes.light(brand.theme), themes.dark(brand.theme)):
        assert _weakest(palette) >= themes.TEXT


def test_even_a_pale_accent_gives_links_that_can_be_read() -> None:
    pale = replace(TRAIL.theme, accent="#ffe680", on_accent="#000000", accent_dark="#30302a", on_accent_dark="#ffffff")

    for palette in (themes.light(pale), themes.dark(pale)):
        assert _weakest(palette) >= themes.TEXT


def test_the_error_names_both_colours_and_one_that_passes() -> None:
    grey = replace(TRAIL, theme=replace(TRAIL.theme, ink="#aaaaaa", paper="#ffffff"))

    with pytest.raises(ThemeUnreadable) as refused:
        themes.check(grey)

    message = str(refused.value)
    assert "ink #aaaaaa on paper #ffffff" in message
    suggested = message.rsplit("#", 1)[1][:6]
    assert contrast(f"#{suggested}", "#ffffff") >= themes.TEXT


def test_papers_that_no_text_passes_on_are_refused_too() -> None:
    grey = replace(TRAIL, theme=replace(TRAIL.theme, paper="#505050", ink="#ffffff"))

    with pytest.raises(ThemeUnreadable, match=r"brand alpenglow: \w+ #\w{6} on \w+ #\w{6} has a contrast of"):
        themes.check(grey)


@pytest.mark.parametrize("brand", [TRAIL, SOUND], ids=lambda brand: brand.slug)
def test_sheets_write_only_in_colours_that_are_checked(brand: Brand) -> None:
    """What a sheet calls its own is made of them: --hero-ink and the like."""
    css = Renderer.load().stylesheet(brand)[0].decode()
    css = css[: css.index("@media print")] + css[css.index("@media print") :].partition("\n}\n")[2]
    checked = {f"--{field.name.replace('_', '-')}" for field in fields(Palette)}
    own = {
        name: set(re.findall(r"var\((--[\w-]+)\)", value))
        for name, value in re.findall(r"(--(?:hero|mark)[\w-]*): ([^;]+);", css)
    }

    written = re.findall(r"[{;\s]color: ([^;}]+);", css)

    assert len(written) > 30
    for colour in written:
        names = set(re.findall(r"var\((--[\w-]+)\)", colour))
        assert names or colour in ("currentColor", "HighlightText"), colour
        assert names <= checked | set(own), colour
    assert all(used <= checked | set(own) for used in own.values())


def _weakest(palette: Palette) -> float:
    papers = (palette.paper, palette.raised, palette.tint, palette.warn_paper)
    texts = (palette.ink, palette.muted, palette.link, palette.warn)
    on_papers = [contrast(text, paper) for text in texts for paper in papers]
    return min([*on_papers, contrast(palette.on_accent, palette.accent)])
