"""What a loop that only hands the same small message over can do: python -m tests.bench.handing mail|text PORT."""

import smtplib
import sys
from collections.abc import Callable
from email.message import EmailMessage

import requests

from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN
from notifiers.sandbox.refusals import WORKING_SENDER
from tests.bench.rounds import serve
from tracker.orphans import die_with_parent

BODY = "Alpenglow, order 1: UPS has taken over the parcel. https://track.shop.example/t/0123456789abcdef"


def mailing(port: int) -> Callable[[int], int]:
    """One line to the server, kept open, as ours is."""
    server = smtplib.SMTP("127.0.0.1", port)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "shop@shop.example", "reader@shopper.example", "On its way"
    message.set_content(BODY)
    message.add_alternative(f"<p>{BODY}</p>", subtype="html")

    def hand_over(times: int) -> int:
        return sum(not server.send_message(message) for _ in range(times))

    return hand_over


def texting(port: int) -> Callable[[int], int]:
    """One session, kept open, as ours is."""
    session = requests.Session()
    session.auth = (ACCOUNT_SID, AUTH_TOKEN)
    url = f"http://127.0.0.1:{port}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"

    def hand_over(times: int) -> int:
        form = {"From": WORKING_SENDER, "To": "+13035550100", "Body": BODY}
        return sum(session.post(url, data=form).status_code == requests.codes.created for _ in range(times))

    return hand_over


if __name__ == "__main__":
    die_with_parent()
    serve({"mail": mailing, "text": texting}[sys.argv[1]](int(sys.argv[2])))
