"""Under which key a place's name is kept, so that KOELN, Köln and köln are one."""

import re
import unicodedata

KEY_LIMIT = 60  # letters of a name that count; the longest town has 58
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "'": "", "’": ""}
)
_GERMANIC = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_SHORT = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}  # as carriers abbreviate them
_NOT_A_WORD = re.compile(r"[\W_]+")


def key(name: str) -> str:
    """Lower case, without marks and punctuation, one space between words."""
    folded = unicodedata.normalize("NFKD", name[:KEY_LIMIT].casefold().translate(_LETTERS))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(_SHORT.get(word, word) for word in _NOT_A_WORD.sub(" ", bare).split())


def spelled_out(name: str) -> str:
    """The key with ä as ae: how a name is typed where the keyboard lacks its letters."""
    composed = unicodedata.normalize("NFC", name[:KEY_LIMIT].casefold())
    return key(composed.translate(_GERMANIC))
