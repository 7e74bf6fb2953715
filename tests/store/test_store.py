# ruff: noqa: PT012, PERF401  -- a unit is a block, and what it raises may come at its end

import os
import random
import signal
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlmodel import select

from tests.store.conftest import Machine, a_dossier, a_file, a_person, a_ticket, act, keep, load
from van_station.records import AuditLine, Person, Ticket
from van_station.store import (
    StoreBusy,
    StoreClosed,
    StoreDamaged,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    StoreTrouble,
    connections,
    folders,
)
from van_station.store.store import DATABASE, KEY_CHECK

ROOT = Path(__file__).parents[2]

PAGE_BYTES = 2048


def run(script, *arguments, **more):
    """Start a Python process with the tests' own imports."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, **more)


def test_rows_are_there_after_closing_and_opening(machine, store):
    person = keep(store, a_person())
    machine.close()
    assert load(machine.open(), Person, person.id).full_name == "Trần Thị Mẫu"
    assert machine.verify().ok


def test_a_wrong_key_is_told_from_a_damaged_file(machine, store):
    keep(store, a_person())
    machine.close()
    with pytest.raises(StoreLocked):
        machine.open(key=bytes(32))
    database = machine.folder / DATABASE
    whole = database.read_bytes()
    database.write_bytes(b"\0" * 100 + whole[100:])
    with pytest.raises(StoreDamaged):
        machine.open()
    database.write_bytes(whole)
    assert len(machine.open().changes_after({}, limit=99)) > 0


def test_a_lost_key_check_does_not_let_another_key_in(machine, store):
    machine.close()
    (machine.folder / KEY_CHECK).unlink()
    with pytest.raises(StoreDamaged):
        machine.open(key=bytes(32))


@pytest.mark.parametrize("page", [2, 21, 41])
def test_one_flipped_byte_in_a_page_is_found_and_named(machine, store, page):
    for number in range(60):
        keep(store, a_ticket(number=number))
    store.truncate_log()
    with (machine.folder / DATABASE).open("r+b") as file:
        place = PAGE_BYTES * (page - 1) + 1000
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 1]))
    (finding,) = machine.verify().findings
    assert finding.code == "page_damaged"
    assert f"page {page}" in finding.subject


def test_a_short_key_is_refused(tmp_path):
    with pytest.raises(ValueError, match="32 bytes"):
        Machine(tmp_path / "x").open(key=b"short")


def test_a_second_owner_is_refused_here_and_in_another_process(machine, store):
    second = Machine(machine.folder, 1)
    with pytest.raises(StoreBusy):
        second.open()
    child = run(
        """
        import sys
        from pathlib import Path
        from tests.store.conftest import Machine
        from van_station.store import StoreBusy
        try:
            Machine(Path(sys.argv[1]), 1).open()
        except StoreBusy as error:
            print(error.code)
        """,
        machine.folder,
    )
    assert child.communicate()[0].strip() == "store.busy"
    machine.close()
    second.open()
    second.close()


def test_a_forked_child_does_not_keep_its_dead_parents_store_locked(machine, store):
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(write_end)
        os.read(read_end, 1)
        os._exit(0)
    try:
        machine.close()
        machine.open()
        keep(machine.store, a_ticket())
    finally:
        os.write(write_end, b"x")
        os.waitpid(child, 0)
        os.close(read_end)
        os.close(write_end)


def write_until_killed(folder, start, told):
    """Save tickets, blobs and updates without end; tell each ticket's id once its unit has returned."""
    machine = Machine(folder, 1)
    store = machine.open()
    for number in range(start, start + 100_000):
        with act(store, ("ticket", str(number))) as unit:
            ticket = unit.save(a_ticket(number=number))
            if number % 3 == 0:
                unit.save(a_file(store.blobs.put(b"sealed %d" % number)))
            if number % 5 == 0:
                unit.session.flush()
                ticket.status = "called"
        os.write(told, ticket.id.encode() + b"\n")


