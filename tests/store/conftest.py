import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest

from van_station.records import Dossier, Person, StoredFile, Ticket, Trip
from van_station.security import DeviceKeys
from van_station.store import Store

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


class Clock:
    """A wall clock that moves by one second at each look."""

    def __init__(self):
        self.at = START

    def __call__(self):
        self.at += timedelta(seconds=1)
        return self.at


class Machine:
    """One van machine: keys from a number, a folder, and its store, which can be closed and opened again."""

    def __init__(self, folder, number=1):
        self.keys = DeviceKeys(bytes([number]) * 32)
        self.folder = folder
        self.clock = Clock()
        self.store = None

    @property
    def site(self):
        return self.keys.site_id

    def open(self, key=None):
        self.store = Store.open(
            self.folder,
            key or self.keys.store_key(),
            site_id=self.site,
            sign=self.keys.signer().sign,
            now=self.clock,
        )
        return self.store

    def close(self):
        if self.store is not None:
            self.store.close()
            self.store = None

    def verify(self):
        return self.store.verify(public_keys={self.site: self.keys.signer().public_key})

    def take_from(self, other):
        """Pull what the other machine holds, all of it."""
        changes = other.store.changes_after(self.store.vector(), limit=10_000)
        with self.store.unit("sync", "exchange.pull", ("site", other.site)) as unit:
            return unit.apply_remote(changes)


@pytest.fixture
def machine(tmp_path):
    machine = Machine(tmp_path / "one", 1)
    machine.open()
    yield machine
    machine.close()


@pytest.fixture
def other(tmp_path):
    machine = Machine(tmp_path / "two", 2)
    machine.open()
    yield machine
    machine.close()


@pytest.fixture
def store(machine):
    return machine.store


@contextlib.contextmanager
def act(store, subject=("test", "1")):
    with store.unit("u1", "test.act", subject) as unit:
        yield unit


def keep(store, *rows):
    with act(store) as unit:
        for row in rows:
            unit.save(row)
    return rows[0]


def load(store, model, record_id):
    with store.reading() as session:
        return session.get(model, record_id)


def a_ticket(**more):
    values = {"trip_id": "a1", "lane": "digitise", "number": 1, "label": "B001", "need": "digitise",
              "status": "waiting", "created_at": START, "created_by": "u1"}  # fmt: skip
    return Ticket(**{**values, **more})


def a_person(**more):
    return Person(**{"full_name": "Trần Thị Mẫu", "id_number": "001199000001", **more})


def a_trip(**more):
    return Trip(**{"held_on": date(2026, 11, 22), "place": "Chợ", "ward_code": "1", "ward_name": "W",
                   "created_by": "u1", "created_at": START, **more})  # fmt: skip


def a_dossier(**more):
    values = {"trip_id": "a1", "person_id": "b1", "procedure_code": "1.001193", "procedure_version": "1",
              "provisional_no": "V1", "state": "draft", "channel": "direct", "created_at": START, "created_by": "u1"}  # fmt: skip
    return Dossier(**{**values, **more})


def a_file(blob_id, **more):
    values = {"dossier_id": "d1", "blob_id": blob_id, "media_type": "application/pdf", "size_bytes": 9, "page_count": 1,
              "plain_sha256": "0" * 64, "local_key": b"k" * 60, "sealed_at": START, "created_by": "u1",
              "role": "document"}  # fmt: skip
    return StoredFile(**{**values, **more})
