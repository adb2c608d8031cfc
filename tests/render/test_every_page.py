"""Every page that can be has words of its own, in every language: none missing, none of ours, none twice."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from carriers.events import Milestone, Reason
from tests.render import legal
from tests.render.brands import TRAIL
from tests.render.extraction import LOCALE
from tracker.domain.follows import FOLLOWS, Move
from tracker.domain.judgement import ENDS, NEVER_SCANNED, NOT_PROMISED, SILENCE, TROUBLE
from tracker.domain.shipments import DelayCause
from tracker.render import pages
from tracker.render.gallery.orders import NOW
from tracker.render.moods import Mood
from tracker.render.pages import Page
from tracker.render.parcels import Parcel
from tracker.render.renderer import Renderer

ROOT = Path(__file__).parents[2]
RENDERER = Renderer.load()
CATALOGUES = sorted(path.parts[-3] for path in LOCALE.glob("*/LC_MESSAGES/wismo.po"))
ONE, CORRECTED, SEVERAL = list(legal.of_one()), list(legal.of_corrections()), list(legal.of_several())
EVERY = [*ONE, *CORRECTED, *SEVERAL]
OURS = re.compile(r"\bNone\b|Undefined|%\(|%s|\{\{|\b[a-z]+_[a-z_]+\b|\b(?:Milestone|Reason|Mood)\.")
HOPE = re.compile("We asked|keep asking|about to ask|shows here once|Scans appear|no scan yet|next look")  # of no use


def made(language: str) -> Iterator[tuple[str, Page]]:
    chosen = RENDERER.languages.choose(language, "en")
    for name, view in EVERY:
        yield name, pages.in_words(view, TRAIL, language=chosen, now=NOW)


@pytest.fixture(scope="module")
def english() -> list[tuple[str, Page]]:
    return list(made("en"))


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_legal_page_speaks_in_every_language(language: str) -> None:
    said: dict[str, str] = {}
    for name, page in made(language):
        missing = [slot for slot, text in needed(page) if not text]
        said |= dict.fromkeys(spoken(page), name)

        assert not missing, f"{name}: {missing}"
        assert not echoes(page), f"{name}: {page.title}"

    ours = {text: name for text, name in said.items() if OURS.search(text)}
    assert not ours


def test_what_a_page_may_be_made_of_is_what_the_carriers_tables_say() -> None:
    tables = defaultdict[Milestone | None, set[Reason | None]](set, {None: {None}})
    for carrier in ("ups", "usps", "fedex", "dhl"):
        with (ROOT / f"carriers/codes/{carrier}.tsv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if row["milestone"] in set(Milestone):
                    tables[Milestone(row["milestone"])].add(Reason(row["reason"]) if row["reason"] else None)
    for before, after in (pair for pair, move in FOLLOWS.items() if move is Move.BECOMES_RETURNED):
        assert before is Milestone.RETURNING
        tables[Milestone.RETURNED] |= tables[after]

    assert {milestone: set(reasons) for milestone, reasons in legal.REASONS.items()} == dict(tables)
    assert set(legal.REASONS) == {None, *Milestone} - {Milestone.UNKNOWN}


@pytest.mark.parametrize("milestone", legal.LATE)
def test_what_may_be_late_is_what_the_judge_can_say(milestone: Milestone | None) -> None:
    assert set(legal.LATE[milestone]) == _judged(milestone)


def test_a_carrier_nobody_can_ask_gives_no_false_hope(english: list[tuple[str, Page]]) -> None:
    for name, page in english:
        if page.freshness and page.freshness.is_blind:
            found = [text for text in told(page) if HOPE.search(text)]

            assert not found, f"{name}: {found}"
            assert "may be further along than shown" in " ".join(page.freshness.facts), name


def test_only_a_page_that_ends_well_is_cheerful(english: list[tuple[str, Page]]) -> None:
    for name, page in english:
        gone_wrong = {card.mood for card in page.parcels} == {Mood.UNPLEASANT}
        if gone_wrong or page.mood is Mood.UNPLEASANT:
            assert page.mood is Mood.UNPLEASANT, name
            assert not page.steps, name
        assert (page.mood is Mood.GOOD) <= all(card.has_ended for card in page.parcels), name


def test_every_mood_and_every_sentence_of_a_correction_is_met(english: list[tuple[str, Page]]) -> None:
    seen = [page for _, page in english]

    assert {page.mood for page in seen} == set(Mood)
    corrections = [page.correction for page in seen if page.correction]
    assert len({re.sub(r"\d+:\d+", "", each) for each in corrections}) >= len((Milestone.DELIVERED, Milestone.LOST))
    assert all("took that back" in each or "found it again" in each for each in corrections)


def test_no_headline_hides_a_parcel_in_trouble(english: list[tuple[str, Page]]) -> None:
    for name, page in english:
        worse = [card for card in page.parcels if page.focus and card.title != page.focus.title]
        hidden = [card.title for card in worse if card.mood in (Mood.LATE, Mood.WAITING, Mood.BLIND)]
        hidden += [card.title for card in worse if card.mood is Mood.UNPLEASANT and not card.has_ended]

        assert not hidden or page.others, f"{name}: {hidden}"


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_sample_stands_whole_in_its_template(language: str) -> None:
    for name, view in EVERY[::97]:
        html = RENDERER.page(view, TRAIL, now=NOW, locale=language)

        assert html.count("<h1") == 1, name
        assert not re.search(r"Undefined|None|%\(", re.sub(r"<[^>]*>", "", html)), name


def needed(page: Page) -> Iterator[tuple[str, str]]:
    """The slots that no page may leave empty."""
    yield from (("title", page.title), ("status", page.status), ("can_do", page.advice.can_do))
    yield from (
        ("story", " ".join(page.story)),
        ("freshness", "-" if page.freshness is None else ".".join(facts(page))),
    )
    for card in page.parcels:
        yield from (("card", card.title), ("its story", " ".join(card.story)), ("its advice", card.advice.can_do))
        yield "its scans", card.no_scans or (card.scans and card.scans[0].sentence) or ("-" if card.has_ended else "")


def facts(page: Page) -> tuple[str, ...]:
    return page.freshness.facts if page.freshness else ()


def told(page: Page) -> list[str]:
    """What is said above the parcels."""
    focus = [page.focus.no_scans] if page.focus else []
    return [page.title, *page.story, page.advice.follows, page.advice.can_do, *facts(page), *focus]


def spoken(page: Page) -> Iterator[str]:
    """All words of a page."""
    yield from (page.status, page.overlay, page.count, page.correction, *page.others, *told(page))
    yield from (step.label for step in page.steps)
    for card in page.parcels:
        yield from (card.title, card.since, card.correction, card.no_scans, *card.story, *card.freshness.facts)
        yield from (card.advice.follows, card.advice.can_do)
        for line in card.scans:
            yield from (line.when, line.day, line.time, line.sentence, line.taken_back)


def echoes(page: Page) -> bool:
    """Whether a story begins with its headline again."""
    cards: list[Page | Parcel] = [page, *page.parcels]
    return any(_bare(each.title) == _bare(each.story[0]) for each in cards)


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def _judged(milestone: Milestone | None) -> set[DelayCause | None]:
    if milestone in TROUBLE:
        return {DelayCause.MILESTONE}
    if milestone in ENDS:
        return {None}
    if milestone in (None, Milestone.LABEL_CREATED):
        return {None, DelayCause.PROMISE_PASSED, NEVER_SCANNED[0]}
    silent = SILENCE[milestone][0] if milestone else None
    return {None, silent} | (set() if milestone in NOT_PROMISED else {DelayCause.PROMISE_PASSED})
