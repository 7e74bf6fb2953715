"""Lines that break on purpose, and gateways to reach over them."""

import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
from pathlib import Path

import uvicorn

import sync
from sync.gateway.app import create_app
from sync.gateway.serving import server_config


class ThreadGateway:
    """A real uvicorn on a free port, in a thread of this process."""

    def __init__(self, settings, *, platform=None) -> None:
        self.app = create_app(settings, platform=platform)
        self.core = self.app.state.core
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._server = uvicorn.Server(server_config(self.app))
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def _serve(self, listener) -> None:
        self._server.run([listener])
        self.core.close()

    def close(self) -> None:
        """Let it end behind; the next test does not wait for it."""
        self._server.should_exit = True
        self._server.force_exit = True


class GatewayProcess:
    """`python -m sync.gateway` as a process that can be killed."""

    def __init__(self, folder: Path, *options: str) -> None:
        root = Path(sync.__file__).resolve().parents[1]
        command = [sys.executable, "-m", "sync.gateway", "--folder", str(folder), *options]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)}
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        assert self.address.startswith("http://")
        self.port = int(self.address.rpartition(":")[2])

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.communicate(timeout=10)


class CuttingProxy:
    """Carries bytes to a port and cuts each connection when its budget is used up.

    Args:
        port: of the gateway.
        budgets: bytes from the client that each next connection may carry; None for any number.
            After the last one all connections are whole.
        answers: False swallows what the gateway says, then cuts.
    """

    def __init__(self, port: int, budgets=(), *, answers=()) -> None:
        self._target = port
        self._budgets = list(budgets)
        self._answers = list(answers)
        self.carried = 0
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                budget = self._budgets.pop(0) if self._budgets else None
                answers = self._answers.pop(0) if self._answers else True
                threading.Thread(target=self._carry, args=(client, budget, answers), daemon=True).start()

    def _carry(self, client, budget, answers) -> None:
        server = socket.create_connection(("127.0.0.1", self._target))
        with client, server, contextlib.suppress(OSError):
            left = budget
            while left is None or left > 0:
                for source in select.select([client, server], [], [])[0]:
                    room = 65536 if left is None or source is server else min(65536, left)
                    data = source.recv(room)
                    if not data or (source is server and not answers):
                        self.cuts += not answers
                        return
                    if source is server:
                        client.sendall(data)
                        continue
                    server.sendall(data)
                    self.carried += len(data)
                    left = None if left is None else left - len(data)
            self.cuts += 1

    def close(self) -> None:
        self._listener.close()
