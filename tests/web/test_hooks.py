"""What Twilio posts is believed only when it is signed, kept before it is answered, and answered with nothing."""

import base64
import hmac
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from notifiers.message import Channel
from tests.web.shop import Shop, opened
from tracker.store.outbox_tables import receipt_inbox, suppressions

TOKEN, SECONDARY = "first-token", "second-token"
ACCOUNT = "AC" + "0" * 32
PUBLIC = "https://track.shop.example"
NUMBER = "+4790000000"
TWILIO = {
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_AUTH_TOKEN_SECONDARY": SECONDARY,
    "TWILIO_FROM": "+12025550100",
    "TWILIO_BASE_URL": "http://127.0.0.1:9",
    "PUBLIC_URL": PUBLIC,
}


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path) -> Iterator[Shop]:
    with opened(sqlite_url, tmp_path, **TWILIO) as running:
        yield running


def signature(path: str, form: dict[str, str], token: str = TOKEN) -> str:
    """As Twilio computes it."""
    said = PUBLIC + path + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), sha1).digest()).decode()


def post(shop: Shop, path: str, form: dict[str, str], *, signed: str | None = None, body: bytes | None = None) -> int:
    by = (signature(path, form) if signed is None else signed).encode("latin-1")
    headers = {b"Content-Type": b"application/x-www-form-urlencoded", b"X-Twilio-Signature": by}
    answer = shop.client.request("POST", path, content=body or urlencode(form).encode(), headers=headers)
    assert answer.status_code != 200 or answer.content == b""
    return int(answer.status_code)


def status_path(shop: Shop, *, mark: str | None = None) -> str:
    mark = shop.app.store.vault.report_mark("0" * 32, 1) if mark is None else mark
    return f"/webhooks/twilio/status/{'0' * 32}/1?k={mark}"


def report(**fields: str) -> dict[str, str]:
    usual = {"MessageSid": "SM" + "1" * 32, "AccountSid": ACCOUNT, "MessageStatus": "delivered", "From": "+12025550100"}
    return usual | fields


def reply(**fields: str) -> dict[str, str]:
    usual = {"MessageSid": "SM" + "2" * 32, "AccountSid": ACCOUNT, "From": NUMBER, "To": "+12025550100", "Body": "STOP"}
    return usual | fields


def kept(shop: Shop) -> list[tuple[str, str]]:
    with shop.app.store.read() as snapshot:
        rows = snapshot.connection.execute(select(receipt_inbox).order_by(receipt_inbox.c.id)).all()
    return [(row.kind, row.outcome) for row in rows]


def stopped(shop: Shop) -> int:
    with shop.app.store.read() as snapshot:
        return snapshot.connection.execute(select(func.count()).select_from(suppressions)).scalar_one()


def test_a_genuine_report_is_kept_once_however_often_it_comes(shop: Shop) -> None:
    answers = [post(shop, status_path(shop), report()) for _ in range(3)]

    assert answers == [200, 200, 200]
    assert kept(shop) == [("status", "unknown_message")]


def test_blank_and_new_fields_are_part_of_what_is_signed(shop: Shop) -> None:
    assert post(shop, status_path(shop), report(ErrorCode="", BrandNewField="ä b")) == 200


@pytest.mark.parametrize("token", [TOKEN, SECONDARY])
def test_both_tokens_are_believed_while_they_are_changed(shop: Shop, token: str) -> None:
    path = status_path(shop)

    assert post(shop, path, report(), signed=signature(path, report(), token)) == 200


@pytest.mark.parametrize("signed", ["", "nonsense", "AAAA", "\u00e4"])
def test_who_cannot_sign_is_refused(shop: Shop, signed: str) -> None:
    assert post(shop, status_path(shop), report(), signed=signed) == 403
    assert post(shop, "/webhooks/twilio/inbound", reply(), signed=signed) == 403
    assert (kept(shop), stopped(shop)) == ([], 0)


def test_a_signature_for_another_attempt_or_form_is_refused(shop: Shop) -> None:
    path = status_path(shop)
    signed = signature(path, report())

    assert post(shop, path, report(MessageStatus="failed"), signed=signed) == 403
    assert post(shop, path.replace("/1?", "/2?"), report(), signed=signed) == 403


@pytest.mark.parametrize("mark", ["", "x", "\u00e4"])
def test_an_address_we_did_not_give_is_refused(shop: Shop, mark: str) -> None:
    """Signed by the same account, but for a message that is not ours: no proof of anything."""
    path = status_path(shop, mark=mark).replace("\u00e4", "%C3%A4")

    assert post(shop, path, report()) == 403
    assert kept(shop) == []


def test_another_account_is_refused(shop: Shop) -> None:
    other = report(AccountSid="AC" + "9" * 32)

    assert post(shop, status_path(shop), other) == 403


def test_what_cannot_be_read_is_kept_for_a_person(shop: Shop) -> None:
    assert post(shop, status_path(shop), report(MessageStatus="teleported")) == 200
    assert kept(shop) == [("unreadable", "unreadable")]


def test_a_stop_is_obeyed_before_it_is_answered(shop: Shop) -> None:
    assert post(shop, "/webhooks/twilio/inbound", reply()) == 200

    with shop.app.store.read() as snapshot:
        (row,) = snapshot.connection.execute(select(suppressions)).all()
    hashed = shop.app.store.vault.contact_hmac(Channel.SMS, NUMBER)
    assert (row.channel, row.contact_hmac, row.brand, row.reason) == ("sms", hashed, "", "stop")
    assert kept(shop) == [("reply", "stopped")]


def test_a_free_answer_that_sounds_like_stop_is_obeyed_and_shown_to_a_person(shop: Shop) -> None:
    assert post(shop, "/webhooks/twilio/inbound", reply(Body="please dont text me any more")) == 200

    with shop.app.store.read() as snapshot:
        (row,) = snapshot.connection.execute(select(receipt_inbox)).all()
    assert (stopped(shop), row.needs_review) == (1, True)


def test_no_number_lies_open_in_the_inbox(shop: Shop) -> None:
    post(shop, "/webhooks/twilio/inbound", reply(Body="call me on 555"))

    with shop.app.store.read() as snapshot:
        (row,) = snapshot.connection.execute(select(receipt_inbox)).all()
    assert b"9000" not in row.sealed
    assert b"555" not in row.sealed


@pytest.mark.parametrize("body", [b"x" * 65_537, b"a=1&" * 600, b"\xff\xfe=1"])
def test_what_is_too_much_is_refused_unread(shop: Shop, body: bytes) -> None:
    assert post(shop, "/webhooks/twilio/inbound", {}, body=body) in (403, 413)
    assert kept(shop) == []


def test_only_posts_are_answered(shop: Shop) -> None:
    assert shop.client.get("/webhooks/twilio/inbound").status_code == 405


def test_when_nothing_can_be_kept_twilio_is_asked_to_come_again(shop: Shop) -> None:
    with shop.app.store.begin() as connection:
        receipt_inbox.drop(connection)

    answer = post(shop, "/webhooks/twilio/inbound", reply())

    assert answer >= 500


def test_without_an_account_there_is_nothing_here(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url, tmp_path) as shop:
        assert post(shop, "/webhooks/twilio/inbound", reply()) == 404
