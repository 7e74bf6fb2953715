"""The edition of the catalogue that travels with the product."""

import json
from datetime import date
from functools import cache

import jsonschema
import pytest

from van_station.rules.catalogue import Confidence
from van_station.rules.catalogue_edition import check_edition, form_files, load_edition, procedure_file
from van_station.rules.forms import load_form
from van_station.settings.assets import AssetMissing, assets_root, catalogue_files, read_json

EDITION = load_edition(catalogue_files(), strict=False)
CODES = tuple(EDITION.procedures)
SHIPPED = {"1.001193", "1.001612", "1.004194", "1.004222"}


@cache
def form_of(code):
    return load_form(*EDITION.form_of(EDITION.find(code)))


def test_the_first_procedures_are_there():
    assert set(CODES) >= SHIPPED


def test_the_edition_is_without_fault():
    assert check_edition(catalogue_files()) == ()


@pytest.mark.parametrize("code", CODES)
def test_a_procedure_keeps_the_published_schema(code):
    data = EDITION.files[procedure_file(code)]
    jsonschema.Draft202012Validator(read_json("catalogue/procedure.schema.json")).validate(data)


@pytest.mark.parametrize("code", CODES)
def test_every_condition_asks_about_a_field_of_the_form(code):
    form, procedure = form_of(code), EDITION.find(code)
    answers = form.empty()
    for rule in (*procedure.components, *procedure.fees):
        for pointer in rule.condition.pointers() if rule.condition else ():
            form.set(answers, pointer, None)


@pytest.mark.parametrize("form_id", ["birth", "ct01", "hkd_open"])
def test_a_form_has_a_conditional_field_and_a_repeated_group(form_id):
    text = json.dumps(EDITION.files[form_files(form_id)[1]])
    assert '"rule"' in text
    assert '"detail"' in text


@pytest.mark.parametrize("code", CODES)
def test_every_property_of_a_form_has_a_control(code):
    form = form_of(code)
    pointers = set(_controls(EDITION.form_of(EDITION.find(code))[1]))
    assert set(_leaves(form.schema, form.schema.get("$defs", {}), "#")) == pointers


@pytest.mark.parametrize("code", CODES)
def test_a_prefill_hint_is_one_that_a_card_or_a_person_can_fill(code):
    known = {"id_number", "full_name", "birth_date", "sex", "address", "phone", "email", "card_issued_on"}
    hints = form_of(code).prefill_hints().values()
    assert {hint.removeprefix("person.") for hint in hints} <= known
    assert "person.id_number" in hints


def _controls(element, base="#"):
    if element["type"] == "Control":
        scope = base + element["scope"][1:]
        detail = element.get("options", {}).get("detail")
        yield from _controls(detail, scope + "/items") if detail else [scope]
    for inner in element.get("elements", ()):
        yield from _controls(inner, base)


def _leaves(schema, definitions, at):
    while "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/$defs/")]
    if schema.get("type") == "array":
        yield from _leaves(schema["items"], definitions, at + "/items")
    elif schema.get("type") == "object":
        for name, inner in schema["properties"].items():
            yield from _leaves(inner, definitions, f"{at}/properties/{name}")
    else:
        yield at


def test_the_two_residence_forms_are_one_paper_form():
    first, second = (form_of(code).schema for code in ("1.004194", "1.004222"))
    numbered = [
        [inner["title"] for inner in form["properties"]["applicant"]["properties"].values()]
        for form in (first, second)
    ]
    assert numbered[0] == numbered[1]
    assert [title[0] for title in numbered[0]] == ["1", "2", "3", "4", "5", "6"]


def test_what_is_not_verified_stays_marked():
    business = EDITION.find("1.001612")
    assert {rule.confidence for rule in business.fees} == {Confidence.UNVERIFIED}
    assert business.laws[0].confidence is Confidence.RECALLED


def test_a_procedure_ends_with_the_law_it_stands_on():
    birth = EDITION.find("1.001193")
    assert birth.valid_on(date(2027, 2, 28))
    assert not birth.valid_on(date(2027, 3, 1))


def test_the_only_receiving_account_is_for_practice_and_belongs_to_no_bank():
    accounts = read_json("reference/receiving_accounts.json")["accounts"]
    bins = {bank["bin"] for bank in read_json("reference/bank_bins.json")["banks"]}
    assert [account["practice"] for account in accounts] == [True]
    assert not {account["bin"] for account in accounts} & bins


@pytest.mark.parametrize("name", sorted(path.name for path in (assets_root() / "reference").glob("*.json")))
def test_every_reference_file_is_named_in_the_attribution(name):
    assert f"`{name}`" in (assets_root() / "reference" / "README.md").read_text(encoding="utf-8")
    read_json(f"reference/{name}")


@pytest.mark.parametrize("name", ["nowhere.json", "../pyproject.toml", "reference", "reference/README.md"])
def test_assets_are_read_from_their_folder_only(name):
    with pytest.raises(AssetMissing):
        read_json(name)


def test_wards_and_their_conversion_agree():
    wards = {ward["code"] for ward in read_json("reference/hanoi_wards.json")["wards"]}
    units = read_json("reference/hanoi_ward_conversion.json")["units"]
    assert len(wards) == 126
    assert {target["new_code"] for unit in units for target in unit["to"]} <= wards
    assert sum(not unit["unambiguous"] for unit in units) == 159
