"""A mock of ours: an eSCL scanner on the loopback address, with faults to order.

It is no real scanner and was written by the authors of the driver; `test_escl.py` therefore also lets
SANE's `airscan` backend, which we did not write, scan from it.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAMESPACES = (
    'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" '
    'xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"'
)


def source_words(tag: str, resolutions: Sequence[int] = (75, 150, 300)) -> str:
    offered = "".join(
        f"<scan:DiscreteResolution><scan:XResolution>{dpi}</scan:XResolution>"
        f"<scan:YResolution>{dpi}</scan:YResolution></scan:DiscreteResolution>"
        for dpi in resolutions
    )
    return (
        f"<scan:{tag}><scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>2550</scan:MaxWidth>"
        "<scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>4200</scan:MaxHeight>"
        "<scan:MaxScanRegions>1</scan:MaxScanRegions><scan:SettingProfiles><scan:SettingProfile>"
        "<scan:ColorModes><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode>"
        "</scan:ColorModes><scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>"
        "<scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>"
        f"<scan:SupportedResolutions><scan:DiscreteResolutions>{offered}</scan:DiscreteResolutions>"
        "</scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles>"
        f"<scan:SupportedIntents><scan:Intent>Document</scan:Intent></scan:SupportedIntents></scan:{tag}>"
    )


def capabilities(*, duplex: bool = True, feeder: bool = True) -> str:
    adf = source_words("AdfSimplexInputCaps") + (source_words("AdfDuplexInputCaps") if duplex else "")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><scan:ScannerCapabilities {NAMESPACES}>'
        "<pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>Mock eSCL ADF</pwg:MakeAndModel>"
        f"<pwg:SerialNumber>1</pwg:SerialNumber><scan:UUID>{uuid.UUID(int=7)}</scan:UUID>"
        f"<scan:Platen>{source_words('PlatenInputCaps')}</scan:Platen>"
        + (
            f"<scan:Adf>{adf}<scan:FeederCapacity>100</scan:FeederCapacity><scan:AdfOptions>"
            "<scan:AdfOption>DetectPaperLoaded</scan:AdfOption><scan:AdfOption>Duplex</scan:AdfOption>"
            "</scan:AdfOptions></scan:Adf>"
            if feeder
            else ""
        )
        + "<scan:BrightnessSupport><scan:Min>-100</scan:Min><scan:Max>100</scan:Max>"
        "<scan:Normal>0</scan:Normal><scan:Step>5</scan:Step></scan:BrightnessSupport>"
        "</scan:ScannerCapabilities>"
    )


@dataclass
class Behaviour:
    """What the mock does; a test orders faults here."""

    pages: list[bytes] = field(default_factory=list)
    capabilities: bytes = field(default_factory=lambda: capabilities().encode())
    adf: str = "ScannerAdfLoaded"
    fault_after: int | None = None
    """After so many pages the feeder is in `fault_adf` and the job in `fault_job`."""
    fault_adf: str = "ScannerAdfJam"
    fault_job: str = "Aborted"
    fault_status: int = 409
    busy: int = 0
    """So many times 503 before each page, and before the job."""
    conflicts: int = 0
    """So many times 409 before each page, although the job is healthy."""
    made_more: int = 0
    """Pages that the status counts and that are never sent."""
    send: Callable[[BaseHTTPRequestHandler, bytes, int], bool] | None = None
    """Sends a page in its own way (page number from 1); True when it did."""
    order_status: int = 201
    location: str = ""
    retry_after: str = "0"


class EsclScanner:
    """The mock itself; use as a context. Attributes `orders`, `deleted` tell what it was asked."""

    def __init__(self, behaviour: Behaviour, tls: Path | None = None) -> None:
        self.behaviour = behaviour
        self.orders: list[str] = []
        self.deleted = threading.Event()
        self.let_go = threading.Event()
        self.jobs: dict[str, dict[str, int]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"scanner": self}))
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # a line cut on purpose is no news
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if tls is not None else "http"
        self.address = f"{scheme}://127.0.0.1:{self._server.server_port}/eSCL"
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    scanner: EsclScanner

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, body: bytes = b"", kind: str = "text/xml", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        behaviour = self.scanner.behaviour
        if self.path.endswith("/ScannerCapabilities"):
            self.answer(200, behaviour.capabilities)
        elif self.path.endswith("/ScannerStatus"):
            self.answer(200, self._status().encode())
        elif self.path.endswith("/NextDocument") and self.path.split("/")[-2] in self.scanner.jobs:
            self._next(self.scanner.jobs[self.path.split("/")[-2]])
        else:
            self.answer(404)

    def _status(self) -> str:
        behaviour = self.scanner.behaviour
        jobs = "".join(
            f"<scan:JobInfo><pwg:JobUri>/eSCL/ScanJobs/{name}</pwg:JobUri><pwg:JobUuid>{name}</pwg:JobUuid>"
            f"<pwg:ImagesCompleted>{job['sent'] + behaviour.made_more}</pwg:ImagesCompleted>"
            f"<pwg:JobState>{job['state']}</pwg:JobState></scan:JobInfo>"
            for name, job in self.scanner.jobs.items()
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><scan:ScannerStatus {NAMESPACES}>'
            f"<pwg:Version>2.63</pwg:Version><pwg:State>Idle</pwg:State>"
            f"<scan:AdfState>{behaviour.adf}</scan:AdfState><scan:Jobs>{jobs}</scan:Jobs></scan:ScannerStatus>"
        )

    def _next(self, job: dict) -> None:
        behaviour = self.scanner.behaviour
        number = job["sent"] + 1
        if job["busy"] < behaviour.busy + behaviour.conflicts:
            job["busy"] += 1
            status = 503 if job["busy"] <= behaviour.busy else 409
            return self.answer(status, Retry_After=behaviour.retry_after)
        job["busy"] = 0
        if behaviour.fault_after is not None and job["sent"] >= behaviour.fault_after:
            behaviour.adf, job["state"] = behaviour.fault_adf, behaviour.fault_job
            return self.answer(behaviour.fault_status)
        if number > len(behaviour.pages) or job["state"] == "Canceled":
            job["state"] = "Completed" if job["state"] == "Processing" else job["state"]
            behaviour.adf = "ScannerAdfEmpty"
            return self.answer(404)
        page = behaviour.pages[job["sent"]]
        if behaviour.send is not None and behaviour.send(self, page, number):
            return None
        job["sent"] += 1
        return self.answer(200, page, "image/jpeg")

    def do_POST(self) -> None:
        behaviour = self.scanner.behaviour
        order = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if behaviour.order_status != 201:
            return self.answer(behaviour.order_status, Retry_After=behaviour.retry_after)
        self.scanner.orders.append(order)
        name = str(uuid.uuid4())
        self.scanner.jobs[name] = {"sent": 0, "state": "Processing", "busy": 0}
        place = behaviour.location or f"http://127.0.0.1:{self.scanner.port}/eSCL/ScanJobs/"
        return self.answer(201, Location=place + name)

    def do_DELETE(self) -> None:
        job = self.scanner.jobs.get(self.path.split("/")[-1])
        if job is not None and job["state"] == "Processing":
            job["state"] = "Canceled"
        self.answer(200)
        self.scanner.deleted.set()
        self.scanner.let_go.set()


def self_signed(folder: Path, name: str = "scanner") -> tuple[Path, str]:
    """Make a key and a certificate that it signed itself; return their file and the SHA-256."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=900))
        .not_valid_after(now - dt.timedelta(days=1))  # expired, as on many scanners
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("10.0.0.9"))]), False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    path = folder / f"{name}.pem"
    path.write_bytes(pem)
    return path, certificate.fingerprint(hashes.SHA256()).hex()
