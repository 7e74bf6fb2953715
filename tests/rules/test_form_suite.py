"""The official JSON Schema suite, through the validation that `Form.check` uses.

Every case of the vendored files runs, but for those listed in `LEFT_OUT`: their schemas use a keyword that forms
may not use, and are refused at load, which is tested as well.
"""

import json
from pathlib import Path

import pytest

from van_station.rules.errors import FormRefused
from van_station.rules.form_schema import CLAIMED, CompiledSchema

SUITE = Path(__file__).parent / "data" / "json_schema_suite"
# Keyword that is not claimed -> (file, group) of the suite that needs it.
LEFT_OUT = {
    "$id": [
        ("ref", "$id must be resolved against nearest parent, not just immediate parent"),
    ],
    "$ref": [
        ("ref", "URN base URI with URN and anchor ref"),
        ("ref", "Recursive references between schemas"),
        ("defs", "validate definition against metaschema"),
        ("ref", "remote ref, containing refs itself"),
        ("ref", "refs with relative uris and defs"),
        ("ref", "relative refs with absolute uris and defs"),
        ("ref", "order of evaluation: $id and $ref"),
        ("ref", "order of evaluation: $id and $anchor and $ref"),
        ("ref", "simple URN base URI with $ref via the URN"),
        ("ref", "URN base URI with URN and JSON pointer ref"),
        ("ref", "URN ref with nested pointer ref"),
        ("ref", "ref to if"),
        ("ref", "ref to then"),
        ("ref", "ref to else"),
        ("ref", "ref with absolute-path-reference"),
    ],
    "dependentSchemas": [
        ("additionalProperties", "dependentSchemas with additionalProperties"),
    ],
    "format": [
        ("format", "email format"),
        ("format", "idn-email format"),
        ("format", "regex format"),
        ("format", "ipv4 format"),
        ("format", "ipv6 format"),
        ("format", "idn-hostname format"),
        ("format", "hostname format"),
        ("format", "date-time format"),
        ("format", "time format"),
        ("format", "json-pointer format"),
        ("format", "relative-json-pointer format"),
        ("format", "iri format"),
        ("format", "iri-reference format"),
        ("format", "uri format"),
        ("format", "uri-reference format"),
        ("format", "uri-template format"),
        ("format", "uuid format"),
        ("format", "duration format"),
    ],
    "patternProperties": [
        ("additionalProperties", "additionalProperties being false does not allow other properties"),
        ("additionalProperties", "non-ASCII pattern with additionalProperties"),
        ("optional/non-bmp-regex", "Proper UTF-16 surrogate pair handling: patternProperties"),
        ("properties", "properties, patternProperties, additionalProperties interaction"),
    ],
    "prefixItems": [
        ("items", "items and subitems"),
        ("items", "prefixItems with no additional items allowed"),
        ("items", "items does not look in applicators, valid case"),
        ("items", "prefixItems validation adjusts the starting index for items"),
        ("items", "items with heterogeneous array"),
        ("ref", "relative pointer ref to array"),
        ("uniqueItems", "uniqueItems with an array of items"),
        ("uniqueItems", "uniqueItems with an array of items and additionalItems=false"),
        ("uniqueItems", "uniqueItems=false with an array of items"),
        ("uniqueItems", "uniqueItems=false with an array of items and additionalItems=false"),
    ],
    "propertyNames": [
        ("additionalProperties", "additionalProperties with propertyNames"),
    ],
    "unevaluatedProperties": [
        ("not", "collect annotations inside a 'not', even if collection is disabled"),
        ("ref", "ref creates new scope when adjacent to keywords"),
    ],
}
ASSERTED = ("format", "date format", "invalid date string is only an annotation by default")
"""The standard lets a validator assert formats or not; ours does, or a wrong date would pass."""
RUN = 723


def groups():
    for path in sorted(SUITE.rglob("*.json")):
        for group in json.loads(path.read_text("utf-8")):
            yield path.relative_to(SUITE).as_posix().removesuffix(".json"), group


def cases():
    left_out = {each for rows in LEFT_OUT.values() for each in rows}
    for file, group in groups():
        if (file, group["description"]) not in left_out:
            for case in group["tests"]:
                if (file, group["description"], case["description"]) != ASSERTED:
                    yield pytest.param(
                        group["schema"],
                        case["data"],
                        case["valid"],
                        id=f"{file}: {group['description']}: {case['description']}",
                    )


CASES = list(cases())


@pytest.mark.parametrize(("schema", "data", "valid"), CASES)
def test_a_case_of_the_suite(schema, data, valid):
    assert CompiledSchema(schema).is_valid(data) is valid


@pytest.mark.parametrize(
    ("schema", "data", "valid"), [case for case in CASES if '"$ref"' not in json.dumps(case.values[0])]
)
def test_a_case_of_the_suite_as_the_answer_of_a_field(schema, data, valid):
    inner = (
        {key: part for key, part in schema.items() if key != "$schema"}
        if schema not in (True, False)
        else schema
    )
    whole = CompiledSchema({"properties": {"answer": inner}})
    assert whole.is_valid({"answer": data}) is valid


def test_that_many_cases_ran():
    assert len(CASES) == RUN


@pytest.mark.parametrize(
    ("keyword", "file", "group"), [(keyword, *each) for keyword, rows in LEFT_OUT.items() for each in rows]
)
def test_what_is_left_out_is_refused_at_that_keyword(keyword, file, group):
    schema = next(each["schema"] for name, each in groups() if (name, each["description"]) == (file, group))
    with pytest.raises(FormRefused) as refusal:
        CompiledSchema(schema)
    assert refusal.value.details["place"].rpartition("/")[2] == keyword


def test_every_claimed_keyword_has_cases():
    met = set()
    for case in CASES:
        met |= set(keywords(case.values[0]))
    assert sorted(CLAIMED - met) == []


def keywords(schema):
    if isinstance(schema, dict):
        yield from schema
        for part in schema.values():
            yield from keywords(part)
    for part in schema if isinstance(schema, list) else ():
        yield from keywords(part)
