"""Every door of the services asks for the role that the table of the rules names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from inspect import getmembers, ismethod, signature

import pytest
from sqlmodel import func, select

from tests.services.machine import Machine, Template
from van_station.records.ledger import AuditLine
from van_station.rules.access import Act, Role, may
from van_station.rules.queueing import Lane, TicketAct
from van_station.services.actor import Actor
from van_station.services.capture import CaptureSettings
from van_station.services.certify import SignWay
from van_station.services.chip import ChipAsk
from van_station.services.errors import NotPermitted, ServiceError
from van_station.services.trips import OpenTrip
from van_station.services.workspace import Workspace

NOBODY = "0" * 32
Door = Callable[[Workspace, Actor, Machine], object]
DOORS: dict[str, tuple[Act, Door]] = {
    "intake.take_in": (Act.INTAKE, lambda w, a, m: w.intake.take_in(a, m.draft(need="none such"))),
    "intake.ticket_slip": (Act.INTAKE, lambda w, a, m: w.intake.ticket_slip(a, NOBODY)),
    "queue.call_next": (Act.CALL_TICKET, lambda w, a, m: w.queue.call_next(a, Lane.WELCOME)),
    "queue.act": (Act.CALL_TICKET, lambda w, a, m: w.queue.act(a, NOBODY, TicketAct.CALL)),
    "dossiers.start": (Act.HELP_FORM, lambda w, a, m: w.dossiers.start(a, NOBODY)),
    "dossiers.answer": (Act.HELP_FORM, lambda w, a, m: w.dossiers.answer(a, NOBODY, "/x", "y")),
    "dossiers.add_item": (Act.HELP_FORM, lambda w, a, m: w.dossiers.add_item(a, NOBODY, "/x")),
    "dossiers.remove_item": (Act.HELP_FORM, lambda w, a, m: w.dossiers.remove_item(a, NOBODY, "/x", 0)),
    "dossiers.start_for": (Act.HELP_FORM, lambda w, a, m: w.dossiers.start_for(a, NOBODY, NOBODY)),
    "dossiers.restore_item": (
        Act.HELP_FORM,
        lambda w, a, m: w.dossiers.restore_item(a, NOBODY, "/x", 0, {}),
    ),
    "dossiers.move_item": (Act.HELP_FORM, lambda w, a, m: w.dossiers.move_item(a, NOBODY, "/x", 0, 1)),
    "dossiers.duplicate_item": (
        Act.HELP_FORM,
        lambda w, a, m: w.dossiers.duplicate_item(a, NOBODY, "/x", 0),
    ),
    "dossiers.certify": (Act.CERTIFY, lambda w, a, m: w.dossiers.certify(a, NOBODY)),
    "dossiers.confirm": (Act.SUBMIT, lambda w, a, m: w.dossiers.confirm(a, NOBODY)),
    "dossiers.void": (Act.VOID, lambda w, a, m: w.dossiers.void(a, NOBODY, "nhầm")),
    "capture.start": (
        Act.SCAN,
        lambda w, a, m: w.capture.start(a, NOBODY, NOBODY, "folder:x", CaptureSettings(), print),
    ),
    "capture.document": (Act.HELP_FORM, lambda w, a, m: w.capture.document(a, NOBODY)),
    "capture.remove": (Act.SCAN, lambda w, a, m: w.capture.remove(a, NOBODY)),
    "slips.receipt": (Act.PRINT_SLIP, lambda w, a, m: w.slips.receipt(a, NOBODY)),
    "official_forms.print": (Act.HELP_FORM, lambda w, a, m: w.official_forms.print(a, NOBODY)),
    "official_forms.blank": (Act.HELP_FORM, lambda w, a, m: w.official_forms.blank(a, "0.000000")),
    "dossiers.take_over": (Act.HELP_FORM, lambda w, a, m: w.dossiers.take_over(a, NOBODY, "/x", "y", id)),
    "guidance.take_home": (Act.INTAKE, lambda w, a, m: w.guidance.take_home(a, "0.000000")),
    "guidance.missing_page": (Act.HELP_FORM, lambda w, a, m: w.guidance.missing_page(a, NOBODY)),
    "editions.install": (Act.INSTALL_CATALOGUE, lambda w, a, m: w.editions.install(a, b"")),
    "editions.preview": (Act.INSTALL_CATALOGUE, lambda w, a, m: w.editions.preview(a, b"")),
    "editions.overview": (Act.INSTALL_CATALOGUE, lambda w, a, m: w.editions.overview(a)),
    "draft_upgrades.preview": (Act.HELP_FORM, lambda w, a, m: w.draft_upgrades.preview(a, NOBODY)),
    "draft_upgrades.upgrade": (Act.SUBMIT, lambda w, a, m: w.draft_upgrades.upgrade(a, NOBODY)),
    "intake.read_chip": (Act.INTAKE, lambda w, a, m: w.intake.read_chip(a, ChipAsk(), wait_s=0)),
    "search.find": (Act.LOOK_UP, lambda w, a, m: w.search.find(a, "x")),
    "consents.current": (Act.HELP_FORM, lambda w, a, m: w.consents.current(a, NOBODY)),
    "consents.history": (Act.HELP_FORM, lambda w, a, m: w.consents.history(a, NOBODY)),
    "consents.record": (Act.HELP_FORM, lambda w, a, m: w.consents.record(a, NOBODY, "", said_yes=True)),
    "consents.withdraw": (Act.HELP_FORM, lambda w, a, m: w.consents.withdraw(a, NOBODY, "")),
    "returning.met_before": (Act.REUSE, lambda w, a, m: w.returning.met_before(a, NOBODY)),
    "returning.offers": (Act.REUSE, lambda w, a, m: w.returning.offers(a, NOBODY, "0.000000", NOBODY)),
    "returning.take_answer": (Act.REUSE, lambda w, a, m: w.returning.take_answer(a, NOBODY, "")),
    "returning.take_scan": (Act.REUSE, lambda w, a, m: w.returning.take_scan(a, NOBODY, "")),
    "returning.decline": (Act.REUSE, lambda w, a, m: w.returning.decline(a, NOBODY, "")),
    "payments.request": (Act.TAKE_FEE, lambda w, a, m: w.payments.request(a, NOBODY)),
    "exchange.pause": (Act.SUBMIT, lambda w, a, m: w.exchange.pause(a, paused=False)),
    "exchange.retry": (Act.SUBMIT, lambda w, a, m: w.exchange.retry(a, NOBODY)),
    "trips.open": (Act.TRIP, lambda w, a, m: w.trips.open(a, OpenTrip("none", "Sân đình"))),
    "reports.close": (Act.TALLY, lambda w, a, m: w.reports.close(a, NOBODY)),
    "reports.export": (Act.TALLY, lambda w, a, m: w.reports.export(a, NOBODY, "csv")),
    "accounts.create": (
        Act.USERS,
        lambda w, a, m: w.accounts.create(a, "", "Người Thử", Role.OFFICER, "mat khau"),
    ),
    "businesses.find": (Act.LOOK_UP, lambda w, a, m: w.businesses.find(a, "x")),
    "businesses.get": (Act.LOOK_UP, lambda w, a, m: w.businesses.get(a, NOBODY)),
    "businesses.offers": (Act.LOOK_UP, lambda w, a, m: w.businesses.offers(a, "x")),
    "businesses.offer": (Act.LOOK_UP, lambda w, a, m: w.businesses.offer(a, NOBODY)),
    "guidance.hand_over": (Act.INTAKE, lambda w, a, m: w.guidance.hand_over(a, "0.000000", {})),
    "separators.sheets": (Act.SCAN, lambda w, a, m: w.separators.sheets(a, NOBODY)),
    "certify.sign": (Act.CERTIFY, lambda w, a, m: w.certify.sign(a, [NOBODY], SignWay(), "")),
    "certify.top_up": (Act.CERTIFY, lambda w, a, m: w.certify.top_up(a, NOBODY)),
    "accounts.deactivate": (Act.USERS, lambda w, a, m: w.accounts.deactivate(a, NOBODY)),
}


@pytest.fixture(scope="module")
def shared(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Return one machine for all: nothing here changes it."""
    made = template.copy_to(tmp_path_factory.mktemp("access"))
    yield made
    made.workspace.close()


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("door", list(DOORS))
def test_a_door_opens_to_the_roles_of_the_table_and_to_no_other(
    shared: Machine, door: str, role: Role
) -> None:
    act, knock = DOORS[door]
    actor = Actor("someone", "ai", "Người Thử", role, "Q1")
    before = _audit_lines(shared)
    if may(role, act):
        outcome: Exception | None = None
        try:
            knock(shared.workspace, actor, shared)
        except ServiceError as error:  # there is nothing here to be done, but the door opened
            outcome = error
        assert not isinstance(outcome, NotPermitted)
        return
    with pytest.raises(NotPermitted) as refused:
        knock(shared.workspace, actor, shared)
    assert refused.value.details == {"act": act.value}
    assert _audit_lines(shared) == before


def test_every_act_with_an_actor_is_in_this_table(shared: Machine) -> None:
    """A door added later must be added here, or this test says so."""
    found = {
        f"{field.name}.{method}"
        for field in fields(Workspace)
        for method, function in getmembers(getattr(shared.workspace, field.name), ismethod)
        if not method.startswith("_") and "actor" in signature(function).parameters
    }
    assert found == set(DOORS)


def _audit_lines(machine: Machine) -> int:
    with machine.workspace.store.reading() as session:
        return session.exec(select(func.count()).select_from(AuditLine)).one()
