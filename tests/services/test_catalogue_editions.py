from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from tests.services.machine import BUSINESS, RESIDENCE, Machine, Template
from van_station.records.catalogue import CatalogueEdition
from van_station.records.ledger import AuditLine
from van_station.rules.catalogue_bundle import build, key_id
from van_station.rules.catalogue_edition import load_edition
from van_station.security import Signer
from van_station.services.catalogue import Catalogue
from van_station.services.catalogue_editions import BuiltIn, CatalogueEditions, trusted
from van_station.services.edition_views import OLD_AFTER_DAYS
from van_station.services.errors import NotPermitted, Refused
from van_station.settings.assets import catalogue_files
from van_station.settings.tree import CatalogueSettings
from van_station.store import Store

SIGNER = Signer.from_private(bytes(range(32)))
FILE = f"procedures/{BUSINESS}.json"


def edition(version: str, issued_on: str = "2026-12-01", **changes: Any) -> bytes:
    """Return a bundle: two procedures of the product, BUSINESS changed, under a new version of it."""
    return build(files(version, issued_on, **changes), public_key=SIGNER.public_key, sign=SIGNER.sign)


def files(version: str, issued_on: str = "2026-12-01", **changes: Any) -> dict[str, Any]:
    whole = catalogue_files()
    wanted = {FILE, f"procedures/{RESIDENCE}.json"}
    forms = tuple(f"forms/{whole[path]['form']['id']}/" for path in wanted)
    paths = [path for path in whole if "/" not in path or path in wanted or path.startswith(forms)]
    found = json.loads(json.dumps({path: whole[path] for path in paths} | {"successors.json": []}))
    found["catalogue.json"] |= {"version": version, "issued_on": issued_on}
    found[FILE] |= {"version": version, **changes}
    return found


def longer_form(found: dict[str, Any]) -> dict[str, Any]:
    """Add a question, so that the form of an edition can be told from the one before."""
    found[FILE]["questions"].append(
        {"key": "new_question", "text": {"vi": "Mới?", "en": "New?"}, "kind": "yes_no"}
    )
    return found


@pytest.fixture
def trusting(template: Template, tmp_path: Path) -> Iterator[Machine]:
    machine = template.copy_to(tmp_path)
    keys = CatalogueSettings(trusted_keys=(SIGNER.public_key.hex(),))
    machine.settings = machine.settings.model_copy(update={"catalogue": keys})
    machine.reopen()
    machine.open_trip()
    try:
        yield machine
    finally:
        machine.workspace.close()


def rows(machine: Machine) -> dict[str, bool]:
    with machine.workspace.store.reading() as session:
        found = session.exec(select(CatalogueEdition)).all()
        return {row.version.split("+")[0]: row.active for row in found}


def test_the_edition_of_the_program_is_kept_from_the_start(machine: Machine) -> None:
    (only,) = machine.workspace.editions.list()
    assert (only.built_in, only.active, only.installed_by) == (True, True, "system")
    machine.reopen()
    assert len(machine.workspace.editions.list()) == 1


def test_a_signed_edition_is_in_force_at_once_and_after_a_restart(trusting: Machine) -> None:
    heard: list[frozenset[str]] = []
    leave = trusting.workspace.listen(heard.append)
    view = trusting.workspace.editions.install(
        trusting.supervisor, edition("2026.12.1", name={"vi": "Tên mới", "en": "New name"})
    )
    leave()
    assert (view.version, view.active, view.key_id) == ("2026.12.1", True, key_id(SIGNER.public_key))
    assert frozenset({"catalogue"}) in heard
    assert trusting.workspace.catalogue.get(BUSINESS).name == "Tên mới"
    trusting.reopen()
    assert trusting.workspace.catalogue.get(BUSINESS).name == "Tên mới"
    assert list(rows(trusting).values()).count(True) == 1


