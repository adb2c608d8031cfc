"""What is inside a mail: its headers, its text, its HTML."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A mail taken apart."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str

    def header(self, name: str) -> str:
        """The first header of that name, or nothing."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), "")


def open_mail(raw: bytes) -> Opened:
    """Take a mail apart; what cannot be read is empty."""
    mail = BytesParser(policy=default).parsebytes(raw)
    assert isinstance(mail, EmailMessage)
    return Opened(
        headers=tuple((name, str(value)) for name, value in mail.items()),
        text=_content(mail, "plain"),
        html=_content(mail, "html"),
    )


def _content(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        content = part.get_content()
    except (LookupError, ValueError):  # a charset or transfer encoding nobody knows
        return ""
    return content.replace("\r\n", "\n") if isinstance(content, str) else ""
