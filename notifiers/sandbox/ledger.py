"""Which mails were accepted: one line of JSON each, on disk before the sender hears of it."""

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One accepted mail; the text itself stays on disk."""

    id: int
    accepted_at: datetime  # wall time
    message_id: str
    sender: str  # of the envelope
    to: tuple[str, ...]  # of the envelope
    subject: str
    ref: str  # X-Delivery-Ref
    offset: int = 0  # of its line in the ledger
    length: int = 0


class Ledger:
    """An append-only file that tells after any crash what was accepted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._mails: list[Mail] = []
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._end = self._read_back()

    def accept(self, mails: Sequence[tuple[str, tuple[str, ...], bytes]]) -> None:
        """Write mails (sender, recipients, raw) in one go; on return they outlive a power cut."""
        with self._lock:
            lines = [self._line(len(self._mails) + 1 + n, mail) for n, mail in enumerate(mails)]
            os.write(self._file, b"".join(lines))
            os.fsync(self._file)
            for line in lines:
                self._enter(line)

    def mails(self, *, after: int = 0) -> list[Mail]:
        """What was accepted, oldest first, from the one after that id."""
        with self._lock:
            return self._mails[after:]

    def raw(self, mail: Mail) -> bytes:
        """The mail as it came, byte for byte."""
        line = os.pread(self._file, mail.length, mail.offset)
        text: str = json.loads(line)["raw"]
        return text.encode("latin-1")

    def forget(self) -> None:
        """Start again with an empty file."""
        with self._lock:
            os.ftruncate(self._file, 0)
            self._mails.clear()
            self._end = 0

    def close(self) -> None:
        """No more mails."""
        os.close(self._file)

    def _line(self, number: int, mail: tuple[str, tuple[str, ...], bytes]) -> bytes:
        sender, to, raw = mail
        head = BytesHeaderParser(policy=default).parsebytes(raw)
        entry = {
            "id": number,
            "accepted_at": datetime.now(UTC).isoformat(),
            "message_id": str(head["Message-ID"] or ""),
            "from": sender,
            "to": list(to),
            "subject": str(head["Subject"] or ""),
            "ref": str(head["X-Delivery-Ref"] or ""),
            "raw": raw.decode("latin-1"),  # every byte is one character, whatever the mail's charset
        }
        return json.dumps(entry).encode() + b"\n"

    def _enter(self, line: bytes) -> None:
        mail = replace(_mail(json.loads(line)), offset=self._end, length=len(line))
        self._mails.append(mail)
        self._end += len(line)

    def _read_back(self) -> int:
        """The mails of an earlier life; half a line at the end was never answered with 250 and is cut off."""
        self._end = 0
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    os.ftruncate(self._file, self._end)
                    break
                self._enter(line)
        return self._end


def _mail(entry: dict[str, Any]) -> Mail:
    return Mail(
        id=entry["id"],
        accepted_at=datetime.fromisoformat(entry["accepted_at"]),
        message_id=entry["message_id"],
        sender=entry["from"],
        to=tuple(entry["to"]),
        subject=entry["subject"],
        ref=entry["ref"],
    )
