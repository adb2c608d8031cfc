"""How a carrier is asked under a token that all processes share, and that may have ended early."""

from collections.abc import Callable
from datetime import datetime, timedelta

from carriers.contract import CarrierRefused, Meter, Token, Tokens, Unreadable
from carriers.shapes import digits, parse_json, words
from carriers.transport import Reply

MARGIN = timedelta(seconds=100)  # a token this near its end may run out on the way

Look = Callable[[str], Reply]  # one question under a token


def ask(
    look: Look,
    *,
    tokens: Tokens,
    credential: str,
    fetch: Callable[[], Token],
    meter: Meter,
    is_stale: Callable[[Reply], bool],
) -> Reply:
    """The reply to a question, asked again where a new token may help; a refusal is a reply, for its carrier to read.

    The first question was reserved when the look was claimed; a token and a second question are spent here.
    """

    def metered() -> Token:
        meter.spend()
        return fetch()

    token = tokens.get(credential, metered)
    reply = _looked(look, token)
    if is_stale(reply):
        token = tokens.refresh(credential, metered, stale=token)
        meter.spend()
        reply = _looked(look, token)
    return reply


def token_of(reply: Reply, *, asked_at: datetime, carrier: str, read_error: Callable[[Reply], object]) -> Token:
    """The token of an answer, counted from when it was asked for: what they say of the time is by their clock.

    `read_error` raises what an answer without a token means. expires_in is a number or a text of seconds.
    """
    payload = parse_json(reply.body, http_status=reply.http_status)
    secret, seconds = words(payload.get("access_token")), digits(payload.get("expires_in"))
    if not secret:
        read_error(reply)
    if not secret or not secret.isascii() or not secret.isprintable() or not 0 < len(seconds) <= 9:
        raise Unreadable(f"{carrier}'s token answer holds no token or no lifetime", http_status=reply.http_status)
    lifetime = timedelta(seconds=int(seconds))
    return Token(secret=secret, expires_machine_at=asked_at + lifetime - min(MARGIN, lifetime / 10))


def _looked(look: Look, token: str) -> Reply:
    try:
        return look(token)
    except CarrierRefused as refused:
        if refused.http_status is None:
            raise
        return Reply(http_status=refused.http_status, body=refused.body)
