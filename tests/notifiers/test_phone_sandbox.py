"""The phone as a witness: strict as Twilio, and what it answered with 201 is in its ledger whatever happens to it."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from notifiers.message import Verdict
from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN, SERVICE
from notifiers.sandbox.phone import Phone
from notifiers.sandbox.refusals import WORKING_SENDER
from notifiers.sandbox.texts import Texts
from notifiers.twilio_sms.notifier import TwilioSms
from tests.notifiers.letters import a_text
from tests.notifiers.shop import Shop
from tests.servers import PATIENCE, until

Spawn = Callable[..., tuple[subprocess.Popen[str], dict[str, int]]]
USUAL = {"To": "+12025550123", "From": WORKING_SENDER, "Body": "Your parcel is out."}


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Spawn]:
    """Starts mailbox and phone as a process of their own, always on the same ledgers."""
    started: list[subprocess.Popen[str]] = []

    def start(*options: str) -> tuple[subprocess.Popen[str], dict[str, int]]:
        command = [sys.executable, "-m", "notifiers.sandbox", "--ledger", str(tmp_path / "mails")]
        command += ["--texts", str(tmp_path / "texts"), *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        return process, json.loads(process.stdout.readline())

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def api(phone: Phone) -> Iterator[httpx.Client]:
    """Speaks to the account with the right login."""
    base = f"{phone.url}/2010-04-01/Accounts/{ACCOUNT_SID}"
    with httpx.Client(base_url=base, auth=(ACCOUNT_SID, AUTH_TOKEN)) as client:
        yield client


def create(api: httpx.Client, **changes: str | None) -> httpx.Response:
    form = {name: value for name, value in {**USUAL, **changes}.items() if value is not None}
    return api.post("/Messages.json", data=form)


def test_a_created_text_looks_as_twilio_shows_it(api: httpx.Client) -> None:
    made = create(api)

    text = made.json()
    assert made.status_code == 201
    assert text["sid"].startswith("SM")
    assert len(text["sid"]) == 34
    assert {name: text[name] for name in ("status", "direction", "to", "from", "num_segments", "date_sent")} == {
        "status": "queued",
        "direction": "outbound-api",
        "to": USUAL["To"],
        "from": WORKING_SENDER,
        "num_segments": "1",
        "date_sent": None,
    }
    assert api.get(f"/Messages/{text['sid']}.json").json() == text


def test_a_service_has_no_sender_and_no_segments_yet(api: httpx.Client) -> None:
    text = create(api, From=None, MessagingServiceSid=SERVICE).json()

    assert (text["status"], text["from"], text["num_segments"], text["messaging_service_sid"]) == (
        "accepted",
        None,
        "0",
        SERVICE,
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": None}, 21604),
        ({"To": "2025550123"}, 21211),
        ({"To": "+1202555"}, 21211),
        ({"To": "+15005550001"}, 21211),
        ({"To": "+15005550002"}, 21612),
        ({"To": "+15005550003"}, 21408),
        ({"To": "+15005550004"}, 21610),
        ({"To": "+15005550009"}, 21614),
        ({"To": WORKING_SENDER}, 21266),
        ({"From": None}, 21603),
        ({"From": "+12025550199"}, 21659),
        ({"From": "+15005550001"}, 21212),
        ({"From": "+15005550007"}, 21606),
        ({"From": "+15005550008"}, 21611),
        ({"From": None, "MessagingServiceSid": "MG" + "0" * 32}, 21701),
        ({"Body": None}, 21602),
        ({"Body": "  "}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"StatusCallback": "shop.example/hook"}, 21609),
        ({"StatusCallback": "https://my_shop.example/hook"}, 21609),
        ({"StatusCallback": "https://shop.example/" + "x" * 4000}, 21609),
    ],
)
def test_it_refuses_what_twilio_refuses(
    phone: Phone, api: httpx.Client, changes: dict[str, str | None], code: int
) -> None:
    answer = create(api, **changes)

    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (400, code, 400)
    assert phone.texts() == []


def test_the_longest_body_is_taken(api: httpx.Client) -> None:
    assert create(api, Body="x" * 1600).json()["num_segments"] == "11"


@pytest.mark.parametrize("login", [(ACCOUNT_SID, "wrong"), ("AC" + "0" * 32, AUTH_TOKEN), ("", "")])
def test_a_stranger_is_let_do_nothing(phone: Phone, login: tuple[str, str]) -> None:
    url = f"{phone.url}/2010-04-01/Accounts/{ACCOUNT_SID}"

    for answer in (httpx.post(f"{url}/Messages.json", data=USUAL, auth=login), httpx.get(f"{url}.json", auth=login)):
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_another_account_and_another_address_are_not_found(phone: Phone, api: httpx.Client) -> None:
    other = httpx.get(f"{phone.url}/2010-04-01/Accounts/AC{'0' * 32}.json", auth=(ACCOUNT_SID, AUTH_TOKEN))

    assert (other.status_code, other.json()["code"]) == (404, 20404)
    assert api.get("/Calls.json").status_code == 404
    assert api.get("/Messages/SM0.json").status_code == 404


def test_the_list_is_newest_first_filtered_and_in_pages(api: httpx.Client) -> None:
    for number in range(5):
        create(api, Body=f"Text {number}")
    create(api, To="+12025550199", Body="To another")

    first = api.get("/Messages.json", params={"To": USUAL["To"], "PageSize": 2}).json()
    second = api.get(f"{api.base_url.copy_with(raw_path=first['next_page_uri'].encode())}").json()

    assert [text["body"] for text in first["messages"]] == ["Text 4", "Text 3"]
    assert [text["body"] for text in second["messages"]] == ["Text 2", "Text 1"]
    assert len(api.get("/Messages.json").json()["messages"]) == 6


def test_every_text_answered_with_201_survives_being_killed(spawn: Spawn, tmp_path: Path) -> None:
    process, ports = spawn()
    accepted: list[str] = []

    def keep_sending() -> None:
        url = f"http://127.0.0.1:{ports['phone_port']}"
        with closing(
            TwilioSms(account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN, sender=WORKING_SENDER, base_url=url)
        ) as twilio:
            for _ in range(10_000):
                handover = twilio.send(a_text())
                if handover.verdict is not Verdict.ACCEPTED:
                    return
                accepted.append(handover.provider_message_id)

    senders = [threading.Thread(target=keep_sending) for _ in range(3)]
    for sender in senders:
        sender.start()
    until(lambda: len(accepted) > 60)
    process.send_signal(signal.SIGKILL)
    for sender in senders:
        sender.join()

    with closing(Texts(tmp_path / "texts")) as kept:
        assert {text.sid for text in kept.accepted()} >= set(accepted)


def test_after_a_restart_the_ledger_goes_on(spawn: Spawn, tmp_path: Path) -> None:
    def texts(ports: dict[str, int]) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = httpx.get(f"http://127.0.0.1:{ports['phone_port']}/_sandbox/texts").json()
        return listed

    def send(ports: dict[str, int]) -> str:
        url = f"http://127.0.0.1:{ports['phone_port']}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
        return str(httpx.post(url, data=USUAL, auth=(ACCOUNT_SID, AUTH_TOKEN)).json()["sid"])

    first, ports = spawn()
    one = send(ports)
    until(lambda: texts(ports)[0]["status"] == "delivered", what="the usual reports")
    first.kill()
    first.wait()
    with (tmp_path / "texts").open("ab") as torn:
        torn.write(b'{"text": {"id": 2, "sid": "half')
    _, ports = spawn()
    two = send(ports)

    assert [(text["id"], text["sid"]) for text in texts(ports)] == [(1, one), (2, two)]
    assert texts(ports)[0]["status"] == "delivered"
    with closing(Texts(tmp_path / "texts")) as kept:  # nothing was written behind the torn line
        assert [text.sid for text in kept.accepted()] == [one, two]


def test_a_terminated_sandbox_ends_cleanly(spawn: Spawn) -> None:
    process, _ = spawn()

    process.terminate()

    assert process.wait(PATIENCE.total_seconds()) == 0


def test_mailbox_and_phone_know_each_other(spawn: Spawn) -> None:
    _, ports = spawn()
    mailbox, phone = (f"http://127.0.0.1:{ports[name]}" for name in ("http_port", "phone_port"))

    assert f'href="{phone}"' in httpx.get(mailbox).text
    assert f'href="{mailbox}"' in httpx.get(phone).text


def test_the_process_is_told_whose_account_it_is_and_what_to_report(spawn: Spawn, shop: Shop) -> None:
    account = "AC" + "1" * 32
    story = json.dumps({"steps": [{"status": "failed", "code": 30007}], "count": None})
    options = {"--account": f"{account}:t0ken", "--sender": "+12025550199", "--inbound-url": f"{shop.url}/in"}
    _, ports = spawn("--story", story, *(word for pair in options.items() for word in pair))
    url = f"http://127.0.0.1:{ports['phone_port']}"

    form = USUAL | {"From": "+12025550199"}
    made = httpx.post(f"{url}/2010-04-01/Accounts/{account}/Messages.json", data=form, auth=(account, "t0ken"))
    httpx.post(f"{url}/_sandbox/replies", json={"sender": USUAL["To"], "body": "hi"}).raise_for_status()

    assert made.status_code == 201
    until(lambda: httpx.get(f"{url}/_sandbox/texts").json()[0]["error_code"] == 30007, what="the report")
    assert [(call.path, call.field("Body"), call.field("To")) for call in shop.heard] == [("/in", "hi", "+12025550199")]


@pytest.mark.parametrize("number", ["+12025550123", "%2B12025550123"])
def test_an_answer_typed_at_a_phone_leads_back_to_that_phone(phone: Phone, number: str) -> None:
    answered = httpx.post(f"{phone.url}/numbers/{number}/replies", data={"body": "STOP"})

    assert answered.headers["location"] == "/numbers/%2B12025550123#last"
    assert "STOP" in httpx.get(f"{phone.url}{answered.headers['location']}").text
