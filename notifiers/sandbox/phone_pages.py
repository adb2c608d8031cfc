"""Everybody's texts as pages for people: one thread of bubbles per number, no script, nothing from elsewhere."""

import re
from collections.abc import Sequence
from datetime import UTC
from html import escape
from urllib.parse import quote

from notifiers.sandbox.pages import ICON
from notifiers.sandbox.pages import STYLE as SHARED
from notifiers.sandbox.septets import pieces
from notifiers.sandbox.texts import IN, OUT, Text

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
FAILED = frozenset({"failed", "undelivered"})

STYLE = (
    SHARED
    + """
:root { --ours: #e7e7ec; --theirs: #0b57c2; --bad: #a3231f; }
@media (prefers-color-scheme: dark) { :root { --ours: #2b2b32; --theirs: #1f5fbf; --bad: #ff9b93; } }
.phone { max-width: 30rem; }
ul.threads { list-style: none; margin: 0 0 2rem; padding: 0; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; overflow: hidden; } ul.threads li + li { border-top: 1px solid var(--line); }
ul.threads a { display: block; padding: .75rem 1rem; color: inherit; text-decoration: none; }
ul.threads a:hover, ul.threads a:focus { background: var(--back); }
ul.threads .top { display: flex; justify-content: space-between; gap: 1rem; }
ul.threads .last { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
ol.bubbles { list-style: none; margin: 0; padding: 0 0 1rem; display: flex; flex-direction: column; gap: .75rem; }
ol.bubbles li { max-width: 82%; } ol.bubbles li.in { align-self: flex-end; text-align: right; }
.bubble { display: inline-block; text-align: left; padding: .55rem .85rem; border-radius: 1.15rem;
  background: var(--ours); white-space: pre-wrap; overflow-wrap: anywhere; border-bottom-left-radius: .3rem; }
li.in .bubble { background: var(--theirs); color: #fff; border-radius: 1.15rem; border-bottom-right-radius: .3rem; }
li.in .bubble a { color: #fff; }
ol.bubbles small { display: block; color: var(--soft); font-size: .75rem; padding: .15rem .5rem 0; }
ol.bubbles small.bad { color: var(--bad); } ol.bubbles li { scroll-margin-top: 1rem; }
form.reply { position: sticky; bottom: 0; display: flex; gap: .5rem; padding: .75rem 0; background: var(--back); }
form.reply input { flex: 1; min-width: 0; font: inherit; padding: .55rem .9rem; border: 1px solid var(--line);
  border-radius: 1.25rem; background: var(--card); color: inherit; }
form.reply button { font: inherit; padding: .55rem 1rem; border: 0; border-radius: 1.25rem; background: var(--theirs);
  color: #fff; cursor: pointer; }
"""
)


def listing(texts: Sequence[Text], *, mailbox_url: str) -> str:
    """Everybody who has a text, the latest first."""
    last: dict[str, Text] = {}
    for text in texts:
        last.pop(_person(text), None)
        last[_person(text)] = text
    rows = "".join(_row(text) for text in reversed(last.values()))
    sent = sum(text.direction == OUT for text in texts)
    count = f"{sent} text{'' if sent == 1 else 's'} to {len(last)} phone{'' if len(last) == 1 else 's'}"
    if mailbox_url:
        count += f' · <a href="{escape(mailbox_url)}">the mails</a>'
    body = f'<ul class="threads">{rows}</ul>'
    if not rows:
        body = "<p>Nothing has been texted yet. Reload the page when something should have arrived.</p>"
    return _page(
        "Texts",
        f'<header class="phone"><h1>Texts</h1><p class="soft">{count}</p></header><main class="phone">{body}</main>',
    )


def thread(texts: Sequence[Text], *, number: str) -> str:
    """One person's phone."""
    shown = [text for text in texts if _person(text) == number]
    senders = sorted({text.sender or text.service for text in shown if text.direction == OUT})
    bubbles = "".join(_bubble(text, is_last=text is shown[-1]) for text in shown)
    return _page(
        number,
        f'<header class="phone"><p><a href="/">All phones</a></p><h1>{escape(number)}</h1>'
        f'<p class="soft">Texts from {escape(", ".join(senders) or "nobody yet")}</p></header>'
        f'<main class="phone"><ol class="bubbles">{bubbles}</ol>'
        f'<form class="reply" method="post" action="/numbers/{quote(number)}/replies">'
        '<input name="body" aria-label="Answer" placeholder="Answer, or STOP, START, HELP" autocomplete="off" required>'
        "<button>Send</button></form></main>",
    )


def missing() -> str:
    """There is nothing at this address."""
    body = (
        '<header class="phone"><h1>Not here</h1></header><main class="phone"><p><a href="/">All phones</a></p></main>'
    )
    return _page("Not here", body)


def _row(text: Text) -> str:
    person, says = _person(text), "They: " if text.direction == IN else ""
    return (
        f'<li><a href="/numbers/{quote(person)}#last"><span class="top"><strong>{escape(person)}</strong>'
        f'<span class="soft">{_moment(text)}</span></span>'
        f'<span class="last soft">{says}{escape(text.body) or "(forgotten)"}</span></a></li>'
    )


def _bubble(text: Text, *, is_last: bool) -> str:
    side = "in" if text.direction == IN else "out"
    place = ' id="last"' if is_last else ""
    words = LINK.sub(lambda found: f'<a href="{found[0]}" rel="noreferrer">{found[0]}</a>', escape(text.body))
    alphabet, parts = pieces(text.body)
    facts = [_moment(text)]
    if text.direction == OUT:
        segments = f"{len(parts)} segment{'' if len(parts) == 1 else 's'}, {alphabet}"
        failure = f" ({text.error_code})" if text.error_code else ""
        facts += [f"{text.status}{failure}", segments]
    tone = ' class="bad"' if text.status in FAILED else ""
    return (
        f'<li class="{side}"{place}><span class="bubble">{words or "(forgotten)"}</span>'
        f"<small{tone}>{escape(' · '.join(facts))}</small></li>"
    )


def _person(text: Text) -> str:
    return text.sender if text.direction == IN else text.to


def _moment(text: Text) -> str:
    return f"{text.accepted_at.astimezone(UTC):%H:%M:%S}"


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>{ICON}<style>{STYLE}</style></head><body>{body}</body></html>"
    )
