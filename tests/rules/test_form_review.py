from tests.rules.form_makers import array, box, choice, control, fields, flag, form, number, show, text
from van_station.rules.form_nodes import FieldNode

PAGES = box(
    "Categorization",
    box("Category", control("a"), control("b", rule=show("a", {"const": "more"})), label="Một"),
    box("Category", control("rows", control("c"), control("d")), control("e"), label="Hai"),
)
FORM = form(
    {
        "a": text(maxLength=5),
        "b": text(),
        "rows": array({"c": text(), "d": text()}, ["c"], minItems=1),
        "e": number(maximum=9),
    },
    PAGES,
    required=["a", "b", "rows", "e"],
)


def test_progress_counts_what_is_needed_now_on_each_page():
    progress = FORM.review(FORM.empty()).progress
    assert (progress.required_total, progress.required_done) == (4, 1)
    first, second = progress.categories
    assert (first.label.vi, first.required, first.done, first.gaps) == ("Một", 1, 0, 1)
    assert (second.required, second.done, second.gaps) == (3, 1, 2)
    progress = FORM.review({"a": "more", "rows": [{"c": "x"}], "e": 3}).progress
    assert (progress.required_total, progress.required_done) == (5, 4)


def test_a_wrong_answer_is_not_done():
    progress = FORM.review({"a": "far too long", "rows": [{"c": "x"}], "e": 10}).progress
    assert (progress.required_total, progress.required_done) == (4, 2)


def test_the_next_gap_goes_through_items_and_round_to_the_start():
    review = FORM.review({"rows": [{"c": "x"}, {}]})
    assert review.next_gap() == "/a"
    assert review.next_gap("/a") == "/rows/1/c"
    assert review.next_gap("/rows/0/d") == "/rows/1/c"
    assert review.next_gap("/rows/1/c") == "/e"
    assert review.next_gap("/e") == "/a"
    assert review.next_gap("/nobody") == "/a"
    assert FORM.review({"a": "x", "rows": [{"c": "x"}], "e": 1}).next_gap() is None


def test_every_problem_stands_at_its_node():
    review = FORM.review({"rows": []})
    shown = fields(review.nodes)
    assert {pointer for pointer, node in shown.items() if node.problem} == {
        each.pointer for each in review.errors
    }
    assert shown["/rows"].problem.code == "form.required"
    assert fields(FORM.layout({}))["/a"].problem is None


def test_a_review_says_what_layout_and_check_say():
    answers = {"a": "more", "rows": [{"c": "x"}, {"d": "y"}], "e": 12}
    review = FORM.review(answers)
    assert list(review.errors) == FORM.check(answers)
    for pointer, node in fields(FORM.layout(answers)).items():
        other = fields(review.nodes)[pointer]
        if isinstance(node, FieldNode):
            assert (node.value, node.visible, node.required) == (other.value, other.visible, other.required)


def test_answers_of_a_form_without_pages_are_counted_too():
    made = form({"a": flag(), "b": choice("x")}, required=["b"])
    assert made.review({}).progress.required_total == 1
    assert made.review({}).progress.categories == ()
