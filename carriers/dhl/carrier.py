"""How DHL is asked: one number, one key in a header, in English."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import quote

from carriers.contract import Answer, Meter
from carriers.dhl import answers
from carriers.dhl.numbers import service_of
from carriers.transport import Reply, Transport

TRACK_PATH = "/track/shipments"
LANGUAGE = "en"  # some divisions know only sentences, and these follow the language
TRIED_NUMBER = "7777777770"  # the one of their documentation: whether it is known does not matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Dhl:
    """DHL Shipment Tracking Unified under one key."""

    base_url: str
    api_key: str = field(repr=False)
    transport: Transport

    @property
    def name(self) -> str:
        """As in the registry."""
        return "dhl"

    @property
    def credential(self) -> str:
        """Whose quota; the key itself stays out of rows and logs."""
        return "dhl:" + sha256(self.api_key.encode()).hexdigest()[:16]

    @property
    def max_batch(self) -> int:
        """Their query holds one number."""
        return 1

    def ask(self, numbers: Sequence[str], meter: Meter, *, unchanged: str = "") -> Answer:  # noqa: ARG002 (one call)
        """One look, the call that was reserved when it was claimed. Raises CarrierError."""
        (number,) = numbers
        reply = self._look(number)
        if reply.http_status == 200 and sha256(reply.body).hexdigest() == unchanged:
            return Answer(body=reply.body, http_status=reply.http_status, readings={})
        return self.read(reply.body, http_status=reply.http_status, numbers=numbers)

    def read(self, body: bytes, *, http_status: int, numbers: Sequence[str]) -> Answer:
        """What a saved answer says. Raises CarrierError."""
        return answers.read(body, http_status=http_status, numbers=numbers)

    def check(self, meter: Meter) -> None:
        """Ask for a number that need not exist: a wrong key is refused all the same."""
        meter.spend()
        reply = self._look(TRIED_NUMBER)
        self.read(reply.body, http_status=reply.http_status, numbers=[TRIED_NUMBER])

    def close(self) -> None:
        """Let go of kept connections."""
        self.transport.close()

    def _look(self, number: str) -> Reply:
        division = service_of(number)
        query = f"?trackingNumber={quote(number, safe='')}&language={LANGUAGE}"
        query += f"&service={division}" if division else ""
        return self.transport.call("GET", self.base_url + TRACK_PATH + query, headers={"DHL-API-Key": self.api_key})
