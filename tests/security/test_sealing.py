import copy
import hashlib
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from van_station.security import (
    DamagedFile,
    DeviceKeys,
    KeyRefused,
    PlatformOpener,
    SealContext,
    new_platform_keys,
)
from van_station.security.sealing import HEADER_BYTES, LOCAL_KEY_BYTES

PRIVATE, PUBLIC = new_platform_keys()
KEYS = DeviceKeys(bytes(range(32)))
SEALER = KEYS.sealer(PUBLIC)
CONTEXT = SealContext("hn-van", "d1", "f1")
PLAIN = b"%PDF-1.7 one page of a dossier " * 3000
SEALED = SEALER.seal(PLAIN, CONTEXT)
OPENER = PlatformOpener(PRIVATE)


@given(st.binary(max_size=70_000))
@settings(max_examples=30, deadline=None)
def test_what_was_sealed_opens_here_and_at_the_platform(plain):
    sealed = SEALER.seal(plain, CONTEXT)
    assert SEALER.open(sealed.body, sealed.local_key, CONTEXT) == plain
    assert OPENER.open(sealed.body, CONTEXT) == plain


def test_the_blob_id_is_the_hash_of_the_body():
    assert SEALED.blob_id == hashlib.sha256(SEALED.body).hexdigest()
    assert len(SEALED.local_key) == LOCAL_KEY_BYTES
    assert PLAIN[:20] not in SEALED.body


def test_the_same_file_sealed_twice_has_two_keys_and_two_bodies():
    again = SEALER.seal(PLAIN, CONTEXT)
    assert again.blob_id != SEALED.blob_id
    with pytest.raises(DamagedFile):
        SEALER.open(SEALED.body, again.local_key, CONTEXT)


@pytest.mark.parametrize(
    "length",
    [
        0,
        1,
        HEADER_BYTES - 1,
        HEADER_BYTES,
        HEADER_BYTES + 56,
        HEADER_BYTES + 56 + 16 * 1024 + 16,
        len(SEALED.body) - 1,
    ],
)
def test_a_cut_file_is_refused(length):
    with pytest.raises(DamagedFile):
        SEALER.open(SEALED.body[:length], SEALED.local_key, CONTEXT)
    with pytest.raises(DamagedFile):
        OPENER.open(SEALED.body[:length], CONTEXT)


def test_a_longer_file_is_refused():
    with pytest.raises(DamagedFile):
        SEALER.open(SEALED.body + b"\0", SEALED.local_key, CONTEXT)
    with pytest.raises(DamagedFile):
        OPENER.open(SEALED.body + b"\0" * 40, CONTEXT)


@given(st.integers(0, len(SEALED.body) * 8 - 1))
@settings(max_examples=80, deadline=None)
def test_one_flipped_bit_anywhere_is_refused_by_both(bit):
    body = bytearray(SEALED.body)
    body[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DamagedFile):
        SEALER.open(bytes(body), SEALED.local_key, CONTEXT)
    with pytest.raises(DamagedFile):
        OPENER.open(bytes(body), CONTEXT)


@pytest.mark.parametrize("bit", range(0, HEADER_BYTES * 8, 97))
def test_a_flipped_bit_of_the_header_is_refused_though_the_content_is_whole(bit):
    body = bytearray(SEALED.body)
    body[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DamagedFile):
        SEALER.open(bytes(body), SEALED.local_key, CONTEXT)


@given(st.integers(0, LOCAL_KEY_BYTES * 8 - 1))
@settings(max_examples=30, deadline=None)
def test_a_changed_local_key_is_refused(bit):
    key = bytearray(SEALED.local_key)
    key[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DamagedFile):
        SEALER.open(SEALED.body, bytes(key), CONTEXT)


@pytest.mark.parametrize(
    "context", [SealContext("hn-van", "d1", "f2"), SealContext("hn-van", "d2", "f1"), SealContext("other", "d1", "f1"),
                SealContext("hn-van", "d", "1f1"), SealContext("hn-vand1", "f", "1")]
)  # fmt: skip
def test_another_context_is_refused(context):
    with pytest.raises(DamagedFile):
        SEALER.open(SEALED.body, SEALED.local_key, context)
    with pytest.raises(DamagedFile):
        OPENER.open(SEALED.body, context)


def test_another_machine_or_platform_is_refused():
    other = DeviceKeys(bytes(32)).sealer(PUBLIC)
    with pytest.raises(DamagedFile):
        other.open(SEALED.body, SEALED.local_key, CONTEXT)
    with pytest.raises(DamagedFile):
        PlatformOpener(new_platform_keys()[0]).open(SEALED.body, CONTEXT)


@pytest.mark.parametrize("names", [("", "d", "f"), ("t", "", "f"), ("t", "d", ""), ("t", "d", "x" * 201)])
def test_a_context_needs_three_bounded_names(names):
    with pytest.raises(ValueError):
        SEALER.seal(b"x", SealContext(*names))


def test_malformed_platform_keys_are_refused():
    with pytest.raises(KeyRefused):
        KEYS.sealer(PUBLIC[:-1])
    with pytest.raises(KeyRefused):
        PlatformOpener(PRIVATE + b"\0")


def test_nothing_printed_or_copied_holds_a_key():
    secret = KEYS.device_key()
    shown = "".join(map(repr, (KEYS, KEYS.signer(), SEALER, SEALED, OPENER)))
    for key in (secret, KEYS.store_key(), SEALED.local_key, PRIVATE):
        assert key.hex() not in shown
        assert repr(key)[2:20] not in shown
    for holder in (KEYS, KEYS.signer(), SEALER):
        with pytest.raises(TypeError):
            pickle.dumps(holder)
        with pytest.raises(TypeError):
            copy.copy(holder)


def test_each_purpose_has_its_own_key():
    assert len({KEYS.device_key(), KEYS.store_key(), KEYS.signer().public_key}) == 3
    assert DeviceKeys(bytes(range(32))).site_id == KEYS.site_id
    assert DeviceKeys(bytes(32)).site_id != KEYS.site_id
