"""Talking eSCL: every answer bounded in size and time, every foreign error turned into a fault code.

Nothing here trusts the scanner: redirections are not followed, a job's place is taken as a path on the
same scanner whatever host it names, proxies and the user's netrc are left alone.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from scanning.devices.bounded_xml import MAX_BYTES, Element, XmlRefused, parse
from scanning.devices.escl_words import (
    EsclCapabilities,
    EsclStatus,
    read_capabilities,
    read_status,
)
from scanning.devices.link import DriverFault, DriverLink

CONNECT_S: Final = 5.0
_CHUNK: Final = 64 * 1024
_MAX_PATH: Final = 500
_REFUSALS: Final = {
    400: "scan.bad_setting",
    401: "scan.denied",
    403: "scan.denied",
    404: "scan.not_a_scanner",
    405: "scan.unsupported",
    415: "scan.bad_setting",
    507: "scan.no_memory",
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for a word, for a whole page."""

    silence_s: float
    page_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: status, headers in small letters, bounded body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def retry_after_s(self) -> float:
        """Seconds after which to ask again, 0.05 to 5 whatever the scanner says."""
        with suppress(ValueError):
            return min(max(float(self.headers.get("retry-after", "1")), 0.05), 5.0)
        return 1.0


class EsclClient:
    """One scanner. Not thread-safe: a second thread makes a client of its own.

    Args:
        address: normal address of its eSCL root.
        certificate: SHA-256 that it must show over https; "": take what it shows now for this client's life.
        link: told that we are alive while bytes come.
        patience: time-outs.
    """

    def __init__(self, address: str, certificate: str, link: DriverLink, patience: Patience) -> None:
        self.address = address
        self._link, self._patience = link, patience
        parts = urlsplit(address)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self.certificate = certificate
        if parts.scheme == "https" and not certificate:
            self.certificate = shown_certificate(parts.hostname or "", parts.port or 443)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = False  # the pinned certificate is what is checked, below
        self._session.headers.update({"Accept-Encoding": "identity", "User-Agent": "scanning"})
        self._session.mount("https://", _Pinned(self.certificate))

    def close(self) -> None:
        """Release connections."""
        self._session.close()

    def capabilities(self) -> EsclCapabilities:
        """Ask what the scanner can do."""
        with _as_fault():
            return read_capabilities(self._xml("ScannerCapabilities"))

    def status(self) -> EsclStatus:
        """Ask how the scanner is."""
        with _as_fault():
            return read_status(self._xml("ScannerStatus"))

    def order(self, document: bytes) -> Answer:
        """Ask for a job; 201 with a place, or a refusal."""
        headers = {"Content-Type": "text/xml"}
        return self._ask("POST", f"{self.address}/ScanJobs", MAX_BYTES, data=document, headers=headers)

    def next_document(self, job: str, max_bytes: int) -> Answer:
        """Ask for a job's next page.

        Raises:
            DriverFault: `scan.page_incomplete` when the line is cut inside the page, `scan.page_too_large`.
        """
        return self._ask("GET", f"{self._origin}{job}/NextDocument", max_bytes)

    def delete(self, job: str) -> None:
        """Take a job back; whether it works changes nothing for us."""
        with suppress(DriverFault):
            self._ask("DELETE", f"{self._origin}{job}", MAX_BYTES)

    def job_path(self, answer: Answer) -> str:
        """Return a job's path on this scanner out of `Location`.

        Raises:
            DriverFault: no place that could be one.
        """
        path = urlsplit(answer.headers.get("location", "")).path.rstrip("/")
        plain = path.isascii() and path.isprintable() and " " not in path and ".." not in path
        if not path.startswith("/") or not plain or len(path) > _MAX_PATH:
            raise DriverFault("scan.not_a_scanner")
        return path

    def _xml(self, name: str) -> Element:
        answer = self._ask("GET", f"{self.address}/{name}", MAX_BYTES)
        if answer.status != 200:
            raise DriverFault("scan.busy" if answer.status == 503 else refusal(answer.status))
        return parse(answer.body)

    def _ask(self, method: str, url: str, max_bytes: int, **more: Any) -> Answer:
        timeout = (CONNECT_S, self._patience.silence_s)
        with _as_fault():
            response = self._session.request(
                method, url, timeout=timeout, stream=True, allow_redirects=False, **more
            )
            try:
                body = self._body(response, max_bytes)
            finally:
                response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body)

    def _body(self, response: requests.Response, max_bytes: int) -> bytes:
        until = time.monotonic() + self._patience.page_s
        parts: list[bytes] = []
        size = 0
        while part := response.raw.read1(_CHUNK, decode_content=False):  # what has come, be it one byte
            size += len(part)
            if size > max_bytes:
                raise DriverFault("scan.page_too_large")
            if self._link.cancelled.is_set():
                raise DriverFault("scan.cancelled")
            if time.monotonic() > until:
                raise DriverFault("scan.driver_hung")
            parts.append(part)
            self._link.alive()
        return b"".join(parts)


def refusal(status: int) -> str:
    """Return the fault code of a refusing HTTP status."""
    return _REFUSALS.get(status, "scan.io")


def shown_certificate(host: str, port: int) -> str:
    """Return the SHA-256 of the certificate that a host shows, whoever signed it.

    Raises:
        DriverFault: nobody there, or nobody who speaks TLS.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), CONNECT_S) as line,
            context.wrap_socket(line, server_hostname=host) as secure,
        ):
            shown = secure.getpeercert(binary_form=True)
    except (OSError, ValueError) as error:
        raise DriverFault("scan.unreachable") from error
    if not shown:
        raise DriverFault("scan.unreachable")
    return hashlib.sha256(shown).hexdigest()


class _Pinned(HTTPAdapter):
    """Speaks to one certificate only; scanners sign their own, so no authority could vouch for them."""

    def __init__(self, certificate: str) -> None:
        self._certificate = certificate
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Hand the fingerprint to urllib3, which compares it after each handshake."""
        super().init_poolmanager(*args, assert_fingerprint=self._certificate or None, **more)


@contextmanager
def _as_fault() -> Iterator[None]:
    """Turn what requests, urllib3 and XML raise into faults."""
    try:
        yield
    except XmlRefused as error:
        raise DriverFault("scan.not_a_scanner") from error
    except requests.exceptions.SSLError as error:
        changed = "fingerprint" in str(error).lower()
        raise DriverFault("scan.certificate_changed" if changed else "scan.unreachable") from error
    except (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidURL) as error:
        raise DriverFault("scan.unreachable") from error
    except requests.exceptions.ReadTimeout as error:
        raise DriverFault("scan.driver_hung") from error
    except urllib3.exceptions.ReadTimeoutError as error:
        raise DriverFault("scan.driver_hung") from error
    except (urllib3.exceptions.HTTPError, OSError) as error:  # requests' own errors are OSErrors too
        if isinstance(error, requests.exceptions.ConnectionError):
            raise DriverFault("scan.unreachable") from error
        if isinstance(error, requests.exceptions.RequestException):
            raise DriverFault("scan.not_a_scanner") from error
        raise DriverFault("scan.page_incomplete") from error
    except ValueError as error:
        raise DriverFault("scan.not_a_scanner") from error
