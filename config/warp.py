"""How fast shop time runs in a demo, when everyone it talks to is on this machine."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Warp:
    """Shop time that stood at `shop_from` when the machine showed `machine_from`, and runs `factor` times as fast."""

    shop_from: datetime
    machine_from: datetime  # shared by all processes, so that they agree on the time
    factor: float

    def shop_time(self, machine_now: datetime) -> datetime:
        """What the shop's clock shows when the machine's shows `machine_now`."""
        return self.shop_from + (machine_now - self.machine_from) * self.factor

    def __str__(self) -> str:
        return f"{self.shop_from.isoformat()}/{self.machine_from.isoformat()}/{self.factor:g}"


def read_warp(text: str) -> Warp:
    """WISMO_WARP as `str(Warp)` writes it. Raises ValueError."""
    shop_from, machine_from, factor = text.split("/")
    warp = Warp(
        shop_from=datetime.fromisoformat(shop_from),
        machine_from=datetime.fromisoformat(machine_from),
        factor=float(factor),
    )
    if warp.shop_from.utcoffset() is None or warp.machine_from.utcoffset() is None:
        raise ValueError("an instant without a zone")
    if not 0 < warp.factor < 1_000_000:
        raise ValueError("a factor nobody can watch")
    return warp


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine by name or number; no name is looked up."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
