"""A tiny HTTP server on loopback whose every answer is a piece of Python over the raw socket."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[socket.socket, bytes], None]


@dataclass(slots=True, kw_only=True)
class Server:
    """What it was asked, on which connection, and how it answers."""

    url: str
    answer: Answer
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0


def say(status: str, body: bytes = b"", **headers: str) -> Answer:
    """A plain answer that keeps the connection."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *lines]) + "\r\n\r\n"
    return lambda connection, _: connection.sendall(head.encode() + body)


@contextmanager
def serving(answer: Answer) -> Iterator[Server]:
    """Serve until the block ends; each connection has a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(url=f"http://127.0.0.1:{listener.getsockname()[1]}", answer=answer)
        open_ones: list[socket.socket] = []
        accepting = threading.Thread(target=_accept, args=(listener, server, open_ones), daemon=True)
        accepting.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join()
        for connection in open_ones:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, server: Server, open_ones: list[socket.socket]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            server.connections += 1
            open_ones.append(connection)
            threading.Thread(target=_talk, args=(connection, server), daemon=True).start()


def _talk(connection: socket.socket, server: Server) -> None:
    with suppress(OSError), connection:
        while asked := _request(connection):
            server.asked.append(asked)
            server.answer(connection, asked)


def _request(connection: socket.socket) -> bytes:
    seen = b""
    while b"\r\n\r\n" not in seen:
        piece = connection.recv(65_536)
        if not piece:
            return b""
        seen += piece
    head, _, body = seen.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body
