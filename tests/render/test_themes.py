"""A brand that nobody could read does not start."""

from dataclasses import replace

import pytest

from tests.render.brands import SOUND, TRAIL
from tracker.domain.brands import Brand
from tracker.render import themes
from tracker.render.pages import NOBODY
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


def _weakest(palette: Palette) -> float:
    papers = (palette.paper, palette.raised, palette.tint, palette.warn_paper)
    texts = (palette.ink, palette.muted, palette.link, palette.warn)
    on_papers = [contrast(text, paper) for text in texts for paper in papers]
    return min([*on_papers, contrast(palette.on_accent, palette.accent)])
