# ruff: noqa: PT012  -- a unit is a block, and what it raises may come at its end

import logging
import threading
from enum import StrEnum

import pytest
from sqlalchemy import delete, insert, update
from sqlmodel import select

from sync.changes import DELETED, verify_chain
from sync.changes import verify as verify_change
from tests.store.conftest import START, a_dossier, a_file, a_person, a_ticket, act, keep, load
from van_station.records import AuditLine, FieldHead, NumberBlock, OutboxItem, Setting, StoredFile, Ticket
from van_station.store import (
    AuditRefused,
    BlobMissing,
    ConstraintBroken,
    StaleRow,
    StoreClosed,
    StoreReadOnly,
)


def changes(store):
    return store.changes_after({}, limit=10_000)


def heads(store):
    with store.reading() as session:
        return {(h.entity, h.record_id, h.field): h.seq for h in session.exec(select(FieldHead)).all()}


def test_a_new_row_becomes_one_signed_chained_change_for_each_value(machine, store):
    ticket = keep(store, a_ticket())
    written = changes(store)
    assert {change.field: change.value for change in written} == {
        "trip_id": "a1", "lane": "digitise", "number": 1, "label": "B001", "need": "digitise", "status": "waiting",
        "created_at": "2026-11-22T01:00:00.000000Z", "times_called": 0, "created_by": "u1",
        "holder": "", "party_size": 1,
    }  # fmt: skip
    assert all(change.record_id == ticket.id and change.author == "u1" for change in written)
    verify_chain(written, previous="")
    for change in written:
        verify_change(change, machine.keys.signer().public_key)
    assert machine.verify().ok


def test_only_what_changed_becomes_a_change_and_replaces_its_head(store):
    ticket = keep(store, a_ticket())
    before = heads(store)
    with act(store) as unit:
        row = unit.session.get(Ticket, ticket.id)
        row.status = "called"
        row.label = "B001"
        unit.save(row)
    last = changes(store)[-1]
    assert (last.field, last.value) == ("status", "called")
    assert last.seq == len(before) + 1
    assert [i.seq for i in last.replaces] == [before["ticket", ticket.id, "status"]]
    assert heads(store)["ticket", ticket.id, "status"] == last.seq
    assert len(heads(store)) == len(before)


def test_saving_without_a_change_writes_an_audit_line_only(store):
    ticket = keep(store, a_ticket())
    count = len(changes(store))
    told = []
    store.listen(told.append)
    with act(store) as unit:
        unit.save(unit.session.get(Ticket, ticket.id))
    assert len(changes(store)) == count
    assert told == []
    with store.reading() as session:
        assert len(session.exec(select(AuditLine)).all()) == 2


def test_a_row_changed_without_save_is_captured_all_the_same(store):
    ticket = keep(store, a_ticket())
    with act(store) as unit:
        unit.session.get(Ticket, ticket.id).counter = "2"
    assert (changes(store)[-1].field, changes(store)[-1].value) == ("counter", "2")


def test_several_saves_in_one_unit_leave_one_change_with_the_last_value(store):
    with act(store) as unit:
        ticket = unit.save(a_ticket())
        unit.session.flush()
        ticket.status = "called"
        unit.save(ticket)
    assert [change.value for change in changes(store) if change.field == "status"] == ["called"]


def test_an_exception_undoes_row_change_audit_and_outbox(store):
    with pytest.raises(ZeroDivisionError), act(store) as unit:
        unit.save(a_ticket())
        unit.enqueue("dossier", "d1", "d1")
        unit.session.flush()
        raise ZeroDivisionError
    assert changes(store) == []
    with store.reading() as session:
        for model in (Ticket, OutboxItem, AuditLine, FieldHead):
            assert session.exec(select(model)).all() == []


def test_local_tables_and_columns_write_no_change(store):
    blob_id = store.blobs.put(b"sealed")
    block = NumberBlock(site="aa", trip_id="a1", lane="x", first=1, last=9, next_number=4)
    keep(store, Setting(key="counter", value="2"), block, a_file(blob_id))
    assert {change.entity for change in changes(store)} == {"number_block", "stored_file"}
    assert not {"next_number", "local_key"} & {change.field for change in changes(store)}
    count = len(changes(store))
    with act(store) as unit:
        unit.session.get(NumberBlock, block.id).next_number = 5
    assert len(changes(store)) == count
    assert load(store, NumberBlock, block.id).next_number == 5


class Status(StrEnum):
    DONE = "done"


def test_an_enum_is_kept_as_its_text(machine, store):
    ticket = keep(store, a_ticket(status=Status.DONE))
    assert type(load(store, Ticket, ticket.id).status) is str
    assert next(change.value for change in changes(store) if change.field == "status") == "done"
    assert machine.verify().ok


