"""What carriers, shops and other sites write or send: on the page it is text, from elsewhere it does nothing."""

import json
import sqlite3
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.servers import until
from tests.web import hostile
from tests.web.browsing import UNFOLD, Shown, phone, site
from tests.web.served import Served, serving

pytestmark = pytest.mark.browser

MACHINE_ROWS = frozenset({"counters", "heartbeats", "leases", "gates", "facts"})  # what no shopper means

BOX = """const range = document.createRange();
  const box = (node, n) => {
    range.setStart(node, n);
    range.setEnd(node, n + 1);
    return range.getBoundingClientRect();
  };"""
# Latin letters that stand left of the one before them, in one line.
TURNED = (
    f"""() => {{
  {BOX}"""
    + """
  const turned = [];
  const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const latin = [...node.data.matchAll(/[A-Za-z]/g)].map(found => found.index);
    for (let n = 1; n < latin.length; n++) {
      const before = box(node, latin[n - 1]), after = box(node, latin[n]);
      const isLine = before.width && after.width && Math.abs(before.top - after.top) < 2;
      if (isLine && after.left < before.left) turned.push(node.data.slice(latin[n - 1], latin[n] + 9));
    }
  }
  return turned;
}"""
)
# Sentences with a Hebrew name, and whether what follows it stands left of it.
SPILLED = (
    f"""() => {{
  {BOX}"""
    + """
  const hasName = one => one.children.length === 0 && /[\\u0590-\\u05ff]/.test(one.textContent);
  return [...document.querySelectorAll("main p, main li, main dd")].filter(hasName).map(one => {
    const node = one.firstChild, text = node.data;
    const last = text.search(/[\\u0590-\\u05ff][^\\u0590-\\u05ff]*$/);
    const behind = text.slice(last).search(/[A-Za-z:,]/), next = last + behind;
    const isLine = behind > 0 && Math.abs(box(node, last).top - box(node, next).top) < 2;
    return {text, turned: isLine && box(node, next).left < box(node, last).left};
  });
}"""
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("hostile")) as running:
        yield running


@pytest.fixture(scope="module")
def paths(served: Served) -> dict[str, str]:
    """An order on its way and one that arrived."""
    return {"moving": hostile.an_order(served, arrived=False), "arrived": hostile.an_order(served, arrived=True)}


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A phone as narrow as they come, which notes what was blocked."""
    with phone(browser, viewport={"width": 320, "height": 700}, service_workers="block") as context:
        context.add_init_script(
            "window.blocked = []; document.addEventListener('securitypolicyviolation', event =>"
            " window.blocked.push(`${event.effectiveDirective} ${event.blockedURI}`));"
        )
        yield context.new_page()


def words_of(tab: Page) -> str:
    """All text of the page, folded or not, on one line."""
    return " ".join(str(tab.evaluate("document.querySelector('main').textContent")).split())


@pytest.mark.parametrize("which", ["moving", "arrived"])
def test_whatever_others_write_is_text(served: Served, paths: dict[str, str], tab: Page, which: str) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{served.url}{paths[which]}?lang=en-GB")
    tab.evaluate(UNFOLD)

    words = words_of(tab)
    assert words.count(hostile.MARKUP) >= 4, "a service, an item, a town and a carrier's sentence"
    assert tab.evaluate("[window.ran, window.blocked.length]") == [None, 0]
    assert tab.locator("main img[src=x], main script").count() == 0
    assert [url for url in asked if not url.startswith(served.url)] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320
    assert max(len(word) for word in words.split()) <= 600, "10,000 letters are cut"
    assert not set(words) & set("\u202a\u202b\u202c\u202d\u202e\u200e\u200f\u2066\u2067\ufeff")


@pytest.mark.parametrize("which", ["moving", "arrived"])
def test_a_name_from_right_to_left_turns_nothing_around_it(
    served: Served, paths: dict[str, str], tab: Page, which: str
) -> None:
    tab.set_viewport_size({"width": 1200, "height": 900})
    tab.goto(f"{served.url}{paths[which]}?lang=en-GB")
    tab.evaluate(UNFOLD)

    lines = tab.evaluate(SPILLED)

    assert len(lines) >= 2
    assert [line["text"] for line in lines if line["turned"]] == []
    assert tab.evaluate(TURNED) == []


def test_the_check_itself_sees_a_line_turned_around(served: Served, paths: dict[str, str], tab: Page) -> None:
    tab.goto(served.url + paths["moving"])
    tab.evaluate("(name) => document.querySelector('main p').textContent = `In ${name}: 22 Nov`", hostile.HEBREW)
    turned = [line["text"] for line in tab.evaluate(SPILLED) if line["turned"]]
    tab.evaluate("document.querySelector('main p').textContent = 'One \\u202etwo three'")

    assert turned
    assert tab.evaluate(TURNED)


def test_a_script_that_gets_in_all_the_same_is_blocked(served: Served, paths: dict[str, str], tab: Page) -> None:
    """As if a template forgot to escape: the answer is the server's own but for that."""
    url = served.url + paths["arrived"]
    answer = served.get(paths["arrived"], headers={"Accept": "text/html", "Accept-Encoding": "identity"})
    broken = answer.text.replace(escape(hostile.MARKUP, quote=False), hostile.MARKUP)
    broken = broken.replace(escape(hostile.MARKUP).replace("&quot;", "&#34;"), hostile.MARKUP)
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    tab.route(url, lambda route: route.fulfill(status=200, headers=headers, body=broken))
    tab.goto(url)

    tab.evaluate(
        """() => {
          const inline = document.createElement("script"), far = document.createElement("script");
          inline.textContent = "window.ran = 'inline'";
          far.src = "https://attacker.example/x.js";
          const image = new Image();
          image.src = "https://attacker.example/pixel";
          const link = document.createElement("a");
          link.setAttribute("onclick", "window.ran = 'handler'");
          document.body.append(inline, far, image, link);
          link.click();
        }"""
    )
    until(lambda: len(tab.evaluate("window.blocked")) >= 5, what="five things to be blocked")

    assert broken != answer.text
    assert tab.locator("img[src=x]").count() > 0, "the markup was there"
    assert tab.evaluate("window.ran") is None
    directives = {line.split(" ")[0] for line in tab.evaluate("window.blocked")}
    assert {"script-src-elem", "script-src-attr", "img-src"} <= directives


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[tuple[int, dict[str, str]]]:
    """Another site: its port, and the pages it serves."""
    pages: dict[str, str] = {}
    with site(lambda path: Shown(body=pages[path].encode(), policy="") if path in pages else None) as address:
        yield int(address.rpartition(":")[2]), pages


