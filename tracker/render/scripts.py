"""The two scripts of the page: one that keeps it true while it is open, one that keeps it for when nobody answers."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

SCRIPTS = "/js/"  # where the web edge serves the page's script
WORKER = "/sw.js"  # always the same address: the browser asks whether it has changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """Bytes and names; plain files of ours, the same for all brands."""

    page: bytes
    name: str  # changes with every byte
    worker: bytes

    @classmethod
    def load(cls, templates: Path) -> Self:
        page = (templates / "page" / "page.js").read_bytes()
        name = f"page.{sha256(page).hexdigest()[:16]}.js"
        return cls(page=page, name=name, worker=(templates / "page" / "worker.js").read_bytes())

    @property
    def path(self) -> str:
        """As it stands in pages."""
        return SCRIPTS + self.name
