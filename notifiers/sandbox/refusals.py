"""What Twilio refuses to send, and with which of its codes."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

E164 = re.compile(r"\+[1-9]\d{6,14}")
NORTH_AMERICA = re.compile(r"\+1[2-9]\d{2}[2-9]\d{6}|\+1500555\d{4}")
LONGEST_BODY = 1600
LONGEST_CALLBACK = 4000
WORKING_SENDER = "+15005550006"

# Twilio's own test numbers (its paper on test credentials): whoever writes to or from them gets this answer.
MAGIC_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
MAGIC_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}

WORDS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "The 'To' number is not a valid phone number.",
    21212: "The 'From' number is not a valid phone number, shortcode, or alphanumeric sender ID.",
    21266: "'To' and 'From' number cannot be the same",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number.",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number is not a valid, message-capable Twilio phone number for this destination.",
    21609: "The 'StatusCallback' URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "The 'From' number has exceeded the maximum allowed queued messages.",
    21612: "The 'To' phone number is not currently reachable via SMS from this sender.",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit.",
    21659: "The 'From' value is not a Twilio phone number or short code country mismatch",
    21701: "The Messaging Service does not exist.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error as Twilio answers it."""

    http_status: int
    code: int

    def as_json(self) -> dict[str, object]:
        """Twilio's shape; their words name the number, so ours may, too."""
        return {
            "code": self.code,
            "message": WORDS.get(self.code, "An error occurred"),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.http_status,
        }


def refusal_of(
    form: Mapping[str, str],
    *,
    senders: Collection[str],
    services: Collection[str],
    opted_out: Collection[tuple[str, str]],
) -> Refusal | None:
    """The first thing wrong with a new text, in the order Twilio notices."""
    code = (
        _about_recipient(form.get("To", ""))
        or _about_sender(form, senders=senders, services=services)
        or _about_content(form)
        or _about_pair(form, opted_out=opted_out)
    )
    return Refusal(http_status=400, code=code) if code else None


def _about_recipient(to: str) -> int:
    if not to:
        return 21604
    if to in MAGIC_TO:
        return MAGIC_TO[to]
    if not E164.fullmatch(to) or (to.startswith("+1") and not NORTH_AMERICA.fullmatch(to)):
        return 21211
    return 0


def _about_sender(form: Mapping[str, str], *, senders: Collection[str], services: Collection[str]) -> int:
    sender, service = form.get("From", ""), form.get("MessagingServiceSid", "")
    if service and service not in services:
        return 21701
    if not sender:
        return 0 if service else 21603
    if sender in MAGIC_FROM:
        return MAGIC_FROM[sender]
    if sender not in senders:
        return 21659
    return 0


def _about_content(form: Mapping[str, str]) -> int:
    body, callback = form.get("Body", ""), form.get("StatusCallback", "")
    if not body.strip():
        return 21602
    if len(body) > LONGEST_BODY:
        return 21617
    if callback and not _is_web_address(callback):
        return 21609
    return 0


def _about_pair(form: Mapping[str, str], *, opted_out: Collection[tuple[str, str]]) -> int:
    to, sender = form["To"], form.get("From", "")
    if to == sender:
        return 21266
    if (to, form.get("MessagingServiceSid") or sender) in opted_out:
        return 21610
    if sender and not sender.startswith("+") and not sender.isdigit() and to.startswith("+1"):
        return 21612  # a name as a sender does not work in North America
    return 0


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and "_" not in host and len(url) <= LONGEST_CALLBACK
