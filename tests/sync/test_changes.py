import contextlib
import dataclasses
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.canonical import canonical
from sync.changes import (
    DELETED,
    MAX_VALUE_BYTES,
    Change,
    ChangeId,
    decode_batch,
    decode_items,
    digest,
    encode_batch,
    sign,
    verify,
    verify_chain,
)
from sync.errors import ChainBroken, ChangeRefused, ProtocolBroken, SyncError, TooLarge

from .machines import Site

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)
HEX = st.text("0123456789abcdef", min_size=1, max_size=64)
CHANGES = st.builds(
    Change,
    site=HEX,
    seq=st.just(1),
    stamp=st.from_regex(r"[0-9]{13}\.[0-9]{6}", fullmatch=True).filter(str.isascii),
    entity=st.sampled_from(["person", "dossier"]),
    record_id=HEX,
    field=st.sampled_from(["full_name", DELETED]),
    value=JSON,
    replaces=st.sets(st.builds(ChangeId, HEX, st.integers(1, 2**53 - 1)), max_size=3).map(
        lambda ids: tuple(sorted(ids))
    ),
    author=st.just("u1"),
    schema=st.integers(0, 9),
    previous=st.just(""),
    signature=st.just("ab" * 64),
).filter(lambda change: all(place.site != change.site for place in change.replaces))


def decode(data):
    return decode_batch(data, max_bytes=1_000_000, max_changes=100)


@given(st.lists(CHANGES, max_size=5))
def test_a_batch_comes_back_as_it_was(changes):
    back = decode(encode_batch(changes))
    assert back == changes
    assert [digest(change) for change in back] == [digest(change) for change in changes]


OTHER = {
    "site": "bb",
    "seq": 3,
    "stamp": "1770000000001.000000",
    "entity": "dossier",
    "record_id": "0b",
    "field": "address",
    "value": "khác",
    "replaces": (ChangeId("cc", 1),),
    "author": "u2",
    "schema": 2,
    "previous": "f" * 64,
    "signature": "0" * 128,
}


@pytest.mark.parametrize("name", Change.__slots__)
def test_tampering_with_any_member_is_found(name):
    site = Site("aa")
    site.write("một")
    change = site.write("hai")
    verify(change, site.public_key)
    with pytest.raises(ChangeRefused):
        verify(dataclasses.replace(change, **{name: OTHER[name]}), site.public_key)


def test_every_member_is_tampered_with_in_the_test_above():
    assert set(OTHER) == set(Change.__slots__)


@given(st.permutations(range(5)), st.sets(st.integers(0, 4)))
def test_a_chain_in_another_order_or_with_a_gap_is_found(order, dropped):
    site = Site("aa")
    for value in range(5):
        site.write(value)
    links = [site.log[n] for n in order if n not in dropped]
    whole = links == site.log[: len(links)]
    if whole:
        expected = digest(links[-1]) if links else ""
        assert verify_chain(links, previous="") == expected
    else:
        with pytest.raises(ChainBroken):
            verify_chain(links, previous="")


def test_a_rewritten_link_breaks_the_chain_even_when_it_is_signed_again():
    site = Site("aa")
    for value in range(3):
        site.write(value)
    rewritten = sign(dataclasses.replace(site.log[1], value="khác"), site.sign)
    verify(rewritten, site.public_key)
    with pytest.raises(ChainBroken):
        verify_chain([site.log[0], rewritten, site.log[2]], previous="")


def test_a_chain_goes_on_from_where_it_was_checked():
    site = Site("aa")
    for value in range(4):
        site.write(value)
    middle = verify_chain(site.log[:2], previous="")
    assert verify_chain(site.log[2:], previous=middle) == digest(site.log[3])
    with pytest.raises(ChainBroken):
        verify_chain(site.log[3:], previous=middle)
    with pytest.raises(ChainBroken):
        verify_chain(site.log[1:], previous="")


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": "AA"},
        {"site": ""},
        {"seq": 0},
        {"stamp": "1"},
        {"entity": "Person;"},
        {"record_id": "../x"},
        {"field": "~other"},
        {"author": "a b"},
        {"schema": -1},
        {"previous": "00"},
        {"signature": "zz"},
        {"replaces": (ChangeId("bb", 2), ChangeId("bb", 1))},
        {"replaces": (ChangeId("aa", 1),)},
        {"value": float("nan")},
        {"value": {1: 2}},
        {"value": 2**63},
        {"value": "\ud800"},
        {"value": "x" * MAX_VALUE_BYTES},
        {"value": b"x"},
    ],
    ids=str,
)
def test_nobody_can_sign_what_no_one_would_take(wrong):
    site = Site("aa")
    good = site.write("x")
    with pytest.raises(ChangeRefused):
        sign(dataclasses.replace(good, **wrong), site.sign)


def test_a_value_nested_too_deeply_is_refused():
    value = []
    for _ in range(40):
        value = [value]
    with pytest.raises(ChangeRefused):
        Site("aa").write(value)


def test_a_zip_bomb_is_never_unpacked():
    bomb = zlib.compress(b"[" * 50_000_000, 9)
    assert len(bomb) < 100_000
    with pytest.raises(TooLarge):
        decode_batch(bomb, max_bytes=100_000, max_changes=10)


def test_bounds_hold_for_packed_plain_and_count():
    changes = [Site("aa").write("x")] * 3
    data = encode_batch(changes)
    for bounds in ({"max_bytes": 10, "max_changes": 9}, {"max_bytes": 700, "max_changes": 9}):
        with pytest.raises(TooLarge):
            decode_batch(data, **bounds)
    with pytest.raises(TooLarge):
        decode_batch(data, max_bytes=10_000, max_changes=2)


@given(st.binary(max_size=200) | JSON.map(lambda value: zlib.compress(canonical(value))))
def test_any_bytes_are_a_batch_or_refused(data):
    with contextlib.suppress(SyncError):
        decode(data)


@given(st.sampled_from(Change.__slots__), JSON)
def test_any_member_of_another_type_is_refused_in_its_place(name, value):
    site = Site("aa")
    item = json.loads(zlib.decompress(encode_batch([site.write("x")])))["changes"][0]
    plain = canonical({"v": 1, "changes": [item | {name: value}]})
    try:
        (found,) = decode_items(zlib.compress(plain), max_bytes=1_000_000, max_changes=1)
    except ProtocolBroken:
        assert name in {"site", "seq"}
    else:
        assert isinstance(found, ChangeRefused | Change)


@pytest.mark.parametrize("cut", [1, 20])
def test_a_cut_batch_or_one_with_a_tail_is_refused(cut):
    data = encode_batch([Site("aa").write("x")])
    with pytest.raises(ProtocolBroken):
        decode(data[:-cut])
    with pytest.raises(ProtocolBroken):
        decode(data + b"more")


def test_deeply_nested_json_is_refused_without_falling_over():
    with pytest.raises(ProtocolBroken):
        decode(zlib.compress(b"[" * 200_000))
