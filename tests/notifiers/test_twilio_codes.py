"""What each of Twilio's codes means, against the reactions we agreed on."""

import pytest

from notifiers.message import Verdict
from notifiers.twilio_sms.codes import CODES, is_known, meaning

AGREED = {
    Verdict.HALT: "20003 20005 20008 21212 21606 21608 21659 21660 21661 21703 30002 30032 30034 63038",
    Verdict.RETRY: "20429 21611 30001 30003 30008 30022 30023 30047 30610 63017 63018",
    Verdict.SUPPRESS: "21211 21265 21266 21268 21610 21614 21635 30005 30006 63003 63014 63024",
    Verdict.REJECT: "21408 21602 21612 21617 21619 30004 30007 30010 30019 30036 30039 30410 30450 30453 30454 "
    "35114 35115 35116 35117 35125 63016 63021 63032 63049 90007",
}


@pytest.mark.parametrize(("verdict", "codes"), AGREED.items())
def test_every_code_has_the_reaction_agreed_on(verdict: Verdict, codes: str) -> None:
    assert {code: meaning(int(code))[0] for code in codes.split()} == dict.fromkeys(codes.split(), verdict)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (20999, Verdict.HALT),
        (21999, Verdict.REJECT),
        (30999, Verdict.REJECT),
        (63999, Verdict.REJECT),
        (12345, Verdict.REJECT),
    ],
)
def test_a_code_nobody_knows_goes_by_its_range_and_says_so(code: int, verdict: Verdict) -> None:
    assert meaning(code) == (verdict, "a code that is not in our table")
    assert not is_known(code)


def test_no_row_is_final_acceptance_or_doubt() -> None:
    assert {verdict for verdict, _ in CODES.values()} == {*AGREED}
    assert all(10_000 <= code <= 99_999 and words for code, (_, words) in CODES.items())
