"""A server that answers as UPS and FedEx do, as fast as Python can: what the benchmarks ask.

Run as `python -m tests.bench.peer quiet|moving`: prints its port, serves until its parent ends. `quiet` always gives
the same answer for a number; `moving` shows one scan more at every look.
"""

import asyncio
import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

from tracker.orphans import die_with_parent

SCANS = 12  # of a quiet parcel; a common length of a real history
FIRST = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=45)  # older news is not told any more
PROMISED = (FIRST + timedelta(days=8)).strftime("%Y%m%d")
TOKEN = (
    b'{"token_type":"Bearer","issued_at":"1790000000000","client_id":"bench","access_token":"bench",'
    b'"expires_in":"14399","status":"approved"}'
)


def scan(n: int) -> str:
    """The n-th scan of every parcel: label, pick-up, then facilities."""
    at = FIRST + timedelta(minutes=n)
    kind, code, status = (("M", "MP", "003"), ("I", "PU", "038"))[n] if n < 2 else ("I", "AR" if n % 2 else "DP", "005")
    day, clock = at.strftime("%Y%m%d"), at.strftime("%H%M%S")
    return (
        '{"location":{"address":{"city":"Denver","stateProvince":"CO","countryCode":"US","country":"US"},"slic":"8003"},'
        f'"status":{{"type":"{kind}","description":"Scan {n} ","code":"{code}","statusCode":"{status}"}},'
        f'"date":"{day}","time":"{clock}","gmtDate":"{day}","gmtOffset":"+00:00","gmtTime":"{at.strftime("%H:%M:%S")}"}}'
    )


def fedex_scan(n: int) -> str:
    """The same, as FedEx tells it."""
    at = FIRST + timedelta(minutes=n)
    code = ("OC", "PU")[n] if n < 2 else "AR" if n % 2 else "DP"
    return (
        f'{{"date":"{at.strftime("%Y-%m-%dT%H:%M:%S")}+00:00","eventType":"{code}","eventDescription":"Scan {n}",'
        '"exceptionCode":"","exceptionDescription":"","scanLocation":{"streetLines":[""],"city":"Denver",'
        '"stateOrProvinceCode":"CO","countryCode":"US","residential":false,"countryName":"United States",'
        '"postalCode":""},"locationType":"FEDEX_FACILITY","derivedStatusCode":"IT","derivedStatus":"In transit"}'
    )


class Answers:
    """The body for each number; scans are made once."""

    def __init__(self, *, moving: bool) -> None:
        self.moving = moving
        self.looks: Counter[str] = Counter()
        self.scans = [scan(n) for n in range(2_000)]
        self.fedex_scans = [fedex_scan(n) for n in range(2_000)]

    def body(self, number: str) -> bytes:
        activity = ",".join(reversed(self.scans[: self._shown(number)]))
        return (
            f'{{"trackResponse":{{"shipment":[{{"inquiryNumber":"{number}","package":[{{"trackingNumber":"{number}",'
            f'"deliveryDate":[{{"type":"SDD","date":"{PROMISED}"}}],"activity":[{activity}],"packageCount":1}}]}}]}}}}'
        ).encode()

    def fedex_body(self, numbers: list[str]) -> bytes:
        """What is said of many numbers, in one answer."""
        results = (
            f'{{"trackingNumber":"{number}","trackResults":[{{"trackingNumberInfo":{{"trackingNumber":"{number}",'
            f'"trackingNumberUniqueId":"2461354000~{number}~FX","carrierCode":"FDXG"}},"latestStatusDetail":'
            '{"code":"AR","derivedCode":"IT","statusByLocale":"In transit","description":"Arrived"},"scanEvents":['
            f"{','.join(reversed(self.fedex_scans[: self._shown(number)]))}]}}]}}"
            for number in numbers
        )
        return f'{{"transactionId":"bench","output":{{"completeTrackResults":[{",".join(results)}]}}}}'.encode()

    def _shown(self, number: str) -> int:
        if not self.moving:
            return SCANS
        self.looks[number] += 1
        return self.looks[number] + 1  # the first look already shows a picked-up parcel


class Conversation(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, no more than the benchmarks send."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.seen += data
        while (end := self.seen.find(b"\r\n\r\n")) >= 0:
            head, rest = self.seen[:end], self.seen[end + 4 :]
            wanted = _body_length(head)
            if len(rest) < wanted:
                return
            self.seen = rest[wanted:]
            self.transport.write(self._answer(head, rest[:wanted]))

    def _answer(self, head: bytes, asked: bytes) -> bytes:
        path = head.split(b" ", 2)[1]
        if b"/oauth/" in path:
            body = TOKEN
        elif asked:
            wanted = json.loads(asked)["trackingInfo"]
            body = self.answers.fedex_body([each["trackingNumberInfo"]["trackingNumber"] for each in wanted])
        else:
            number = path.rpartition(b"/")[2].split(b"?")[0].decode()
            body = self.answers.body(number)
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def _body_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(mode: str) -> None:
    answers = Answers(moving=mode == "moving")
    server = await asyncio.get_running_loop().create_server(lambda: Conversation(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    die_with_parent()
    asyncio.run(serve(sys.argv[1]))
