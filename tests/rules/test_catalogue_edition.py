import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.editions import (
    CODE,
    FILE,
    HOME,
    LABEL,
    NOT_HOME,
    TITLE,
    form_schema,
    form_ui,
    small,
    successor,
)
from tests.rules.makers import component, data, fee
from van_station.rules.catalogue_edition import check_edition, load_edition
from van_station.rules.catalogue_faults import EditionRefused
from van_station.rules.forms import load_form


def faults(files):
    return {(each.file, each.pointer, each.what) for each in check_edition(files)}


def test_a_sound_edition_has_no_fault_and_is_read_whole():
    files = small()
    assert check_edition(files) == ()
    edition = load_edition(files)
    assert (edition.version, edition.issued_on.isoformat()) == ("2026.1", "2026-01-02")
    assert edition.find(CODE).questions[0].pointer == "/known/home"
    assert edition.find("1.999999") is None


def test_questions_become_the_last_group_of_the_form_and_decide_which_papers_are_needed():
    edition = load_edition(small())
    procedure = edition.find(CODE)
    schema, ui = edition.form_of(procedure)
    assert schema["properties"]["known"]["properties"]["home"]["type"] == "boolean"
    assert ui["elements"][-1]["label"]["vi"] == "Câu hỏi để biết giấy tờ cần nộp"
    form = load_form(schema, ui)
    answers = form.empty()
    assert [rule.code for rule in procedure.components_for(form.submission(answers))] == ["A1", "B1"]
    answers = form.set(answers, "/known/home", True)
    assert [rule.code for rule in procedure.components_for(form.submission(answers))] == ["B1"]


def test_questions_of_a_form_in_steps_are_a_step_of_their_own():
    step = {"type": "Category", "label": LABEL, "elements": form_ui()["elements"]}
    edition = load_edition(
        small(**{"forms/applicant/ui.json": {"type": "Categorization", "elements": [step]}})
    )
    _, ui = edition.form_of(edition.find(CODE))
    assert [each["type"] for each in ui["elements"]] == ["Category", "Category"]


def test_a_choice_must_be_answered_before_the_dossier_is_complete():
    choice = {
        "key": "kind_of",
        "text": LABEL,
        "kind": "choice",
        "choices": [{"value": "a", "text": LABEL}, {"value": "b", "text": LABEL}],
        "when": {"scope": "#/properties/kind", "schema": {"const": "x"}},
    }
    edition = load_edition(small(procedure=data(questions=[choice])))
    form = load_form(*edition.form_of(edition.find(CODE)))
    answers = form.set(form.empty(), "/name", "N")
    assert form.check(answers) == []
    answers = form.set(answers, "/kind", "x")
    assert [problem.pointer for problem in form.check(answers)] == ["/known/kind_of"]


def test_a_preset_tells_a_shared_form_which_procedure_it_serves():
    preset = {**data()["form"], "preset": {"/kind": "permanent", "/name": "N"}}
    edition = load_edition(small(procedure=data(form=preset)))
    form = load_form(*edition.form_of(edition.find(CODE)))
    assert form.empty() == {"kind": "permanent", "name": "N"}
    assert "default" not in edition.files["forms/applicant/schema.json"]["properties"]["kind"]


def test_a_rule_beside_a_shared_definition_replaces_the_shared_rule():
    longer = {"$ref": "shared.schema.json#/$defs/name", "maxLength": 200}
    edition = load_edition(small(**{"forms/applicant/schema.json": form_schema(name=longer)}))
    form = load_form(*edition.form_of(edition.find(CODE)))
    assert form.check(form.set(form.empty(), "/name", "N" * 150)) == []


