"""Which carriers can be asked, where, with what credentials and how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from config.files import Table


class QuotaKind(StrEnum):
    """When spent calls come back."""

    SLIDING = "sliding"  # any span of that length
    CALENDAR = "calendar"  # a day of UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most `limit` calls within each `per`, for one credential."""

    limit: int
    per: timedelta
    kind: QuotaKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierSettings:
    """One carrier; off, with the reason, while its credentials are missing."""

    name: str
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)  # by name in carriers.toml: "client_id"
    quotas: tuple[Quota, ...]
    why_off: str = ""

    @property
    def enabled(self) -> bool:
        """Whether it can be asked."""
        return not self.why_off


def read_carriers(file: Table) -> dict[str, CarrierSettings]:
    """Every carrier of the file by name; addresses and credentials come from the environment."""
    return {name: _carrier(name, table) for name, table in file.inner().items()}


def _carrier(name: str, table: Table) -> CarrierSettings:
    table.only(("base_url", "credentials", "quota"))
    names = table.names("credentials")
    given = {each: table.env.text(f"{name}_{each}".upper()) for each in names}
    missing = [f"{name}_{each}".upper() for each in names if not given[each]]
    if missing and len(missing) < len(names):
        found = "missing, while its partner is set"
        table.env.complain(missing[0], found=found, fix=f"Set both, or neither to leave {name} off.")
    return CarrierSettings(
        name=name,
        base_url=_base_url(name, table),
        credentials={} if missing else given,
        quotas=tuple(_quota(each) for each in table.tables("quota")),
        why_off=f"set {' and '.join(missing)} to ask {name}" if missing else "",
    )


def _base_url(name: str, table: Table) -> str:
    official = table.text("base_url", matches=r"https?://\S+", fix="Write the address of the carrier's API.")
    fix = f'Write an address such as "{official}".'
    return table.env.read(f"{name}_BASE_URL".upper(), web_address, default=official.rstrip("/"), fix=fix)


def web_address(text: str) -> str:
    """An http(s) address without a closing slash. Raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("not a web address")
    _ = parts.port  # raises ValueError for a port that is none
    return text.rstrip("/")


def _quota(table: Table) -> Quota:
    table.only(Quota.__slots__)
    kind = table.text("kind", default="sliding", matches="|".join(QuotaKind), fix='Write "sliding" or "calendar".')
    per = table.duration("per")
    if per <= timedelta(0) or (kind == QuotaKind.CALENDAR and per != timedelta(days=1)):
        fix = 'Write "1s", "1h" or "1d"; "1d" when the kind is "calendar".'
        table.env.complain(f"{table.where}.per", found=f"got {per}", fix=fix)
    return Quota(limit=table.integer("limit", lowest=1), per=per, kind=QuotaKind(kind or QuotaKind.SLIDING))
