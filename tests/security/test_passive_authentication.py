"""Whether the chip's data is its issuer's: digests, signature, chain; by an invented state's certificates."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("asn1crypto", reason="the extra `card` is not installed")
pytest.importorskip("ecdsa", reason="the extra `card` is not installed")

from cryptography.hazmat.primitives import serialization

from tests.security.signed_chip import TODAY, Issuer, der, security_object
from van_station.security.errors import BrokenChipAnswer, ChipDataAltered
from van_station.security.passive_authentication import (
    MAX_ISSUER_BYTES,
    Authenticity,
    read_issuers,
    read_security_object,
)

GROUPS = {1: b"\x61\x03abc", 13: b"\x6d\x03xyz"}


@cache
def issuer(kind: str = "ec", *, expired: bool = False, name: str = "Invented CSCA") -> Issuer:
    end = datetime(2026, 1, 1, tzinfo=UTC) if expired else datetime(2040, 1, 1, tzinfo=UTC)
    return Issuer(kind, end, name)


@pytest.mark.parametrize("kind", ["ec", "rsa", "pss"])
def test_a_genuine_chip_is_signed_by_its_issuer(kind):
    made = issuer(kind)
    sod = read_security_object(security_object(made, GROUPS))
    assert sod.check(GROUPS, (issuer(name="Another").root_der, made.root_der), TODAY) is Authenticity.SIGNED


def test_a_curve_that_is_written_out_is_taken_on_our_own_curve():
    made = issuer()
    file = security_object(made, GROUPS, certificate=made.write_out_the_curve())
    assert read_security_object(file).check(GROUPS, (made.root_der,), TODAY) is Authenticity.SIGNED


def test_without_certificates_the_signature_tells_nothing():
    sod = read_security_object(security_object(issuer(), GROUPS))
    assert sod.check(GROUPS, (), TODAY) is Authenticity.NOT_VERIFIED


def test_a_stranger_with_the_same_name_is_not_the_issuer():
    sod = read_security_object(security_object(Issuer(), GROUPS))
    assert sod.check(GROUPS, (issuer().root_der,), TODAY) is Authenticity.UNKNOWN_ISSUER


def test_an_expired_certificate_vouches_for_nothing():
    made = issuer(expired=True)
    sod = read_security_object(security_object(made, GROUPS))
    assert sod.check(GROUPS, (made.root_der,), TODAY) is Authenticity.UNKNOWN_ISSUER


@pytest.mark.parametrize("issuers", [(), "own"])
@pytest.mark.parametrize("changed", [{1: b"\x61\x03abd"}, {13: b"\x6d\x03xyz\x00"}, {2: b"\x75\x00"}])
def test_a_group_that_differs_or_is_not_listed_is_altered(changed, issuers):
    made = issuer()
    sod = read_security_object(security_object(made, GROUPS))
    with pytest.raises(ChipDataAltered):
        sod.check(changed, (made.root_der,) if issuers else (), TODAY)


@pytest.mark.parametrize("kind", ["ec", "rsa", "pss"])
def test_a_digest_changed_together_with_its_data_is_caught_by_the_signature(kind):
    made = issuer(kind)
    other = {**GROUPS, 13: b"\x6d\x03xyy"}
    genuine = security_object(made, GROUPS)
    swapped = genuine.replace(hashlib.sha256(GROUPS[13]).digest(), hashlib.sha256(other[13]).digest())
    assert swapped != genuine
    with pytest.raises(ChipDataAltered):
        read_security_object(swapped).check(other, (made.root_der,), TODAY)


def test_certificates_are_read_from_a_folder_and_what_is_none_is_left_out(tmp_path):
    made = issuer()
    (tmp_path / "a.cer").write_bytes(made.root_der)
    (tmp_path / "b.pem").write_bytes(made.root.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "c.crt").write_bytes(b"no certificate")
    (tmp_path / "d.der").write_bytes(made.root_der + bytes(MAX_ISSUER_BYTES))
    (tmp_path / "e.txt").write_bytes(made.root_der)
    assert read_issuers(tmp_path) == (made.root_der, made.root_der)
    assert read_issuers(tmp_path / "nowhere") == ()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_bent_security_object_is_refused_or_found_out_never_trusted(data):
    made = issuer()
    whole = bytearray(_whole())
    at = data.draw(st.integers(0, len(whole) - 1))
    bit = data.draw(st.integers(0, 7))
    whole[at] ^= 1 << bit
    try:
        sod = read_security_object(bytes(whole))
        said = sod.check(GROUPS, (made.root_der,), TODAY)
    except (BrokenChipAnswer, ChipDataAltered):
        return
    # What is signed did not change: a bit beside it (an algorithm's parameters, an order's padding) may have.
    assert said is Authenticity.UNKNOWN_ISSUER or sod.digests == _digests()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_refused(data):
    for file in (data, der(0x77, data)):
        with pytest.raises(BrokenChipAnswer):
            read_security_object(file)


@cache
def _whole() -> bytes:
    return security_object(issuer(), GROUPS)


def _digests():
    return read_security_object(_whole()).digests
