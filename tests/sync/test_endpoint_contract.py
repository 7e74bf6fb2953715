"""What every endpoint promises; each implementation runs all of it."""

import dataclasses
from io import BytesIO

import pytest

from sync.changes import Change
from sync.endpoint import OfficialCode, StatusChanged
from sync.errors import BlobDamaged, Cancelled, MissingParts, NotEnrolled, Refused, TooLarge
from sync.gateway.core import LocalEndpoint
from sync.receipts import DossierManifest, verify_receipt

from .conftest import reach
from .machines import Site, blob


@pytest.fixture(params=["local", "http"])
def endpoint(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def stranger(request, endpoint):
    """The same gateway, seen by a site that it does not know."""
    if isinstance(endpoint, LocalEndpoint):
        return LocalEndpoint(request.getfixturevalue("core"), "bad0")
    return reach(request.getfixturevalue("gateway").address, Site("bad0"))


def upload(endpoint, blob_id, data, **how):
    return endpoint.upload(blob_id, BytesIO(data), size_bytes=len(data), **how)


def test_hello_says_who_is_there(endpoint):
    info = endpoint.hello()
    assert len(info.receipt_public_key) == 32
    assert (info.tenant, info.platform_public_key, info.max_blob_bytes) == ("demo", b"platform", 4_000_000)


def test_the_same_change_sent_twice_is_kept_once(endpoint, site):
    changes = [site.write("Nguyễn"), site.write("Nguyễn Thị")]
    first = endpoint.push(changes)
    assert first.vector == {site.name: 2}
    assert endpoint.push(changes) == first


def test_a_different_change_in_a_taken_place_is_refused(endpoint, site):
    endpoint.push([site.write("a")])
    twin = Site(site.name)
    twin.private_key, twin.public_key, twin.sign = site.private_key, site.public_key, site.sign
    reply = endpoint.push([twin.write("b")])
    assert [(item.id.seq, item.code) for item in reply.refused] == [(1, "sync.change_forked")]
    assert endpoint.push(site.log).refused == ()


def test_a_gap_is_told_by_the_vector_and_closed_by_sending_again(endpoint, site):
    for value in range(4):
        site.write(value)
    assert endpoint.push([site.log[0], site.log[3]]).vector == {site.name: 1}
    assert endpoint.push(site.log).vector == {site.name: 4}


def test_a_refused_change_delays_none_that_follow(endpoint, site):
    for value in range(3):
        site.write(value)
    forged = dataclasses.replace(site.log[1], signature="0" * 128)
    reply = endpoint.push([site.log[0], forged, site.log[2]])
    assert reply.vector == {site.name: 3}
    assert [(item.id.seq, item.code) for item in reply.refused] == [(2, "sync.change_refused")]
    assert endpoint.push(site.log).refused == (), "the genuine one may still take its place"


def test_a_change_of_a_relayed_site_needs_that_site_enrolled(endpoint):
    reply = endpoint.push([Site("0ddba11").write("x")])
    assert reply.vector == {}
    assert [item.code for item in reply.refused] == ["sync.not_enrolled"]


def test_an_altered_value_is_refused(endpoint, site):
    altered = dataclasses.replace(site.write(1000), value=1)
    assert [item.code for item in endpoint.push([altered]).refused] == ["sync.change_refused"]


def test_too_many_changes_are_refused_as_a_whole(endpoint):
    one = Change("aa", 1, "1" * 13 + ".000000", "person", "0a", "f", 1, (), "u", 1, "", "")
    with pytest.raises(TooLarge):
        endpoint.push([one] * 2001)


def test_a_stranger_may_do_nothing(stranger):
    manifest = DossierManifest("d1", 1, "bad0", 0, ())
    blob_id, data = blob(10)
    for act in (
        lambda: stranger.push([]),
        lambda: stranger.blob_offset(blob_id),
        lambda: upload(stranger, blob_id, data),
        lambda: stranger.submit(manifest),
        lambda: stranger.feed(0, 10),
    ):
        with pytest.raises(NotEnrolled):
            act()


@pytest.mark.parametrize("size", [0, 1, 70_000])
def test_a_blob_arrives_whole_and_again_costs_nothing(endpoint, size):
    blob_id, data = blob(size)
    assert endpoint.blob_offset(blob_id) is None
    seen = []
    assert upload(endpoint, blob_id, data, progress=lambda *step: seen.append(step)) == size
    assert endpoint.blob_offset(blob_id) == size
    assert upload(endpoint, blob_id, data) == 0
    assert seen == sorted(seen)
    assert not size or seen[-1] == (size, size)


def test_a_cancelled_upload_goes_on_where_it_was(endpoint):
    blob_id, data = blob(1_000_000)
    handed = []
    with pytest.raises(Cancelled):
        upload(
            endpoint,
            blob_id,
            data,
            progress=lambda step, _size: handed.append(step),
            cancel=lambda: bool(handed) and handed[-1] > 400_000,
        )
    held = endpoint.blob_offset(blob_id)
    assert 0 < held <= handed[-1]
    assert upload(endpoint, blob_id, data) == len(data) - held


def test_content_that_is_not_the_blob_is_dropped(endpoint):
    blob_id, data = blob(50_000)
    with pytest.raises(BlobDamaged):
        upload(endpoint, blob_id, data[:-1] + bytes([data[-1] ^ 1]))
    assert endpoint.blob_offset(blob_id) is None
    assert upload(endpoint, blob_id, data) == len(data)


def test_a_blob_beyond_the_bound_is_refused_before_its_bytes(endpoint):
    blob_id, data = blob(10)
    with pytest.raises(TooLarge):
        endpoint.upload(blob_id, BytesIO(data), size_bytes=4_000_001)


def hand_in(endpoint, site, *, version=1):
    blob_id, data = blob(3000, version)
    upload(endpoint, blob_id, data)
    endpoint.push([site.write("x")])
    return DossierManifest("d1", version, site.name, len(site.log), (blob_id,))


def test_a_dossier_gets_a_receipt_that_proves_it(endpoint, site):
    manifest = hand_in(endpoint, site)
    receipt = endpoint.submit(manifest)
    info = endpoint.hello()
    verify_receipt(receipt, info.receipt_public_key, submitted=manifest)
    assert receipt.gateway_id == info.gateway_id
    assert receipt.official_code.startswith("H26.999-")
    assert endpoint.submit(manifest) == receipt, "asked again, it is the same receipt"


def test_a_dossier_without_its_parts_is_told_which(endpoint, site):
    missing, _ = blob(99)
    endpoint.push([site.write("x")])
    with pytest.raises(MissingParts) as refusal:
        endpoint.submit(DossierManifest("d1", 1, site.name, 5, (missing,)))
    assert (refusal.value.blob_ids, refusal.value.last_seq) == ((missing,), 1)


def test_one_version_has_one_content(endpoint, site):
    manifest = hand_in(endpoint, site)
    endpoint.submit(manifest)
    with pytest.raises(Refused) as refusal:
        endpoint.submit(dataclasses.replace(manifest, files=()))
    assert refusal.value.reason == "sync.version_taken"


def test_a_supplement_keeps_the_official_code(endpoint, site):
    first = endpoint.submit(hand_in(endpoint, site))
    second = endpoint.submit(hand_in(endpoint, site, version=2))
    assert second.official_code == first.official_code
    with pytest.raises(Refused) as refusal:
        endpoint.submit(DossierManifest("d1", 1, site.name, 0, ()))
    assert refusal.value.reason == "sync.version_taken"


def test_the_feed_tells_code_and_statuses_in_order_and_ends(endpoint, site):
    receipt = endpoint.submit(hand_in(endpoint, site))
    page = endpoint.feed(0, 2)
    rest = endpoint.feed(page.next_cursor, 100)
    told = page.events + rest.events
    assert told[0] == OfficialCode("d1", receipt.official_code)
    assert [event.status for event in told if isinstance(event, StatusChanged)] == [1, 2, 4]
    assert endpoint.feed(rest.next_cursor, 100).events == ()
