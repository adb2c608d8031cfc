"""Pictures of every page and mail, to look at: python -m tests.render.gallery FOLDER [NAME…]."""

import sys
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from tests.render.brands import SOUND, TRAIL
from tests.render.mails import all_mails
from tests.web.browsing import QUIET
from tracker.domain.brands import Brand
from tracker.render.gallery import shown
from tracker.render.gallery.shown import Scheme
from tracker.render.pictures import ADDRESS
from tracker.render.renderer import Renderer

CHROMIUM = "/usr/bin/chromium"
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}


def documents(renderer: Renderer, brand: Brand, scheme: Scheme) -> dict[str, str]:
    """Name to HTML, the style sheet put inside so that no server is needed."""
    css = shown.stylesheet(renderer, brand, scheme).decode()
    link = f'<link rel="stylesheet" href="{shown.STYLES}{brand.slug}.{scheme}.css">'
    made = {
        f"page-{name}": _with_pictures(
            renderer, brand, shown.page(renderer, brand, name, locale="en-US", scheme=scheme)
        )
        for name in shown.names(brand)
    }
    made = {name: html.replace(link, f"<style>{css}</style>") for name, html in made.items()}
    return made | {f"mail-{key}": mail.html for key, mail in all_mails(renderer, brand).items()}


def _with_pictures(renderer: Renderer, brand: Brand, html: str) -> str:
    for name, picture in renderer.album(brand).files.items():
        inside = f"data:{picture.media_type};base64,{b64encode(picture.read() or b'').decode()}"
        html = html.replace(f"{ADDRESS}{brand.slug}/{name}", inside)
    return html.replace('loading="lazy"', "")  # none waits for somebody to scroll


def shoot(browser: Browser, folder: Path, pages: dict[str, str], *, scheme: Scheme, sizes: Iterable[str]) -> None:
    """One picture per document and size."""
    for size in sizes:
        width, height = SIZES[size]
        colours: Literal["dark", "light"] = "dark" if scheme is Scheme.DARK else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=colours)
        tab = context.new_page()
        for name, html in pages.items():
            tab.set_content(html)
            tab.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=True)
        context.close()


def main(folder: Path, only: list[str]) -> None:
    """Everything, or what was named."""
    folder.mkdir(parents=True, exist_ok=True)
    renderer = Renderer.load()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        for scheme in Scheme:
            made = {
                f"{brand.slug}-{name}": html
                for brand in (TRAIL, SOUND)
                for name, html in documents(renderer, brand, scheme).items()
                if not only or any(word in f"{brand.slug}-{name}" for word in only)
            }
            shoot(browser, folder, made, scheme=scheme, sizes=SIZES)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
