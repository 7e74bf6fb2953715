from tests.rules.editions import CODE, FILE, HOME, NOT_HOME, form_schema, small, successor
from tests.rules.makers import component, data, fee
from van_station.rules.catalogue_diff import difference, not_renewed, same_data
from van_station.rules.catalogue_edition import load_edition

BASE = {"questions": [HOME], "components": [component("A1"), component("B1")], "fees": [fee(5000)]}


def change(procedure, **files):
    return difference(
        load_edition(small(procedure=data(**BASE))), load_edition(small(procedure=procedure, **files))
    )


def test_the_same_edition_has_no_difference():
    assert not change(data(**BASE))
    assert not change({**data(**BASE), "$schema": "x"})


def test_a_changed_fee_and_a_new_paper_are_named_by_field():
    papers = [component("NEW", condition=NOT_HOME), component("A1", copies=2)]
    found = change(data(**BASE | {"version": "2", "components": papers, "fees": [fee(7000)]}))
    (procedure,) = found.procedures
    assert (procedure.code, procedure.what, procedure.renewed, procedure.form) == (
        CODE,
        "changed",
        True,
        False,
    )
    assert {
        (each.pointer, each.before, each.after)
        for each in procedure.fields
        if not isinstance(each.after, dict) and not isinstance(each.before, dict)
    } == {
        ("/version", "1", "2"),
        ("/components/A1/copies", 1, 2),
        ("/fees/0/amount_vnd", 5000, 7000),
    }
    assert {each.pointer for each in procedure.fields} >= {"/components/NEW", "/components/B1"}


def test_a_change_without_a_new_version_is_told():
    found = change(data(**BASE | {"fees": [fee(7000)]}))
    assert not found.procedures[0].renewed


def test_a_changed_form_changes_the_procedures_that_use_it():
    found = change(
        data(**BASE),
        **{
            "forms/applicant/schema.json": form_schema(
                extra={"type": "string", "title": "x", "x-title-en": "x"}
            )
        },
    )
    assert found.forms == ("applicant",)
    assert (found.procedures[0].form, found.procedures[0].renewed, found.procedures[0].fields) == (
        True,
        False,
        (),
    )


def test_procedures_and_successors_that_come_and_go_are_named():
    other = "procedures/1.000002.json"
    before = load_edition(small(**{other: data(code="1.000002")}))
    after = load_edition(small(**{"successors.json": [successor("1.000002", CODE)]}))
    found = difference(before, after)
    assert [(each.code, each.what) for each in found.procedures] == [("1.000002", "removed")]
    assert found.successors == ("1.000002",)
    assert [each.what for each in difference(after, before).procedures] == ["added"]


def test_a_procedure_that_says_the_same_need_not_be_renewed():
    one = load_edition(small())
    assert not_renewed(one, load_edition(small(version="2026.2"))) == ()
    assert not_renewed(one, load_edition(small(**{FILE: data()}))) == (CODE,)


def test_null_and_absent_mean_the_same():
    assert same_data({"a": None, "b": [{"c": None}]}, {"b": [{}]})
    assert not same_data({"a": 0}, {})
