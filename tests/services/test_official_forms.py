from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from sqlmodel import col, select

from tests.services.machine import BIRTH, BUSINESS, Machine, Template
from tests.services.test_catalogue_editions import FILE, SIGNER, files
from van_station.papers import NoSuchForm
from van_station.records.ledger import AuditLine
from van_station.rules.access import Role
from van_station.rules.catalogue import Label
from van_station.rules.catalogue_bundle import build
from van_station.rules.form_nodes import ArrayNode, FieldKind, FieldNode, GroupNode, Option
from van_station.rules.json_values import JsonValue
from van_station.services import official_forms
from van_station.services.actor import Actor
from van_station.services.errors import NotFound, NotNow, NotPermitted, Refused
from van_station.services.official_forms import in_words, printable_answers
from van_station.services.paper import PrintedPage
from van_station.settings.assets import catalogue_files
from van_station.settings.tree import CatalogueSettings


def text_of(page: PrintedPage) -> str:
    document = pypdfium2.PdfDocument(page.data)
    said = "\n".join(document[number].get_textpage().get_text_range() for number in range(len(document)))
    return " ".join(said.split())


def field(value: JsonValue, kind: FieldKind = FieldKind.TEXT, **more: object) -> FieldNode:
    usual = {"required": False, "visible": True, "enabled": True}
    return FieldNode("/x", Label("Ô", "Field"), kind, value, **{**usual, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (FieldKind.TEXT, "Ba Vì", "Ba Vì"),
        (FieldKind.DATE, "2026-11-20", "20/11/2026"),
        (FieldKind.DATE, "31/02/2026", "31/02/2026"),
        (FieldKind.PARTIAL_DATE, "1954-03-20", "20/03/1954"),
        (FieldKind.PARTIAL_DATE, "1954-03", "tháng 03/1954"),
        (FieldKind.PARTIAL_DATE, "1954", "năm 1954"),
        (FieldKind.PARTIAL_DATE, "L1954", "Giáp Ngọ (1954)"),
        (FieldKind.PARTIAL_DATE, "hồi tháng ba", "hồi tháng ba"),
        (FieldKind.CHECKBOX, True, "Có"),
        (FieldKind.CHECKBOX, False, "Không"),
        (FieldKind.NUMBER, 1999, "1999"),
        (FieldKind.NUMBER, 50_000_000, "50.000.000"),
        (FieldKind.NUMBER, 62.5, "62,5"),
        (FieldKind.NUMBER, -0.45, "-0,45"),
        (FieldKind.NUMBER, 0, "0"),
        (FieldKind.NUMBER, "hai", "hai"),
        (FieldKind.LIST, "unknown-code", "unknown-code"),
    ],
)
def test_an_answer_in_words(kind: FieldKind, value: JsonValue, words: str) -> None:
    assert in_words(field(value, kind)) == words


def test_a_code_is_printed_as_its_title() -> None:
    options = (Option("female", Label("Nữ", "Female")),)
    assert in_words(field("female", FieldKind.CHOICE, options=options)) == "Nữ"
    assert in_words(field("gone", FieldKind.CHOICE, options=options)) == "gone"
    ward = Label("Xã Ba Vì", "Ba Vi commune")
    assert in_words(field("09619", FieldKind.LIST, answer_label=ward)) == "Xã Ba Vì"


def test_items_keep_their_places_and_hidden_answers_stay_off_the_paper() -> None:
    def item(pointer: str, value: JsonValue, *, visible: bool = True) -> FieldNode:
        made = field(value, visible=visible)
        return FieldNode(pointer, made.label, made.kind, value, required=False, visible=visible, enabled=True)

    group = ArrayNode(
        pointer="/people",
        label=Label("Người", "People"),
        item_label=Label("Người", "Person"),
        items=((item("/people/0/name", None),), (item("/people/1/name", "Thử"),)),
        can_add=True,
        can_remove=True,
        required=False,
        visible=True,
        enabled=True,
    )
    nodes = (
        GroupNode(None, (group, item("/office", "Xã")), visible=True),
        GroupNode(None, (item("/secret", "x"),), visible=False),
        item("/hidden", "y", visible=False),
    )
    words, codes = printable_answers(nodes)
    assert words == codes == {"people": [{}, {"name": "Thử"}], "office": "Xã"}


def test_a_volunteer_prints_the_form_of_a_draft_with_what_is_answered_so_far(desk: Machine) -> None:
    dossier = desk.started(BIRTH)
    desk.workspace.dossiers.answer(desk.officer, dossier.id, "/child/full_name", "Trần Mai Ví Dụ")
    desk.workspace.dossiers.answer(desk.officer, dossier.id, "/child/birth_date", "20/11/2026")
    desk.workspace.dossiers.answer(desk.officer, dossier.id, "/child/sex", "female")
    page = desk.workspace.official_forms.print(desk.volunteer, dossier.id)
    said = text_of(page)
    for words in ("TỜ KHAI ĐĂNG KÝ KHAI SINH", "Trần Mai Ví Dụ", "20/11/2026", "Giới tính: Nữ"):
        assert words in said
    assert dossier.provisional_no in said
    assert "ngày 23 tháng 11 năm 2026" in said
    assert page.media_type == "application/pdf"
    assert page.file_name == f"birth-{dossier.provisional_no}.pdf"


