"""What the phone calls back about, and when: before its answer, after it, twice, out of order, on command or never."""

import httpx
import pytest

from notifiers.message import Verdict
from notifiers.receipts import Keyword, ReceiptState
from notifiers.sandbox.mischief import Fault, Step, Story, Trouble
from notifiers.sandbox.phone import Phone
from notifiers.twilio_sms.notifier import TwilioSms
from notifiers.twilio_sms.webhooks import read_reply, read_status
from tests.notifiers.letters import a_text
from tests.notifiers.shop import Shop
from tests.servers import held_port, until

PERSON = a_text().to
HOOK = "/webhooks/twilio/status/n1/1?k=abc"


def told(shop: Shop, phone: Phone, twilio: TwilioSms, *steps: Step) -> list[str]:
    """The reports of one text with that story."""
    phone.stories.add(Story(steps=steps))
    assert twilio.send(a_text(callback_url=f"{shop.url}{HOOK}")).verdict is Verdict.ACCEPTED
    until(lambda: len(shop.heard) == len(steps), what="every report")
    return shop.statuses()


@pytest.mark.parametrize(
    "statuses",
    [
        ["sent", "delivered"],
        ["queued", "sending", "sent", "delivered"],
        ["delivered", "sent"],
        ["sent", "sent", "delivered", "delivered", "sent"],
        ["undelivered", "delivered"],
        [],
    ],
)
def test_reports_come_in_the_order_and_number_they_were_told(
    shop: Shop, phone: Phone, twilio: TwilioSms, statuses: list[str]
) -> None:
    assert told(shop, phone, twilio, *(Step(status=status) for status in statuses)) == statuses
    assert all(call.is_genuine and call.path == HOOK for call in shop.heard)


def test_a_report_can_come_before_the_answer(shop: Shop, phone: Phone, twilio: TwilioSms) -> None:
    phone.stories.add(Story(steps=(Step(status="sent", before=True), Step(status="delivered", before=True))))

    handover = twilio.send(a_text(callback_url=f"{shop.url}{HOOK}"))

    assert shop.statuses() == ["sent", "delivered"]
    assert {call.field("MessageSid") for call in shop.heard} == {handover.provider_message_id}


@pytest.mark.parametrize("trouble", [Trouble.ACCEPT_THEN_RST, Trouble.ACCEPT_THEN_500, Trouble.ACCEPT_THEN_SLEEP])
def test_reports_come_though_the_answer_was_lost(
    shop: Shop, phone: Phone, impatient_twilio: TwilioSms, trouble: Trouble
) -> None:
    phone.faults.add(Fault(kind=trouble))
    phone.stories.add(Story(steps=(Step(status="sent"),)))

    assert impatient_twilio.send(a_text(callback_url=f"{shop.url}{HOOK}")).verdict is Verdict.UNKNOWN
    until(lambda: shop.statuses() == ["sent"], what="the report")


def test_a_failure_is_reported_with_its_code(shop: Shop, phone: Phone, twilio: TwilioSms) -> None:
    told(shop, phone, twilio, Step(status="sent"), Step(status="undelivered", code=30005))

    receipt = read_status(shop.heard[-1].form)
    assert (receipt.state, receipt.code, receipt.verdict) == (ReceiptState.UNDELIVERED, "30005", Verdict.SUPPRESS)
    assert [(text.status, text.error_code) for text in phone.texts()] == [("undelivered", 30005)]


def test_nobody_is_called_who_did_not_ask(shop: Shop, phone: Phone, twilio: TwilioSms) -> None:
    phone.stories.add(Story(steps=(Step(status="delivered"),)))
    twilio.send(a_text())

    until(lambda: phone.texts()[0].status == "delivered", what="the delivery")
    assert shop.heard == []


def test_a_report_comes_on_command(shop: Shop, phone: Phone, twilio: TwilioSms) -> None:
    sid = twilio.send(a_text(callback_url=f"{shop.url}{HOOK}")).provider_message_id

    order = httpx.post(f"{phone.url}/_sandbox/status", json={"sid": sid, "status": "failed", "code": 30007})

    assert order.json() == {"answer": 200}
    assert shop.statuses() == ["failed"]


