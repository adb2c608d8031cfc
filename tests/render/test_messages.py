"""What "My messages" shows reads as the reader's language writes it."""

import re
from html import unescape

import pytest

from tests.render.brands import TRAIL
from tracker.render.gallery.forms import FORMS
from tracker.render.renderer import Renderer

RENDERER = Renderer.load()


@pytest.mark.parametrize(
    ("locale", "hours"),
    [
        ("en-US", "9:30 PM – 7:00 AM"),
        ("en-GB", "21:30 – 07:00"),
        ("id", "21.30 – 07.00"),
        ("ko", "오후 9:30~오전 7:00"),
    ],
)
def test_quiet_hours_read_as_the_language_writes_times(locale: str, hours: str) -> None:
    page = unescape(FORMS["messages"](RENDERER, TRAIL, locale)).replace("\xa0", " ")

    assert hours in re.sub(r"[\u2066-\u2069]", "", page)


def test_the_fields_of_quiet_hours_hold_what_browsers_expect() -> None:
    page = FORMS["messages_to_change"](RENDERER, TRAIL, "id")

    assert re.findall(r'type="time" value="([^"]*)"', page)[:2] == ["21:30", "07:00"]
