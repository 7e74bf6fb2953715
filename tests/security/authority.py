"""A certification authority for tests: certificates of every kind, CRL, OCSP, and a time-stamp server.

Our own, over a real socket. Time-stamps are answered by OpenSSL's `ts` command, so that no library checks itself.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

PASSPHRASE = "mật khẩu thử"
HOLDER = "Nguyễn Văn Cán Bộ (thử)"
LONG_AGO, FAR_OFF = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
_TSA_CONFIG = """
[tsa]
default_tsa = tsa1
[tsa1]
dir = {folder}
serial = $dir/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@cache
def key_of(whose: str) -> rsa.RSAPrivateKey:
    """Return a key made once a run: making one takes longer than all that is done with it."""
    assert whose
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Signatory:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey = field(repr=False)
    issuer: x509.Certificate

    def p12(self, passphrase: str = PASSPHRASE, *, chain: bool = True) -> bytes:
        lock = serialization.BestAvailableEncryption(passphrase.encode())
        others = [self.issuer] if chain else None
        return pkcs12.serialize_key_and_certificates(b"signer", self.key, self.certificate, others, lock)

    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()


class Authority:
    """One root that signs everything; `with` serves it on a free port."""

    def __init__(self, folder: Path, *, key: str = "root") -> None:
        self.folder = folder
        self.key = key_of(key)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Van Station Test Root")])
        self.root = (
            self._builder(self.name, self.key, LONG_AGO, FAR_OFF)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(_usage(crl_sign=True, key_cert_sign=True, digital_signature=True), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        self.revoked: set[int] = set()
        self.asked: list[str] = []
        self.silent = False
        """The time-stamp server takes the request and says nothing to the point."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._tsa = self.issue(
            "Van Station Test TSA",
            usage=_usage(digital_signature=True),
            extended=ExtendedKeyUsageOID.TIME_STAMPING,
        )
        self._lay_tsa()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Go off line; harmless twice."""
        self._server.shutdown()
        self._server.server_close()

    def issue(
        self,
        name: str = HOLDER,
        *,
        begins: datetime = LONG_AGO,
        ends: datetime = FAR_OFF,
        usage: x509.KeyUsage | None = None,
        extended: x509.ObjectIdentifier | None = None,
        with_ocsp: bool = False,
        with_crl: bool = False,
    ) -> Signatory:
        key = key_of("time" if extended else "signatory")
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
            ]
        )
        builder = self._builder(subject, key, begins, ends)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(
            usage or _usage(digital_signature=True, content_commitment=True), critical=True
        )
        if extended is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([extended]), critical=True)
        if with_ocsp:
            where = x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{self.url}/ocsp")
            )
            builder = builder.add_extension(x509.AuthorityInformationAccess([where]), critical=False)
        if with_crl:
            point = x509.DistributionPoint(
                [x509.UniformResourceIdentifier(f"{self.url}/crl")], None, None, None
            )
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return Signatory(builder.sign(self.key, hashes.SHA256()), key, self.root)

    def revoke(self, one: Signatory) -> None:
        self.revoked.add(one.certificate.serial_number)

    def trust_folder(self) -> Path:
        folder = self.folder / "trusted"
        folder.mkdir(exist_ok=True)
        (folder / "root.pem").write_bytes(self.root.public_bytes(serialization.Encoding.PEM))
        return folder

    def _builder(
        self, subject: x509.Name, key: rsa.RSAPrivateKey, begins: datetime, ends: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )

    # ------------------------------------------------------------------ what the server answers
    def _crl(self, _: bytes) -> tuple[str, bytes]:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=7))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .add_extension(x509.CRLNumber(7), critical=False)
        )
        for serial in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial)
            builder = builder.add_revoked_certificate(entry.revocation_date(now - timedelta(days=1)).build())
        return "application/pkix-crl", builder.sign(self.key, hashes.SHA256()).public_bytes(
            serialization.Encoding.DER
        )

    def _ocsp(self, body: bytes) -> tuple[str, bytes]:
        asked = ocsp.load_der_ocsp_request(body)
        now = datetime.now(UTC)
        gone = asked.serial_number in self.revoked
        answer = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=asked.issuer_name_hash,
            issuer_key_hash=asked.issuer_key_hash,
            serial_number=asked.serial_number,
            algorithm=asked.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if gone else ocsp.OCSPCertStatus.GOOD,
            this_update=now - timedelta(minutes=5),
            next_update=now + timedelta(days=1),
            revocation_time=now - timedelta(days=1) if gone else None,
            revocation_reason=None,
        )
        answer = answer.responder_id(ocsp.OCSPResponderEncoding.HASH, self.root).certificates([self.root])
        for extension in asked.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                answer = answer.add_extension(extension.value, critical=False)
        signed = answer.sign(self.key, hashes.SHA256())
        return "application/ocsp-response", signed.public_bytes(serialization.Encoding.DER)

    def _stamp(self, body: bytes) -> tuple[str, bytes]:
        if self.silent:
            return "text/html", b"<html>gateway login</html>"
        query, reply = self.folder / "query.tsq", self.folder / "reply.tsr"
        query.write_bytes(body)
        command = ["openssl", "ts", "-reply", "-queryfile", query, "-out", reply, "-config"]
        command += [self.folder / "tsa.cnf", "-section", "tsa1", "-signer", self.folder / "tsa.pem"]
        command += ["-inkey", self.folder / "tsa.key", "-chain", self.folder / "root.pem"]
        subprocess.run(command, check=True, capture_output=True)
        return "application/timestamp-reply", reply.read_bytes()

    def _lay_tsa(self) -> None:
        pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
        key = self._tsa.key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none)
        (self.folder / "tsa.key").write_bytes(key)
        (self.folder / "tsa.pem").write_bytes(self._tsa.certificate.public_bytes(pem))
        (self.folder / "root.pem").write_bytes(self.root.public_bytes(pem))
        (self.folder / "serial").write_text("01\n")
        (self.folder / "tsa.cnf").write_text(_TSA_CONFIG.format(folder=self.folder))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def _answer(self, body: bytes) -> None:
                routes: dict[str, Callable[[bytes], tuple[str, bytes]]] = {
                    "/crl": authority._crl,
                    "/ocsp": authority._ocsp,
                    "/tsa": authority._stamp,
                }
                authority.asked.append(self.path)
                kind, data = routes[self.path](body)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _usage(**given: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})


ENCRYPTION_ONLY = _usage(key_encipherment=True)