def test_a_shop_that_does_not_answer_is_called_once(phone: Phone, twilio: TwilioSms) -> None:
    phone.stories.add(Story(steps=(Step(status="sent"), Step(status="delivered"))))
    with held_port() as port:
        twilio.send(a_text(callback_url=f"http://127.0.0.1:{port}/hook"))

        until(lambda: len(phone.caller.calls) == 2)
    assert [call.answer for call in phone.caller.calls] == [0, 0]


def test_after_stop_no_text_is_taken_until_start(shop: Shop, phone: Phone, twilio: TwilioSms) -> None:
    twilio.send(a_text())
    phone.exchange.receive(sender=PERSON, body="Stop")
    refused = twilio.send(a_text())
    others = twilio.send(a_text(to="+12025550124"))
    phone.exchange.receive(sender=PERSON, body="START")
    again = twilio.send(a_text())

    assert (refused.verdict, refused.code) == (Verdict.SUPPRESS, "21610")
    assert (others.verdict, again.verdict) == (Verdict.ACCEPTED, Verdict.ACCEPTED)
    assert [read_reply(call.form).keyword for call in shop.heard] == [Keyword.STOP, Keyword.START]
    assert all(call.is_genuine for call in shop.heard)


def test_an_answer_comes_over_http_as_well(shop: Shop, phone: Phone) -> None:
    said = {"sender": PERSON, "body": "Where is it? ünïcode & such"}

    assert httpx.post(f"{phone.url}/_sandbox/replies", json=said).json() == {"answer": 200}
    reply = read_reply(shop.heard[0].form)
    assert (reply.sender, reply.text, reply.keyword) == (PERSON, said["body"], Keyword.NONE)


@pytest.mark.parametrize(
    ("control", "order"),
    [
        ("faults", {"kind": "unheard of"}),
        ("faults", {"kind": "429", "colour": 1}),
        ("faults", "text"),
        ("stories", {"steps": [{"status": "pondering"}]}),
        ("stories", {}),
        ("status", {"status": "sent"}),
        ("replies", {"body": "from nobody"}),
        ("colours", {}),
    ],
)
def test_an_order_nobody_understands_is_refused(phone: Phone, control: str, order: object) -> None:
    answer = httpx.post(f"{phone.url}/_sandbox/{control}", json=order)

    assert answer.status_code in {400, 404}
    assert answer.json()["error"]


def test_faults_come_over_http_and_go_away_again(phone: Phone, twilio: TwilioSms) -> None:
    fault = {"kind": "refuse", "code": 30002, "to": PERSON, "count": None}
    httpx.post(f"{phone.url}/_sandbox/faults", json=fault).raise_for_status()
    before, other = twilio.send(a_text()).verdict, twilio.send(a_text(to="+12025550124")).verdict
    httpx.delete(f"{phone.url}/_sandbox/faults").raise_for_status()
    after = twilio.send(a_text()).verdict
    kept = [text["to"] for text in httpx.get(f"{phone.url}/_sandbox/texts").json()]
    httpx.post(f"{phone.url}/_sandbox/reset").raise_for_status()

    assert (before, other, after) == (Verdict.HALT, Verdict.ACCEPTED, Verdict.ACCEPTED)
    assert (kept, phone.texts()) == (["+12025550124", PERSON], [])


def test_people_read_their_texts_as_a_thread_and_answer_there(shop: Shop, phone: Phone, twilio: TwilioSms) -> None:
    phone.mailbox_url = "http://127.0.0.1:8025"
    twilio.send(a_text(text="First <b> https://track.example/t/abc."))
    twilio.send(a_text(to="+12025550124", text="Für dich"))

    listing = httpx.get(phone.url).text
    thread = httpx.get(f"{phone.url}/numbers/{PERSON}")
    answered = httpx.post(f"{phone.url}/numbers/{PERSON}/replies", data={"body": "STOP"}, follow_redirects=True)

    assert listing.index("+12025550124") < listing.index(PERSON)
    assert 'href="http://127.0.0.1:8025"' in listing
    assert 'First &lt;b&gt; <a href="https://track.example/t/abc"' in thread.text
    assert "Für dich" not in thread.text
    assert "default-src 'none'" in thread.headers["Content-Security-Policy"]
    assert "You have successfully been unsubscribed" in answered.text
    assert [read_reply(call.form).keyword for call in shop.heard] == [Keyword.STOP]
    assert httpx.get(f"{phone.url}/elsewhere").status_code == 404