def test_shared_definitions_may_use_each_other():
    person = {"type": "object", "properties": {"full_name": {"$ref": "#/$defs/name"}}}
    shared = {"$defs": {"name": {"type": "string", **TITLE}, "person": person}}
    schema = form_schema(who={"$ref": "shared.schema.json#/$defs/person"})
    ui = form_ui("name", "kind", "who/properties/full_name")
    files = small(
        **{"shared.schema.json": shared, "forms/applicant/schema.json": schema, "forms/applicant/ui.json": ui}
    )
    assert check_edition(files) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"catalogue.json": None}, ("catalogue.json", "", "unfit")),
        ({"catalogue.json": {"format": 3, "version": "1", "issued_on": "2026-01-01", "note": LABEL}}, ("catalogue.json", "/format", "unfit")),
        ({"shared.schema.json": None}, ("shared.schema.json", "/$defs", "missing")),
        ({"shared.schema.json": []}, ("shared.schema.json", "/$defs", "missing")),
        ({"forms/applicant/ui.json": None}, (FILE, "/form/id", "form_missing")),
        ({"notes.json": {}}, ("notes.json", "", "unknown_file")),
        ({"forms/../x/schema.json": {}}, ("forms/../x/schema.json", "", "unknown_file")),
        ({"successors.json": {}}, ("successors.json", "", "not_a_list")),
        ({"successors.json": [successor("1.000002", "x")]}, ("successors.json", "/0/successor", "unfit")),
        ({"successors.json": [successor(CODE, "1.000002")]}, ("successors.json", "/0/code", "code_twice")),
        ({"successors.json": [successor("1.000002", "1.000003"), successor("1.000003", "1.000002")]}, ("successors.json", "/0/successor", "circle")),
        ({FILE: data(form={**data()["form"], "id": "birth"})}, (FILE, "/form/id", "form_missing")),
        ({FILE: data(code="1.000002")}, (FILE, "/code", "code_not_file")),
        ({FILE: data(components=[component("A1", condition=NOT_HOME)])}, (FILE, "/components/0/condition", "no_such_field")),
        ({FILE: data(fees=[fee(1), fee(2)])}, (FILE, "/fees/1", "same_fee_twice")),
        ({FILE: data(fees=[fee(1, condition=NOT_HOME)])}, (FILE, "/fees/0/condition", "no_such_field")),
        ({FILE: data(questions=[HOME, HOME])}, (FILE, "/questions/1", "unfit")),
        ({FILE: data(questions=[{**HOME, "when": NOT_HOME | {"scope": "#/properties/nowhere"}}])}, (FILE, "/questions/0/when", "no_such_field")),
        ({FILE: data(questions=[{**HOME, "kind": "choice"}])}, (FILE, "/questions/0/choices", "unfit")),
        ({FILE: data(form={**data()["form"], "preset": {"/nowhere": 1}})}, (FILE, "/form/preset", "no_such_field")),
        ({FILE: data(componets=[])}, (FILE, "/componets", "unfit")),
        ({FILE: data(fees=[fee(1, valid_to="2020-01-01")])}, (FILE, "/fees/0/valid_to", "unfit")),
        ({"forms/applicant/schema.json": form_schema(known={"type": "object", "properties": {}})}, ("forms/applicant/schema.json", "/properties/known", "known_taken")),
        ({"forms/applicant/schema.json": form_schema(x={"$ref": "shared.schema.json#/$defs/nobody"})}, ("forms/applicant/schema.json", "/properties/x", "shared_missing")),
        ({"forms/applicant/ui.json": {"type": "VerticalLayout"}}, ("forms/applicant", "/elements", "form")),
        ({"forms/applicant/ui.json": form_ui("nowhere")}, ("forms/applicant", "/elements/0/scope", "form")),
        ({"forms/other/schema.json": form_schema()}, ("forms/other/schema.json", "", "form_missing")),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_and_place(changes, expected):
    files = small(**changes)
    assert expected in faults(files)
    with pytest.raises(EditionRefused) as refusal:
        load_edition(files)
    assert refusal.value.details["count"] == len(refusal.value.faults)


def test_all_faults_are_told_at_once():
    files = small(**{FILE: data(fees=[fee(1), fee(2)]), "x.json": {}, "successors.json": {}})
    assert len(check_edition(files)) == 3


def test_a_faulty_procedure_is_left_out_and_the_others_stay_when_an_edition_is_not_read_strictly():
    other = data(code="1.000002", form={**data()["form"], "id": "nowhere"})
    edition = load_edition(small(**{"procedures/1.000002.json": other}), strict=False)
    assert list(edition.procedures) == [CODE]
    assert [each.what for each in edition.left_out] == ["form_missing"]


def test_a_definition_that_leads_back_to_itself_is_refused():
    loop = {
        "name": {"type": "object", **TITLE, "properties": {"a": {"$ref": "#/$defs/name", "type": "object"}}}
    }
    assert check_edition(small(**{"shared.schema.json": {"$defs": loop}}))


def test_nesting_and_number_of_files_are_bounded():
    deep = {}
    for _ in range(500):
        deep = {"a": deep}
    assert ("successors.json", "", "too_deep") in faults(small(**{"successors.json": deep}))
    assert faults({f"{at}.json": {} for at in range(2001)}) == {("", "", "too_many_files")}


def test_an_old_code_is_followed_to_what_is_in_force():
    steps = [successor("1.000003", "1.000002"), successor("1.000002", CODE), successor("1.000004", None)]
    edition = load_edition(small(**{"successors.json": steps}))
    procedure, way = edition.resolve("1.000003")
    assert (procedure.code, [step.code for step in way]) == (CODE, ["1.000003", "1.000002"])
    assert edition.resolve(CODE) == (edition.find(CODE), ())
    gone, way = edition.resolve("1.000004")
    assert gone is None
    assert [step.code for step in way] == ["1.000004"]
    assert edition.resolve("1.999999") == (None, ())


def places(value, way=()):
    """Yield the way to every value inside."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*way, key)
        yield from places(inner, (*way, key))


RICH = small(
    procedure=data(
        questions=[HOME],
        components=[component("A1", condition={"type": "OR", "conditions": [NOT_HOME]}, note=LABEL)],
        fees=[fee(1, wards=["00004"], condition=NOT_HOME)],
        laws=[{"text": "x", "confidence": "recalled"}],
        notes=[LABEL],
        keywords=["a"],
        form={**data()["form"], "preset": {"/kind": "x"}},
    ),
    **{"successors.json": [successor("1.000002", CODE)]},
)
STRANGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.sampled_from(
        [[], {}, [[]], [{}], {"vi": 1}, ["a"], {"$ref": "#/$defs/x"}, {"type": "array"}, 1.5, "/"]
    ),
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(places(RICH))), STRANGE, st.booleans())
def test_whatever_stands_in_a_file_is_sound_or_a_fault_and_never_an_accident(way, strange, gone):
    files = copy.deepcopy(RICH)
    inner = files
    for step in way[:-1]:
        inner = inner[step]
    if gone and isinstance(inner, dict):
        del inner[way[-1]]
    else:
        inner[way[-1]] = strange
    found = check_edition(files)
    assert all(str(each) for each in found)
    if not found:
        edition = load_edition(files)
        assert [edition.form_of(procedure) for procedure in edition.procedures.values()]
