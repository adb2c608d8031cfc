"""What the files under templates/faq answer to a question, a shop's own words before ours."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

from tracker.domain.brands import Brand
from tracker.render.help import Help
from tracker.render.languages import SOURCE, Language, written_in
from tracker.render.plain import one_line
from tracker.render.questions import Situation, Topic

HEADING = re.compile(r"## (?P<question>.+?) \{#(?P<topic>[a-z-]+)\}")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
NAMES = frozenset({"carrier", "shop"})
SAFE_LINK = re.compile(r"(https?://|mailto:|(?![a-z+.-]*:|//))", re.IGNORECASE)
CHOSEN = "topics.toml"
REMEMBERED = 4096  # answers as they read for one shop, carrier and language

Passages = Mapping[Topic, "Passage"]


class FaqUnreadable(ValueError):
    """A file of answers that cannot be used; says which, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One question and its answer in Markdown."""

    question: str
    text: str
    written: str  # the file's name: pt_BR


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

    files: Mapping[tuple[str, tuple[str, str]], Passages]  # by slug, and by language and script
    chosen: Mapping[str, Mapping[Situation, tuple[Topic, ...]]] = field(default_factory=dict)  # by slug

    def answers(self, about: Help, brand: Brand, *, language: Language) -> tuple[Answer, ...]:
        """As this reader should read them: in their language, else in the brand's, else in English."""
        wanted = self.chosen.get(brand.slug, {}).get(about.stands, about.topics)
        return tuple(self.answer(topic, brand, language=language, carrier=about.carrier) for topic in wanted)

    def answer(self, topic: Topic, brand: Brand, *, language: Language, carrier: str) -> Answer:
        """One of them."""
        for name in (str(language.locale), brand.locale, SOURCE):
            for slug in (brand.slug, ""):
                passage = self.files.get((slug, _key(name)), {}).get(topic)
                if passage is not None:
                    shop = one_line(brand.name)
                    return _filled(topic, passage, carrier=carrier, shop=shop, read_in=language.locale.language)
        raise FaqUnreadable(f"faq/{SOURCE}.md has no answer {{#{topic}}}; write one")


def load(templates: Path) -> Faq:
    """Read and check them all. Raises FaqUnreadable."""
    folders = {"": templates / "faq"} | {path.parent.name: path for path in (templates / "brands").glob("*/faq")}
    files: dict[tuple[str, tuple[str, str]], Passages] = {
        (slug, _key(path.stem)): _read(path) for slug, folder in folders.items() for path in sorted(folder.glob("*.md"))
    }
    chosen = {slug: _choices(folder / CHOSEN) for slug, folder in folders.items() if (folder / CHOSEN).is_file()}
    return Faq(files=files, chosen=chosen)


def read(text: str, *, where: str, written: str) -> dict[Topic, Passage]:
    """The passages of one file; what stands before the first heading is for whoever writes it. Raises FaqUnreadable."""
    found: dict[Topic, Passage] = {}
    for part in re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        topic, question = _heading(heading, where=where)
        if topic in found:
            raise FaqUnreadable(f"{where}: {{#{topic}}} stands there twice; keep one")
        _check(question, body.strip(), f"{where}: {topic}")
        found[topic] = Passage(question, body.strip(), written)
    return found


def _key(name: str) -> tuple[str, str]:
    """Language and script of a locale's name, however it is spelled; nobody's for what is none."""
    try:
        return written_in(name.replace("-", "_"))
    except ValueError:
        return ("", "")


def _read(path: Path) -> dict[Topic, Passage]:
    where = f"{path.parent.parent.name}/faq/{path.name}"
    try:
        Locale.parse(path.stem)
    except (ValueError, UnknownLocaleError) as error:
        raise FaqUnreadable(f"{where} is named for no language; name it like en.md or pt_BR.md") from error
    return read(path.read_text("utf-8"), where=where, written=path.stem)


def _heading(heading: str, *, where: str) -> tuple[Topic, str]:
    shape = HEADING.fullmatch(heading.strip())
    if shape is None:
        raise FaqUnreadable(f'{where}: {heading[:60]!r} is no question; write "## Question {{#topic}}"')
    topic = next((each for each in Topic if each == shape["topic"]), None)
    if topic is None:
        raise FaqUnreadable(f"{where}: there is no topic {shape['topic']!r}; write one of: {', '.join(Topic)}")
    return topic, shape["question"]


def _check(question: str, body: str, what: str) -> None:
    if not body:
        raise FaqUnreadable(f"{what} has no answer; write one below the question, or remove it")
    strange = set(PLACEHOLDER.findall(question + body)) - NAMES
    if strange:
        raise FaqUnreadable(f"{what}: {{{min(strange)}}} is no name we know; names are {{carrier}} and {{shop}}")


def _choices(path: Path) -> dict[Situation, tuple[Topic, ...]]:
    """Which topics a shop answers in which situation: `delivered = ["return", "missing", "damaged"]`."""
    try:
        said = tomllib.loads(path.read_text("utf-8"))
        return {Situation(name): tuple(Topic(each) for each in topics) for name, topics in said.items()}
    except (ValueError, TypeError) as error:
        known = f"situations: {', '.join(Situation)}; topics: {', '.join(Topic)}"
        raise FaqUnreadable(f"{path.parent.parent.name}/faq/{path.name}: {error}; {known}") from error


@lru_cache(maxsize=REMEMBERED)
def _filled(topic: Topic, passage: Passage, *, carrier: str, shop: str, read_in: str) -> Answer:
    """The same for every order of a shop at a carrier, and made once."""
    names = {"carrier": carrier, "shop": shop}
    written = Locale.parse(passage.written)
    is_other = written.language != read_in
    html = PLACEHOLDER.sub(lambda found: str(escape(names[found[1]])), _html(passage.text))
    return Answer(
        topic=topic,
        question=PLACEHOLDER.sub(lambda found: names[found[1]], passage.question),
        text=Markup(html),  # noqa: S704 - markdown_it escapes, names are escaped
        language=str(written).replace("_", "-") if is_other else "",
        direction=str(written.text_direction) if is_other else "",
    )


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
