"""Run a gateway: `python -m sync.gateway --folder DIR [--port 0] [--port-file F] ...`."""

import argparse
import socket
import sys
from pathlib import Path

import uvicorn

from sync.gateway.app import create_app
from sync.gateway.settings import GatewaySettings

_MAX_HEADER_BYTES = 32 * 1024


class _Server(uvicorn.Server):
    """Says where it listens as soon as it does."""

    def __init__(self, config: uvicorn.Config, address: str, port_file: Path | None) -> None:
        super().__init__(config)
        self._address = address
        self._port_file = port_file

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._port_file is not None:
            draft = self._port_file.with_suffix(".new")
            draft.write_text(self._address + "\n", encoding="ascii")
            draft.rename(self._port_file)
        print(self._address, flush=True)


def uvicorn_config(app: object) -> uvicorn.Config:
    """Return the server settings: bounded headers, no access log (addresses carry ids)."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI app
        http="h11",
        ws="none",
        h11_max_incomplete_event_size=_MAX_HEADER_BYTES,
        timeout_keep_alive=30,
        limit_concurrency=256,
        server_header=False,
        access_log=False,
        log_level="warning",
    )


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and serve until stopped."""
    asked = _parser().parse_args(arguments)
    key_file: Path | None = asked.platform_public_key
    settings = GatewaySettings(
        folder=asked.folder,
        tenant=asked.tenant,
        enrolment_codes=tuple(asked.enrolment_code),
        platform_public_key=key_file.read_bytes() if key_file else b"",
        reference_platform=asked.reference_platform,
        unit=asked.unit,
    )
    listener = socket.create_server((asked.host, asked.port), backlog=128)
    host, port = listener.getsockname()[:2]
    server = _Server(uvicorn_config(create_app(settings)), f"http://{host}:{port}", asked.port_file)
    server.run(sockets=[listener])
    return 0


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
    parser.add_argument("--reference-platform", action="store_true", help="play bank and officer on loopback")
    return parser


if __name__ == "__main__":
    sys.exit(main())
