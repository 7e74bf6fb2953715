# ruff: noqa: PT012  -- a unit is a block, and what it raises may come at its end

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.conftest import a_file, act, keep
from van_station.records import ReceiptRow, StoredFile
from van_station.store import (
    BlobDamaged,
    BlobMissing,
    BlobStore,
    BlobTooLarge,
    StoreFull,
    StoreReadOnly,
    folders,
)
from van_station.store.blobs import _FRESH

OLD = 1_000_000_000


@pytest.fixture
def blobs(tmp_path):
    return BlobStore(tmp_path / "blobs", max_bytes=1000)


def files(blobs):
    return sorted(path.name for path in blobs._files())


def age(blobs):
    for path in blobs._files():
        os.utime(path, (OLD, OLD))


@given(st.binary(max_size=1000))
@settings(max_examples=30, deadline=None)
def test_what_was_put_is_got(tmp_path_factory, body):
    blobs = BlobStore(tmp_path_factory.mktemp("b"))
    blob_id = blobs.put(body)
    assert blobs.get(blob_id) == body
    assert blobs.size(blob_id) == len(body)
    assert list(blobs.ids()) == [blob_id]


def test_the_same_body_twice_is_one_blob(blobs):
    assert blobs.put(b"one") == blobs.put(b"one")
    assert len(files(blobs)) == 1


def test_too_large_a_body_is_refused_before_it_is_written(blobs):
    with pytest.raises(BlobTooLarge):
        blobs.put(b"x" * 1001)
    assert files(blobs) == []


@pytest.mark.parametrize("damage", [b"onf", b"", b"one more", b"x" * 5000])
def test_a_damaged_blob_is_never_handed_out_and_can_be_put_again(blobs, damage):
    blob_id = blobs.put(b"one")
    blobs._path(blob_id).write_bytes(damage)
    with pytest.raises(BlobDamaged):
        blobs.get(blob_id)
    assert blobs.put(b"one") == blob_id
    assert blobs.get(blob_id) == b"one"


@pytest.mark.parametrize("name", ["ab" * 32, "", "../../etc/passwd", "AB" * 32, "ab" * 31 + "/x"])
def test_what_is_not_here_or_not_an_id_is_missing(blobs, name):
    assert not blobs.exists(name)
    for ask in (blobs.get, blobs.open, blobs.size):
        with pytest.raises(BlobMissing):
            ask(name)


@pytest.mark.parametrize(("number", "expected"), [(errno.ENOSPC, StoreFull), (errno.EROFS, StoreReadOnly)])
def test_a_failing_disk_leaves_no_piece(blobs, monkeypatch, number, expected):
    write = os.write

    def fail_in_the_middle(handle, data):
        if len(data) < 300:
            raise OSError(number, "disk")
        return write(handle, bytes(data[:250]))

    monkeypatch.setattr(folders.os, "write", fail_in_the_middle)
    with pytest.raises(expected):
        blobs.put(b"x" * 600)
    monkeypatch.undo()
    assert files(blobs) == []
    assert blobs.get(blobs.put(b"x" * 600)) == b"x" * 600


def test_a_blob_is_synced_with_its_folder_before_put_returns(blobs, monkeypatch):
    order = []
    fsync, replace = os.fsync, folders.Path.replace
    monkeypatch.setattr(
        folders.os,
        "fsync",
        lambda handle: order.append(str(Path(f"/proc/self/fd/{handle}").readlink())) or fsync(handle),
    )
    monkeypatch.setattr(folders.Path, "replace", lambda path, to: order.append("rename") or replace(path, to))
    blob_id = blobs.put(b"one")
    shard = blobs._path(blob_id).parent
    assert order[0] == str(blobs._folder)
    assert _FRESH in order[1]
    assert order[2:] == ["rename", str(shard)]


def test_sweeping_removes_orphans_of_earlier_runs_only(blobs, tmp_path):
    named, orphan = blobs.put(b"named"), blobs.put(b"orphan")
    half = blobs._path(orphan).with_name(f"{_FRESH}half")
    half.write_bytes(b"or")
    age(blobs)
    later = BlobStore(tmp_path / "blobs")
    put_now = later.put(b"put in this run, its row not committed yet")
    os.utime(later._path(put_now), (OLD, OLD))
    put_again = later.put(b"put again")
    assert later.sweep({named}) == 2
    assert sorted([named, put_now, put_again]) == files(later)


def test_an_orphan_that_is_put_again_in_this_run_is_kept(blobs, tmp_path):
    orphan = blobs.put(b"orphan")
    age(blobs)
    later = BlobStore(tmp_path / "blobs")
    later.put(b"orphan")
    assert later.sweep(set()) == 0
    assert later.get(orphan) == b"orphan"


def test_a_crash_between_blob_and_row_leaves_an_orphan_that_the_next_run_sweeps(machine, store):
    kept = keep(store, a_file(store.blobs.put(b"kept")))
    with pytest.raises(ZeroDivisionError), act(store) as unit:
        unit.save(a_file(store.blobs.put(b"crash")))
        raise ZeroDivisionError
    age(store.blobs)
    assert store.sweep_blobs() == 0
    machine.close()
    assert machine.open().sweep_blobs() == 1
    assert list(machine.store.blobs.ids()) == [kept.blob_id]
    assert machine.verify().ok


def test_the_body_of_a_removed_file_is_swept_with_the_orphans(machine, store):
    row = keep(store, a_file(store.blobs.put(b"let go"), role="page"))
    kept = keep(store, a_file(store.blobs.put(b"kept")))
    with act(store) as unit:
        gone = unit.session.get(StoredFile, row.id)
        gone.removed, gone.local_key = True, None
        unit.save(gone)
    age(store.blobs)
    machine.close()
    assert machine.open().sweep_blobs() == 1
    assert list(machine.store.blobs.ids()) == [kept.blob_id]


def test_verifying_names_a_lost_and_a_damaged_blob(machine, store):
    lost, damaged = (keep(store, a_file(store.blobs.put(body))) for body in (b"lost", b"damaged"))
    store.blobs.discard(lost.blob_id)
    store.blobs._path(damaged.blob_id).write_bytes(b"x")
    found = {(finding.code, finding.subject) for finding in machine.verify().findings}
    assert found == {("blob_missing", lost.blob_id), ("blob_damaged", damaged.blob_id)}


def test_a_blob_may_go_once_the_platform_has_signed_for_it_and_the_key_is_dropped(machine, store):
    row = keep(store, a_file(store.blobs.put(b"sent"), dossier_id="d7"))
    with act(store) as unit:
        unit.save(ReceiptRow(dossier_id="d7", version=1, body="{}", signature="00", received_at=unit.now))
        unit.session.get(StoredFile, row.id).local_key = None
    store.blobs.discard(row.blob_id)
    store.blobs.discard(row.blob_id)
    assert machine.verify().ok