@pytest.mark.parametrize("in_place", [False, True])
def test_changed_answers_are_noticed_assigned_or_edited_in_place(machine, store, in_place):
    dossier = keep(store, a_dossier(answers={"name": "a", "children": [{"n": 1}]}))
    with act(store) as unit:
        row = unit.session.get(type(dossier), dossier.id)
        if in_place:
            row.answers["children"][0]["n"] = 2
        else:
            row.answers = {**row.answers, "children": [{"n": 2}]}
        unit.save(row)
    assert load(store, type(dossier), dossier.id).answers == {"name": "a", "children": [{"n": 2}]}
    assert changes(store)[-1].value == {"name": "a", "children": [{"n": 2}]}
    assert machine.verify().ok


def test_a_value_taken_away_is_a_change_to_nothing(machine, store):
    ticket = keep(store, a_ticket(counter="1"))
    with act(store) as unit:
        unit.session.get(Ticket, ticket.id).counter = None
    assert (changes(store)[-1].field, changes(store)[-1].value) == ("counter", None)
    assert machine.verify().ok


def test_an_erased_row_leaves_a_tombstone_that_names_what_its_author_saw(machine, store):
    ticket = keep(store, a_ticket())
    seen = set(heads(store).values())
    with act(store) as unit:
        unit.erase(unit.session.get(Ticket, ticket.id))
    last = changes(store)[-1]
    assert (last.field, last.value) == (DELETED, True)
    assert {i.seq for i in last.replaces} == seen
    assert load(store, Ticket, ticket.id) is None
    assert machine.verify().ok


def test_a_row_kept_again_after_erasing_is_there_again(machine, store):
    ticket = keep(store, a_ticket())
    with act(store) as unit:
        unit.erase(unit.session.get(Ticket, ticket.id))
    keep(store, a_ticket(id=ticket.id, label="B777"))
    assert load(store, Ticket, ticket.id).label == "B777"
    assert machine.verify().ok


def test_a_row_from_a_reading_session_is_taken_in_when_nobody_changed_it(machine, store):
    ticket = keep(store, a_ticket())
    read = load(store, Ticket, ticket.id)
    read.status = "called"
    keep(store, read)
    assert load(store, Ticket, ticket.id).status == "called"
    assert machine.verify().ok


def test_a_row_read_before_somebody_elses_change_is_refused_not_overwritten(store):
    ticket = keep(store, a_ticket())
    mine, theirs = load(store, Ticket, ticket.id), load(store, Ticket, ticket.id)
    theirs.status = "called"
    keep(store, theirs)
    mine.status = "skipped"
    with pytest.raises(StaleRow):
        keep(store, mine)
    other_field = load(store, Ticket, ticket.id)
    theirs.counter = "9"
    keep(store, theirs)
    other_field.need = "advice"
    keep(store, other_field)
    kept = load(store, Ticket, ticket.id)
    assert (kept.status, kept.counter, kept.need) == ("called", "9", "advice")


def test_bulk_statements_are_refused_because_they_bypass_the_change_log(store):
    keep(store, a_ticket())
    for statement in (update(Ticket).values(status="x"), delete(Ticket), insert(Ticket)):
        with pytest.raises(TypeError), act(store) as unit:
            unit.session.execute(statement)


def test_a_missing_value_is_refused_without_telling_the_others(store):
    with pytest.raises(ConstraintBroken) as caught:
        keep(store, a_person(full_name=None, address="12 Phố Mẫu"))
    assert "Mẫu" not in f"{caught.value} {caught.value.__cause__}"


def test_the_audit_line_says_who_did_what_to_which(store):
    with store.unit("u7", "ticket.create", ("ticket", "t9")) as unit:
        unit.save(a_ticket())
        unit.note({"lane": "digitise", "number": 4})
        unit.note({"tries": 2})
    with store.reading() as session:
        line = session.exec(select(AuditLine)).one()
    assert (line.actor_id, line.act, line.subject_kind, line.subject_id) == (
        "u7",
        "ticket.create",
        "ticket",
        "t9",
    )
    assert line.details == {"lane": "digitise", "number": 4, "tries": 2}
    assert line.last_change == 11
    assert line.at > START


@pytest.mark.parametrize(
    "details",
    [
        {"who": "Trần Thị Mẫu"},
        {"id": "001199000001"},
        {"old": "012345678"},
        {"tel": "0912345678"},
        {"a b": 1},
    ],
)
def test_an_audit_note_takes_no_personal_data(store, details):
    with pytest.raises(AuditRefused), act(store) as unit:
        unit.save(a_ticket())
        unit.note(details)
    assert changes(store) == []


