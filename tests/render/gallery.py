"""Pictures of every page and mail, to look at: python -m tests.render.gallery FOLDER [NAME…]."""

import sys
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.render.brands import SOUND, TRAIL
from tests.render.mails import all_mails
from tracker.domain.brands import Brand
from tracker.render.gallery.orders import NOW
from tracker.render.gallery.states import all_states
from tracker.render.pages import Unsubscribing
from tracker.render.renderer import STYLES, Renderer

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}


def documents(renderer: Renderer, brand: Brand) -> dict[str, str]:
    """Name to HTML, the style sheet put inside so that no server is needed."""
    css, name = renderer.stylesheet(brand)
    made = {f"page-{key}": renderer.page(view, brand, now=NOW, locale="en-US") for key, view in all_states().items()}
    made["page-gone"] = renderer.gone(brand)
    made["page-error"] = renderer.error(brand)
    for where in Unsubscribing:
        made[f"page-unsubscribe-{where}"] = renderer.unsubscribe(brand, where=where, action="/u/x")
    link = f'<link rel="stylesheet" href="{STYLES}{name}">'
    dressed = {key: page.replace(link, f"<style>{css.decode()}</style>") for key, page in made.items()}
    return dressed | {f"mail-{key}": mail.html for key, mail in all_mails(renderer, brand).items()}


def shoot(browser: Browser, folder: Path, pages: dict[str, str], *, scheme: str, sizes: Iterable[str]) -> None:
    """One picture per document and size."""
    for size in sizes:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
        )
        tab = context.new_page()
        for name, html in pages.items():
            tab.set_content(html)
            tab.screenshot(path=folder / f"{name}-{size}-{scheme}.png", full_page=True)
        context.close()


def main(folder: Path, only: list[str]) -> None:
    """Everything, or what was named."""
    folder.mkdir(parents=True, exist_ok=True)
    renderer = Renderer.load()
    made = {
        f"{brand.slug}-{name}": html for brand in (TRAIL, SOUND) for name, html in documents(renderer, brand).items()
    }
    chosen = {name: html for name, html in made.items() if not only or any(word in name for word in only)}
    for name, html in chosen.items():
        (folder / f"{name}.html").write_text(html)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=QUIET)
        for scheme in ("light", "dark"):
            shoot(browser, folder, chosen, scheme=scheme, sizes=SIZES)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
