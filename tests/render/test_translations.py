"""Mails and texts hold in every language: nothing is missing, nothing is of ours, and texts stay short."""

import re

import pytest

from notifiers.segments import cost
from tests.render.brands import TRAIL
from tests.render.extraction import LANGUAGES
from tests.render.mails import PAGE, STOP, STORIES, render
from tests.render.proofreading import OTHER_SCRIPTS
from tracker.domain.notices import LETTERS
from tracker.render.gallery.orders import HOME, NOW
from tracker.render.renderer import Renderer

RENDERER = Renderer.load()
OURS = re.compile(r"\bNone\b|Undefined|%\(|%s|\{\{|\b[a-z]+_[a-z_]+\b")
KNOWN = [name for name in LANGUAGES if name in RENDERER.languages.known]


@pytest.mark.parametrize("name", KNOWN)
def test_mails_speak_in_every_language(name: str) -> None:
    for story, facts in STORIES.items():
        mail = render(RENDERER, facts, TRAIL, locale=name)
        said = re.sub(r"https?://\S+", "", f"{mail.subject}\n{mail.text}")

        assert mail.language == name.replace("_", "-")
        assert not OURS.search(said), story
        assert "\n" not in mail.subject


@pytest.mark.parametrize("name", KNOWN)
def test_texts_fit_in_every_language(name: str) -> None:
    """In two segments; only both links and another script take more. Question marks would tell nobody anything."""
    for story, facts in STORIES.items():
        if facts.notice in LETTERS:
            continue
        for is_first in (False, True):
            text = RENDERER.text(
                facts,
                TRAIL,
                ref="n-7f3a",
                to="+12025550123",
                locale=name,
                zone=HOME,
                page_url=PAGE,
                unsubscribe_url=STOP if is_first else "",
                is_first=is_first,
                planned_at=max(NOW, facts.occurred_at),
            ).text

            assert cost(text).segments <= (4 if is_first and name in OTHER_SCRIPTS else 2), story
            assert "?" not in text.replace(PAGE, "").replace(STOP, ""), story
            assert not OURS.search(text.replace(PAGE, "").replace(STOP, "")), story
            assert PAGE in text, story
