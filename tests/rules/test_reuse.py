"""Which earlier answers may be offered: a person's own, and nobody else's."""

from van_station.rules.reuse import ReusableField, is_about, reusable_fields, sources_of

PERSON = {
    "type": "object",
    "properties": {
        "full_name": {"type": "string", "title": "Tên", "x-title-en": "Name", "x-hint": "name"},
        "occupation": {"type": "string", "title": "Nghề"},
    },
}
SCHEMA = {
    "$defs": {
        "shared_occupation": {"type": "string", "title": "Nghề nghiệp", "x-title-en": "Occupation"},
        "id": {"type": "string", "title": "Số", "x-hint": "id_number"},
        "person": PERSON,
    },
    "properties": {
        "office": {"type": "string"},
        "known": {"type": "object", "properties": {"has_wife": {"type": "string"}}},
        "applicant": {
            "type": "object",
            "properties": {
                "id_number": {"$ref": "#/$defs/id", "x-prefill": "person.id_number"},
                "occupation": {"$ref": "#/$defs/shared_occupation"},
                "agent_name": {"type": "string", "x-hint": "name"},
                "married_on": {"type": "string", "format": "date"},
                "agrees": {"type": "boolean"},
                "child": {"$ref": "#/$defs/person"},
            },
        },
        "father": {"$ref": "#/$defs/person"},
        "house": {"type": "object", "properties": {"area_m2": {"type": "integer"}}},
        "child_name": {"type": "string", "x-hint": "name"},
        "child_birth": {"type": "string", "format": "partial-date"},
        "child_sex": {"$ref": "#/$defs/shared_sex"},
        "pledge": {"type": "boolean", "const": True},
        "fixed": {"type": "string", "const": "x"},
        "total": {"type": "number", "x-calculate": {"op": "sum", "of": ["/house/area_m2"]}},
        "has_paper": {"type": "string", "x-attachment": "A"},
        "people": {"type": "array", "items": PERSON},
        "request": {"type": "string", "title": "Đề nghị"},
        "lost": {"$ref": "#/$defs/nowhere"},
        "endless": {"$ref": "#/$defs/endless"},
    },
}
SCHEMA["$defs"]["endless"] = {"$ref": "#/$defs/endless"}


def field(pointer, **more):
    return ReusableField(pointer, "t", "e", **{"fact": "", "definition": "", "own": False, **more})


def test_only_what_is_the_persons_own_or_their_cases_may_be_offered():
    assert {each.pointer for each in reusable_fields(SCHEMA)} == {
        "/applicant/id_number",
        "/applicant/occupation",
        "/applicant/married_on",
        "/house/area_m2",
        "/request",
    }


def test_a_field_is_known_by_its_titles_fact_and_definition():
    found = {each.pointer: each for each in reusable_fields(SCHEMA)}
    assert found["/applicant/occupation"] == ReusableField(
        "/applicant/occupation", "Nghề nghiệp", "Occupation", fact="", definition="occupation", own=True
    )
    assert found["/applicant/id_number"].fact == "person.id_number"


def test_answers_given_for_another_person_are_not_the_persons():
    fields = reusable_fields(SCHEMA)
    assert is_about(fields, {"applicant": {"id_number": "001199000001"}}, "001199000001")
    assert is_about(fields, {}, "001199000001")
    assert is_about(fields, {"applicant": {"id_number": ""}}, None)
    assert not is_about(fields, {"applicant": {"id_number": "001199000002"}}, "001199000001")
    assert not is_about(fields, {"applicant": {"id_number": "001199000002"}}, None)


def fitting(wanted, *earlier, same_form):
    return [each.pointer for each in sources_of(wanted, earlier, same_form=same_form)]


def test_in_the_same_form_the_same_pointer_fits_and_nothing_else():
    wanted = field("/house/area", definition="area", own=True)
    others = field("/house/area"), field("/land/area", definition="area", own=True)
    assert fitting(wanted, *others, same_form=True) == ["/house/area"]


def test_in_another_form_the_same_fact_fits():
    wanted = field("/applicant/phone", fact="person.phone")
    others = field("/requester/tel", fact="person.phone"), field("/applicant/phone")
    assert fitting(wanted, *others, same_form=False) == ["/requester/tel"]


def test_in_another_form_a_shared_definition_fits_under_the_same_name_about_the_person():
    wanted = field("/applicant/job", definition="occupation", own=True)
    assert fitting(
        wanted,
        field("/requester/job", definition="occupation", own=True),
        field("/requester/old_job", definition="occupation", own=True),
        field("/case/job", definition="occupation"),
        field("/x/job", definition="", own=True),
        same_form=False,
    ) == ["/requester/job"]
    assert fitting(field("/request"), field("/request"), same_form=False) == []


def test_a_schema_without_properties_offers_nothing():
    assert reusable_fields({}) == reusable_fields({"properties": []}) == ()
