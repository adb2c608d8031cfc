"""Is a call Twilio's, and what does it say?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from notifiers.message import Verdict
from notifiers.receipts import Keyword, ReceiptState, WebhookUnreadable
from notifiers.sandbox.callbacks import signature
from notifiers.twilio_sms.webhooks import LONGEST_CODE, is_genuine, read_reply, read_status

# The vector of twilio-python's own tests/unit/test_request_validator.py
TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="

STATUS = [
    ("MessageSid", "SM1"),
    ("AccountSid", "AC1"),
    ("MessageStatus", "sent"),
    ("To", "+12025550123"),
    ("ApiVersion", "2010-04-01"),
]
REPLY = [("MessageSid", "SM9"), ("AccountSid", "AC1"), ("From", "+12025550123"), ("To", "+12025550199")]

values = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
forms = st.lists(st.tuples(st.sampled_from(["Body", "From", "To", "A", "a", "Zz"]), values), max_size=8)


def test_the_vector_of_twilios_own_library_holds() -> None:
    assert is_genuine(URL, FORM, SIGNATURE, [TOKEN])
    assert is_genuine(URL, FORM[::-1], SIGNATURE, [TOKEN])


@pytest.mark.parametrize(
    ("url", "form", "signature", "tokens"),
    [
        (URL + "&baz=3", FORM, SIGNATURE, [TOKEN]),
        (URL.replace("https", "http"), FORM, SIGNATURE, [TOKEN]),
        (URL, FORM[1:], SIGNATURE, [TOKEN]),
        (URL, [*FORM, ("New", "")], SIGNATURE, [TOKEN]),  # a blank field counts, too
        (URL, FORM, SIGNATURE.lower(), [TOKEN]),
        (URL, FORM, "", [TOKEN]),
        (URL, FORM, "\udcff", [TOKEN]),
        (URL, FORM, SIGNATURE, ["54321"]),
        (URL, FORM, SIGNATURE, []),
        (URL, FORM, SIGNATURE, [""]),
    ],
)
def test_anything_else_is_not_genuine(url: str, form: list[tuple[str, str]], signature: str, tokens: list[str]) -> None:
    assert not is_genuine(url, form, signature, tokens)


def test_no_token_at_all_lets_nobody_in() -> None:
    unsigned = RequestValidator("").compute_signature(URL, dict(FORM))

    assert not is_genuine(URL, FORM, unsigned, [""])


def test_either_token_will_do_while_they_change() -> None:
    assert is_genuine(URL, FORM, SIGNATURE, ["the next one", TOKEN])


@pytest.mark.parametrize(
    ("signed", "built"),
    [
        ("https://shop.example:443/hook", "https://shop.example/hook"),
        ("https://shop.example/hook", "https://shop.example:443/hook"),
        ("http://shop.example:80/hook?k=1", "http://shop.example/hook?k=1"),
        ("https://shop.example/hook", "https://shop.example:8443/hook"),  # so the library does it
    ],
)
def test_the_port_may_be_spelled_out_or_not(signed: str, built: str) -> None:
    made = RequestValidator(TOKEN).compute_signature(signed, dict(FORM))

    assert is_genuine(built, FORM, made, [TOKEN])


class Fields(dict[str, list[str]]):
    """What the library takes from web frameworks: several values for a name."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


@given(forms)
def test_we_agree_with_the_library_on_any_form(form: list[tuple[str, str]]) -> None:
    by_name = Fields({name: [value for known, value in form if known == name] for name, _ in form})
    made = RequestValidator(TOKEN).compute_signature(URL, by_name)

    assert is_genuine(URL, form, made, [TOKEN])
    assert RequestValidator(TOKEN).validate(URL, by_name, made)


@given(st.dictionaries(st.sampled_from(["Body", "From", "To", "A", "a", "Zz"]), values))
def test_what_the_sandbox_signs_is_genuine(form: dict[str, str]) -> None:
    assert is_genuine(URL, [*form.items()], signature(TOKEN.encode(), URL, [*form.items()]), [TOKEN])


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *((state.value, state) for state in ReceiptState),
        ("scheduled", ReceiptState.ACCEPTED),
        ("Sent", ReceiptState.SENT),
    ],
)
def test_every_status_twilio_has_is_a_state(word: str, state: ReceiptState) -> None:
    receipt = read_status([*STATUS, ("MessageStatus", word)])

    assert (receipt.state, receipt.provider_message_id, receipt.account, receipt.code) == (state, "SM1", "AC1", "")


@pytest.mark.parametrize(
    ("status", "code", "kept", "verdict"),
    [
        ("undelivered", "30005", "30005", Verdict.SUPPRESS),
        ("undelivered", "30003", "30003", Verdict.RETRY),
        ("failed", "30002", "30002", Verdict.HALT),
        ("failed", "30410", "30410", Verdict.REJECT),
        ("undelivered", "30999", "30999", Verdict.REJECT),  # not in the table
        ("undelivered", "", "", Verdict.REJECT),
        ("undelivered", "9" * 5000, "9" * LONGEST_CODE, Verdict.REJECT),  # cut, not lost
        ("delivered", "0", "", None),
        ("sent", "", "", None),
    ],
)
def test_a_failure_says_what_it_means(status: str, code: str, kept: str, verdict: Verdict | None) -> None:
    receipt = read_status([*STATUS, ("MessageStatus", status), ("ErrorCode", code), ("RawDlrDoneDate", "2611220059")])

    assert (receipt.code, receipt.verdict) == (kept, verdict)


@pytest.mark.parametrize("missing", ["MessageSid", "AccountSid", "MessageStatus"])
def test_a_report_without_its_fields_is_unreadable(missing: str) -> None:
    with pytest.raises(WebhookUnreadable, match=missing):
        read_status([field for field in STATUS if field[0] != missing])


def test_a_status_nobody_knows_is_unreadable_and_said_briefly() -> None:
    with pytest.raises(WebhookUnreadable) as problem:
        read_status([*STATUS, ("MessageStatus", "pondering" * 100)])

    assert len(str(problem.value)) < 200


def test_an_answer_is_read_with_what_it_asks() -> None:
    reply = read_reply([*REPLY, ("Body", " Please stop!"), ("NumMedia", "0")])

    assert (reply.sender, reply.to, reply.text) == ("+12025550123", "+12025550199", " Please stop!")
    assert (reply.keyword, reply.needs_review, reply.provider_message_id) == (Keyword.STOP, True, "SM9")


def test_what_twilio_has_acted_on_counts_more_than_our_reading() -> None:
    reply = read_reply([*REPLY, ("Body", "genug davon"), ("OptOutType", "STOP")])

    assert (reply.keyword, reply.needs_review) == (Keyword.STOP, False)


@pytest.mark.parametrize("missing", ["MessageSid", "AccountSid", "From", "To"])
def test_an_answer_without_its_fields_is_unreadable(missing: str) -> None:
    with pytest.raises(WebhookUnreadable):
        read_reply([field for field in REPLY if field[0] != missing])


def test_an_answer_without_a_text_asks_nothing() -> None:
    assert read_reply(REPLY).keyword is Keyword.NONE
