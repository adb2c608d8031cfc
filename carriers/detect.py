"""Which carriers a tracking number can belong to, by its pattern and check digit.

Numbers collide: twelve digits fit FedEx and Purolator, twenty-two digits beginning 92 fit the US post and three
carriers that hand over to it. All that fit are kept, the most telling first; the shop's own word goes before any of it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

SHORTEST, LONGEST = 7, 40

_BLANKS = re.compile(r"[\s\-.]+")
_NUMBER = re.compile(rf"[A-Z0-9]{{{SHORTEST},{LONGEST}}}")
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
_DECIMAL = re.compile(r"([0-9]{7,})[.,]0+")
EXACT_DIGITS = 15  # a spreadsheet keeps so many and writes zeros for the rest
LOST_ZEROS = 2  # more leading zeros than that have not been seen

Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One kind of number; `check` gets the digits of the first group, or the whole number without one."""

    carrier: str
    pattern: re.Pattern[str]
    check: Check


def normalise(number: str) -> str:
    """The number as carriers want it: capitals, no blanks or dashes. Raises ValueError for what cannot be one."""
    plain = _BLANKS.sub("", number.upper()) if len(number) <= 4 * LONGEST else ""
    if not _NUMBER.fullmatch(plain) or not any(each.isdigit() for each in plain):
        shown = number[:LONGEST].encode("ascii", "replace").decode()
        raise ValueError(
            f"{shown!r} cannot be a tracking number: it needs {SHORTEST} to {LONGEST} letters A-Z and digits"
        )
    return plain


def candidates(number: str) -> tuple[str, ...]:
    """Names of all carriers whose numbers look like this, the likeliest first. Raises ValueError like `normalise`."""
    plain = normalise(number)
    return tuple(dict.fromkeys(each.carrier for each in FORMATS if _fits(each, plain)))


def damage(number: str) -> str:
    """A sentence for people about what a spreadsheet did to a number; empty when it looks unhurt."""
    text = number.strip()
    if _SCIENTIFIC.fullmatch(text):
        return (
            f"{text} was a long number that a spreadsheet shortened. "
            "Its digits are gone: export the column as text, from where the number was right."
        )
    if decimal := _DECIMAL.fullmatch(text):
        return f"{text} was turned into a number by a spreadsheet. If {decimal[1]} is right, write it without the end."
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST or any(_fits(each, text) for each in FORMATS):
        return ""
    if len(text) > EXACT_DIGITS and not text[EXACT_DIGITS:].strip("0"):
        kept = f"A spreadsheet kept {EXACT_DIGITS} digits of {text} and wrote zeros for the rest"
        return f"{kept}: export the column as text, from where the number was right."
    longer = [text.zfill(len(text) + zeros) for zeros in range(1, LOST_ZEROS + 1)] if len(text) >= SHORTEST else []
    padded = next(filter(_is_checked, longer), "")
    return f"{text} may have lost leading zeros: {padded} would be a valid number. Check it." if padded else ""


def _is_checked(text: str) -> bool:
    """Whether a check digit says so; formats without one prove nothing."""
    return any(each.check is not _none and _fits(each, text) for each in FORMATS)


def _fits(kind: Format, plain: str) -> bool:
    found = kind.pattern.fullmatch(plain)
    return found is not None and kind.check(found[1] if kind.pattern.groups else plain)


def _none(_: str) -> bool:
    return True


def _mod10(even: int, odd: int, *, before: str = "") -> Check:
    """Digits weigh `even` and `odd` in turn from the left; letters count as (ASCII - 3) mod 10, so A is 2."""

    def check(text: str) -> bool:
        values = [int(each) if each.isdigit() else (ord(each) - 3) % 10 for each in before + text[:-1]]
        total = sum(value * (odd if place % 2 else even) for place, value in enumerate(values))
        return text[-1] == str(-total % 10)

    return check


def _weighted(weights: str) -> Check:
    """FedEx: the weighted sum mod 11, its last digit."""

    def check(text: str) -> bool:
        total = sum(int(digit) * int(weight) for digit, weight in zip(text, weights, strict=False))
        return text[-1] == str(total % 11 % 10)

    return check


def _mod7(text: str) -> bool:
    """Weak: one number in seven passes."""
    return int(text[:-1]) % 7 == int(text[-1])


def _luhn(text: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(text))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _s10(text: str) -> bool:
    """The nine digits of a postal number."""
    rest = sum(int(digit) * weight for digit, weight in zip(text, (8, 6, 4, 2, 3, 5, 9, 7), strict=False)) % 11
    return int(text[8]) == {0: 5, 1: 0}.get(rest, 11 - rest)


def _mod37(text: str) -> bool:
    """DPD: ISO 7064 over digits and letters."""
    rest = 36
    for each in text[:-1]:
        rest += int(each, 36)
        rest = (rest - 36 if rest > 36 else rest) * 2
        rest = rest - 37 if rest > 36 else rest
    return int(text[-1], 36) == (37 - rest) % 36


_IMPB = r"(?:420[0-9]{5}(?:[0-9]{4})?)?"  # the destination's postcode may stand before a postal number
_FEDEX_12, _FEDEX_13 = _weighted("31731731731"), _weighted("1731731731731")

