"""A mobile line in miniature: forwards to the gateway, and can be cut while bytes are on their way."""

from __future__ import annotations

import contextlib
import socket
import threading

_PIECE = 16 * 1024
_ABORT = b"\x01\x00\x00\x00\x00\x00\x00\x00"
"""SO_LINGER on, 0 s: closing sends RST, as a modem that forgot its connections."""


class BadLine:
    """A TCP relay on loopback between desk and gateway."""

    def __init__(self, gateway_port: int) -> None:
        self._gateway_port = gateway_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._left: int | None = None
        self._lock = threading.Lock()
        self.cuts = 0
        threading.Thread(target=self._accept, name="bad-line", daemon=True).start()

    def cut_after(self, bytes_up: int) -> None:
        """Cut the connection that carries the `bytes_up`-th byte from now on, once."""
        with self._lock:
            self._left = bytes_up

    def close(self) -> None:
        """Take the line down."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                desk, _ = self._listener.accept()
            except OSError:
                return
            try:
                gateway = socket.create_connection(("127.0.0.1", self._gateway_port), timeout=2)
            except OSError:
                desk.close()
                continue
            gateway.settimeout(None)
            threading.Thread(target=self._up, args=(desk, gateway), daemon=True).start()
            threading.Thread(target=_relay, args=(gateway, desk), daemon=True).start()

    def _up(self, desk: socket.socket, gateway: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := desk.recv(_PIECE):
                if self._cuts(len(piece)):
                    desk.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
                    break
                gateway.sendall(piece)
        _drop(desk)
        _drop(gateway)

    def _cuts(self, count: int) -> bool:
        with self._lock:
            if self._left is None:
                return False
            self._left -= count
            if self._left > 0:
                return False
            self._left = None
            self.cuts += 1
            return True


def _relay(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            target.sendall(piece)
    _drop(target)
    _drop(source)


def _drop(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
