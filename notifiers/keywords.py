"""What a person's answer to a text asks of us: stop, start, help or nothing we obey."""

import re
import unicodedata

from notifiers.receipts import Keyword

# fmt: off
STOP_WORDS = frozenset({
    # Twilio's default words, and those the FCC calls sufficient by themselves
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "remove", "td",
    "arret", "arrêt", "désabonner", "desabonner",  # French
    "stopp", "abmelden", "abbestellen",  # German, Norwegian
    "pare", "parar", "sair", "cancelar", "baja", "alto",  # Portuguese, Spanish
    "stoppen", "afmelden", "basta", "annulla", "stoppa", "lopeta", "koniec",  # Dutch, Italian, Swedish, Finnish, Polish
    "стоп", "отписаться", "iptal", "停止", "退订",  # Russian, Turkish, Japanese, Chinese
})
# fmt: on
START_WORDS = frozenset({"start", "unstop", "yes", "subscribe"})
HELP_WORDS = frozenset({"help", "info", "aide", "ayuda", "hilfe"})
FREE_FORM_STOP = re.compile(r"\b(stop|unsubscribe|remove me|do(n ?t| not) (text|message)|leave me alone|opt ?out)\b")
APOSTROPHES = re.compile(r"['\u2018\u2019\u02bc\u0060\u00b4]")
NOT_WORDS = re.compile(r"[^\w ]|_")


def keyword_of(text: str) -> tuple[Keyword, bool]:
    """What the text asks, and whether that is a guess somebody should read.

    A word alone is obeyed. A sentence is obeyed only when it says to stop texting: to be silent wrongly can be put
    right, to text on cannot. "Cancel my order" is about the order.
    """
    words = normalised(text)
    for known, keyword in ((STOP_WORDS, Keyword.STOP), (START_WORDS, Keyword.START), (HELP_WORDS, Keyword.HELP)):
        if words in known or words.replace(" ", "") in known:
            return keyword, False
    if FREE_FORM_STOP.search(words):
        return Keyword.STOP, True
    return Keyword.NONE, False


def normalised(text: str) -> str:
    """Letters, digits and single spaces, in one case."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    letters = NOT_WORDS.sub(" ", APOSTROPHES.sub("", folded))
    return " ".join(letters.split())
