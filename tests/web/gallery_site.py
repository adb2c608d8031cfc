"""The gallery's pages on loopback, under the policy of the real site, and what is wrong with one as it stands."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from tests.render.brands import SOUND, TRAIL
from tracker.domain.brands import Brand
from tracker.render.gallery import shown
from tracker.render.gallery.shown import Scheme
from tracker.render.pages import NOBODY
from tracker.render.renderer import Renderer
from tracker.web.html import CSP

BRANDS: dict[str, Brand] = {"alpenglow": TRAIL, "volta": SOUND, "neutral": NOBODY}
# What reaches over the edge, is cut off, or lies on its neighbour; art and what only screen readers get may.
FAULTS = """() => {
  const found = [], wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) found.push("the page scrolls sideways");
  const name = (one) => `${one.tagName}.${one.className} ${(one.textContent || "").trim().slice(0, 60)}`;
  for (const one of document.querySelectorAll("body *:not(svg *)")) {
    if (one.closest(".art, .unseen, [hidden]")) continue;
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (box.width < 2 || box.height < 2 || style.visibility === "hidden") continue;
    if (box.right > wide + 1 || box.left < -1) found.push(`over the edge: ${name(one)}`);
    if (one.matches(".button, .pill, .step span, .scores span, summary") && one.scrollWidth > one.clientWidth + 1
      && style.display !== "inline") found.push(`does not fit: ${name(one)}`);
  }
  const steps = [...document.querySelectorAll(".step span")].filter((one) => one.getBoundingClientRect().width > 2);
  steps.forEach((one, n) => steps.slice(n + 1).forEach((other) => {
    const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
      found.push(`overlaps: ${name(one)} and ${name(other)}`);
  }));
  return found;
}"""


@contextmanager
def showing(renderer: Renderer, more: Callable[[str], str] | None = None) -> Iterator[str]:
    """The address of a site with /{brand}/{state}?lang=&scheme=&dir=; `more` makes what stands under /more/."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            if path.startswith(shown.STYLES):
                brand, scheme, _ = path.removeprefix(shown.STYLES).split(".")
                self._answer(shown.stylesheet(renderer, BRANDS[brand], Scheme(scheme)), "text/css")
            elif path.startswith("/more/") and more:
                self._answer(more(path.removeprefix("/more/")).encode(), "text/html; charset=utf-8")
            elif path.count("/") == 2 and path.split("/")[1] in BRANDS:
                _, brand, name = path.split("/")
                asked = {key: values[0] for key, values in query.items()}
                scheme = Scheme(asked.get("scheme", "light"))
                html = shown.page(renderer, BRANDS[brand], name, locale=asked.get("lang", "en-US"), scheme=scheme)
                if asked.get("dir") == "rtl":
                    html = html.replace('dir="ltr"', 'dir="rtl"', 1)
                self._answer(html.encode(), "text/html; charset=utf-8")
            else:
                self._answer(b"", "text/plain", status=404)

        def _answer(self, body: bytes, kind: str, *, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", CSP.decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's name for it
            """Not into the test's output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def faults(tab: Page) -> list[str]:
    """What does not fit on the page as it stands."""
    found: list[str] = tab.evaluate(FAULTS)
    return [f"{tab.url}: {each}" for each in found]
