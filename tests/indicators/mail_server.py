"""A mail server of a few lines on this machine, for one test at a time."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class MailServer(socketserver.ThreadingTCPServer):
    """Takes e-mails into `taken` as (addresses, bytes); refuses one address.

    Another, `greylisted`, it takes from the second time on.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, refuses: str = "", greylisted: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.refuses = refuses
        self.greylisted = greylisted
        self.connections = 0
        self.taken: list[tuple[list[str], bytes]] = []

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.server_address[:2]
        return str(host), int(port)


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        self._say("220 here")
        to: list[str] = []
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].split(":")[0].upper()
            if word == "RCPT":
                to.append(line.partition("<")[2].partition(">")[0])
                self._say(self._answer(to[-1]))
            elif word == "DATA":
                self._say("354 go on")
                self.server.taken.append((to, b"".join(iter(self.rfile.readline, b".\r\n"))))
                to = []
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                to = [] if word in ("MAIL", "RSET") else to
                self._say("250 ok")

    def _answer(self, address: str) -> str:
        if address == self.server.greylisted:
            self.server.greylisted = ""
            return "451 greylisted, come again"
        return "550 no such user" if address == self.server.refuses else "250 ok"

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """Serve for the time of the block."""
    with MailServer(**options) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(timeout=5)
