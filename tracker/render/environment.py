"""Which template file serves a brand, compiled once with the mail's styles already inlined."""

import re
from pathlib import Path

from css_inline import CSSInliner
from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

from tracker.render import headings
from tracker.render.languages import template_gettext, template_ngettext

MAIL_STYLES = "email/mail.css"
_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_KEPT = re.compile(r"<!--kept(\d+)-->|kept(\d+)kept")


def environment(roots: tuple[Path, ...]) -> Environment:
    """Templates of these folders, the first that has a path wins; a missing value is an error, never an empty space."""

    def load(name: str) -> str | None:
        path = find(roots, name)
        if path is None:
            return None
        source = path.read_text("utf-8")
        if name.startswith("email/") and name.endswith(".html"):
            return _with_styles_inlined(source, _mail_styles(roots))
        return source

    made = Environment(
        loader=FunctionLoader(load),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.globals.update(whole=headings.whole, _=template_gettext, gettext=template_gettext, ngettext=template_ngettext)
    return made


def find(roots: tuple[Path, ...], name: str) -> Path | None:
    """The first folder's file of that name."""
    return next((path for root in roots if (path := root / name).is_file()), None)


def _mail_styles(roots: tuple[Path, ...]) -> str:
    path = find(roots, MAIL_STYLES)
    return path.read_text("utf-8") if path else ""


def _with_styles_inlined(source: str, styles: str) -> str:
    """Inline once per template, not once per mail, which would cost milliseconds; Jinja's marks wait outside."""
    kept: list[str] = []
    page, sheet = _set_aside(source, kept), _set_aside(styles, kept)
    if source.lstrip().lower().startswith("<!doctype"):
        inlined = CSSInliner(inline_style_tags=False, keep_style_tags=True, extra_css=sheet).inline(page)
    else:
        inlined = CSSInliner(inline_style_tags=False).inline_fragment(page, sheet)
    return _KEPT.sub(lambda found: kept[int(found[1] or found[2])], inlined)


def _set_aside(source: str, kept: list[str]) -> str:
    """Statements between tags become comments, which HTML allows even inside tables; all else becomes a word."""
    parts, end, in_tag = [], 0, False
    for found in _JINJA.finditer(source):
        before = source[end : found.start()]
        in_tag = _is_in_tag(before, before_that=in_tag)
        as_comment = not in_tag and not found[0].startswith("{{")
        kept.append(found[0])
        parts += [before, f"<!--kept{len(kept) - 1}-->" if as_comment else f"kept{len(kept) - 1}kept"]
        end = found.end()
    return "".join([*parts, source[end:]])


def _is_in_tag(text: str, *, before_that: bool) -> bool:
    opened, closed = text.rfind("<"), text.rfind(">")
    return before_that if opened == closed == -1 else opened > closed