def test_a_draft_keeps_the_form_it_was_begun_with_and_a_new_dossier_gets_the_new_one(
    trusting: Machine,
) -> None:
    work = trusting.workspace
    old = trusting.started(BUSINESS)
    before = [node.label for node in work.dossiers.form(old.id).nodes]
    signed = build(
        longer_form(files("2026.12.1", name={"vi": "Tên mới", "en": "New name"})),
        public_key=SIGNER.public_key,
        sign=SIGNER.sign,
    )
    work.editions.install(trusting.supervisor, signed)
    new = trusting.started(BUSINESS)
    work.dossiers.answer(trusting.officer, new.id, "/known/new_question", True)
    with pytest.raises(Refused):
        work.dossiers.answer(trusting.officer, old.id, "/known/new_question", True)
    work.dossiers.answer(trusting.officer, old.id, "/name", "Hộ kinh doanh Ví Dụ")
    assert work.dossiers.get(old.id).procedure.name != "Tên mới"
    assert work.dossiers.get(new.id).procedure.name == "Tên mới"
    assert [node.label for node in work.dossiers.form(old.id).nodes] == before
    assert work.dossiers.missing(old.id)
    trusting.reopen()
    assert trusting.workspace.dossiers.get(old.id).procedure.name != "Tên mới"


def test_a_draft_finds_its_edition_behind_several_newer_ones(trusting: Machine) -> None:
    old = trusting.started(BUSINESS)
    for number in range(1, 6):
        name = {"vi": f"Tên {number}", "en": "Name"}
        trusting.workspace.editions.install(trusting.supervisor, edition(f"2026.12.{number}", name=name))
    trusting.reopen()
    assert trusting.workspace.dossiers.get(old.id).procedure.name == "Đăng ký thành lập hộ kinh doanh"


def test_a_draft_of_an_edition_that_was_never_here_is_shown_by_the_one_in_force(trusting: Machine) -> None:
    catalogue = trusting.workspace.catalogue
    assert catalogue.entry(BUSINESS, "1999.1") is catalogue.entry(BUSINESS)


def test_the_same_bundle_again_changes_nothing(trusting: Machine) -> None:
    bundle = edition("2026.12.1")
    for _ in range(2):
        trusting.workspace.editions.install(trusting.supervisor, bundle)
    assert rows(trusting) == {"2026.11.2": False, "2026.12.1": True}


def test_another_content_under_a_version_that_is_taken_is_refused(trusting: Machine) -> None:
    trusting.workspace.editions.install(trusting.supervisor, edition("2026.12.1"))
    with pytest.raises(Refused) as refusal:
        trusting.workspace.editions.install(trusting.supervisor, edition("2026.12.1", source="khác"))
    assert refusal.value.code == "catalogue.version_taken"


def test_an_older_edition_needs_a_deliberate_step_that_stays(trusting: Machine) -> None:
    editions = trusting.workspace.editions
    older, newer = edition("2026.12.1"), edition("2026.12.10", issued_on="2026-12-01")
    editions.install(trusting.supervisor, newer)
    with pytest.raises(Refused) as refusal:
        editions.install(trusting.supervisor, older)
    assert refusal.value.code == "catalogue.older"
    editions.install(trusting.supervisor, older, older=True)
    trusting.reopen()
    assert rows(trusting) == {"2026.11.2": False, "2026.12.1": True, "2026.12.10": False}


def test_a_procedure_that_changed_under_its_old_version_is_refused(trusting: Machine) -> None:
    found = files("2026.12.1")
    found[f"procedures/{RESIDENCE}.json"]["source"] = "khác"
    bundle = build(found, public_key=SIGNER.public_key, sign=SIGNER.sign)
    with pytest.raises(Refused) as refusal:
        trusting.workspace.editions.install(trusting.supervisor, bundle)
    assert refusal.value.code == "catalogue.procedure_not_renewed"
    assert refusal.value.details["procedure"] == RESIDENCE


def test_nobody_but_supervisor_technician_and_line_installs(trusting: Machine) -> None:
    bundle = edition("2026.12.1")
    for actor in (trusting.volunteer, trusting.officer):
        with pytest.raises(NotPermitted):
            trusting.workspace.editions.install(actor, bundle)
    assert trusting.workspace.editions.install(None, bundle).installed_by == "line"


