"""A recording HTTP proxy: forwards plain requests, tunnels others, resolves every name to one server."""

from __future__ import annotations

import base64
import socket
import threading
from contextlib import suppress

from support.plays import whole
from support.server import Connection, Received, Server


class Proxy(Server):
    """Whatever host is asked for, ``target`` is connected to, so that names need not resolve on this machine."""

    def __init__(self, target: int, *, user: str | None = None) -> None:
        self._target = target
        self._expected = f"Basic {base64.b64encode(user.encode()).decode()}" if user else None
        super().__init__(self._forward)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _forward(self, connection: Connection, request: Received) -> None:
        if self._expected and request.headers.get("proxy-authorization") != self._expected:
            connection.send(whole(407, {"message": "who are you?"}))
            return
        with socket.create_connection(("127.0.0.1", self._target)) as onward:
            if request.method == "CONNECT":
                connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_pump, args=(onward, connection.sock), daemon=True)
                back.start()
                _pump(connection.sock, onward)
                back.join(5)
            else:
                path = "/" + request.target.split("/", 3)[3]
                lines = [f"{request.method} {path} HTTP/1.1", *(f"{n}: {v}" for n, v in request.fields)]
                onward.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode() + request.body)
                _pump(onward, connection.sock)
        connection.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