def kill_a_writer_after(folder, start, lines, delay_s):
    """Run `write_until_killed` in a forked process, kill it with SIGKILL, and return the ids that it has told."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read_end)
            write_until_killed(folder, start, write_end)
        finally:
            os._exit(1)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        told = [pipe.readline() for _ in range(lines)]
        threading.Event().wait(delay_s)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told += pipe.readlines()
    return {line.strip() for line in told if len(line) == 33}


def test_a_writer_killed_at_any_moment_loses_nothing_that_it_has_told(tmp_path):
    machine = Machine(tmp_path / "killed", 1)
    told = set()
    for round_number in range(8):
        delay_s = random.Random(round_number).random() * 0.008
        told |= kill_a_writer_after(machine.folder, round_number * 1000, 3 + 5 * round_number, delay_s)
        store = machine.open()
        with store.reading() as session:
            kept = set(session.exec(select(Ticket.id)).all())
        assert told <= kept
        assert len(kept - told) <= round_number + 1
        report = machine.verify()
        assert report.ok, report.findings
        assert report.audit_lines == len(kept)
        machine.close()
    assert len(told) > 100


def test_no_planted_value_stands_anywhere_in_the_folder(machine, store):
    planted = [f"Planted-Value-{number:02}-Nguyễn" for number in range(30)]
    for number, value in enumerate(planted):
        keep(
            store,
            a_person(full_name=value, folded_name=value, address=value, card_raw_extra=value),
            a_dossier(answers={"name": value, value: number}, provisional_no=value),
        )
        with act(store, ("person", str(number))) as unit:
            unit.enqueue("dossier", f"r{number}", value)
    with store.reading() as session:
        session.exec(select(Person).order_by(Person.address)).all()
        seen = [path for path in machine.folder.rglob("*") if path.is_file()]
        assert {path.name for path in seen} >= {"store.db", "store.db-wal", "store.check"}
        everything = b"".join(path.read_bytes() for path in seen)
    for value in [*planted, "Planted-Value", "CREATE TABLE", "ticket", "001199000001"]:
        assert value.encode() not in everything
        assert value.encode("utf-16-le") not in everything
    assert machine.keys.store_key() not in everything
    assert machine.keys.store_key().hex().encode() not in everything


def test_files_of_the_store_are_the_owners_only(machine, store):
    keep(store, a_file(store.blobs.put(b"sealed")))
    assert stat.S_IMODE(machine.folder.stat().st_mode) == 0o700
    for path in machine.folder.rglob("*"):
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_dropped_local_key_leaves_the_write_ahead_log(machine, store):
    row = keep(store, a_file(store.blobs.put(b"sealed")))
    with act(store) as unit:
        unit.session.get(type(row), row.id).local_key = None
    assert (machine.folder / "store.db-wal").stat().st_size > 0
    store.truncate_log()
    assert (machine.folder / "store.db-wal").stat().st_size == 0


def test_a_full_database_keeps_nothing_of_the_act_and_works_again(machine, store):
    keep(store, a_ticket())
    with store._writer.connect() as connection:
        driver = connection.connection.driver_connection
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
        driver.execute(f"PRAGMA max_page_count = {pages + 4}")
    heard = []
    store.listen(heard.append)
    with pytest.raises(StoreFull) as caught, act(store) as unit:
        for number in range(200):
            unit.save(a_ticket(number=number, label="x" * 1000))
    assert caught.value.retryable
    assert heard == []
    assert machine.verify().ok
    with store._writer.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA max_page_count = 1000000")
    keep(store, a_ticket())
    with store.reading() as session:
        assert len(session.exec(select(Ticket)).all()) == 2
        assert len(session.exec(select(AuditLine)).all()) == 2
    assert machine.verify().ok


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 3 MiB, which needs the right to mount."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_keeps_nothing_half_written_and_works_again(small_disk):
    machine = Machine(small_disk / "store", 1)
    store = machine.open()
    kept, blobs = [], []
    with pytest.raises(StoreFull):
        for number in range(1000):
            blobs.append(store.blobs.put(os.urandom(100_000) + b"%d" % number))
    with pytest.raises(StoreFull):
        for number in range(1000):
            kept.append(keep(store, a_ticket(number=number, label="x" * 5000)))
    assert not [path for path in store.blobs._files() if path.name not in blobs]
    for blob_id in blobs:
        store.blobs.get(blob_id)
    assert machine.verify().ok
    store.blobs.discard(blobs[0])
    store.blobs.discard(blobs[1])
    keep(store, a_ticket())
    with store.reading() as session:
        assert len(session.exec(select(Ticket)).all()) == len(kept) + 1
    machine.close()
    machine.open()
    assert machine.verify().ok
    machine.close()


def test_a_read_only_disk_is_told(small_disk):
    machine = Machine(small_disk / "store", 1)
    machine.open()
    machine.close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises((StoreReadOnly, StoreTrouble)):
        machine.open()


def test_two_connections_race_and_one_waits_or_is_told_busy(machine, store, monkeypatch):
    """A foreign connection in the middle of writing: our unit waits for it; beyond the timeout it is refused whole."""
    monkeypatch.setattr(connections, "_BUSY_MS", 50)
    machine.close()
    store = machine.open()
    connect = connections.connector(machine.folder / DATABASE, machine.keys.store_key(), read_only=False)
    foreign = connect()
    foreign.execute("BEGIN IMMEDIATE")
    foreign.execute("INSERT INTO setting (key, value) VALUES ('a', 'b')")
    with pytest.raises(StoreBusy) as caught:
        keep(store, a_ticket())
    assert caught.value.retryable
    foreign.execute("COMMIT")
    keep(store, a_ticket())
    foreign.close()
    assert machine.verify().ok


def test_changes_written_by_another_connection_are_continued_not_forked(machine, store):
    """The end of the chain is read at BEGIN: nothing that was remembered from before is trusted."""
    keep(store, a_ticket())
    second = Machine(machine.folder, 1)
    folders_lock = folders.OwnerLock.__init__
    folders.OwnerLock.__init__ = lambda self, path: setattr(self, "_handle", -1)
    try:
        second.open()
    finally:
        folders.OwnerLock.__init__ = folders_lock
    threads = [
        threading.Thread(target=lambda s=s: [keep(s, a_ticket()) for _ in range(5)])
        for s in (store, second.store)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    second.close()
    report = machine.verify()
    assert report.ok
    assert report.rows == 11


def test_sqlcipher_prints_nothing_on_a_wrong_key(machine, store, capfd):
    machine.close()
    (machine.folder / KEY_CHECK).unlink()
    with pytest.raises(sqlcipher.DatabaseError):
        connections.connector(machine.folder / DATABASE, bytes(32), read_only=False)()
    assert capfd.readouterr() == ("", "")


def test_closing_twice_is_closing_once(machine, store):
    store.close()
    store.close()
    with pytest.raises(StoreClosed):
        store.vector()


def test_a_printed_store_shows_no_key(machine, store):
    assert machine.keys.store_key().hex() not in repr(store) + repr(store.__dict__).replace(
        repr(store._key), ""
    )
