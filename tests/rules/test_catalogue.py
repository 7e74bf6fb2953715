import json

import pytest

from tests.rules.makers import LABEL, component, data, fee
from van_station.rules.catalogue import ComponentKind, load_procedure
from van_station.rules.errors import CatalogueRefused

GOOD = data(
    components=[component("TO_KHAI", from_form=True)],
    fees=[fee(0)],
    laws=[{"text": "x", "confidence": "recalled"}],
)


def test_a_sound_procedure_is_read_whole():
    procedure = load_procedure(GOOD)
    assert procedure.name.en == "Name"
    assert procedure.components[0].kind is ComponentKind.SUBMIT
    assert procedure.fees[0].amount_vnd == 0
    assert procedure.valid_to is None


def changed(place, value):
    tree = json.loads(json.dumps(GOOD))
    *way, last = place
    inner = tree
    for step in way:
        inner = inner[step]
    inner[last] = value
    return tree


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (["code"], "1.1193"),
        (["code"], 1.001193),
        (["version"], ""),
        (["name"], "Tên"),
        (["name", "en"], None),
        (["valid_from"], "2026-02-30"),
        (["valid_to"], "soon"),
        (["time_limit", "value"], -1),
        (["time_limit", "value"], True),
        (["time_limit", "cutoff"], "25:00"),
        (["components", 0, "code"], "tờ khai"),
        (["components", 0, "condition"], {"scope": "x", "schema": {}}),
        (["components", 0, "required"], "yes"),
        (["fees", 0, "amount_vnd"], 1.5),
        (["fees", 0, "amount_vnd"], 10**10),
        (["laws"], {}),
        (["keywords"], [1]),
        (["components"], [component("A1")] * 61),
        (["form", "schema"], "../../secret.json"),
    ],
)
def test_a_fault_is_refused_with_its_place(way, value):
    with pytest.raises(CatalogueRefused) as refusal:
        load_procedure(changed(way, value))
    assert str(refusal.value.details["place"]).startswith("/" + str(way[0]))


@pytest.mark.parametrize(
    ("way", "value"),
    [(["time_limit", "unit"], "week"), (["fees", 0, "confidence"], "sure"), (["channels"], ["fax"])],
)
def test_a_word_that_is_no_choice_is_refused(way, value):
    with pytest.raises(CatalogueRefused):
        load_procedure(changed(way, value))


def test_two_components_with_one_code_are_refused():
    with pytest.raises(CatalogueRefused):
        load_procedure(data(components=[component("A1"), component("A1")]))


def test_components_follow_the_answers():
    condition = {"scope": "#/properties/case/properties/proof", "schema": {"const": "witness"}}
    procedure = load_procedure(data(components=[component("A1"), component("B1", condition=condition)]))
    assert [rule.code for rule in procedure.components_for({})] == ["A1"]
    assert [rule.code for rule in procedure.components_for({"case": {"proof": "witness"}})] == ["A1", "B1"]
    assert LABEL["vi"] == procedure.components[1].name.vi
