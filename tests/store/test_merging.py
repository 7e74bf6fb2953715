import dataclasses

import pytest

from sync.changes import DELETED, digest, sign
from sync.errors import ChainBroken, ChangeForked
from tests.store.conftest import a_file, a_person, a_ticket, a_trip, act, keep, load
from van_station.records import OutboxItem, PaymentNotice, Person, StoredFile, Ticket, Trip


def edit(store, row, **values):
    with act(store) as unit:
        mine = unit.session.get(type(row), row.id)
        for name, value in values.items():
            setattr(mine, name, value)
        unit.save(mine)


def both_take(one, two):
    one.take_from(two)
    two.take_from(one)
    one.take_from(two)


def rows_of(machine, model):
    with machine.store.reading() as session:
        return {row["id"]: dict(row) for row in session.execute(model.__table__.select()).mappings()}


def test_what_one_machine_wrote_the_other_shows(machine, other):
    trip = keep(machine.store, a_trip(services=["vneid"]))
    person = keep(machine.store, a_person())
    told = []
    other.store.listen(told.append)
    received = other.take_from(machine)
    assert received.new == len(machine.store.changes_after({}, limit=999))
    assert told == [frozenset({"trip", "person"})]
    assert load(other.store, Trip, trip.id).services == ["vneid"]
    assert load(other.store, Trip, trip.id).held_on == trip.held_on
    assert load(other.store, Person, person.id).id_number == person.id_number
    assert other.verify().ok


def test_the_same_changes_twice_change_nothing(machine, other):
    keep(machine.store, a_ticket())
    changes = machine.store.changes_after({}, limit=999)
    for expected in (len(changes), 0):
        with act(other.store) as unit:
            assert unit.apply_remote(changes).new == expected
    assert other.store.vector() == machine.store.vector()
    assert other.verify().ok


def test_edits_of_different_fields_both_stay(machine, other):
    ticket = keep(machine.store, a_ticket())
    other.take_from(machine)
    edit(machine.store, ticket, status="called")
    edit(other.store, ticket, counter="2")
    both_take(machine, other)
    for side in (machine, other):
        row = load(side.store, Ticket, ticket.id)
        assert (row.status, row.counter) == ("called", "2")
        assert side.store.conflicts("ticket", ticket.id) == ()
        assert side.verify().ok


def test_edits_of_one_field_are_both_kept_shown_alike_and_block_when_critical(machine, other):
    person = keep(machine.store, a_person())
    other.take_from(machine)
    edit(machine.store, person, id_number="001199000002", phone="1")
    edit(other.store, person, id_number="001199000003", phone="2")
    both_take(machine, other)
    found = [side.store.conflicts("person", person.id) for side in (machine, other)]
    assert found[0] == found[1]
    number, phone = found[0]
    assert (number.field, number.critical, phone.field, phone.critical) == ("id_number", True, "phone", False)
    assert {head.value for head in number.heads} == {"001199000002", "001199000003"}
    assert load(machine.store, Person, person.id).id_number == number.heads[0].value
    assert rows_of(machine, Person) == rows_of(other, Person)


@pytest.mark.parametrize("choice", [0, 1])
def test_a_persons_choice_settles_a_conflict_everywhere_also_for_the_value_shown(machine, other, choice):
    person = keep(machine.store, a_person())
    other.take_from(machine)
    edit(machine.store, person, id_number="001199000002")
    edit(other.store, person, id_number="001199000003")
    both_take(machine, other)
    chosen = machine.store.conflicts("person", person.id)[0].heads[choice].value
    with act(machine.store) as unit:
        unit.settle(unit.session.get(Person, person.id), "id_number", chosen)
    both_take(machine, other)
    for side in (machine, other):
        assert side.store.conflicts("person", person.id) == ()
        assert load(side.store, Person, person.id).id_number == chosen
        assert side.verify().ok


def test_the_same_value_written_twice_is_no_conflict(machine, other):
    person = keep(machine.store, a_person())
    other.take_from(machine)
    for side in (machine, other):
        edit(side.store, person, phone="5")
    both_take(machine, other)
    assert machine.store.conflicts("person", person.id) == ()


def test_an_edit_that_a_deleter_had_not_seen_is_shown_to_a_person(machine, other):
    ticket = keep(machine.store, a_ticket())
    other.take_from(machine)
    edit(other.store, ticket, status="called")
    with act(machine.store) as unit:
        unit.erase(unit.session.get(Ticket, ticket.id))
    both_take(machine, other)
    for side in (machine, other):
        assert load(side.store, Ticket, ticket.id) is None
        assert [conflict.field for conflict in side.store.conflicts("ticket", ticket.id)] == [DELETED]
        assert side.verify().ok


@pytest.mark.parametrize("deleted", [True, False])
def test_a_person_decides_about_a_deleted_record_with_an_unseen_edit(machine, other, deleted):
    ticket = keep(machine.store, a_ticket())
    other.take_from(machine)
    edit(other.store, ticket, status="called")
    with act(machine.store) as unit:
        unit.erase(unit.session.get(Ticket, ticket.id))
    both_take(machine, other)
    with act(other.store) as unit:
        unit.settle_deleted("ticket", ticket.id, deleted=deleted)
    both_take(machine, other)
    for side in (machine, other):
        row = load(side.store, Ticket, ticket.id)
        assert row is None if deleted else row.status == "called"
        assert side.store.conflicts("ticket", ticket.id) == ()
        assert side.verify().ok


