"""What each way a hand-over to Twilio can end means for the notification."""

from notifiers.message import Handover, Verdict
from notifiers.transport import CallFailed
from notifiers.twilio_sms.codes import is_known, meaning
from notifiers.twilio_sms.line import Refused, Unreadable

Ending = CallFailed | Refused | Unreadable


def classify(ending: Ending) -> Handover:
    """The verdict on an attempt that was not accepted; no number and no text is in it."""
    match ending:
        case CallFailed(may_have_left=False):
            return Handover(verdict=Verdict.RETRY, code=f"{ending.cause}_at_connect", detail="nothing was sent")
        case CallFailed():
            return Handover(
                verdict=Verdict.UNKNOWN, code=f"{ending.cause}_after_request", detail="no whole answer came"
            )
        case Unreadable():
            return Handover(verdict=Verdict.UNKNOWN, code="unreadable", detail="a yes in a shape we do not know")
        case Refused():
            return _of_refusal(ending.http_status, ending.code)


def _of_refusal(http_status: int, code: int) -> Handover:
    named = str(code) if code else f"http_{http_status}"
    if http_status == 429:  # Twilio promises that such a request is never processed
        return Handover(verdict=Verdict.RETRY, code=named, detail="too many requests at once")
    if http_status >= 500 or http_status == 408:
        return Handover(verdict=Verdict.UNKNOWN, code=named, detail=f"HTTP {http_status}: it may have been taken")
    if not code:  # a redirect, a proxy, another server: nothing we send there will arrive
        detail = f"HTTP {http_status} without a code of Twilio's: check TWILIO_BASE_URL and proxies"
        return Handover(verdict=Verdict.HALT, code=named, detail=detail)
    verdict, detail = meaning(code)
    if http_status in {401, 403} and not is_known(code):
        verdict = Verdict.HALT
    return Handover(verdict=verdict, code=named, detail=detail)
