"""Which carriers can be asked, by name."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from carriers.contract import Answer, Carrier, Tokens
from carriers.dhl import answers as dhl_answers
from carriers.dhl import waits as dhl_waits
from carriers.dhl.carrier import Dhl
from carriers.fedex import answers as fedex_answers
from carriers.fedex.carrier import FedEx
from carriers.transport import TOTAL, HttpTransport
from carriers.ups import answers as ups_answers
from carriers.ups.carrier import Ups
from carriers.usps import answers as usps_answers
from carriers.usps.carrier import Usps


class Read(Protocol):
    """What a carrier makes of a saved answer; needs no credentials."""

    def __call__(self, body: bytes, *, http_status: int, numbers: Sequence[str]) -> Answer: ...


class Open(Protocol):
    """How a carrier is made from its settings."""

    def __call__(
        self,
        base_url: str,
        credentials: Mapping[str, str],
        *,
        tokens: Tokens,
        machine_now: Callable[[], datetime],
        total: timedelta = TOTAL,
    ) -> Carrier: ...


def _open_ups(
    base_url: str,
    credentials: Mapping[str, str],
    *,
    tokens: Tokens,
    machine_now: Callable[[], datetime],
    total: timedelta = TOTAL,
) -> Carrier:
    transport = HttpTransport(carrier="ups", machine_now=machine_now, busy_wait=ups_answers.BUSY_WAIT, total=total)
    return Ups(
        base_url=base_url,
        client_id=credentials["client_id"],
        client_secret=credentials["client_secret"],
        tokens=tokens,
        transport=transport,
        machine_now=machine_now,
    )


def _open_usps(
    base_url: str,
    credentials: Mapping[str, str],
    *,
    tokens: Tokens,
    machine_now: Callable[[], datetime],
    total: timedelta = TOTAL,
) -> Carrier:
    transport = HttpTransport(carrier="usps", machine_now=machine_now, busy_wait=usps_answers.BUSY_WAIT, total=total)
    return Usps(
        base_url=base_url,
        client_id=credentials["client_id"],
        client_secret=credentials["client_secret"],
        tokens=tokens,
        transport=transport,
        machine_now=machine_now,
    )


def _open_fedex(
    base_url: str,
    credentials: Mapping[str, str],
    *,
    tokens: Tokens,
    machine_now: Callable[[], datetime],
    total: timedelta = TOTAL,
) -> Carrier:
    transport = HttpTransport(carrier="fedex", machine_now=machine_now, busy_wait=fedex_answers.busy_wait, total=total)
    return FedEx(
        base_url=base_url,
        client_id=credentials["client_id"],
        client_secret=credentials["client_secret"],
        tokens=tokens,
        transport=transport,
        machine_now=machine_now,
    )


def _open_dhl(
    base_url: str,
    credentials: Mapping[str, str],
    *,
    tokens: Tokens,  # noqa: ARG001 (a key is all DHL wants)
    machine_now: Callable[[], datetime],
    total: timedelta = TOTAL,
) -> Carrier:
    transport = HttpTransport(carrier="dhl", machine_now=machine_now, busy_wait=dhl_waits.wait, total=total)
    return Dhl(base_url=base_url, api_key=credentials["api_key"], transport=transport)


OPEN: Mapping[str, Open] = {
    "ups": _open_ups,
    "fedex": _open_fedex,
    "usps": _open_usps,
    "dhl": _open_dhl,
}
READ: Mapping[str, Read] = {
    "ups": ups_answers.read,
    "fedex": fedex_answers.read,
    "usps": usps_answers.read,
    "dhl": dhl_answers.read,
}
