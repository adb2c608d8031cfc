"""How many segments a network makes of a text: counted anew here, so that it can bear witness."""

# GSM 03.38 as its table is printed, row by row; a dot stands where the escape is.
TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = {"\f": 10, "^": 20, "{": 40, "}": 41, "\\": 47, "[": 60, "~": 61, "]": 62, "|": 64, "€": 101}
ESCAPE = TABLE.index("\x1b")


def pieces(body: str) -> tuple[str, list[list[int]]]:
    """The alphabet, and the code units of each segment."""
    try:
        letters, alphabet, alone, joined = [_septets(letter) for letter in body], "GSM-7", 160, 153
    except ValueError:
        letters, alphabet, alone, joined = [_words(letter) for letter in body], "UCS-2", 70, 67
    whole = [unit for letter in letters for unit in letter]
    if len(whole) <= alone:
        return alphabet, [whole]
    parts: list[list[int]] = [[]]
    for letter in letters:
        if len(parts[-1]) + len(letter) > joined:
            parts.append([])
        parts[-1].extend(letter)
    return alphabet, parts


def _septets(letter: str) -> list[int]:
    if letter in ESCAPED:
        return [ESCAPE, ESCAPED[letter]]
    place = TABLE.index(letter)  # raises ValueError
    if place == ESCAPE:
        raise ValueError("an escape that escapes nothing")
    return [place]


def _words(letter: str) -> list[int]:
    raw = letter.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(raw[place : place + 2], "big") for place in range(0, len(raw), 2)]
