"""Requests and answers as the bytes that they are on a socket of an emulator."""

import socket


class Raw:
    """Bytes that came as an answer, and how the connection went on: ``closed``, ``reset`` or ``open``."""

    def __init__(self, emulator, request, patience=0.1):
        with socket.create_connection(("127.0.0.1", emulator.port), timeout=5) as sock:
            sock.sendall(request)
            self.bytes, self.end = b"", "open"
            while self.end == "open":
                try:
                    piece = sock.recv(65536)
                except ConnectionResetError:
                    self.end = "reset"
                except TimeoutError:
                    break
                else:
                    sock.settimeout(patience)
                    self.bytes += piece
                    self.end = self.end if piece else "closed"
        head, _, self.body = self.bytes.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split()[1]) if first else None
        self.headers = dict(line.lower().split(": ", 1) for line in lines)

    @property
    def length(self):
        return int(self.headers["content-length"])


def ask(path="/standardjob/412651/status", method="GET", body=b"", **headers):
    fields = {"Host": "127.0.0.1", "TTD-Auth": "emulator", "Content-Length": str(len(body)), **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode() + body


SUBMISSION = ask("/standardjob/thirdpartydata", "POST", b'{"partnerId":"p1"}')
