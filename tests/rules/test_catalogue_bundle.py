import json
import zlib
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.editions import CODE, small
from tests.rules.makers import LABEL, component, data
from van_station.rules import catalogue_bundle as bundles
from van_station.rules.catalogue_bundle import BundleRefused, build, canonical, key_id, open_bundle
from van_station.rules.catalogue_edition import load_edition
from van_station.rules.catalogue_faults import EditionRefused
from van_station.security import Signer
from van_station.services.catalogue_editions import trusted

SIGNER = Signer.from_private(bytes(range(32)))
OTHER = Signer.from_private(bytes(range(1, 33)))
TRUST = trusted((SIGNER.public_key.hex(),))


def built(files=None, signer=SIGNER):
    return build(files or small(), public_key=signer.public_key, sign=signer.sign)


BUNDLE = built()


def forged(content=None, packed=None, **header):
    """A rightly signed bundle whose inside lies."""
    content = canonical(small()) if content is None else content
    packed = zlib.compress(content) if packed is None else packed
    head = canonical(
        {
            "format": 2,
            "version": "2026.1",
            "issued_on": "2026-01-02",
            "files": len(small()),
            "unpacked": len(content),
            "digest": sha256(content).hexdigest(),
            "key_id": key_id(SIGNER.public_key),
        }
        | header
    )
    start = bundles.MAGIC + len(head).to_bytes(4, "big") + head + len(packed).to_bytes(4, "big") + packed
    return start + SIGNER.sign(bundles.SIGNING_CONTEXT + sha256(start).digest())


def test_the_forger_can_make_a_sound_bundle():
    assert open_bundle(forged(), TRUST).edition.version == "2026.1"


WORDS = st.text(min_size=1, max_size=20).filter(lambda text: "\x00" not in text)


@settings(max_examples=20, deadline=None)
@given(WORDS, st.integers(0, 20), st.booleans())
def test_what_is_built_opens_as_the_same_content(name, copies, required):
    paper = component("A1", name={"vi": name, "en": name}, copies=copies, required=required)
    files = small(procedure=data(components=[paper]))
    opened = open_bundle(built(files), TRUST)
    assert opened.edition.files == files
    assert opened.key_id == key_id(SIGNER.public_key)
    assert built(files) == built(json.loads(json.dumps(files)))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(BUNDLE) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused(at, flip):
    broken = BUNDLE[:at] + bytes([BUNDLE[at] ^ flip]) + BUNDLE[at + 1 :]
    with pytest.raises(BundleRefused):
        open_bundle(broken, TRUST)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(BUNDLE) - 1))
def test_a_cut_bundle_is_refused(length):
    with pytest.raises(BundleRefused):
        open_bundle(BUNDLE[:length], TRUST)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_anything_else_is_refused(noise):
    for text in (noise, bundles.MAGIC + noise, BUNDLE + noise + b"x"):
        with pytest.raises(BundleRefused):
            open_bundle(text, TRUST)


@pytest.mark.parametrize("keys", [(), (OTHER.public_key.hex(),)])
def test_a_key_that_is_not_trusted_is_refused(keys):
    with pytest.raises(BundleRefused) as refusal:
        open_bundle(BUNDLE, trusted(keys))
    assert refusal.value.code == "catalogue.bad_signature"


def test_a_bundle_that_borrows_the_id_of_a_trusted_key_is_refused():
    bundle = build(small(), public_key=SIGNER.public_key, sign=OTHER.sign)
    with pytest.raises(BundleRefused) as refusal:
        open_bundle(bundle, TRUST)
    assert refusal.value.code == "catalogue.bad_signature"


def test_a_bomb_is_refused_before_it_unfolds():
    bomb = zlib.compress(b"[" * 50_000_000, 9)
    assert len(bomb) < bundles.MAX_BUNDLE_BYTES
    for claimed, code in ((1000, "torn"), (50_000_000, "too_large")):
        with pytest.raises(BundleRefused) as refusal:
            open_bundle(forged(packed=bomb, unpacked=claimed), TRUST)
        assert refusal.value.code == f"catalogue.{code}"


@pytest.mark.parametrize(
    "lie",
    [
        {"files": 1},
        {"digest": "0" * 64},
        {"version": "9"},
        {"issued_on": "2027-01-01"},
        {"unpacked": 5},
        {"unpacked": 0},
        {"files": True},
        {"strange": 1},
        {"content": b"[]"},
        {"content": b"not json"},
        {"content": b"[" * 100_000},
        {"packed": zlib.compress(canonical(small())) + b"tail"},
    ],
)
def test_a_signed_bundle_that_lies_about_itself_is_refused(lie):
    with pytest.raises(BundleRefused):
        open_bundle(forged(**lie), TRUST)


def test_a_signed_bundle_with_a_fault_is_refused_with_its_place():
    files = small(procedure=data(componets=[]))
    with pytest.raises(EditionRefused) as refusal:
        open_bundle(forged(canonical(files)), TRUST)
    assert refusal.value.details["file"] == f"procedures/{CODE}.json"
    assert refusal.value.details["place"] == "/componets"


def test_a_file_that_is_too_large_is_refused_before_it_is_looked_at():
    with pytest.raises(BundleRefused) as refusal:
        open_bundle(b"\x00" * (bundles.MAX_BUNDLE_BYTES + 1), TRUST)
    assert refusal.value.code == "catalogue.too_large"


def test_a_faulty_edition_is_not_built():
    with pytest.raises(EditionRefused):
        built(small(**{"x.json": {}}))


def test_an_edition_too_large_for_a_bundle_is_not_built(monkeypatch):
    monkeypatch.setattr(bundles, "MAX_BUNDLE_BYTES", 500)
    with pytest.raises(BundleRefused):
        built()


def test_the_same_content_has_the_same_digest_whatever_the_order_of_keys():
    files = small(
        **{"catalogue.json": {"note": LABEL, "issued_on": "2026-01-02", "version": "2026.1", "format": 2}}
    )
    assert bundles.content_digest(files) == bundles.content_digest(small())
    assert load_edition(files).version == "2026.1"
