"""Hands one text to Twilio, or asks Twilio what it holds."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from notifiers.contract import ListingFailed, NotifierMisconfigured
from notifiers.message import Channel, Handover, Message, Verdict
from notifiers.segments import BadText, check
from notifiers.transport import TOTAL, CallFailed, HttpTransport
from notifiers.twilio_sms.line import Held, Line, Refused, Unreadable
from notifiers.twilio_sms.outcomes import classify

API = "https://api.twilio.com"
ENDINGS = (CallFailed, Refused, Unreadable)
ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
E164 = re.compile(r"\+[1-9]\d{6,14}")
SHORT_CODE = re.compile(r"\d{3,8}")
NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")  # cannot be answered: no STOP
PAGE = 50  # texts in one page of the list
PAGES = 4  # nobody gets two hundred texts in the minutes we ask about


class TwilioSms:
    """One Twilio account; safe to share between threads."""

    name = "twilio"
    channel = Channel.SMS

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        sender: str = "",
        messaging_service_sid: str = "",
        base_url: str = API,
        total: timedelta = TOTAL,
    ) -> None:
        """Connects to nothing. Raises NotifierMisconfigured."""
        _must_be_usable(account_sid, auth_token, sender, messaging_service_sid)
        self._sender = messaging_service_sid or sender
        self._transport = HttpTransport(total=total)
        self._line = Line(
            account_sid=account_sid, auth_token=auth_token, base_url=_address(base_url), transport=self._transport
        )

    def send(self, message: Message) -> Handover:
        """One attempt: no retry, and an end within the total time whatever Twilio does."""
        if not E164.fullmatch(message.to):
            return Handover(verdict=Verdict.REJECT, code="not_e164", detail="the recipient is not in E.164")
        try:
            check(message.text)
        except BadText as problem:
            return Handover(verdict=Verdict.REJECT, code="bad_text", detail=str(problem))
        try:
            taken = self._line.create(_fields(message, default=self._sender))
        except ENDINGS as ending:
            return classify(ending)
        return Handover(verdict=Verdict.ACCEPTED, code=taken.status, provider_message_id=taken.sid)

    def find(self, message: Message, *, since: datetime, until: datetime) -> tuple[str, ...]:
        """Ids of texts to that number, created in that machine span, that hold that text. Raises ListingFailed.

        The filter is ours: Twilio's own by date knows days only, and by sender misses what a service still decides on.
        """
        begin = since.replace(microsecond=0)  # theirs have whole seconds
        try:
            listed = self._listed(message.to, since=begin)
        except ENDINGS as ending:
            raise ListingFailed(f"Twilio's list could not be read: {classify(ending).code}") from None
        ours = [each for each in listed if each.direction == "outbound-api" and begin <= each.created_at <= until]
        found = tuple(each.sid for each in ours if _words(message.text) in _words(each.text))
        if not found and any(not each.text for each in ours):
            raise ListingFailed("Twilio hides the text of a message in question, so its list proves nothing.")
        return found

    def redact(self, provider_message_id: str) -> None:
        """Have Twilio forget the text, not that it was sent. Raises ListingFailed."""
        try:
            self._line.redact(provider_message_id)
        except ENDINGS as ending:
            raise ListingFailed(f"Twilio did not forget the text: {classify(ending).code}") from None

    def check(self) -> str:
        """Fetch the account without sending. Raises NotifierMisconfigured."""
        try:
            account = self._line.account()
        except ENDINGS as ending:
            raise NotifierMisconfigured(_advice(classify(ending))) from None
        if account.status != "active":
            raise NotifierMisconfigured(
                f"TWILIO_ACCOUNT_SID: the account is {account.status or 'in no state we know'}; see Twilio's console."
            )
        trial = " It is a trial account, which writes to verified numbers only." if account.kind == "Trial" else ""
        return f"Twilio answers and the account is active.{trial}"

    def close(self) -> None:
        """Let go of kept connections."""
        self._transport.close()

    def _listed(self, to: str, *, since: datetime) -> list[Held]:
        """Everything to that number, newest first, until it is older than asked for."""
        listed: list[Held] = []
        for number, page in enumerate(self._line.pages(to=to, size=PAGE), start=1):
            listed.extend(page)
            if page and page[-1].created_at < since:
                return listed
            if number == PAGES:
                raise ListingFailed(f"Twilio lists more than {PAGE * PAGES} texts to this number since then.")
        return listed


def _fields(message: Message, *, default: str) -> dict[str, object]:
    sender = message.sender or default
    fields: dict[str, object] = {"to": message.to, "body": message.text}
    fields["smart_encoded"] = False  # it would change the text we look for
    fields["messaging_service_sid" if SERVICE.fullmatch(sender) else "from_"] = sender
    if message.callback_url:
        fields["status_callback"] = message.callback_url
    return fields


def _words(text: str) -> str:
    return " ".join(text.split())


def _must_be_usable(account_sid: str, auth_token: str, sender: str, service: str) -> None:
    if not ACCOUNT.fullmatch(account_sid):
        raise NotifierMisconfigured(
            "TWILIO_ACCOUNT_SID must be AC and 32 hexadecimal digits, as Twilio's console shows it."
        )
    if not auth_token or not auth_token.isascii():
        raise NotifierMisconfigured("TWILIO_AUTH_TOKEN is missing or not ASCII; copy it from Twilio's console.")
    if bool(sender) == bool(service):
        raise NotifierMisconfigured(
            "Set either TWILIO_FROM (a number or a name) or TWILIO_MESSAGING_SERVICE_SID, not both."
        )
    if service and not SERVICE.fullmatch(service):
        raise NotifierMisconfigured("TWILIO_MESSAGING_SERVICE_SID must be MG and 32 hexadecimal digits.")
    if sender and not any(shape.fullmatch(sender) for shape in (E164, SHORT_CODE, NAME)):
        raise NotifierMisconfigured(
            "TWILIO_FROM must be a number such as +12025550123, a short code, or a name of at most 11 letters."
        )


def _address(base_url: str) -> str:
    problem = NotifierMisconfigured(f"TWILIO_BASE_URL must be an https address without a path, such as {API}.")
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise problem from None
    is_near = host in {"localhost", "::1"} or host.startswith("127.")  # elsewhere the token would be readable
    if not host or parts.path.strip("/") or parts.query or not (parts.scheme == "https" or is_near):
        raise problem
    return base_url.rstrip("/")


def _advice(ended: Handover) -> str:
    seen = f"Twilio ended with {ended.code} ({ended.detail})."
    match ended.verdict:
        case Verdict.HALT:
            return f"TWILIO_ACCOUNT_SID: {seen} Check the SID, TWILIO_AUTH_TOKEN and TWILIO_BASE_URL."
        case Verdict.RETRY if not ended.code.isdigit():
            return f"TWILIO_BASE_URL: {seen} Check the address, and that a firewall lets it through."
        case _:
            return f"TWILIO_BASE_URL: {seen} Try again; Twilio's status page may say more."
