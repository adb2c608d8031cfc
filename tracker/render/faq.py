"""What the files under templates/faq answer to a question, a shop's own words before ours."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel import Locale
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

from tracker.render.languages import SOURCE, Language
from tracker.render.questions import Situation, Topic

HEADING = re.compile(r"## (?P<question>.+?) \{#(?P<topic>[a-z-]+)\}")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
NAMES = frozenset({"carrier", "shop"})
SAFE_LINK = re.compile(r"(https?://|mailto:|(?![a-z+.-]*:|//))", re.IGNORECASE)
CHOSEN = "topics.toml"

Passages = Mapping[Topic, "Passage"]


class FaqUnreadable(ValueError):
    """A file of answers that cannot be used; says which, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One question and its answer in Markdown."""

    question: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question with its answer, for one reader."""

    topic: Topic
    question: str
    text: Markup
    language: str  # its tag where it is not the reader's; else empty
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Faq:
    """Every file of one installation; the empty slug is ours."""

    files: Mapping[tuple[str, str], Passages]  # by slug and language tag
    chosen: Mapping[str, Mapping[Situation, tuple[Topic, ...]]] = field(default_factory=dict)  # by slug

    def answers(
        self, topics: Sequence[Topic], *, slug: str, language: Language, usual: str, stands: Situation, **names: str
    ) -> tuple[Answer, ...]:
        """As this reader should read them; `usual`: the brand's language, asked before English."""
        wanted = self.chosen.get(slug, {}).get(stands, tuple(topics))
        return tuple(self._answer(topic, slug, language, usual, names) for topic in wanted)

    def _answer(self, topic: Topic, slug: str, language: Language, usual: str, names: Mapping[str, str]) -> Answer:
        for tag in (*tags(language.locale), *_tags_of(usual), SOURCE):
            for whose in (slug, ""):
                passage = self.files.get((whose, tag), {}).get(topic)
                if passage is not None:
                    return _filled(topic, passage, names, other=_other(tag, language.locale))
        raise FaqUnreadable(f"faq/{SOURCE}.md has no answer {{#{topic}}}; write one")


def load(templates: Path) -> Faq:
    """Read and check them all. Raises FaqUnreadable."""
    folders = {"": templates / "faq"} | {path.parent.name: path for path in (templates / "brands").glob("*/faq")}
    files = {(slug, path.stem): _read(path) for slug, folder in folders.items() for path in sorted(folder.glob("*.md"))}
    chosen = {slug: _choices(folder / CHOSEN) for slug, folder in folders.items() if (folder / CHOSEN).is_file()}
    return Faq(files=files, chosen=chosen)


def tags(locale: Locale) -> tuple[str, ...]:
    """How a file for this reader may be called, the closest first: pt-BR before pt, zh-Hant before zh."""
    parts = (locale.script, locale.territory)
    close = [f"{locale.language}-{part}" for part in parts if part]
    return (*close, locale.language)


def read(text: str, *, where: str) -> dict[Topic, Passage]:
    """The passages of one file; what stands before the first heading is for whoever writes it. Raises FaqUnreadable."""
    found: dict[Topic, Passage] = {}
    for part in re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        passage, topic = _passage(heading, body.strip(), where=where)
        if topic in found:
            raise FaqUnreadable(f"{where}: {{#{topic}}} stands there twice; keep one")
        found[topic] = passage
    return found


def _read(path: Path) -> dict[Topic, Passage]:
    return read(path.read_text("utf-8"), where=f"{path.parent.parent.name}/faq/{path.name}")


def _passage(heading: str, body: str, *, where: str) -> tuple[Passage, Topic]:
    shape = HEADING.fullmatch(heading.strip())
    if shape is None:
        raise FaqUnreadable(f'{where}: {heading[:60]!r} is no question; write "## Question {{#topic}}"')
    topic = next((each for each in Topic if each == shape["topic"]), None)
    if topic is None:
        raise FaqUnreadable(f"{where}: there is no topic {shape['topic']!r}; write one of: {', '.join(Topic)}")
    strange = set(PLACEHOLDER.findall(shape["question"] + body)) - NAMES
    if strange or not body:
        wrong = f"{{{min(strange)}}} is no name we know" if strange else "the answer is missing"
        raise FaqUnreadable(f"{where}: {topic}: {wrong}; names are {{carrier}} and {{shop}}")
    return Passage(shape["question"], body), topic


def _choices(path: Path) -> dict[Situation, tuple[Topic, ...]]:
    """Which topics a shop answers in which situation: `delivered = ["return", "missing", "damaged"]`."""
    try:
        said = tomllib.loads(path.read_text("utf-8"))
        return {Situation(name): tuple(Topic(each) for each in topics) for name, topics in said.items()}
    except (ValueError, TypeError) as error:
        known = f"situations: {', '.join(Situation)}; topics: {', '.join(Topic)}"
        raise FaqUnreadable(f"{path.parent.parent.name}/faq/{path.name}: {error}; {known}") from error


def _filled(topic: Topic, passage: Passage, names: Mapping[str, str], *, other: Locale | None) -> Answer:
    def fill(found: re.Match[str]) -> str:
        return str(escape(names[found[1]]))

    return Answer(
        topic=topic,
        question=PLACEHOLDER.sub(lambda found: names[found[1]], passage.question),
        text=Markup(PLACEHOLDER.sub(fill, _html(passage.text))),  # noqa: S704 - markdown_it escapes, names are escaped
        language=str(other).replace("_", "-") if other else "",
        direction=str(other.text_direction) if other else "",
    )


def _other(tag: str, reader: Locale) -> Locale | None:
    locale = Locale.parse(tag, sep="-")
    return None if locale.language == reader.language else locale


def _tags_of(tag: str) -> tuple[str, ...]:
    try:
        return tags(Locale.parse(tag.replace("_", "-"), sep="-"))
    except ValueError:  # a brand's locale that babel does not know; English follows
        return ()


@cache
def _html(text: str) -> str:
    return str(_markdown().render(text)).strip()


@cache
def _markdown() -> MarkdownIt:
    """CommonMark without raw HTML and pictures; links lead only where a reader expects."""
    made = MarkdownIt("commonmark", {"html": False}).disable("image")
    made.validateLink = lambda url: bool(SAFE_LINK.match(url))  # type: ignore[method-assign]
    made.add_render_rule("link_open", _link_open)
    return made


def _link_open(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    tokens[index].attrSet("rel", "noopener noreferrer")
    return self.renderToken(tokens, index, options, env)
