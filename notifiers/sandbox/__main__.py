"""Runs the mailbox and the phone as a process of their own: python -m notifiers.sandbox --ledger FILE."""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from notifiers.sandbox.exchange import ACCOUNT_SID, AUTH_TOKEN, SERVICE
from notifiers.sandbox.mailbox import Mailbox
from notifiers.sandbox.mischief import USUAL, read_story
from notifiers.sandbox.phone import Phone
from notifiers.sandbox.refusals import WORKING_SENDER

WATCH = 0.5  # seconds between two looks at whether the parent still lives


def main() -> int:
    """Print one line of JSON with the ports, then serve until told to stop or left alone."""
    chosen = _options().parse_args()
    parent, stopped = os.getppid(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    account_sid, _, auth_token = chosen.account.partition(":")
    phone = Phone(
        chosen.texts or chosen.ledger.with_name(f"{chosen.ledger.name}.texts"),
        http_port=chosen.phone_port,
        account_sid=account_sid,
        auth_token=auth_token,
        senders=chosen.sender or (WORKING_SENDER,),
        services=chosen.service or (SERVICE,),
        inbound_url=chosen.inbound_url,
        story=read_story(json.loads(chosen.story)) if chosen.story else USUAL,
    )
    mailbox = Mailbox(chosen.ledger, smtp_port=chosen.smtp_port, http_port=chosen.http_port)
    with phone, mailbox:
        phone.mailbox_url, mailbox.phone_url = mailbox.url, phone.url
        ready = {
            "smtp_port": mailbox.smtp_port,
            "http_port": mailbox.http_port,
            "phone_port": phone.http_port,
            "pid": os.getpid(),
        }
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        while not stopped.wait(WATCH) and os.getppid() == parent:
            pass
    return 0


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="notifiers.sandbox", description=__doc__)
    options.add_argument("--smtp-port", type=int, default=0)
    options.add_argument("--http-port", type=int, default=0)
    options.add_argument("--phone-port", type=int, default=0)
    options.add_argument("--ledger", type=Path, required=True, help="the file that keeps every accepted mail")
    options.add_argument("--texts", type=Path, help="the file that keeps every text; else beside the ledger")
    options.add_argument("--account", default=f"{ACCOUNT_SID}:{AUTH_TOKEN}", metavar="SID:TOKEN")
    options.add_argument("--sender", action="append", metavar="NUMBER", help="one that the account owns")
    options.add_argument("--service", action="append", metavar="SID", help="a messaging service it has")
    options.add_argument("--inbound-url", default="", help="where answers to texts are posted")
    options.add_argument("--story", default="", help="JSON: what is reported of each text")
    return options


if __name__ == "__main__":
    sys.exit(main())