@pytest.mark.parametrize("spoil", ["key", "byte", "cut"])
def test_a_bundle_that_is_not_right_leaves_everything_as_it_was(trusting: Machine, spoil: str) -> None:
    stranger = Signer.from_private(bytes(range(1, 33)))
    bundle = edition("2026.12.1")
    spoiled = {
        "key": build(files("2026.12.1"), public_key=stranger.public_key, sign=stranger.sign),
        "byte": bundle[:-1] + bytes([bundle[-1] ^ 1]),
        "cut": bundle[:-1],
    }[spoil]
    with pytest.raises(Refused) as refusal:
        trusting.workspace.editions.install(trusting.supervisor, spoiled)
    assert refusal.value.code in {"catalogue.bad_signature", "catalogue.torn"}
    assert rows(trusting) == {"2026.11.2": True}


def test_a_machine_that_trusts_nobody_installs_nothing(machine: Machine) -> None:
    with pytest.raises(Refused) as refusal:
        machine.workspace.editions.install(machine.supervisor, edition("2026.12.1"))
    assert refusal.value.code == "catalogue.bad_signature"


def test_an_installation_is_one_audit_line(trusting: Machine) -> None:
    trusting.workspace.editions.install(trusting.supervisor, edition("2026.12.1"))
    with trusting.workspace.store.reading() as session:
        lines = session.exec(select(AuditLine).where(AuditLine.act == "catalogue.install")).all()
    assert [line.actor_id for line in lines] == [trusting.supervisor.user_id]


def test_a_newer_program_brings_its_edition_along_and_keeps_the_old_one(trusting: Machine) -> None:
    def restarted(version: str, issued_on: str) -> str:
        own = BuiltIn.of(load_edition(files(version, issued_on), strict=False))
        catalogue = Catalogue(own.edition, trusting.clock.now().date())
        store = trusting.workspace.store
        CatalogueEditions(store, trusting.clock, catalogue, own, trusted(())).start()
        return catalogue.edition.version

    assert restarted("2027.1", "2027-01-01") == "2027.1"
    assert restarted("2026.1", "2026-01-01") == "2027.1", "an older program does not step back by itself"
    assert rows(trusting) == {"2026.11.2": False, "2027.1": True, "2026.1": False}


