"""Nothing of an earlier visit shows or is prefilled before the person agrees."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tests.services.machine import RESIDENCE, Machine
from van_station.records.trips import Setting
from van_station.services.people import PersonView

NUMBER = "001190000777"
FIRST = {"id_number": NUMBER, "phone": "0912000123", "address": "Thôn Đoài, xã Mẫu"}


def known(desk: Machine) -> PersonView:
    found = desk.workspace.intake.known(NUMBER)
    assert found is not None
    return found


def agree(desk: Machine, purpose: str) -> None:
    desk.workspace.consents.record(desk.officer, known(desk).id, purpose, said_yes=True)


def prefilled(desk: Machine, **given: object) -> tuple[object, object]:
    """Return phone and address of a dossier begun at another visit."""
    dossier = desk.started(RESIDENCE, **{"id_number": NUMBER, **given})
    form = desk.workspace.catalogue.entry(RESIDENCE).form
    where = {hint: pointer for pointer, hint in form.prefill_hints().items()}
    values = {node.pointer: node.value for node in fields(desk.workspace.dossiers.form(dossier.id).nodes)}
    phone, address = where.get("person.phone", ""), where.get("person.address", "")
    return values.get(phone), values.get(address)


def fields(nodes):  # type: ignore[no-untyped-def]
    for node in nodes:
        if hasattr(node, "pointer") and hasattr(node, "value"):
            yield node
        yield from fields(getattr(node, "children", ()))


def test_a_number_alone_tells_only_how_often_somebody_was_here(desk: Machine) -> None:
    desk.take_in(**FIRST)
    view = known(desk)
    assert (view.id_number, view.visits) == (NUMBER, 1)
    told = (view.full_name, view.birth_date, view.birth_text, view.sex, view.address, view.phone)
    assert told == ("", None, "", "", "", "")


def test_agreeing_to_a_call_shows_the_phone_and_nothing_else(desk: Machine) -> None:
    desk.take_in(**FIRST)
    agree(desk, "contact_phone")
    view = known(desk)
    assert (bool(view.phone), view.address, view.full_name) == (True, "", "")


def test_agreeing_to_reuse_shows_what_was_told_and_taking_it_back_covers_it_again(desk: Machine) -> None:
    desk.take_in(**FIRST)
    agree(desk, "reuse_answers")
    view = known(desk)
    assert (bool(view.phone), view.address, bool(view.full_name)) == (True, FIRST["address"], True)
    desk.clock.turn(minutes=1)
    desk.workspace.consents.withdraw(desk.officer, view.id, "reuse_answers")
    assert (known(desk).phone, known(desk).address) == ("", "")


def test_a_first_visit_is_prefilled_with_all_that_was_said(desk: Machine) -> None:
    phone, address = prefilled(desk, **FIRST)
    assert (phone, address) == (FIRST["phone"], FIRST["address"])


@pytest.mark.parametrize("given", [{}, {"phone": "0912000999"}, {"address": "Thôn Mới, xã Mẫu"}])
def test_a_later_visit_is_prefilled_with_what_was_said_at_it(desk: Machine, given: dict[str, str]) -> None:
    desk.take_in(**FIRST)
    phone, address = prefilled(desk, **given)
    assert (phone or "", address or "") == (given.get("phone", ""), given.get("address", ""))


def test_a_later_visit_is_prefilled_with_what_the_person_agreed_to(desk: Machine) -> None:
    desk.take_in(**FIRST)
    agree(desk, "contact_phone")
    phone, address = prefilled(desk)
    assert (phone, address or "") == (FIRST["phone"], "")


def test_the_note_of_what_was_said_holds_nothing_of_it(desk: Machine) -> None:
    ticket = desk.take_in(**FIRST)
    with desk.workspace.store.reading() as session:
        rows = session.exec(select(Setting)).all()
        values = [row.value for row in rows if row.key.endswith(ticket.id)]
    assert values == ["phone address"]
