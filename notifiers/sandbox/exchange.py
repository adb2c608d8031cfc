"""What a Twilio for one machine does: keeps texts, reports on them, takes answers and obeys STOP."""

import threading
from collections.abc import Sequence
from pathlib import Path

from notifiers.sandbox import mischief
from notifiers.sandbox.callbacks import Caller
from notifiers.sandbox.mischief import PROGRESS, Fault, Orders, Step, Story
from notifiers.sandbox.refusals import WORKING_SENDER
from notifiers.sandbox.texts import ANSWER, IN, OUT, Text, Texts

ACCOUNT_SID = "AC" + "5a" * 16
AUTH_TOKEN = "sandbox-auth-token"
SERVICE = "MG" + "5a" * 16
STOP = frozenset({"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"})
START = frozenset({"start", "unstop", "yes"})
HELP = frozenset({"help", "info"})
ANSWERS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


class Exchange:
    """One account of it."""

    def __init__(
        self,
        ledger: Path,
        *,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        senders: Sequence[str] = (WORKING_SENDER,),
        services: Sequence[str] = (SERVICE,),
        inbound_url: str = "",
        story: Story = mischief.USUAL,
        is_advanced: bool = False,
    ) -> None:
        """`inbound_url`: where answers are posted; `is_advanced`: Advanced Opt-Out, which says OptOutType."""
        self.kept = Texts(ledger)
        self.faults: Orders[Fault] = Orders()
        self.stories: Orders[Story] = Orders()
        self.caller = Caller(auth_token)
        self.account_sid, self.auth_token = account_sid, auth_token
        self.senders, self.services = tuple(senders), tuple(services)
        self.inbound_url = inbound_url
        self.account_status = "active"
        self.opted_out: set[tuple[str, str]] = set()
        self._usual, self._is_advanced = story, is_advanced
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Call nobody any more and close the ledger."""
        self._stopped.set()
        self.caller.stop()
        self.kept.close()

    def wait(self, seconds: float) -> None:
        """Be slow, but not slower than the end."""
        self._stopped.wait(seconds)

    def reset(self) -> None:
        """No texts, no faults, nobody opted out."""
        self.faults.clear()
        self.stories.clear()
        self.caller.forget()
        self.kept.forget()
        self.opted_out.clear()
        self.account_status = "active"

    def accept(self, form: dict[str, str]) -> Text:
        """Keep a new text, and report on it as its story says."""
        service = form.get("MessagingServiceSid", "")
        text = self.kept.accept(
            direction=OUT,
            to=form["To"],
            sender=form.get("From", ""),
            service=service,
            body=form["Body"],
            callback_url=form.get("StatusCallback", ""),
            status="accepted" if service else "queued",
        )
        steps = (self.stories.take(text.to) or self._usual).steps
        before = [step for step in steps if step.before]
        for step in before:
            self.report(text.sid, step)
        self.caller.plan([step for step in steps if not step.before], lambda step: self.report(text.sid, step))
        return self.kept.find(text.sid) or text

    def report(self, sid: str, step: Step) -> int:
        """One status callback; how it was answered, 0 when nobody asked for any or answered."""
        text = self.kept.find(sid)
        if text is None or text.direction != OUT:  # forgotten meanwhile
            return 0
        sender = text.sender or self.senders[0]
        if PROGRESS.index(step.status) > PROGRESS.index(text.status):
            text = self.kept.change(sid, status=step.status, error_code=step.code, sender=sender)
        if not text.callback_url:
            return 0
        fields = [
            ("AccountSid", self.account_sid),
            ("ApiVersion", "2010-04-01"),
            *([("ErrorCode", str(step.code))] if step.code else []),
            ("From", sender),
            ("MessageSid", sid),
            ("MessageStatus", step.status),
            *([("MessagingServiceSid", text.service)] if text.service else []),
            ("SmsSid", sid),
            ("SmsStatus", step.status),
            ("To", text.to),
        ]
        return self.caller.post(text.callback_url, fields)

    def receive(self, *, sender: str, body: str, to: str = "") -> int:
        """A person texts; how the shop answered our call, 0 when it did not."""
        to = to or self.senders[0]
        service = self._service_of(sender)
        text = self.kept.accept(direction=IN, to=to, sender=sender, service=service, body=body, status="received")
        told = self._obey(sender=sender, to=to, service=service, body=body)
        if not self.inbound_url:
            return 0
        fields = [
            ("AccountSid", self.account_sid),
            ("ApiVersion", "2010-04-01"),
            ("Body", body),
            ("From", sender),
            ("FromCity", ""),
            ("MessageSid", text.sid),
            *([("MessagingServiceSid", service)] if service else []),
            ("NumMedia", "0"),
            ("NumSegments", "1"),
            *([("OptOutType", told)] if told and self._is_advanced else []),
            ("SmsMessageSid", text.sid),
            ("SmsSid", text.sid),
            ("SmsStatus", "received"),
            ("To", to),
        ]
        return self.caller.post(self.inbound_url, fields)

    def _service_of(self, person: str) -> str:
        last = next((text for text in reversed(self.kept.accepted()) if text.to == person), None)
        return last.service if last else ""

    def _obey(self, *, sender: str, to: str, service: str, body: str) -> str:
        """What Twilio does by itself about its own words; which of them it was."""
        word = "".join(letter for letter in body.casefold() if letter.isalnum())
        told = next((name for name, words in (("STOP", STOP), ("START", START), ("HELP", HELP)) if word in words), "")
        line = (sender, service or to)
        if told == "STOP":
            self.opted_out.add(line)
        if told == "START":
            self.opted_out.discard(line)
        if told:
            self.kept.accept(
                direction=ANSWER, to=sender, sender=to, service=service, body=ANSWERS[told], status="delivered"
            )
        return told
