"""Run a gateway: `python -m sync.gateway --folder DIR [--port 0] [--port-file F] ...`."""

import argparse
import os
import socket
import sys
import threading
from pathlib import Path

from sync.gateway.app import create_app
from sync.gateway.serving import GatewayServer
from sync.gateway.settings import GatewaySettings


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and serve until stopped."""
    asked = _parser().parse_args(arguments)
    key_file: Path | None = asked.platform_public_key
    store_key_file: Path | None = asked.store_key
    settings = GatewaySettings(
        folder=asked.folder,
        tenant=asked.tenant,
        enrolment_codes=tuple(asked.enrolment_code),
        platform_public_key=key_file.read_bytes() if key_file else b"",
        reference_platform=asked.reference_platform,
        unit=asked.unit,
        store_key=store_key_file.read_bytes() if store_key_file else b"",
    )
    listener = socket.create_server((asked.host, asked.port), backlog=128)
    host, port = listener.getsockname()[:2]
    server = GatewayServer(create_app(settings), lambda: _announce(f"http://{host}:{port}", asked.port_file))
    if asked.end_with_stdin:
        threading.Thread(target=_end_with_stdin, args=(server,), daemon=True).start()
    server.run(sockets=[listener])
    return 0


def _end_with_stdin(server: GatewayServer) -> None:
    """Stop serving when whoever started us is gone, however it ended: its end of our input closes then.

    Read without Python's buffer, whose lock a waiting thread would hold when the program ends.
    """
    while os.read(0, 1024):
        pass
    server.should_exit = True


def _announce(address: str, port_file: Path | None) -> None:
    if port_file is not None:
        draft = port_file.with_suffix(".new")
        draft.write_text(address + "\n", encoding="ascii")
        draft.replace(port_file)
    print(address, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sync.gateway", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where it keeps everything")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--port-file", type=Path, help="gets the address once it is ready")
    parser.add_argument("--tenant", default="demo")
    parser.add_argument("--unit", default="H26.999", help="agency part of official codes (unverified)")
    parser.add_argument("--enrolment-code", action="append", default=[], help="one device each; repeatable")
    parser.add_argument("--platform-public-key", type=Path, help="file with the platform's HPKE public bytes")
    parser.add_argument("--store-key", type=Path, help="file of 32 bytes: encrypt the database with it")
    parser.add_argument("--end-with-stdin", action="store_true", help="stop when the standard input closes")
    parser.add_argument("--reference-platform", action="store_true", help="play bank and officer on loopback")
    return parser


if __name__ == "__main__":
    sys.exit(main())