def kept(served: Served) -> dict[str, list[Any]]:
    """Every row that somebody's wish could have written."""
    path = served.variables["DATABASE_URL"].removeprefix("sqlite:///")
    connection = sqlite3.connect(f"file:{Path(path)}?mode=ro", uri=True)
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()
            for name in names
            if name not in MACHINE_ROWS
        }
    finally:
        connection.close()


def trap(address: str, fields: dict[str, str]) -> str:
    """Another site's page that posts our form as soon as it opens."""
    inputs = "".join(f'<input name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items())
    return (
        f'<!doctype html><form method="post" action="{escape(address)}">{inputs}</form>'
        "<script>HTMLFormElement.prototype.submit.call(document.forms[0])</script>"
    )


def test_a_form_posted_from_elsewhere_does_nothing(
    served: Served, paths: dict[str, str], tab: Page, elsewhere: tuple[int, dict[str, str]]
) -> None:
    """Of one order from another host, of the other from another port of this one."""
    port, pages = elsewhere
    forms = []
    for path, host in zip(paths.values(), ("localhost", "127.0.0.1"), strict=True):
        with hostile.inside(served, path) as reader:
            forms += [(f"http://{host}:{port}", *form) for form in hostile.forms_below(reader, path, "/track")]
            for cookie in reader.cookies.jar:
                name, value = cookie.name, cookie.value or ""
                # without SameSite, as an old browser would send it
                tab.context.add_cookies([{"name": name, "value": value, "domain": "127.0.0.1", "path": cookie.path}])
    before = kept(served)

    answers = {}
    for n, (other, address, fields) in enumerate(forms):
        pages[f"/{n}"] = trap(address, fields)
        with tab.expect_response(lambda response: response.request.method == "POST") as answered:
            tab.goto(f"{other}/{n}")
        answers[f"{other} {address} {json.dumps(fields)}"] = answered.value.status

    assert len(forms) >= 16
    assert {address: status for address, status in answers.items() if status != 403} == {}
    assert kept(served) == before


def test_the_same_form_from_our_own_page_does_something(served: Served, paths: dict[str, str], tab: Page) -> None:
    before = kept(served)
    tab.goto(served.url + paths["arrived"])
    tab.locator("input[name=score][value='9']").check()

    with tab.expect_response(lambda response: response.request.method == "POST"):
        tab.locator("form[action*='/rating'] button").click()

    assert len(kept(served)["ratings"]) == len(before["ratings"]) + 1