KILLED = """
    import sys
    from datetime import date
    from pathlib import Path
    from tests.services.machine import HandClock
    from tests.services.test_catalogue_editions import SIGNER, edition, files
    from van_station.rules.catalogue_edition import load_edition
    from van_station.services.catalogue import Catalogue
    from van_station.services.catalogue_editions import BuiltIn, CatalogueEditions, trusted
    from van_station.store import Store

    clock = HandClock()
    store = Store.open(Path(sys.argv[1]), bytes(32), site_id="aa" * 8, sign=SIGNER.sign, now=clock.now)
    own = BuiltIn.of(load_edition(files("2026.1", "2026-01-01"), strict=False))
    catalogue = Catalogue(own.edition, date(2026, 11, 23))
    editions = CatalogueEditions(store, clock, catalogue, own, trusted((SIGNER.public_key.hex(),)))
    editions.start()
    bundles = [edition(f"2026.12.{number}") for number in range(1, 4)]
    print("ready", flush=True)
    for bundle in bundles:
        editions.install(None, bundle)
        print("installed", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("after", ["ready", "installed"])
def test_a_kill_leaves_one_whole_edition_in_force(tmp_path: Path, after: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "store")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert child.stdout is not None
    while child.stdout.readline().strip() != after:
        assert child.poll() is None
    child.send_signal(signal.SIGKILL)
    child.communicate()

    from tests.services.machine import HandClock  # noqa: PLC0415

    clock = HandClock()
    store = Store.open(tmp_path / "store", bytes(32), site_id="aa" * 8, sign=SIGNER.sign, now=clock.now)
    try:
        own = BuiltIn.of(load_edition(files("2026.1", "2026-01-01"), strict=False))
        catalogue = Catalogue(own.edition, clock.now().date())
        editions = CatalogueEditions(store, clock, catalogue, own, trusted(()))
        editions.start()
        (active,) = [each for each in editions.list() if each.active]
        assert catalogue.edition.version == active.version
        assert catalogue.entry(BUSINESS).procedure.version == active.version
        assert catalogue.entry(BUSINESS).form.empty() is not None
    finally:
        store.close()


def test_an_old_code_is_found_under_what_took_its_place(trusting: Machine) -> None:
    found = files("2026.12.1")
    reason = {"vi": "Thay mã", "en": "New code"}
    found["successors.json"] = [
        {"code": "1.999991", "name": "Cũ", "successor": BUSINESS, "reason": reason, "source": "t", "confidence": "recalled"},
        {"code": "1.999992", "name": "Bỏ", "successor": None, "reason": reason, "source": "t", "confidence": "recalled"},
    ]  # fmt: skip
    bundle = build(found, public_key=SIGNER.public_key, sign=SIGNER.sign)
    catalogue = trusting.workspace.catalogue
    trusting.workspace.editions.install(trusting.supervisor, bundle)
    (card,) = catalogue.search("1.999991")
    assert (card.code, card.replaces) == (BUSINESS, "1.999991")
    step = catalogue.successor("1.999991")
    assert step is not None
    assert (step.successor, step.reason_vi) == (BUSINESS, "Thay mã")
    gone = catalogue.successor("1.999992")
    assert gone is not None
    assert gone.successor is None
    assert catalogue.successor(BUSINESS) is None
    assert catalogue.name("1.999992") == "Bỏ"


def test_the_fee_of_a_dossier_is_that_of_the_ward_where_the_van_stands(trusting: Machine) -> None:
    trip = trusting.workspace.trips.wards("ba vi")[0]
    usual = {
        "group": None,
        "valid_from": "2026-01-01",
        "valid_to": None,
        "source": "t",
        "confidence": "verified",
    }
    fees = [
        {"channel": "direct", "amount_vnd": 9000, **usual},
        {"channel": "direct", "amount_vnd": 4000, "wards": [trip.code], **usual},
        {"channel": "direct", "amount_vnd": 1000, "wards": ["99999"], **usual},
    ]
    trusting.workspace.editions.install(trusting.supervisor, edition("2026.12.1", fees=fees))
    fee = trusting.started(BUSINESS).fee
    assert fee is not None
    assert fee.amount_vnd == 4000
    card = trusting.workspace.catalogue.get(BUSINESS).fee
    assert card is not None
    assert card.amount_vnd == 9000, "a list of procedures is not about one ward"


def test_a_fee_nobody_has_looked_up_is_not_known(trusting: Machine) -> None:
    unknown = {
        "channel": "direct", "group": None, "amount_vnd": None, "valid_from": "2026-01-01", "valid_to": None,
        "source": "t", "confidence": "unverified",
    }  # fmt: skip
    trusting.workspace.editions.install(trusting.supervisor, edition("2026.12.1", fees=[unknown]))
    assert trusting.started(BUSINESS).fee is None


def test_a_bundle_is_looked_at_before_it_is_installed_and_nothing_is_kept(trusting: Machine) -> None:
    editions = trusting.workspace.editions
    bundle = edition("2026.12.1", name={"vi": "Tên mới", "en": "New name"})
    told = editions.preview(trusting.supervisor, bundle)
    assert (told.version, told.in_force, told.procedures) == ("2026.12.1", "2026.11.2", 2)
    assert (told.older, told.active) == (False, False)
    changed = [each for each in told.change.procedures if each.what == "changed"]
    assert [each.code for each in changed] == [BUSINESS]
    assert "/name/vi" in {field.pointer for field in changed[0].fields}
    assert {each.what for each in told.change.procedures} == {"changed", "removed"}
    assert rows(trusting) == {"2026.11.2": True}
    editions.install(trusting.supervisor, bundle)
    again = editions.preview(trusting.supervisor, bundle)
    assert again.active
    assert not again.change


def test_looking_refuses_what_installing_refuses_but_tells_of_a_step_back(trusting: Machine) -> None:
    editions = trusting.workspace.editions
    editions.install(trusting.supervisor, edition("2026.12.2"))
    assert editions.preview(trusting.supervisor, edition("2026.12.1", "2026-11-30")).older
    with pytest.raises(Refused) as taken:
        editions.preview(trusting.supervisor, edition("2026.12.2", source="khác"))
    assert taken.value.code == "catalogue.version_taken"
    with pytest.raises(Refused) as torn:
        editions.preview(trusting.supervisor, edition("2026.12.3")[:-1])
    assert torn.value.code == "catalogue.torn"
    with pytest.raises(NotPermitted):
        editions.preview(trusting.volunteer, b"")


def test_each_edition_says_how_many_drafts_hang_on_it(trusting: Machine) -> None:
    trusting.started(BUSINESS)
    trusting.started(RESIDENCE)
    editions = trusting.workspace.editions
    editions.install(trusting.supervisor, edition("2026.12.1", name={"vi": "Tên mới", "en": "New name"}))
    trusting.started(BUSINESS)
    newest, first = editions.overview(trusting.supervisor)
    assert (newest.edition.version, newest.edition.active, newest.procedures) == ("2026.12.1", True, 2)
    assert newest.drafts == 2, "the new one, and the residence draft, whose procedure is the same in both"
    assert (first.drafts, first.edition.built_in, first.old) == (1, True, False)


def test_an_edition_in_force_grows_old(trusting: Machine) -> None:
    (use,) = trusting.workspace.editions.overview(trusting.supervisor)
    assert not use.old
    trusting.clock.turn(days=OLD_AFTER_DAYS)
    (use,) = trusting.workspace.editions.overview(trusting.supervisor)
    assert use.old
    assert use.age_days > OLD_AFTER_DAYS


def test_a_machine_names_the_keys_it_trusts(trusting: Machine) -> None:
    assert trusting.workspace.editions.trusted_keys == (key_id(SIGNER.public_key),)
    assert trusted(()).ids == ()


def test_a_dossier_begins_only_with_what_is_in_force_on_the_day(trusting: Machine) -> None:
    ends_today = edition("2026.12.1", valid_from="2025-07-01", valid_to="2026-11-23")
    trusting.workspace.editions.install(trusting.supervisor, ends_today)
    kept = trusting.started(BUSINESS)
    trusting.clock.turn(days=1)
    ticket = trusting.served(procedure_code=BUSINESS)
    with pytest.raises(Refused) as refusal:
        trusting.workspace.dossiers.start(trusting.officer, ticket.id)
    assert refusal.value.code == "procedure.not_in_force"
    assert refusal.value.details == {"procedure": BUSINESS}
    trusting.workspace.dossiers.answer(trusting.officer, kept.id, "/name", "Hộ kinh doanh Ví Dụ")
    assert trusting.workspace.dossiers.get(kept.id).procedure.code == BUSINESS


def test_a_procedure_of_tomorrow_is_not_begun_today(trusting: Machine) -> None:
    trusting.workspace.editions.install(
        trusting.supervisor, edition("2026.12.1", valid_from="2026-11-24", valid_to=None)
    )
    ticket = trusting.served(procedure_code=BUSINESS)
    with pytest.raises(Refused) as refusal:
        trusting.workspace.dossiers.start(trusting.officer, ticket.id)
    assert refusal.value.code == "procedure.not_in_force"
    trusting.clock.turn(days=1)
    assert trusting.workspace.dossiers.start(trusting.officer, ticket.id).procedure.code == BUSINESS


@pytest.mark.parametrize(("to", "code"), [(BUSINESS, "procedure.replaced"), (None, "procedure.not_in_force")])
def test_a_ticket_for_a_code_that_went_is_told_what_took_its_place(
    trusting: Machine, to: str | None, code: str
) -> None:
    ticket = trusting.served(procedure_code=RESIDENCE)
    found = files("2026.12.1")
    del found[f"procedures/{RESIDENCE}.json"]
    reason = {"vi": "Thay thế", "en": "Replaced"}
    step = {"code": RESIDENCE, "name": "Cũ", "successor": to, "reason": reason}
    found["successors.json"] = [step | {"source": "test", "confidence": "recalled"}]
    bundle = build(found, public_key=SIGNER.public_key, sign=SIGNER.sign)
    trusting.workspace.editions.install(trusting.supervisor, bundle)
    with pytest.raises(Refused) as refusal:
        trusting.workspace.dossiers.start(trusting.officer, ticket.id)
    assert refusal.value.code == code
    assert refusal.value.details.get("successor") == to
