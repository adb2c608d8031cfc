"""What each end of an SMTP hand-over means: one table."""

import socket
import ssl

import pytest

from notifiers.message import Verdict
from notifiers.smtp.replies import NotOffered, Reply, Stage, classify

ACCEPTED, RETRY, UNKNOWN, REJECT, SUPPRESS, HALT = (
    Verdict.ACCEPTED, Verdict.RETRY, Verdict.UNKNOWN, Verdict.REJECT, Verdict.SUPPRESS, Verdict.HALT,
)  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "code", "text", "verdict", "label"),
    [
        (Stage.GREETING, 421, "4.3.2 closing", RETRY, "421 4.3.2"),
        (Stage.GREETING, 554, "no service for you", HALT, "554"),
        (Stage.EHLO, 502, "what", HALT, "502"),
        (Stage.STARTTLS, 454, "4.7.0 not now", RETRY, "454 4.7.0"),
        (Stage.LOGIN, 454, "4.7.0 directory is down", RETRY, "454 4.7.0"),
        (Stage.LOGIN, 535, "5.7.8 bad password", HALT, "535 5.7.8"),
        (Stage.LOGIN, 535, "bad password", HALT, "535"),
        (Stage.MAIL, 421, "4.4.2 too slow", RETRY, "421 4.4.2"),
        (Stage.MAIL, 451, "4.3.0 later", RETRY, "451 4.3.0"),
        (Stage.MAIL, 530, "authentication required", HALT, "530"),
        (Stage.MAIL, 550, "5.1.1 sender unknown", REJECT, "550 5.1.1"),
        (Stage.MAIL, 550, "5.7.60 not allowed to send as this sender", HALT, "550 5.7.60"),
        (Stage.RCPT, 450, "4.2.1 greylisted", RETRY, "450 4.2.1"),
        (Stage.RCPT, 452, "4.2.2 mailbox full", RETRY, "452 4.2.2"),
        (Stage.RCPT, 550, "5.1.1 no such user", SUPPRESS, "550 5.1.1"),
        (Stage.RCPT, 550, "5.1.2 no such host", SUPPRESS, "550 5.1.2"),
        (Stage.RCPT, 553, "5.1.3 bad syntax", SUPPRESS, "553 5.1.3"),
        (Stage.RCPT, 551, "5.1.6 moved away", SUPPRESS, "551 5.1.6"),
        (Stage.RCPT, 556, "5.1.10 takes no mail", SUPPRESS, "556 5.1.10"),
        (Stage.RCPT, 550, "5.2.1 switched off", SUPPRESS, "550 5.2.1"),
        (Stage.RCPT, 550, "5.1.11 not in the list", REJECT, "550 5.1.11"),
        (Stage.RCPT, 552, "5.2.2 mailbox full", REJECT, "552 5.2.2"),
        (Stage.RCPT, 550, "no such user", REJECT, "550"),
        (Stage.RCPT, 554, "5.7.1 relay access denied", HALT, "554 5.7.1"),
        (Stage.DATA, 451, "4.3.0 later", RETRY, "451 4.3.0"),
        (Stage.DATA, 554, "5.5.1 no valid recipients", REJECT, "554 5.5.1"),
        (Stage.END, 250, "2.0.0 Ok: queued as 4XyZ12", ACCEPTED, "250 2.0.0"),
        (Stage.END, 250, "", ACCEPTED, "250"),
        (Stage.END, 421, "4.3.2 closing", RETRY, "421 4.3.2"),
        (Stage.END, 452, "4.3.1 disk full", RETRY, "452 4.3.1"),
        (Stage.END, 550, "5.1.1 no such user", SUPPRESS, "550 5.1.1"),
        (Stage.END, 552, "5.3.4 too big", REJECT, "552 5.3.4"),
        (Stage.END, 554, "5.6.0 bad content", REJECT, "554 5.6.0"),
        (Stage.END, 550, "5.7.26 unauthenticated mail", HALT, "550 5.7.26"),
        (Stage.END, 354, "go on", UNKNOWN, "354"),
        (Stage.END, 0, "HTTP/1.1 400", UNKNOWN, "0"),
        (Stage.MAIL, 0, "HTTP/1.1 400", RETRY, "0"),
        (Stage.DATA, 250, "ok?", RETRY, "250"),
    ],
)
def test_a_reply_means_this(stage: Stage, code: int, text: str, verdict: Verdict, label: str) -> None:
    outcome = classify(stage, Reply(code=code, text=text))

    assert (outcome.verdict, outcome.code) == (verdict, label)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.END])
@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (TimeoutError("slow"), "timeout"),
        (ConnectionRefusedError(), "refused"),
        (ConnectionResetError(), "lost"),
        (BrokenPipeError(), "lost"),
        (socket.gaierror(socket.EAI_NONAME, "no name"), "dns"),
        (ssl.SSLCertVerificationError("self-signed"), "tls"),
        (OSError("network unreachable"), "lost"),
    ],
)
def test_an_error_before_the_final_dot_proves_that_nothing_was_sent(stage: Stage, error: OSError, cause: str) -> None:
    outcome = classify(stage, error)

    assert (outcome.verdict, outcome.code) == (RETRY, f"{cause}_at_{stage}")


@pytest.mark.parametrize(
    "error", [TimeoutError(), ConnectionResetError(), BrokenPipeError(), ssl.SSLError("bad record")]
)
def test_an_error_after_the_final_dot_proves_nothing(error: OSError) -> None:
    outcome = classify(Stage.END, error)

    assert outcome.verdict is UNKNOWN
    assert outcome.code.endswith("_after_data")


@pytest.mark.parametrize(("extension", "verdict"), [("smtputf8", REJECT), ("auth", HALT), ("starttls", HALT)])
def test_a_missing_extension_is_the_address_s_problem_or_ours(extension: str, verdict: Verdict) -> None:
    outcome = classify(Stage.MAIL, NotOffered(extension))

    assert (outcome.verdict, outcome.code) == (verdict, f"{extension}_not_offered")


def test_the_server_s_own_number_is_kept_and_no_address_is() -> None:
    accepted = classify(Stage.END, Reply(code=250, text="2.0.0 Ok: queued as 4XyZ12"))
    refused = classify(Stage.RCPT, Reply(code=550, text="5.1.1 <ada@example.com>: unknown, try ada@example.org"))

    assert accepted.provider_message_id == "4XyZ12"
    assert refused.detail == "5.1.1 <address>: unknown, try <address>"
