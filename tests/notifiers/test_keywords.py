"""What an answer to a text is taken for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.keywords import HELP_WORDS, START_WORDS, STOP_WORDS, keyword_of, normalised
from notifiers.receipts import Keyword

TWILIO_DEFAULTS = ["STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"]
FCC_WORDS = ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"]
OTHERS = ["ARRET", "Arrêt", "OPT-OUT", "REMOVE", "TD", "stopp", "pare", "parar", "baja", "alto", "stoppen", "İptal"]
WRITTEN = [
    "Stop.",
    " stop ",
    "ＳＴＯＰ",
    "S.T.O.P",
    "stop!!!",
    "“Stop”",
    "STOP\n",
    "stop all",
    "opt out",
    "arre\u0302t",
]


@pytest.mark.parametrize("text", [*TWILIO_DEFAULTS, *FCC_WORDS, *OTHERS, *WRITTEN])
def test_a_word_that_stops_is_obeyed_however_it_is_written(text: str) -> None:
    assert keyword_of(text) == (Keyword.STOP, False)


@pytest.mark.parametrize(
    "text",
    [
        "please stop",
        "Stop texting me!",
        "UNSUBSCRIBE me now",
        "remove me from this list",
        "don't text me",
        "don’t message this number",
        "dont text",
        "Do not text me again",
        "Leave me alone.",
        "I want to opt out",
    ],
)
def test_a_sentence_that_means_stop_is_obeyed_and_read_by_somebody(text: str) -> None:
    assert keyword_of(text) == (Keyword.STOP, True)


@pytest.mark.parametrize(
    "text",
    [
        "cancel my order",
        "Can I cancel the blue one?",
        "when does it end",
        "where is my parcel?",
        "I don't know",
        "nonstop flight",
        "thanks",
        "",
        "👍",
    ],
)
def test_what_is_about_the_order_stops_nothing(text: str) -> None:
    assert keyword_of(text) == (Keyword.NONE, False)


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("START", Keyword.START),
        ("unstop", Keyword.START),
        ("Yes!", Keyword.START),
        ("subscribe", Keyword.START),
        ("Help", Keyword.HELP),
        ("info", Keyword.HELP),
        ("Aide", Keyword.HELP),
        ("¿ayuda?", Keyword.HELP),
        ("Hilfe!", Keyword.HELP),
        ("yes please", Keyword.NONE),
        ("help me find my parcel", Keyword.NONE),
    ],
)
def test_start_and_help_are_words_alone(text: str, keyword: Keyword) -> None:
    assert keyword_of(text) == (keyword, False)


def test_no_word_means_two_things() -> None:
    lists = [STOP_WORDS, START_WORDS, HELP_WORDS]

    assert len(frozenset().union(*lists)) == sum(map(len, lists))
    assert all(normalised(word) == word for words in lists for word in words)


@given(st.text())
def test_any_text_is_read_without_an_error_and_once_is_enough(text: str) -> None:
    keyword, _ = keyword_of(text)

    assert keyword in Keyword
    assert normalised(normalised(text)) == normalised(text)
