"""Runs the mailbox as a process of its own: python -m notifiers.sandbox --ledger FILE."""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from notifiers.sandbox.mailbox import Mailbox

WATCH = 0.5  # seconds between two looks at whether the parent still lives


def main() -> int:
    """Print one line of JSON with the ports, then serve until told to stop or left alone."""
    options = argparse.ArgumentParser(prog="notifiers.sandbox", description=__doc__)
    options.add_argument("--smtp-port", type=int, default=0)
    options.add_argument("--http-port", type=int, default=0)
    options.add_argument("--ledger", type=Path, required=True, help="the file that keeps every accepted mail")
    chosen = options.parse_args()
    parent, stopped = os.getppid(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with Mailbox(chosen.ledger, smtp_port=chosen.smtp_port, http_port=chosen.http_port) as mailbox:
        ready = {"smtp_port": mailbox.smtp_port, "http_port": mailbox.http_port, "pid": os.getpid()}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        while not stopped.wait(WATCH) and os.getppid() == parent:
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