def test_a_record_waits_until_its_required_fields_have_come(machine, other):
    ticket = keep(machine.store, a_ticket())
    changes = machine.store.changes_after({}, limit=999)
    with act(other.store) as unit:
        unit.apply_remote(changes[:3])
    assert load(other.store, Ticket, ticket.id) is None
    assert other.verify().ok
    with act(other.store) as unit:
        unit.apply_remote(changes[3:])
    assert load(other.store, Ticket, ticket.id).label == ticket.label
    assert other.verify().ok


def test_a_change_after_a_gap_waits_and_is_not_kept(machine, other):
    keep(machine.store, a_ticket())
    changes = machine.store.changes_after({}, limit=999)
    with act(other.store) as unit:
        received = unit.apply_remote([*changes[:2], *changes[3:]])
    assert received.new == 2
    assert list(received.waiting) == changes[3:]
    assert other.store.vector() == {machine.site: 2}


def test_a_second_history_of_a_site_is_refused_whole(machine, other):
    keep(machine.store, a_ticket())
    changes = machine.store.changes_after({}, limit=999)
    other.take_from(machine)
    signer = machine.keys.signer().sign
    forged = sign(dataclasses.replace(changes[-1], value="x", signature=""), signer)
    with pytest.raises(ChangeForked), act(other.store) as unit:
        unit.apply_remote([forged])
    broken = dataclasses.replace(changes[-1], seq=changes[-1].seq + 1, previous="0" * 64, signature="")
    keep_count = len(other.store.changes_after({}, limit=999))
    with pytest.raises(ChainBroken), act(other.store) as unit:
        unit.apply_remote([sign(broken, signer)])
    assert len(other.store.changes_after({}, limit=999)) == keep_count


def written_by(machine, entity, record_id, **values):
    """Changes that another version of the program might have written, continuing the machine's chain."""
    changes = machine.store.changes_after({}, limit=9999)
    own = [change for change in changes if change.site == machine.site]
    seq, previous = (own[-1].seq, digest(own[-1])) if own else (0, "")
    made = []
    for field, value in values.items():
        seq += 1
        model = changes[0] if changes else None
        change = dataclasses.replace(
            model, site=machine.site, seq=seq, entity=entity, record_id=record_id, field=field, value=value, replaces=(),
            previous=previous, signature="",
        )  # fmt: skip
        change = sign(change, machine.keys.signer().sign)
        previous = digest(change)
        made.append(change)
    return made


def test_unknown_kinds_and_fields_of_a_newer_version_are_kept_and_passed_on(machine, other, tmp_path):
    ticket = keep(machine.store, a_ticket())
    other.take_from(machine)
    newer = written_by(machine, "ticket", ticket.id, mood="fine")
    with act(other.store) as unit:
        assert unit.apply_remote(newer).new == 1
    assert other.store.changes_after({machine.site: newer[0].seq - 1}, limit=9) == newer
    assert load(other.store, Ticket, ticket.id).label == ticket.label
    assert other.verify().ok


@pytest.mark.parametrize("value", [7, ["x"], {"a": 1}, True])
def test_a_value_of_a_wrong_type_is_kept_in_the_log_but_never_in_a_row(machine, other, value):
    ticket = keep(machine.store, a_ticket())
    other.take_from(machine)
    with act(other.store) as unit:
        assert unit.apply_remote(written_by(machine, "ticket", ticket.id, counter=value)).new == 1
    assert load(other.store, Ticket, ticket.id).counter is None
    assert other.verify().ok


def test_others_cannot_write_local_tables_or_columns(machine, other):
    row = keep(other.store, a_file(other.store.blobs.put(b"sealed")))
    keep(machine.store, a_ticket())
    machine.take_from(other)
    other.take_from(machine)
    assert load(machine.store, StoredFile, row.id).local_key is None
    attack = written_by(machine, "stored_file", row.id, local_key="AAAA")
    with act(other.store) as unit:
        unit.apply_remote(attack)
        assert unit.session.get(StoredFile, row.id).local_key == b"k" * 60


def test_a_remote_outbox_item_never_becomes_a_row(machine, other):
    keep(machine.store, a_ticket())
    other.take_from(machine)
    item = {"kind": "dossier", "ref_id": "x", "state": "waiting", "urgent": True, "attempts": 0,
            "created_at": "2026-11-22T01:00:00.000000Z"}  # fmt: skip
    with act(other.store) as unit:
        unit.apply_remote(written_by(machine, "outbox_item", "ab", **item))
    assert load(other.store, OutboxItem, "ab") is None


def test_one_bank_notice_heard_on_two_machines_is_one_row(machine, other):
    for side in (machine, other):
        now = side.clock()
        keep(side.store, PaymentNotice(notice_id="FT26", reference="R", amount_vnd=5, bank_time=now, verdict="matched", received_at=now))  # fmt: skip
    both_take(machine, other)
    assert rows_of(machine, PaymentNotice) == rows_of(other, PaymentNotice)
    assert len(rows_of(machine, PaymentNotice)) == 1
    assert machine.verify().ok


def test_own_changes_come_back_after_an_older_copy_was_restored(machine, other, tmp_path):
    keep(machine.store, a_ticket())
    machine.close()
    copy = (machine.folder / "store.db").read_bytes()
    later = keep(machine.open(), a_ticket(label="LATER"))
    other.take_from(machine)
    machine.close()
    for name in ("store.db-wal", "store.db-shm"):
        (machine.folder / name).unlink(missing_ok=True)
    (machine.folder / "store.db").write_bytes(copy)
    machine.open()
    machine.take_from(other)
    assert load(machine.store, Ticket, later.id).label == "LATER"
    keep(machine.store, a_ticket())
    other.take_from(machine)
    assert machine.verify().ok
    assert other.verify().ok
