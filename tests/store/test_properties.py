import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from sync.merge import causal_order, merge
from tests.store.conftest import Machine, a_dossier, a_ticket, act
from van_station.records import AuditLine, ChangeLog, Dossier, FieldHead, Ticket

MODELS = {"ticket": (Ticket, a_ticket), "dossier": (Dossier, a_dossier)}
FIELDS = {
    "ticket": st.fixed_dictionaries(
        {}, optional={"status": st.sampled_from(["waiting", "called"]), "counter": st.none() | st.text(max_size=5),
                      "times_called": st.integers(-(2**60), 2**60)}
    ),
    "dossier": st.fixed_dictionaries(
        {}, optional={"answers": st.dictionaries(st.text(max_size=3), st.none() | st.booleans() | st.text(max_size=4), max_size=3),
                      "consent": st.none() | st.booleans(), "fee_vnd": st.none() | st.integers(0, 10**9)}
    ),
}  # fmt: skip
STEP = st.sampled_from(["ticket", "dossier"]).flatmap(
    lambda kind: st.tuples(
        st.sampled_from([0, 1]),
        st.just(kind),
        st.sampled_from(["new", "edit", "edit", "edit", "erase", "undone", "pull"]),
        st.integers(0, 5),
        FIELDS[kind],
    )
)


def do(machines, step):
    """One act on one of two machines: a new row, an edit, a removal, an act that fails, or a pull from the other."""
    index, kind, what, which, values = step
    machine = machines[index]
    if what == "pull":
        machine.take_from(machines[1 - index])
        return
    model, make = MODELS[kind]
    with contextlib.suppress(ZeroDivisionError), act(machine.store) as unit:
        rows = unit.session.exec(select(model).order_by(model.id)).all()
        if what == "new" or not rows:
            unit.save(make(**values))
        elif what == "erase":
            unit.erase(rows[which % len(rows)])
        else:
            row = rows[which % len(rows)]
            for name, value in values.items():
                setattr(row, name, value)
            unit.save(row)
        if what == "undone":
            unit.session.flush()
            raise ZeroDivisionError


def replayed_heads(machine):
    """Return the heads that the change log gives when it is merged from its beginning."""
    ready, waiting = causal_order(machine.store.changes_after({}, limit=100_000), {})
    assert waiting == []
    cells = {}
    for change in ready:
        cell = (change.entity, change.record_id, change.field)
        cells[cell] = merge(cells.get(cell, frozenset()), change)
    return {(*cell, *head.id()) for cell, heads in cells.items() for head in heads}


def kept_heads(machine):
    with machine.store.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT entity, record_id, field, site, seq FROM field_head"
        )
        return {tuple(row) for row in rows}


def rows_of(machine):
    with machine.store.reading() as session:
        return {
            (kind, row["id"]): dict(row)
            for kind, (model, _) in MODELS.items()
            for row in session.execute(model.__table__.select()).mappings()
        }


@given(st.lists(STEP, max_size=14))
# Each example is two real stores: shrinking a failure takes minutes, so it is left to whoever looks for its cause.
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_series_of_acts_on_two_machines_keeps_chains_whole_rows_as_heads_and_converges(steps):
    with tempfile.TemporaryDirectory() as folder:
        machines = [Machine(Path(folder) / str(number), number) for number in (1, 2)]
        for machine in machines:
            machine.open()
        try:
            for step in steps:
                do(machines, step)
            for machine in machines:
                report = machine.verify()
                assert report.ok, report.findings
            for _ in range(2):
                machines[0].take_from(machines[1])
                machines[1].take_from(machines[0])
            for machine in machines:
                assert machine.verify().ok
                assert replayed_heads(machine) == kept_heads(machine)
            assert rows_of(machines[0]) == rows_of(machines[1])
            assert machines[0].store.vector() == machines[1].store.vector()
        finally:
            for machine in machines:
                machine.close()


def tampered(store, statement):
    """Change the database behind the store's back, as a person with the key might."""
    with store._writer.begin() as connection:
        assert connection.exec_driver_sql(statement).rowcount > 0


TAMPERING = {
    "UPDATE change_log SET value = '\"x\"' WHERE seq = 3": "change_broken",
    "DELETE FROM change_log WHERE seq = 3": "change_broken",
    "UPDATE change_log SET author = 'u9' WHERE seq = 1": "change_broken",
    "UPDATE change_log SET signature = replace(signature, '0', '1') WHERE seq = 1": "change_unsigned",
    "UPDATE audit_line SET actor_id = 'u9' WHERE seq = 1": "audit_broken",
    "DELETE FROM audit_line WHERE seq = 1": "audit_broken",
    "DELETE FROM audit_line WHERE seq = 3": "audit_cut",
    "DELETE FROM change_log WHERE seq > 20": "audit_cut",
    "UPDATE ticket SET label = 'B999'": "row_differs",
    "DELETE FROM ticket": "row_differs",
    "DELETE FROM field_head WHERE field = 'label'": "row_differs",
}


@pytest.mark.parametrize("statement", TAMPERING)
def test_verifying_finds_what_was_changed_behind_the_stores_back(machine, store, statement):
    for number in range(3):
        with act(store, ("ticket", str(number))) as unit:
            unit.save(a_ticket(number=number))
    assert machine.verify().ok
    tampered(store, statement)
    assert TAMPERING[statement] in {finding.code for finding in machine.verify().findings}


def test_the_books_hold_as_many_lines_as_there_were_acts_and_values(machine, store):
    for number in range(4):
        with act(store) as unit:
            unit.save(a_ticket(number=number))
    with store.reading() as session:
        counts = [len(session.exec(select(model)).all()) for model in (AuditLine, ChangeLog, FieldHead)]
    assert counts == [4, 44, 44]