def test_each_printing_is_a_line_of_the_audit_that_names_the_form_and_nobody(desk: Machine) -> None:
    dossier = desk.started(BIRTH)
    for _ in range(2):
        desk.workspace.official_forms.print(desk.officer, dossier.id)
    with desk.workspace.store.reading() as session:
        query = select(AuditLine).where(col(AuditLine.act) == "form.print")
        lines = list(session.exec(query))
    assert [(line.subject_id, line.actor_id) for line in lines] == [(dossier.id, desk.officer.user_id)] * 2
    assert [line.details for line in lines] == [{"form": "birth"}] * 2


def test_what_is_hidden_on_the_screen_is_not_printed(desk: Machine) -> None:
    dossier = desk.started(BIRTH)
    dossiers = desk.workspace.dossiers
    dossiers.answer(desk.officer, dossier.id, "/father/full_name", "Trần Văn Giả Định")
    assert "Trần Văn Giả Định" in text_of(desk.workspace.official_forms.print(desk.officer, dossier.id))
    dossiers.answer(desk.officer, dossier.id, "/father_declared", value=False)
    assert "Trần Văn Giả Định" not in text_of(desk.workspace.official_forms.print(desk.officer, dossier.id))


def test_a_blank_form_needs_no_dossier_and_leaves_no_audit(desk: Machine) -> None:
    page = desk.workspace.official_forms.blank(desk.volunteer, BIRTH)
    assert "TỜ KHAI ĐĂNG KÝ KHAI SINH" in text_of(page)
    assert page.file_name == "birth-trong.pdf"
    with desk.workspace.store.reading() as session:
        assert session.exec(select(AuditLine).where(col(AuditLine.act) == "form.print")).first() is None


def test_a_voided_or_unknown_dossier_is_refused(desk: Machine) -> None:
    forms = desk.workspace.official_forms
    with pytest.raises(NotFound):
        forms.print(desk.officer, "0" * 32)
    with pytest.raises(NotFound):
        forms.blank(desk.officer, "0.000000")
    dossier = desk.started(BIRTH)
    desk.workspace.dossiers.void(desk.supervisor, dossier.id, "Mở nhầm")
    with pytest.raises(Refused) as refused:
        forms.print(desk.officer, dossier.id)
    assert refused.value.code == "dossier.voided"


def test_a_technician_prints_no_forms(desk: Machine) -> None:
    technician = Actor("someone", "ky", "Người Thử", Role.TECHNICIAN, "Q1")
    with pytest.raises(NotPermitted):
        desk.workspace.official_forms.blank(technician, BIRTH)


def test_a_missing_template_is_said_by_its_code(desk: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = desk.started(BIRTH)
    monkeypatch.setattr(official_forms, "official_form", _no_template)
    with pytest.raises(NotNow) as missing:
        desk.workspace.official_forms.print(desk.officer, dossier.id)
    assert missing.value.code == "papers.no_such_form"


def _no_template(_form_id: str, _data: dict[str, object]) -> bytes:
    raise NoSuchForm


def test_a_draft_of_an_older_edition_prints_with_the_form_and_name_of_that_time(
    template: Template, tmp_path: Path
) -> None:
    machine = template.copy_to(tmp_path)
    try:
        keys = CatalogueSettings(trusted_keys=(SIGNER.public_key.hex(),))
        machine.settings = machine.settings.model_copy(update={"catalogue": keys})
        machine.reopen()
        machine.open_trip()
        old = machine.started(BUSINESS)
        work = machine.workspace
        work.dossiers.answer(machine.officer, old.id, "/name", "Hộ kinh doanh Ví Dụ")
        before = text_of(work.official_forms.print(machine.officer, old.id))
        found = files("2026.12.1")
        form = found[FILE]["form"]
        own, other = form["id"], "applicant"
        whole = catalogue_files()
        for part in ("schema", "ui"):
            found[f"forms/{other}/{part}.json"] = whole[f"forms/{other}/{part}.json"]
        found[FILE] |= {"form": {**form, "id": other, "preset": {}}, "questions": [], "fees": []}
        for component in found[FILE]["components"]:
            component.pop("condition", None)
        bundle = build(found, public_key=SIGNER.public_key, sign=SIGNER.sign)
        work.editions.install(machine.supervisor, bundle)
        machine.reopen()
        again = machine.workspace.official_forms.print(machine.officer, old.id)
        assert again.file_name.startswith(own.replace("_", "-"))
        assert text_of(again) == before
        assert "Hộ kinh doanh Ví Dụ" in before
        blank = machine.workspace.official_forms.blank(machine.officer, BUSINESS)
        assert blank.file_name.startswith(other)
        new = machine.started(BUSINESS)
        assert machine.workspace.official_forms.print(machine.officer, new.id).file_name.startswith(other)
    finally:
        machine.workspace.close()
