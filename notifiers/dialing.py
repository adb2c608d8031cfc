"""How a server is reached: its name looked up, its addresses tried, all before one deadline."""

import socket
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread

Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order to try."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def dial(host: str, port: int, *, find: Resolve = resolve, deadline: float, step: float) -> socket.socket:
    """A connected socket. Raises OSError. `deadline`: monotonic seconds; `step`: seconds one address may take."""
    problem: OSError = socket.gaierror(socket.EAI_NONAME, "no address for this name")
    for address in _addresses(host, port, find=find, patience=min(step, deadline - time.monotonic())):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for one hand-over is used up")
        try:
            sock = socket.create_connection((address, port), timeout=min(left, step))
        except OSError as error:
            problem = error
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the last bytes of a hand-over travel alone
            return sock
    raise problem


def _addresses(host: str, port: int, *, find: Resolve, patience: float) -> list[str]:
    """Look the host up in a thread of its own: the system's resolver takes no timeout."""
    answers: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(find(host, port))
        except UnicodeError:
            answers.put(socket.gaierror(socket.EAI_NONAME, "not a host name"))
        except OSError as error:
            answers.put(error)

    Thread(target=look_up, name="look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=max(patience, 0))
    except Empty:
        raise TimeoutError("the host name was not resolved in time") from None
    if isinstance(answer, OSError):
        raise answer
    return answer
