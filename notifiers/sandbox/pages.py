"""The mailbox as pages for people: plain HTML, no script, nothing fetched from elsewhere."""

import re
from collections.abc import Sequence
from datetime import UTC
from html import escape
from urllib.parse import quote

from notifiers.sandbox.ledger import Mail
from notifiers.sandbox.letters import Opened

ICON = (  # "http:%2F%2F" is a name here and fetches nothing
    "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http:%2F%2Fwww.w3.org/2000/svg' viewBox='0 0 8 8'%3E"
    "%3Ccircle cx='4' cy='4' r='4' fill='%230b57c2'/%3E%3C/svg%3E\">"
)
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)

STYLE = """
:root { color-scheme: light dark; --line: #d7d7dd; --soft: #5d5d68; --card: #fff; --back: #f4f4f6; --ink: #1b1b20;
  --link: #0b57c2; }
@media (prefers-color-scheme: dark) { :root { --line: #3a3a42; --soft: #a9a9b4; --card: #1e1e23; --back: #131316;
  --ink: #ececf0; --link: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main, header { max-width: 56rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.25rem; } h1 { font-size: 1.35rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; } a { color: var(--link); } p { margin: .25rem 0 1rem; }
.soft { color: var(--soft); font-size: .875rem; }
ul.mails { list-style: none; margin: 0 0 2rem; padding: 0; background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem; overflow: hidden; }
ul.mails li + li { border-top: 1px solid var(--line); }
ul.mails a { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .75rem 1rem; color: inherit;
  text-decoration: none; }
ul.mails a:hover, ul.mails a:focus { background: var(--back); }
ul.mails strong { overflow-wrap: anywhere; } ul.mails span { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .125rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
iframe { display: block; width: 100%; height: 60rem; resize: vertical; border: 1px solid var(--line);
  border-radius: .5rem; background: #fff; }
pre { margin: 0; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  white-space: pre-wrap; overflow-wrap: anywhere; font: .875rem/1.5 ui-monospace, monospace; }
details { margin: 1.5rem 0; } summary { cursor: pointer; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
"""


def listing(mails: Sequence[Mail], *, to: str, phone_url: str) -> str:
    """All mails, newest first, or those to one address. `phone_url`: the neighbour's page."""
    shown = [mail for mail in reversed(mails) if not to or to in mail.to]
    count = f"{len(shown)} mail{'' if len(shown) == 1 else 's'}"
    if to:
        count += f' to {escape(to)} · <a href="/">all mails</a>'
    if phone_url:
        count += f' · <a href="{escape(phone_url)}">the texts</a>'
    if not shown:
        body = "<p>Nothing has been sent yet. Reload the page when something should have arrived.</p>"
    else:
        body = f'<ul class="mails">{"".join(map(_row, shown))}</ul>'
    return _page("Mailbox", f'<header><h1>Mailbox</h1><p class="soft">{count}</p></header><main>{body}</main>')


def reading(mail: Mail, opened: Opened) -> str:
    """One mail: as it looks, as text, its headers."""
    facts = {"From": opened.header("From"), "Date": opened.header("Date"), "Accepted": _moment(mail)}
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value)
    for address in mail.to:
        rows += f'<dt>To</dt><dd><a href="/?to={quote(address)}">{escape(address)}</a></dd>'
    subject = escape(mail.subject or "(no subject)")
    shown = ""
    if opened.html:
        shown = (
            f'<h2>As the recipient sees it</h2><iframe title="The mail" src="/mails/{mail.id}/html" '
            'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
        )
    headers = "\n".join(f"{name}: {value}" for name, value in opened.headers)
    return _page(
        mail.subject or "(no subject)",
        f'<header><p><a href="/">All mails</a></p><h1>{subject}</h1></header><main><dl>{rows}</dl>{shown}'
        f"<h2>Text</h2><pre>{escape(opened.text)}</pre>"
        f"<details><summary>Headers</summary><pre>{escape(headers)}</pre></details>"
        f'<p><a href="/mails/{mail.id}/raw">Raw source</a></p></main>',
    )


def framed(html: str) -> str:
    """The HTML part; its links open outside of the frame."""
    base = '<base target="_blank">'
    return HEAD.sub(lambda head: head[0] + base, html, count=1) if HEAD.search(html) else base + html


def missing() -> str:
    """There is nothing at this address."""
    body = '<header><h1>Not here</h1></header><main><p><a href="/">All mails</a></p></main>'
    return _page("Not here", body)


def _row(mail: Mail) -> str:
    return (
        f'<li><a href="/mails/{mail.id}"><strong>{escape(mail.subject or "(no subject)")}</strong>'
        f'<span class="soft">{mail.accepted_at.astimezone(UTC):%H:%M:%S}</span>'
        f'<span class="soft">{escape(", ".join(mail.to))} · from {escape(mail.sender)}</span></a></li>'
    )


def _moment(mail: Mail) -> str:
    return f"{mail.accepted_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>{ICON}<style>{STYLE}</style></head><body>{body}</body></html>"
    )
