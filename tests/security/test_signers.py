"""Both places where a key lies, a PKCS#12 file and a PKCS#11 token, keep one contract."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.security import soft_token
from tests.security.authority import ENCRYPTION_ONLY, PASSPHRASE, Authority, Signatory
from tests.security.soft_token import LAST_TRY, LOCKED, MODULE, PIN, SoftTokens

pytest.importorskip("pyhanko", reason="the extra `sign` is not installed")
pytest.importorskip("pkcs11", reason="the extra `sign` is not installed")

from van_station.papers.copy_stamps import copy_stamp
from van_station.security.certificate_checks import read_trusted
from van_station.security.copy_signing import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateRevoked,
    Intactness,
    Level,
    NoDriver,
    NoSigningKey,
    NotASignerFile,
    PinMissing,
    Revocation,
    Signer,
    SigningError,
    TokenGone,
    TokenLocked,
    WrongKeyUsage,
    WrongPassphrase,
    WrongPin,
    WrongPinLastTry,
)
from van_station.security.pades import PadesSigning

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
STAMP = copy_stamp("Trung tâm thử", NOW)
pytestmark = pytest.mark.skipif(bool(soft_token.why_not()), reason=soft_token.why_not() or "-")


@pytest.fixture
def tokens(tmp_path: Path) -> SoftTokens:
    return SoftTokens(tmp_path / "softhsm")


class Place:
    """One kind of place for keys."""

    def __init__(self, kind: str, tokens: SoftTokens) -> None:
        self.kind, self.secret = kind, PASSPHRASE if kind == "file" else PIN
        self._tokens = tokens
        self.engine = PadesSigning(module=MODULE, timeout_s=2)

    def signer(self, signatory: Signatory) -> Signer:
        if self.kind == "file":
            return self.engine.file_signer(signatory.p12())
        self._tokens.add("Can bo", signatory)
        self._tokens.use()
        (token,) = self.engine.tokens()
        return self.engine.token_signer(token.id)

    @property
    def wrong_secret(self) -> type[SigningError]:
        return WrongPassphrase if self.kind == "file" else WrongPin


@pytest.fixture(params=["file", "token"])
def place(request: pytest.FixtureRequest, tokens: SoftTokens) -> Place:
    return Place(request.param, tokens)


def test_a_key_signs_one_copy_after_another_with_one_opening(
    place: Place, authority: Authority, copy: bytes
) -> None:
    signatory = authority.issue()
    with place.signer(signatory).open(place.secret, NOW) as session:
        signed = [session.sign(copy, STAMP, NOW) for _ in range(2)]
    for each in signed:
        assert (each.level, each.revocation) == (Level.B, Revocation.NOT_CHECKED)
        assert each.certificate.sha256 == signatory.fingerprint()
        found = place.engine.check(each.data)
        assert (found.state, found.certificate, found.signed_at) == (Intactness.INTACT, each.certificate, NOW)


def test_a_wrong_secret_is_refused_and_the_right_one_still_opens(place: Place, authority: Authority) -> None:
    signer = place.signer(authority.issue())
    with pytest.raises(place.wrong_secret), signer.open("1111", NOW):
        pass
    with pytest.raises(PinMissing), signer.open("", NOW):
        pass
    with signer.open(place.secret, NOW) as session:
        assert session.certificate.serial


@pytest.mark.parametrize(
    ("begins", "ends", "refusal"),
    [(-9 * DAY, -DAY, CertificateExpired), (DAY, 9 * DAY, CertificateNotYetValid)],
)
def test_a_certificate_signs_only_within_its_days(
    place: Place, authority: Authority, begins: timedelta, ends: timedelta, refusal: type[SigningError]
) -> None:
    signer = place.signer(authority.issue(begins=NOW + begins, ends=NOW + ends))
    with pytest.raises(refusal), signer.open(place.secret, NOW):
        pass


def test_a_certificate_for_encryption_does_not_sign(place: Place, authority: Authority) -> None:
    signer = place.signer(authority.issue(usage=ENCRYPTION_ONLY))
    with pytest.raises(WrongKeyUsage), signer.open(place.secret, NOW):
        pass


def test_a_certificate_that_was_taken_back_does_not_sign(authority: Authority) -> None:
    for by in ("with_ocsp", "with_crl"):
        signatory = authority.issue(**{by: True})
        signer = PadesSigning(timeout_s=2).file_signer(signatory.p12())
        with signer.open(PASSPHRASE, NOW):
            pass
        authority.revoke(signatory)
        with pytest.raises(CertificateRevoked), signer.open(PASSPHRASE, NOW):
            pass


def test_a_token_with_a_revoked_certificate_does_not_sign(tokens: SoftTokens, authority: Authority) -> None:
    signatory = authority.issue(with_crl=True)
    authority.revoke(signatory)
    tokens.add("Can bo", signatory)
    tokens.use()
    engine = PadesSigning(module=MODULE, trusted=read_trusted(authority.trust_folder()))
    (token,) = engine.tokens()
    with pytest.raises(CertificateRevoked), engine.token_signer(token.id).open(PIN, NOW):
        pass


def test_without_a_line_nobody_can_be_asked_and_it_signs_and_says_so(
    place: Place, authority: Authority, copy: bytes
) -> None:
    signer = place.signer(authority.issue(with_ocsp=True, with_crl=True))
    authority.stop()
    with signer.open(place.secret, NOW) as session:
        assert session.sign(copy, STAMP, NOW).revocation is Revocation.NOT_CHECKED


def test_nothing_of_secret_or_holder_is_logged_or_told(
    place: Place, authority: Authority, copy: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with place.signer(authority.issue()).open(place.secret, NOW) as session:
        signed = session.sign(copy, STAMP, NOW)
    told = caplog.text + repr(signed) + repr(place.engine.check(signed.data))
    assert place.secret not in told
    assert "Cán Bộ" not in told


# ---------------------------------------------------------------------- files only
@pytest.mark.parametrize("data", [b"", b"no file", b"\x30\x03\x02\x01\x05"])
def test_what_is_no_certificate_file_says_so(data: bytes) -> None:
    with pytest.raises(NotASignerFile), PadesSigning().file_signer(data).open("x", NOW):
        pass


def test_a_file_without_a_key_says_so(authority: Authority) -> None:
    lock = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    data = pkcs12.serialize_key_and_certificates(None, None, None, [authority.root], lock)
    with pytest.raises(NotASignerFile), PadesSigning().file_signer(data).open(PASSPHRASE, NOW):
        pass


# ---------------------------------------------------------------------- tokens only
@pytest.fixture
def plugged(tokens: SoftTokens, authority: Authority) -> tuple[PadesSigning, Path]:
    folder = tokens.add("Can bo", authority.issue())
    tokens.use()
    return PadesSigning(module=MODULE), folder


def only(engine: PadesSigning) -> Signer:
    (token,) = engine.tokens()
    return engine.token_signer(token.id)


def test_a_token_tells_that_a_wrong_pin_was_given(plugged: tuple[PadesSigning, Path]) -> None:
    engine, _ = plugged
    assert engine.tokens()[0].few_tries is False
    with pytest.raises(WrongPin), only(engine).open("000000", NOW):
        pass
    assert engine.tokens()[0].few_tries is True
    with only(engine).open(PIN, NOW):
        pass
    assert engine.tokens()[0].few_tries is False


def test_a_locked_token_is_not_even_asked(plugged: tuple[PadesSigning, Path], tokens: SoftTokens) -> None:
    engine, folder = plugged
    tokens.flag(folder, LOCKED)
    tokens.use()
    assert engine.tokens()[0].locked is True
    with pytest.raises(TokenLocked), only(engine).open(PIN, NOW):
        pass


def test_the_last_try_is_said_before_and_after(
    plugged: tuple[PadesSigning, Path], tokens: SoftTokens
) -> None:
    engine, folder = plugged
    tokens.flag(folder, LAST_TRY)
    tokens.use()
    assert engine.tokens()[0].last_try is True
    with pytest.raises(WrongPinLastTry), only(engine).open("000000", NOW):
        pass


def test_a_token_pulled_out_before_or_while_signing_says_so(
    plugged: tuple[PadesSigning, Path], tokens: SoftTokens, copy: bytes
) -> None:
    engine, folder = plugged
    signer = only(engine)
    with signer.open(PIN, NOW) as session:
        session.sign(copy, STAMP, NOW)
        tokens.pull_out(folder)
        with pytest.raises(TokenGone):
            session.sign(copy, STAMP, NOW)
    with pytest.raises(TokenGone), signer.open(PIN, NOW):
        pass


def test_a_token_without_a_certificate_says_so(tokens: SoftTokens) -> None:
    tokens.add("Trong", None)
    tokens.use()
    with pytest.raises(NoSigningKey), only(PadesSigning(module=MODULE)).open(PIN, NOW):
        pass


def test_two_tokens_are_told_apart(tokens: SoftTokens, authority: Authority) -> None:
    first, second = authority.issue("Cán bộ Một"), authority.issue("Cán bộ Hai")
    tokens.add("Mot", first)
    tokens.add("Hai", second)
    tokens.use()
    engine = PadesSigning(module=MODULE)
    for token in engine.tokens():
        with engine.token_signer(token.id).open(PIN, NOW) as session:
            expected = first if token.label == "Mot" else second
            assert session.certificate.sha256 == expected.fingerprint()


@pytest.mark.parametrize(
    "make", [lambda _: None, lambda folder: folder / "absent.so", lambda folder: folder / "text.so"]
)
def test_without_a_driver_that_loads_it_says_so(tmp_path: Path, make: Callable[[Path], Path | None]) -> None:
    (tmp_path / "text.so").write_text("no library")
    with pytest.raises(NoDriver):
        PadesSigning(module=make(tmp_path)).tokens()
