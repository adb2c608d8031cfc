"""The shop's own account at Twilio: all of it, or none."""

import re
from dataclasses import dataclass, field

from config.carriers import web_address
from config.problems import Environment, secret_shape

API = "https://api.twilio.com"
ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
# A number, a short code, or a name, which cannot be answered.
SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSettings:
    """What is needed to send texts, and to know Twilio's calls."""

    account_sid: str = field(repr=False)
    auth_token: str = field(repr=False)
    secondary_token: str = field(repr=False)  # while tokens are changed: calls signed with it are believed too
    sender: str  # a number, or a name that cannot be answered; empty: the service chooses
    messaging_service_sid: str = field(repr=False)
    base_url: str

    @property
    def can_be_answered(self) -> bool:
        """A name in place of a number takes no STOP."""
        return not any(letter.isalpha() for letter in self.sender)


def read_twilio(env: Environment) -> TwilioSettings | None:
    """None when no texts are sent."""
    account_sid = env.text("TWILIO_ACCOUNT_SID")
    auth_token = env.text("TWILIO_AUTH_TOKEN")
    secondary_token = env.text("TWILIO_AUTH_TOKEN_SECONDARY")
    sender = env.text("TWILIO_FROM")
    service = env.text("TWILIO_MESSAGING_SERVICE_SID")
    fix = f'Write an address such as "{API}".'
    base_url = env.read("TWILIO_BASE_URL", web_address, default=API, fix=fix)
    if not any((account_sid, auth_token, sender, service)):
        return None
    needed = {
        "TWILIO_ACCOUNT_SID": (account_sid, "Copy it from Twilio's console: AC and 32 digits."),
        "TWILIO_AUTH_TOKEN": (auth_token, "Copy it from Twilio's console."),
        "TWILIO_FROM": (sender or service, "Write the number that texts come from, or a TWILIO_MESSAGING_SERVICE_SID."),
    }
    for name, (value, fix) in needed.items():
        if not value:
            env.complain(name, found="missing, while other settings of Twilio are there", fix=fix)
    for name, (value, shape, fix) in _shapes(account_sid, sender, service).items():
        if value and not shape.fullmatch(value):
            env.complain(name, found=secret_shape(value), fix=fix)
    for name, value in {"TWILIO_AUTH_TOKEN": auth_token, "TWILIO_AUTH_TOKEN_SECONDARY": secondary_token}.items():
        if not value.isascii():
            env.complain(name, found="holds letters that are not ASCII", fix="Copy it from Twilio's console.")
    if sender and service:
        found = "set beside TWILIO_MESSAGING_SERVICE_SID"
        env.complain("TWILIO_FROM", found=found, fix="Unset one of them: the service chooses its number itself.")
    return TwilioSettings(
        account_sid=account_sid,
        auth_token=auth_token,
        secondary_token=secondary_token,
        sender=sender,
        messaging_service_sid=service,
        base_url=base_url,
    )


def _shapes(account_sid: str, sender: str, service: str) -> dict[str, tuple[str, re.Pattern[str], str]]:
    """What each must look like; the notifier would refuse it too, but alone and later."""
    number = "Write a number such as +12025550123, a short code, or a name of at most 11 letters."
    return {
        "TWILIO_ACCOUNT_SID": (account_sid, ACCOUNT, "Copy it from Twilio's console: AC and 32 hexadecimal digits."),
        "TWILIO_FROM": (sender, SENDER, number),
        "TWILIO_MESSAGING_SERVICE_SID": (service, SERVICE, "Copy it from Twilio's console: MG and 32 digits."),
    }
