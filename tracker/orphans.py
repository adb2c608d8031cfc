"""How a process makes sure that it does not outlive the one that started it."""

import ctypes
import os
import platform
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta

PR_SET_PDEATHSIG = 1  # linux/prctl.h
ASK = timedelta(seconds=1)


def die_with_parent(sent: signal.Signals = signal.SIGTERM) -> None:
    """Let the kernel send `sent` to this process when its parent ends, however it ends.

    For a process's main thread, right after it starts. Where there is no prctl (not Linux) a thread asks once a second.
    """
    parent = os.getppid()
    if platform.system() == "Linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, sent, 0, 0, 0)
        if os.getppid() != parent:  # it died between the two calls
            os.kill(os.getpid(), sent)
        return
    threading.Thread(target=_ask_for, args=(parent, lambda: os.kill(os.getpid(), sent)), daemon=True).start()


def _ask_for(parent: int, then: Callable[[], None]) -> None:
    while os.getppid() == parent:
        time.sleep(ASK.total_seconds())
    then()
