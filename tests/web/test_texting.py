"""From an order to a shopper's phone and back: real web process, real HTTP, a phone that behaves as Twilio does."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.settings import FOLDER, load
from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN
from notifiers.sandbox.mischief import Fault, Step, Story, Trouble
from notifiers.sandbox.phone import Phone
from notifiers.sandbox.refusals import WORKING_SENDER
from tests.servers import until
from tests.web.served import Served, serving
from tests.web.shop import stated
from tracker.store import tellings
from tracker.wiring import App, build

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
NUMBER = "+4790000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Texting:
    """One installation, the app that sends for it, and the phone."""

    served: Served
    app: App
    phone: Phone

    def order(self, number: str, *, agreed: bool = True) -> None:
        """A confirmed order of somebody with a phone."""
        consent = {"channel": "sms", "granted": agreed, "source": "checkout", "at": "2026-05-03T12:00:00Z"}
        person = {"name": "Ada", "phone": "900 00 000", "consents": [consent]}
        body = stated(number, recipients=[person], shipments=[], confirmed_at=NOON.isoformat())
        answer = self.served.post("/api/v1/orders", json=body)
        assert answer.status_code == 201, answer.text

    def send(self) -> None:
        while self.app.work_directly(["dispatch"], stopping=lambda: False):
            pass

    def state(self, number: str) -> list[str]:
        """Of the texts of one order; also why not."""
        with self.app.store.read() as snapshot:
            rows = tellings.of_order(snapshot, number)
        return [f"{row.state} {row.why_not or ''}".strip() for row in rows if row.channel == "sms"]


@contextmanager
def opened(home: Path) -> Iterator[Texting]:
    folder = home / "config"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    brands = folder / "brands.toml"
    brands.write_text(brands.read_text().replace("[alpenglow]\n", '[alpenglow]\ntext_notices = ["confirmed"]\n'))
    reports = Story(
        steps=(Step(status="queued", before=True), Step(status="sent"), Step(status="delivered")), count=None
    )
    with Phone(home / "texts.jsonl", story=reports) as phone, serving(home, **_settings(phone, folder)) as served:
        phone.exchange.inbound_url = f"{served.url}/webhooks/twilio/inbound"
        app = build(load(served.variables))
        yield Texting(served=served, app=app, phone=phone)
        app.close()


def _settings(phone: Phone, folder: Path) -> dict[str, str]:
    """It is always noon there, so that no night delays a test; TWILIO_… lead to the phone."""
    return {
        "WISMO_CONFIG_DIR": str(folder),
        "WISMO_WARP": f"{NOON.isoformat()}/{datetime.now(UTC).isoformat()}/1",
        "WISMO_SEND": "on",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_FROM": WORKING_SENDER,
        "TWILIO_BASE_URL": phone.url,
    }


@pytest.fixture(scope="module")
def texting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Texting]:
    with opened(tmp_path_factory.mktemp("texting")) as running:
        yield running


def test_a_text_reaches_its_phone_and_its_arrival_comes_back(texting: Texting) -> None:
    texting.order("T-1")

    texting.send()

    until(lambda: texting.state("T-1") == ["delivered"], what="the report of its arrival")
    (text,) = [each for each in texting.phone.texts() if "T-1" in each.body]
    assert text.to == NUMBER
    assert text.body.startswith("Alpenglow, order T-1: We have your order. http://127.0.0.1:")
    assert text.body.endswith("Reply STOP to end.")
    assert texting.served.get(urlsplit(text.body.split()[-5]).path).status_code == 200


def test_an_answer_that_is_lost_is_found_by_its_report(texting: Texting) -> None:
    texting.phone.faults.add(Fault(kind=Trouble.ACCEPT_THEN_500))
    texting.order("T-2")

    texting.send()

    until(lambda: texting.state("T-2") == ["delivered"], what="the report of its arrival")
    assert len([each for each in texting.phone.texts() if "T-2" in each.body]) == 1


def test_a_stop_by_text_ends_texts_and_a_start_lets_them_go_on(texting: Texting) -> None:
    assert texting.phone.exchange.receive(sender=NUMBER, body="Stop!", to=WORKING_SENDER) == 200
    texting.order("T-3")
    texting.send()
    stopped = texting.state("T-3")
    assert texting.phone.exchange.receive(sender=NUMBER, body="start", to=WORKING_SENDER) == 200
    texting.order("T-4")
    texting.send()

    assert stopped == ["suppressed opted_out"]
    until(lambda: texting.state("T-4") == ["delivered"], what="the text after the START")


def test_nobody_else_can_report(texting: Texting) -> None:
    path = "/webhooks/twilio/status/0123/1?k=x"
    form = {"MessageSid": "SM1", "AccountSid": ACCOUNT_SID, "MessageStatus": "delivered"}

    answers = [
        texting.served.post(path, data=form),
        texting.served.post(path, data=form, headers={"X-Twilio-Signature": "nonsense"}),
        texting.served.post("/webhooks/twilio/inbound", data={"Body": "stop"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_no_number_and_no_text_is_in_the_log(texting: Texting) -> None:
    texting.order("T-5")
    texting.send()
    until(lambda: texting.state("T-5") == ["delivered"], what="the report")

    log = texting.served.log.read_text()

    assert "/webhooks/twilio/status/*" in log
    assert "90000000" not in log
    assert "We have your order" not in log
    assert "?k=" not in log
