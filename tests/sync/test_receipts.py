import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ProtocolBroken, ReceiptRefused, SyncError
from sync.receipts import (
    DossierManifest,
    Receipt,
    decode_receipt,
    encode_receipt,
    make_receipt,
    manifest_as_json,
    read_manifest,
    verify_receipt,
)
from sync.signing import is_signed, new_private_key, public_key_of, signer

from .machines import blob

KEY = new_private_key()
FILES = tuple(blob(3, seed)[0] for seed in (1, 2))
MANIFEST = DossierManifest("d055", 1, "5a17", 7, FILES)
PLAIN = Receipt("d055", 1, "5a17", 7, FILES, "", "H26.999-261122-0001", 4, "2026-11-22T03:04:05.678Z", "9a7e")
RECEIPT = make_receipt(PLAIN, signer(KEY))

OTHER = {
    "dossier_id": "d056",
    "version": 2,
    "site": "5a18",
    "last_seq": 8,
    "files": FILES[:1],
    "chain_head": "f" * 64,
    "official_code": "H26.999-261122-0002",
    "platform_status": 9,
    "received_at": "2027-11-22T03:04:05.678Z",
    "gateway_id": "9a7f",
    "signature": "0" * 128,
}


def test_a_genuine_receipt_is_taken_whatever_the_order_of_files_submitted():
    verify_receipt(RECEIPT, public_key_of(KEY), submitted=MANIFEST)
    verify_receipt(RECEIPT, public_key_of(KEY), submitted=dataclasses.replace(MANIFEST, files=FILES[::-1]))


@pytest.mark.parametrize("name", Receipt.__slots__)
def test_a_receipt_with_any_member_altered_is_refused(name):
    altered = dataclasses.replace(RECEIPT, **{name: OTHER[name]})
    with pytest.raises(ReceiptRefused):
        verify_receipt(altered, public_key_of(KEY), submitted=MANIFEST)


@pytest.mark.parametrize("name", DossierManifest.__slots__)
def test_a_genuine_receipt_about_something_else_is_refused(name):
    other = dataclasses.replace(MANIFEST, **{name: OTHER[name]})
    with pytest.raises(ReceiptRefused):
        verify_receipt(RECEIPT, public_key_of(KEY), submitted=other)


@pytest.mark.parametrize("signature", ["", "zz", "0" * 127])
def test_a_receipt_without_a_signature_is_refused(signature):
    with pytest.raises(ReceiptRefused):
        verify_receipt(
            dataclasses.replace(RECEIPT, signature=signature), public_key_of(KEY), submitted=MANIFEST
        )


def test_a_receipt_of_another_gateway_is_refused():
    with pytest.raises(ReceiptRefused):
        verify_receipt(RECEIPT, public_key_of(new_private_key()), submitted=MANIFEST)


def test_receipts_and_manifests_come_back_as_they_were():
    assert decode_receipt(encode_receipt(RECEIPT)) == RECEIPT
    assert read_manifest(manifest_as_json(MANIFEST)) == dataclasses.replace(
        MANIFEST, files=tuple(sorted(FILES))
    )


@given(st.binary(max_size=100))
def test_any_bytes_are_no_receipt(data):
    with pytest.raises(SyncError):
        decode_receipt(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 0},
        {"version": True},
        {"files": ["x"]},
        {"files": list(FILES[::-1]) * 2},
        {"site": "../"},
        {"last_seq": -1},
    ],
    ids=str,
)
def test_a_malformed_manifest_is_refused(wrong):
    with pytest.raises(ProtocolBroken):
        read_manifest(manifest_as_json(MANIFEST) | wrong)


@given(st.binary(max_size=70), st.binary(max_size=70))
def test_malformed_keys_and_signatures_are_not_signed(key, signature):
    assert not is_signed(b"x", signature, key)
