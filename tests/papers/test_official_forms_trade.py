"""Forms for residence, trade, building, land, vehicles, welfare and the general request: their own promises."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import pytest

from tests.papers.reading import sizes_mm
from tests.papers.test_official_forms import Leaf, leaves, put, schema, squeezed, text_of
from van_station.papers import official_form, official_form_pictures
from van_station.rules.catalogue_shared import with_shared
from van_station.rules.form_nodes import ArrayNode, FieldNode, GroupNode, Node
from van_station.rules.forms import Answers, Form, load_form
from van_station.settings.assets import read_json

PAGES = {
    "applicant": 1,
    "building_permit": 2,
    "building_permit_change": 2,
    "ct01": 1,
    "disability": 2,
    "hkd_change": 2,
    "hkd_close": 1,
    "hkd_open": 2,
    "hkd_reissue": 1,
    "hkd_suspend": 1,
    "land_change": 2,
    "land_first": 2,
    "social_aid": 2,
    "tk01": 1,
    "tk1_ts": 2,
    "vehicle_dkx10": 2,
}
"""Pages of the form to be filled in by hand."""
GROUPS = sorted(
    {
        (name, leaf.pointer.partition("/*")[0])
        for name in PAGES
        for leaf in leaves(name)
        if "*" in leaf.pointer
    }
)
HKD = ("hkd_open", "hkd_change", "hkd_suspend", "hkd_close", "hkd_reissue")


@cache
def form(form_id: str) -> Form:
    shared = read_json("catalogue/shared.schema.json")["$defs"]
    return load_form(with_shared(schema(form_id), shared), read_json(f"catalogue/forms/{form_id}/ui.json"))


def answered(form_id: str, given: dict[str, Any]) -> Answers:
    answers = form(form_id).empty()
    for pointer, value in given.items():
        answers = form(form_id).set(answers, pointer, value)
    return answers


def asked(form_id: str, given: dict[str, Any]) -> set[str]:
    """The pointers of what shows, repeated groups included."""

    def walk(nodes: tuple[Node, ...]) -> Any:
        for node in nodes:
            if node.visible and isinstance(node, GroupNode):
                yield from walk(node.children)
            elif node.visible and isinstance(node, FieldNode | ArrayNode):
                yield node.pointer

    return set(walk(form(form_id).layout(answered(form_id, given))))


def errors(form_id: str, given: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each.pointer, each.code) for each in form(form_id).check(answered(form_id, given))}


def warned(form_id: str, given: dict[str, Any]) -> set[str]:
    return {each.pointer for each in form(form_id).warnings(answered(form_id, given))}


def single_choices(form_id: str) -> list[Leaf]:
    return [leaf for leaf in leaves(form_id) if "oneOf" in leaf.schema and "*" not in leaf.pointer]


# ---- on paper


@pytest.mark.parametrize("form_id", PAGES)
def test_a_form_to_be_filled_in_by_hand_has_as_many_pages_as_the_office_expects(form_id):
    assert len(sizes_mm(official_form(form_id, {}))) == PAGES[form_id]


@pytest.mark.parametrize(("form_id", "pointer"), GROUPS)
def test_a_group_prints_one_item_as_well_as_twenty(form_id, pointer):
    names = [
        leaf.pointer.rpartition("/")[2]
        for leaf in leaves(form_id)
        if leaf.pointer.startswith(f"{pointer}/*/")
    ]
    for count in (1, 20):
        answers: dict[str, Any] = {}
        for item in range(count):
            for name in names:
                put(answers, f"{pointer}/{item}/{name}", f"{name}q{item}z")
        pdf = official_form(form_id, {"answers": answers, "codes": answers})
        said = squeezed(text_of(pdf))
        printed = [name for name in names if f"{name}q0z" in said]
        assert printed
        assert all(f"{name}q{count - 1}z" in said for name in printed)
        assert len(sizes_mm(pdf)) <= PAGES[form_id] + (1 if count == 1 else 11)


@pytest.mark.parametrize("form_id", PAGES)
def test_two_answers_to_one_choice_never_look_the_same_on_paper(form_id):
    for leaf in single_choices(form_id):
        said, drawn = [], []
        for option in leaf.schema["oneOf"][:2]:
            answers: dict[str, Any] = {}
            codes: dict[str, Any] = {}
            put(answers, leaf.pointer, option["title"])
            put(codes, leaf.pointer, option["const"])
            data = {"answers": answers, "codes": codes}
            said.append(text_of(official_form(form_id, data)))
            drawn.append(data)
        if said[0] == said[1]:  # a cross in another column of a table: the words can't tell
            first, second = (official_form_pictures(form_id, data, ppi=36) for data in drawn)
            assert first != second, leaf.pointer


def test_a_householder_who_applies_stands_in_both_places_of_ct01():
    answers = {"applicant": {"full_name": "Đặng Văn Đường", "id_number": "001054000217"}}
    said = text_of(official_form("ct01", {"answers": answers, "codes": {"is_householder": True}}))
    assert "7.Họ,chữđệmvàtênchủhộ:ĐặngVănĐường8.Mốiquanhệvớichủhộ:Chủhộ" in said
    assert said.count("001054000217") == 2


def test_ct01_says_kind_home_and_stay_in_its_one_line_of_request():
    answers = {
        "kind": "Đăng ký tạm trú",
        "request": "Đăng ký tạm trú cho tôi.",
        "home": {"street": "Số 8", "ward": "Xã Ba Vì", "province": "Thành phố Hà Nội"},
        "stay": {"from": "01/12/2026", "to": "30/11/2028"},
    }
    said = text_of(official_form("ct01", {"answers": answers}))
    assert "Địachỉchỗở:Số8,XãBaVì,ThànhphốHàNội" in said
    assert "từngày01/12/2026đếnngày30/11/2028" in said


def test_ct01_says_who_agreed_in_vneid_only_beside_a_name():
    answers = {"consents": {"owner_full_name": "Bùi Thị Minh Hoạ"}}
    said = text_of(official_form("ct01", {"answers": answers, "codes": {"consents": {"by_vneid": True}}}))
    assert said.count("ĐãxácnhậntrênVNeID") == 1


def test_a_notice_prints_only_what_changes_and_an_empty_one_prints_all():
    whole = text_of(official_form("hkd_change", {}))
    codes = {"changes": {"capital": True}}
    answers = {"office": "Phòng Kinh tế", "capital_vnd": "70.000.000"}
    said = text_of(official_form("hkd_change", {"answers": answers, "codes": codes}))
    for part in ("Địachỉtrụsởsaukhithayđổi", "Thànhviênhộgiađìnhsaukhithayđổi", "CHỦHỘKINHDOANHMỚI"):
        assert part in whole
        assert part not in said
    assert "70.000.000" in said


def test_who_speaks_for_another_signs():
    answers = {"applicant": {"full_name": "Bé An"}, "guardian": {"full_name": "Mẹ Bình"}}
    said = text_of(official_form("tk01", {"answers": answers, "codes": {"guardian": {"has": True}}}))
    assert said.index("NGƯỜIĐỀNGHỊ") < said.rindex("MẹBình")
    assert said.count("BéAn") == 1


# ---- on the screen


@pytest.mark.parametrize("form_id", PAGES)
def test_a_form_of_more_than_a_dozen_answers_is_asked_page_by_page(form_id):
    ui = read_json(f"catalogue/forms/{form_id}/ui.json")
    assert len(leaves(form_id)) > 12
    assert ui["type"] == "Categorization"
    assert len(ui["elements"]) >= 2


@pytest.mark.parametrize("form_id", PAGES)
def test_a_form_says_where_it_comes_from_and_how_sure_that_is(form_id):
    assert len(schema(form_id)["x-source"]) > 20
    assert "recalled" in schema(form_id)["x-confidence"]


@pytest.mark.parametrize("form_id", PAGES)
def test_a_card_fills_who_applies(form_id):
    hints = form(form_id).prefill_hints()
    at = "/owner" if form_id in HKD else "/applicant"
    for fact in ("full_name", "id_number", "birth_date"):
        assert hints[f"{at}/{fact}"] == f"person.{fact}"


@pytest.mark.parametrize("form_id", PAGES)
def test_nothing_is_required_of_a_field_that_is_hidden(form_id):
    shown = asked(form_id, {})
    for pointer, code in errors(form_id, {}):
        assert code in {"form.required", "form.too_few_items"}
        assert pointer in shown or "/0/" in pointer


@pytest.mark.parametrize(
    ("form_id", "given", "then"),
    [
        ("applicant", {"/capacity": "authorised"}, "/subject/authorisation"),
        ("applicant", {"/result/delivery": "post"}, "/result/address"),
        ("ct01", {"/kind": "temporary"}, "/stay/from"),
        ("ct01", {"/kind": "end_permanent"}, "/end_reason"),
        ("ct01", {"/purpose": "rented"}, "/consents/owner_full_name"),
        ("hkd_open", {"/form": "household"}, "/members"),
        ("hkd_open", {"/tax/notice_same": False}, "/tax/notice_address"),
        ("hkd_change", {"/changes/owner": True}, "/new_owner/full_name"),
        ("hkd_change", {"/changes/lines": True}, "/lines"),
        ("hkd_suspend", {"/kind": "resume"}, "/resume/on"),
        ("hkd_close", {"/close/has_debts": True}, "/debts"),
        ("hkd_reissue", {"/kind": "correct"}, "/right"),
        ("tk1_ts", {"/household/declared": True}, "/members"),
        ("building_permit", {"/kind": "line"}, "/work/length_m"),
        ("building_permit_change", {"/kind": "extend"}, "/extension_months"),
        ("vehicle_dkx10", {"/vehicle/kind": "truck"}, "/vehicle/load_kg"),
        ("land_change", {"/kind": "lost"}, "/lost_story"),
        ("land_first", {"/has_house": True}, "/houses"),
        ("social_aid", {"/payment/way": "bank"}, "/payment/account"),
        ("disability", {"/kind": "reissue"}, "/reason"),
        ("tk01", {"/guardian/has": True}, "/guardian/full_name"),
    ],
)
def test_what_only_some_need_is_asked_only_of_them(form_id, given, then):
    assert then not in asked(form_id, {})
    assert then in asked(form_id, given)


@pytest.mark.parametrize(
    ("form_id", "given", "pointer"),
    [
        ("ct01", {"/kind": "temporary", "/stay/from": "2026-12-02", "/stay/to": "2026-12-01"}, "/stay/to"),
        ("hkd_suspend", {"/suspend/from": "2026-12-02", "/suspend/to": "2026-12-02"}, "/suspend/to"),
        (
            "hkd_suspend",
            {"/kind": "resume", "/resume/on": "2027-02-02", "/resume/suspended_to": "2027-02-01"},
            "/resume/on",
        ),
    ],
)
def test_days_that_do_not_follow_each_other_are_refused(form_id, given, pointer):
    assert (pointer, "form.check_failed") in errors(form_id, given)
    right = given | {pointer: "2027-01-15"}
    assert (pointer, "form.check_failed") not in errors(form_id, right)


def test_a_suspension_is_at_most_twelve_months_at_a_time():
    assert ("/suspend/months", "form.too_big") in errors("hkd_suspend", {"/suspend/months": 13})
    assert ("/suspend/months", "form.too_big") not in errors("hkd_suspend", {"/suspend/months": 12})


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"/work/ground_m2": 90, "/work/floor_area_m2": 80}, "/work/floor_area_m2"),
        ({"/work/ground_m2": 90, "/site/area_m2": 80}, "/work/ground_m2"),
        ({"/work/storeys": 12}, "/work/storeys"),
        ({"/work/storeys": 5, "/work/height_m": 4}, "/work/height_m"),
    ],
)
def test_a_house_that_can_hardly_be_is_a_warning_and_stops_nothing(given, pointer):
    assert pointer in warned("building_permit", given)
    assert (pointer, "form.check_failed") not in errors("building_permit", given)


def test_a_house_as_houses_are_is_not_warned_about():
    usual = {
        "/site/area_m2": 120,
        "/work/ground_m2": 80,
        "/work/floor_area_m2": 240,
        "/work/storeys": 3,
        "/work/height_m": 11,
    }
    assert warned("building_permit", usual) == set()


def test_a_moped_is_small():
    moped = {"/vehicle/kind": "moped", "/vehicle/capacity_cm3": 110}
    assert warned("vehicle_dkx10", moped) == {"/vehicle/capacity_cm3"}
    assert warned("vehicle_dkx10", moped | {"/vehicle/kind": "motorcycle"}) == set()


def test_capital_is_written_in_words_and_groups_are_counted():
    answers = answered("hkd_open", {"/capital_vnd": 50_000_000})
    assert "năm mươi triệu" in str(answers["capital_words"]).lower()
    assert form("hkd_open").add_item(answers, "/lines")["line_count"] == 2


def test_benefits_are_added_up():
    answers = answered("social_aid", {"/benefits/pension_vnd": 400_000, "/benefits/other_vnd": 100_000})
    assert answers["benefits"]["total_vnd"] == 500_000


@pytest.mark.parametrize(
    ("pointer", "typed", "kept"),
    [("/applicant/birth_date", "1954", "1954"), ("/applicant/birth_date", "03/1954", "1954-03")],
)
def test_somebody_who_knows_only_the_year_can_apply(pointer, typed, kept):
    for form_id in ("applicant", "ct01", "social_aid", "land_first"):
        answers = answered(form_id, {pointer: typed})
        assert answers["applicant"]["birth_date"] == kept
        assert pointer not in {each for each, _ in errors(form_id, {pointer: typed})}


def test_the_residence_form_serves_every_residence_procedure():
    (kind,) = [leaf for leaf in leaves("ct01") if leaf.pointer == "/kind"]
    kinds = {option["const"] for option in kind.schema["oneOf"]}
    assert kinds >= {"permanent", "temporary", "extend", "end_permanent", "end_temporary"}
    titles = [leaf.schema["title"] for leaf in leaves("ct01") if leaf.pointer.startswith("/applicant/")]
    assert [title[0] for title in titles] == ["1", "2", "3", "4", "5", "6"]


def test_the_insurance_form_keeps_its_nineteen_numbers():
    said = text_of(official_form("tk1_ts", {}))
    assert [number for number in range(1, 20) if f"[{number:02d}]" not in said] == []


def test_signing_day_and_place_are_answers_on_all_these_forms():
    codes = {"signed": {"date": "2026-11-20"}}
    answers = {"signed": {"place": "xã Suối Hai", "date": "20/11/2026"}}
    printed = {"place": "xã Ba Vì", "signed_on": dt.date(2026, 11, 25)}
    for form_id in PAGES:
        said = text_of(official_form(form_id, printed | {"answers": answers, "codes": codes}))
        assert "xãSuốiHai,ngày20tháng11năm2026" in said, form_id