def test_a_subject_that_is_a_name_is_refused(store):
    with pytest.raises(AuditRefused), store.unit("u1", "person.show", ("person", "Trần Thị Mẫu")):
        pass


def test_what_waits_to_be_sent_waits_once(store):
    with act(store) as unit:
        first = unit.enqueue("dossier", "d1", "d1")
        again = unit.enqueue("dossier", "d1", "d1", urgent=True)
        other = unit.enqueue("blob", "d1", "d1")
    assert first.id == again.id != other.id
    assert load(store, OutboxItem, first.id).urgent
    with act(store) as unit:
        unit.session.get(OutboxItem, first.id).state = "sending"
    with act(store) as unit:
        assert unit.enqueue("dossier", "d1", "d1").id != first.id


def test_a_row_cannot_name_a_blob_that_was_not_put_first(store):
    with pytest.raises(BlobMissing):
        keep(store, a_file("ab" * 32))
    with pytest.raises(BlobMissing), act(store) as unit:
        unit.session.add(a_file("ab" * 32))
    kept = keep(store, a_file(store.blobs.put(b"sealed")))
    with pytest.raises(BlobMissing), act(store) as unit:
        row = unit.session.get(StoredFile, kept.id)
        row.blob_id = "cd" * 32
        unit.save(row)


def test_listeners_hear_the_kinds_after_commit_and_may_read(store):
    heard = []

    def listener(kinds):
        with store.reading() as session:
            heard.append((kinds, len(session.exec(select(Ticket)).all())))

    stop = store.listen(listener)
    with act(store) as unit:
        unit.save(a_ticket())
        unit.enqueue("dossier", "d1", "d1")
    assert heard == [(frozenset({"ticket", "outbox_item"}), 1)]
    stop()
    keep(store, a_ticket())
    assert len(heard) == 1


def test_a_listener_may_start_a_unit_of_its_own(store):
    done = []

    def listener(kinds):
        if not done:
            done.append(kinds)
            keep(store, Setting(key="seen", value="1"))

    store.listen(listener)
    keep(store, a_ticket())
    assert load(store, Setting, "seen").value == "1"


def test_a_failing_listener_breaks_nothing_and_is_logged_by_type_only(store, caplog):
    heard = []

    def failing(_):
        raise ValueError("Trần Thị Mẫu")

    store.listen(failing)
    store.listen(heard.append)
    with caplog.at_level(logging.ERROR):
        keep(store, a_ticket())
    assert heard == [frozenset({"ticket"})]
    assert "ValueError" in caplog.text
    assert "Mẫu" not in caplog.text


def test_no_listener_hears_of_what_was_undone(store):
    heard = []
    store.listen(heard.append)
    with pytest.raises(ZeroDivisionError), act(store) as unit:
        unit.save(a_ticket())
        raise ZeroDivisionError
    assert heard == []


def test_a_reading_session_cannot_write(store):
    with pytest.raises(StoreReadOnly), store.reading() as session:
        session.add(a_ticket())
        session.flush()


def test_a_reading_session_sees_one_snapshot_while_a_unit_commits(store):
    keep(store, a_ticket())
    with store.reading() as session:
        assert len(session.exec(select(Ticket.id)).all()) == 1
        keep(store, a_ticket())
        assert len(session.exec(select(Ticket.id)).all()) == 1
    with store.reading() as session:
        assert len(session.exec(select(Ticket.id)).all()) == 2


def test_units_do_not_nest_and_say_so_instead_of_hanging(store):
    with act(store):
        with pytest.raises(RuntimeError), act(store):
            pass
        with pytest.raises(RuntimeError):
            store.close()


def test_units_of_many_threads_come_one_after_another(machine, store):
    def work(name):
        for number in range(5):
            keep(store, a_ticket(label=name, number=number))

    threads = [threading.Thread(target=work, args=(f"T{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [change.seq for change in changes(store)] == list(range(1, 4 * 5 * 11 + 1))
    report = machine.verify()
    assert report.ok
    assert report.rows == 20


def test_a_closed_store_says_so(machine, store):
    machine.close()
    with pytest.raises(StoreClosed), act(store):
        pass
    with pytest.raises(StoreClosed), store.reading():
        pass


def test_a_change_of_the_clock_backwards_keeps_stamps_in_order(machine, store):
    keep(store, a_ticket())
    machine.clock.at = START.replace(year=2025)
    keep(store, a_ticket())
    stamps = [change.stamp for change in changes(store)]
    assert stamps == sorted(stamps)
    machine.close()
    keep(machine.open(), a_ticket())
    stamps = [change.stamp for change in changes(machine.store)]
    assert stamps == sorted(stamps)