# Prefixes that only one carrier uses come first, then postal numbers, then plain digits by length.
FORMATS: tuple[Format, ...] = tuple(
    Format(carrier=carrier, pattern=re.compile(pattern), check=check)
    for carrier, pattern, check in (
        ("ups", r"1Z([A-Z0-9]{15}[0-9])", _mod10(1, 2)),
        ("ups", r"1R(?:[A-Z0-9]{14}|[A-Z0-9]{26})", _none),
        ("ups", r"[AHJKTV]([0-9]{10})", _mod10(1, 2)),
        ("amazon_shipping", r"TB[ACM][0-9]{12}", _none),
        ("dhl", r"J[A-Z]{2,3}[0-9]{9,10}", _none),
        ("dhl", r"J?JD[0-9]{18}", _none),  # pieces of Parcel DE and Express
        ("dhl", r"JVGL[0-9]{11,20}", _none),
        ("dhl", r"(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)[A-Z]{0,3}[0-9][0-9A-Z]{9,37}", _none),
        (
            "lasership",
            r"L[AEHINX][1-3][0-9]{7}|1LS7[12](?:[0-9]{10}|[0-9]{2}01[1-4][0-9]{6}1)|1LSCX[0-9A-Z]{10}",
            _none,
        ),
        ("ontrac", r"C([0-9]{14})", _mod10(1, 2, before="4")),
        ("ontrac", r"D([0-9]{14})", _mod10(1, 2, before="5")),
        ("canpar", r"[CDKLSUXZ][0-9]{21}", _none),
        ("yodel", r"JJ?D[0-9]{16}", _none),
        ("yunexpress", r"YT[0-9]{16}", _none),
        ("gofo", r"GFUS[0-9]{14}", _none),
        ("landmark", r"LTN[0-9]{8}N1", _none),
        ("spee_dee", r"SP[0-9]{18}", _none),
        ("purolator", r"[A-Z]{3}[0-9]{9}", _none),
        ("amazon_shipping", r"[AFC][0-9]{10}", _none),
        ("postnl", r"3S[A-Z]{2,4}[0-9A-Z]{7,11}", _none),
        ("dhl", r"3S[A-Z]{2,4}[0-9A-Z]{7,11}", _none),  # Parcel NL
        ("usps", r"[A-Z]{2}([0-9]{9})US", _s10),
        ("dhl", r"[A-Z]{2}([0-9]{9})DE", _s10),
        ("canada_post", r"[A-Z]{2}([0-9]{9})CA", _s10),
        ("royal_mail", r"[A-Z]{2}([0-9]{9})GB", _s10),
        ("australia_post", r"[A-Z]{2}([0-9]{9})AU", _s10),
        ("laposte", r"[A-Z]{2}([0-9]{9})FR", _s10),
        ("postnl", r"[A-Z]{2}([0-9]{9})NL", _s10),
        ("usps", rf"{_IMPB}(9[2345](?:[0-9]{{20}}|[0-9]{{24}})|94[0-9]{{28}})", _mod10(3, 1)),
        ("usps", rf"{_IMPB}(91[0-9]{{20}})", _mod10(3, 1)),
        ("ups", rf"{_IMPB}(92(?:[0-9]{{20}}|[0-9]{{24}}))", _mod10(3, 1)),  # Mail Innovations
        ("fedex", rf"{_IMPB}(92(?:[0-9]{{20}}|[0-9]{{24}}))", _mod10(3, 1)),  # Ground Economy
        ("dhl", rf"{_IMPB}(92(?:[0-9]{{20}}|[0-9]{{24}}))", _mod10(3, 1)),  # eCommerce
        ("fedex", r"96[0-9]{5}([0-9]{15})", _mod10(1, 3)),
        ("fedex", r"(?:96|[0-8][0-9])[0-9]{18}([0-9]{14})", _FEDEX_13),
        ("fedex", r"3[0-9]{15}([0-9]{12})[0-9]{4}", _FEDEX_12),
        ("fedex", r"([0-9]{12})", _FEDEX_12),
        ("fedex", r"([0-9]{15})", _mod10(1, 3)),
        ("fedex", r"([0-9]{18})", _mod10(3, 1)),
        ("fedex", r"((?:61|02)[0-9]{18})", _mod10(3, 1, before="92")),  # Ground Economy without its first digits
        ("purolator", r"([0-5][0-9]{11})", _luhn),
        ("dhl", r"([0-9]{12})", _mod10(4, 9)),  # Parcel DE, within Germany
        ("canada_post", r"([0-9]{16})", _mod10(3, 1)),
        ("usps", r"([0-9]{20})", _mod10(3, 1)),
        ("usps", r"([0-9]{20})", _mod10(3, 1, before="91")),
        ("usps", r"420[0-9]{9}([0-9]{20})", _mod10(3, 1, before="91")),
        ("dhl", r"0034[0-9]{16}", _none),  # Parcel DE
        ("dhl", r"([0-9]{10,11})", _mod7),
        ("dhl", r"[0-9]{14}", _none),
        ("dpd", r"([0-9]{14}[0-9A-Z]|[0-9]{27}[0-9A-Z])", _mod37),
        ("old_dominion", r"((?:77[78]|072|780)[0-9]{8}|80[0-9]{9})", _luhn),
    )
)
