"""Is this one address we can write to, and how is it spelled? E-mail addresses and phone numbers."""

import re

import idna
import phonenumbers

LONGEST = 254  # octets of a whole address (RFC 5321 4.5.3.1.3, less the angle brackets)
LONGEST_LOCAL = 64
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-.\u00a1-\U0010ffff]+")  # atoms and dots; no quoted forms
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
PHONE = re.compile(r"[+\d\s().\-/\u00a0\u2010-\u2015]+")


class BadAddress(ValueError):
    """Not an address we can write to; the text is a sentence for the person who typed it."""


def parse_email(text: str) -> str:
    """The one address in `text`: domain in lower-case ASCII, local part untouched. Raises BadAddress."""
    address = text.strip(" ")
    if UNPRINTABLE.search(address):
        raise BadAddress("The e-mail address contains an invisible or control character; type it again.")
    if any(mark in address for mark in ",;<> "):
        raise BadAddress("Give exactly one e-mail address, without a name: name@example.com.")
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise BadAddress("An e-mail address has a name and a domain joined by @: name@example.com.")
    _check_local(local)
    address = f"{local}@{_ascii_domain(domain)}"
    if len(address.encode()) > LONGEST:
        raise BadAddress(f"The e-mail address is longer than {LONGEST} characters; no mail server takes it.")
    return address


def needs_smtputf8(address: str) -> bool:
    """Whether the local part holds characters that only an SMTPUTF8 server accepts."""
    return not address.isascii()


def parse_phone(text: str, *, region: str | None) -> str:
    """The number in E.164. `region` is the ISO country that reads a number without +. Raises BadAddress."""
    number = text.strip()
    if not number or len(number) > 40 or not PHONE.fullmatch(number):
        raise BadAddress("A phone number is digits, with spaces or dashes between them: +1 202 555 0123.")
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException as error:
        raise BadAddress(_phone_sentence(error)) from error
    if not phonenumbers.is_valid_number(parsed):
        raise BadAddress("No phone number has these digits; check for a missing, extra or swapped one.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _check_local(local: str) -> None:
    if len(local.encode()) > LONGEST_LOCAL:
        raise BadAddress(f"The part before @ is longer than {LONGEST_LOCAL} characters; no mail server takes it.")
    if not LOCAL.fullmatch(local):
        raise BadAddress("The part before @ contains a character mail servers refuse; use letters, digits, . _ + or -.")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise BadAddress("The part before @ may not start or end with a dot or have two in a row.")


def _ascii_domain(domain: str) -> str:
    try:  # the stdlib codec speaks IDNA 2003 and would write to fass.de for faß.de
        name = idna.encode(domain, uts46=True).decode().lower() if not domain.isascii() else domain.lower()
    except idna.IDNAError as error:
        raise BadAddress("The part after @ is not a domain name; check its letters.") from error
    labels = name.split(".")
    if len(labels) < 2 or not all(LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise BadAddress("The part after @ is not a domain name such as example.com.")
    return name


def _phone_sentence(error: phonenumbers.NumberParseException) -> str:
    if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
        return "The phone number has no country: start it with + and the country code, or name the region."
    return "The phone number is too short, too long or not a number; give it as +1 202 555 0123."
