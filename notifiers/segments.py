"""How many texts a network makes of one, and how a text is spelled so that it needs few."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category

# GSM 03.38. In: Ç. Not in: ç, the backtick, TAB, a lone ESC, typographic quotes and dashes.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")  # each takes an escape and a character
GSM7 = BASIC | EXTENSION
LONGEST = 1600  # characters; Twilio refuses more with 21617
MOST = 3  # segments, unless a shop pays for more

PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("“”„‟", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        **dict.fromkeys("\u00a0\u202f\u2009\t", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\u2028\u2029\ufeff\u00ad", None),
    }
)


JOINER = "\u200d"
MARKS = frozenset({"Mn", "Me", "Mc", "Cf"})  # Cf: tags and joiners
MODIFIERS = frozenset(map(chr, range(0x1F3FB, 0x1F400)))  # skin tones
REGIONAL = frozenset(map(chr, range(0x1F1E6, 0x1F200)))  # two of them are a flag


class Encoding(StrEnum):
    """The alphabet a text travels in; one character outside of GSM-7 moves all of it to UCS-2."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}  # units in a text of one segment
JOINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}  # units in each of several; the rest says how they join


class BadText(ValueError):
    """Not a text that can be sent; the message says why, without the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a text costs to send."""

    encoding: Encoding
    units: int
    segments: int


def plain(text: str) -> str:
    """The text with quotes, dashes and spaces as GSM-7 has them, when that spares it UCS-2; else as it was.

    Letters of names are never changed, and what travels in UCS-2 anyway keeps its marks and joiners.
    """
    spelled = text.replace("\r\n", "\n")
    simpler = spelled.translate(PLAIN)
    return simpler if GSM7.issuperset(simpler) else spelled


def cost(text: str) -> Cost:
    """Alphabet, units and segments of a text. Raises BadText for one that is empty or cannot be encoded."""
    if not text:
        raise BadText("The text is empty.")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadText("The text holds half a character.")
    encoding = Encoding.GSM7 if GSM7.issuperset(text) else Encoding.UCS2
    widths = [sum(_width(letter, encoding) for letter in cluster) for cluster in _clusters(text)]
    units, room = sum(widths), JOINED[encoding]
    segments = 1 if units <= ALONE[encoding] else _packed(widths, room)
    return Cost(encoding=encoding, units=units, segments=segments)


def check(text: str, *, most: int = MOST) -> Cost:
    """What the text costs. Raises BadText when that is more than allowed, or more than Twilio takes."""
    price = cost(text)
    if len(text) > LONGEST:
        raise BadText(f"The text has {len(text)} characters; no more than {LONGEST} can be sent.")
    if price.segments > most:
        raise BadText(f"The text needs {price.segments} segments ({price.encoding}); at most {most} are allowed.")
    return price


def _width(letter: str, encoding: Encoding) -> int:
    match encoding:
        case Encoding.GSM7:
            return 2 if letter in EXTENSION else 1
        case Encoding.UCS2:
            return 2 if letter > "\uffff" else 1


def _clusters(text: str) -> Iterator[str]:
    """What is read as one character: an emoji with its joiners, a letter with its marks, a flag of two letters."""
    cluster = ""
    for letter in text:
        if cluster and not _joins(cluster, letter):
            yield cluster
            cluster = ""
        cluster += letter
    yield cluster


def _joins(cluster: str, letter: str) -> bool:
    if letter < "\u0300":  # nothing in GSM-7 joins
        return False
    if letter in REGIONAL:
        return len(cluster) == 1 and cluster in REGIONAL
    return letter == JOINER or cluster.endswith(JOINER) or letter in MODIFIERS or category(letter) in MARKS


def _packed(widths: list[int], room: int) -> int:
    """Segments filled one after the other: no character is torn apart, so division is not enough."""
    segments, left = 1, room
    for width in widths:
        if width > room:  # longer than a segment: torn where the segment ends
            torn = width - left
            segments, left = segments + -(-torn // room), -torn % room
            continue
        if width > left:
            segments, left = segments + 1, room
        left -= width
    return segments
