"""Which texts were accepted, and what became of them: lines of JSON, on disk before the sender hears of it."""

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

OUT = "outbound-api"
ANSWER = "outbound-reply"  # Twilio's own answer to STOP and HELP
IN = "inbound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text, out or in."""

    id: int
    sid: str
    accepted_at: datetime  # wall time
    direction: str
    to: str
    sender: str  # empty while a messaging service chooses
    service: str
    body: str
    callback_url: str
    status: str
    error_code: int | None = None


class Texts:
    """An append-only file that tells after any crash what was accepted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._texts: list[Text] = []
        self._places: dict[str, int] = {}
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._read_back()

    def accept(
        self, *, direction: str, to: str, sender: str, service: str, body: str, status: str, callback_url: str = ""
    ) -> Text:
        """Keep a text; on return it outlives a power cut."""
        with self._lock:
            text = Text(
                id=len(self._texts) + 1,
                sid=f"SM{uuid4().hex}",
                accepted_at=datetime.now(UTC),
                direction=direction,
                to=to,
                sender=sender,
                service=service,
                body=body,
                callback_url=callback_url,
                status=status,
            )
            self._write({"text": asdict(text) | {"accepted_at": text.accepted_at.isoformat()}})
            os.fsync(self._file)
            self._enter(text)
            return text

    def change(self, sid: str, **fields: Any) -> Text:
        """What became of it. Raises KeyError."""
        with self._lock:
            place = self._places[sid]
            self._write({"change": {"sid": sid, **fields}})
            self._texts[place] = replace(self._texts[place], **fields)
            return self._texts[place]

    def all(self) -> list[Text]:
        """Every text, oldest first."""
        with self._lock:
            return list(self._texts)

    def accepted(self, *, after: int = 0) -> list[Text]:
        """What was handed over by the API, oldest first, from the one after that id."""
        with self._lock:
            return [text for text in self._texts[after:] if text.direction == OUT]

    def find(self, sid: str) -> Text | None:
        """The text of that id."""
        with self._lock:
            place = self._places.get(sid)
            return None if place is None else self._texts[place]

    def forget(self) -> None:
        """Start again with an empty file."""
        with self._lock:
            os.ftruncate(self._file, 0)
            self._texts.clear()
            self._places.clear()

    def close(self) -> None:
        """No more texts."""
        os.close(self._file)

    def _write(self, entry: Mapping[str, Any]) -> None:
        os.write(self._file, json.dumps(entry).encode() + b"\n")

    def _enter(self, text: Text) -> None:
        self._places[text.sid] = len(self._texts)
        self._texts.append(text)

    def _read_back(self) -> None:
        """The texts of an earlier life; half a line at the end was never answered and is cut off."""
        end = 0
        with self._path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    os.ftruncate(self._file, end)
                    break
                end += len(line)
                self._recall(json.loads(line))

    def _recall(self, entry: Mapping[str, Any]) -> None:
        if "text" in entry:
            kept = entry["text"]
            self._enter(Text(**{**kept, "accepted_at": datetime.fromisoformat(kept["accepted_at"])}))
        else:
            change = dict(entry["change"])
            place = self._places[change.pop("sid")]
            self._texts[place] = replace(self._texts[place], **change)
