"""Any sequence of typing, adding, moving and removing keeps any form sound."""

import json
from datetime import date

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.rules.form_makers import LISTS, array, box, choice, control, fields, flag, form, number, text
from van_station.rules.errors import AnswerRefused
from van_station.rules.form_nodes import ArrayNode, FieldKind, FieldNode, GroupNode
from van_station.rules.forms import MAX_ANSWERS_BYTES
from van_station.rules.json_values import get

TODAY = date(2026, 11, 22)
KINDS = [
    text(maxLength=20, **{"x-hint": "name"}),
    text(**{"x-hint": "id_number"}),
    text(format="date"),
    text(format="partial-date", **{"x-not-after-today": True}),
    text(pattern="^[0-9]{2,4}$", maxLength=8),
    text(**{"x-options": "wards"}),
    choice("yes", "no"),
    flag(),
    flag(const=True),
    number(minimum=0, maximum=99),
    number(type="number", multipleOf=0.5),
    flag(**{"x-attachment": "CMND"}),
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 200),
    st.sampled_from(
        ["yes", "no", "00001", "1954", "20/3/1954", "giáp ngọ", "L1954", "31/4/1990", "12", "Nguyễn Ví Dụ"]
    ),
    st.text(max_size=12),
    st.floats(allow_nan=True),
    st.just(["x"]),
)
CONDITIONS = [{"const": True}, {"const": "yes"}, {"not": {"const": True}}, {"minimum": 1}, {"type": "string"}]


@st.composite
def forms(draw):
    """Draw a form: fields f0, f1, ... where a rule or a calculation looks at an earlier one only."""
    count = draw(st.integers(3, 9))
    properties, elements = {}, []
    for at in range(count):
        name, earlier = (
            f"f{at}",
            [f"f{each}" for each in range(at) if "x-calculate" not in properties[f"f{each}"]],
        )
        kind = dict(draw(st.sampled_from(KINDS)))
        if earlier and draw(st.integers(0, 5)) == 0:
            operation = draw(st.sampled_from(["copy", "concat", "date_in_words", "number_in_words"]))
            kind = text(**{"x-calculate": {"op": operation, "of": [f"/{draw(st.sampled_from(earlier))}"]}})
        properties[name] = kind
        element = control(name)
        if earlier and draw(st.booleans()):
            looked = f"#/properties/{draw(st.sampled_from(earlier))}"
            condition = {"scope": looked, "schema": draw(st.sampled_from(CONDITIONS))}
            effect = draw(st.sampled_from(["SHOW", "HIDE", "ENABLE", "DISABLE"]))
            element["rule"] = {"effect": effect, "condition": condition}
        elements.append(element if draw(st.booleans()) else box("Group", element, label=name))
    inner = {f"g{at}": draw(st.sampled_from(KINDS[:-1])) for at in range(draw(st.integers(1, 3)))}
    deep = array({"h": draw(st.sampled_from(KINDS[:-1]))}, maxItems=2)
    properties["rows"] = array(inner | {"deep": deep}, ["g0"], minItems=draw(st.integers(0, 1)), maxItems=4)
    elements.append(control("rows", *(control(name) for name in inner), control("deep", control("h"))))
    required = draw(st.lists(st.sampled_from(list(properties)), unique=True))
    checks = [
        {"at": "/f1", "condition": {"compare": ["/f0", "<=", "/f1"]}, "message": {"vi": "x", "en": "x"}}
    ]
    more = {} if "x-calculate" in properties["f1"] else {"x-checks": checks}
    if draw(st.booleans()):
        more |= {"if": {"required": ["f0"]}, "then": {"required": ["f1"]}}
    return form(properties, *elements, required=required, **more)


class Filling(RuleBasedStateMachine):
    """Somebody who fills in a form, badly."""

    @initialize(made=forms())
    def begin(self, made):
        self.form = made
        self.answers = made.empty()
        self.look()

    def nodes(self, kind):
        return [node for node in fields(self.form.layout(self.answers)).values() if isinstance(node, kind)]

    @rule(value=VALUES, data=st.data())
    def type_something(self, value, data):
        node = data.draw(st.sampled_from(self.nodes(FieldNode)))
        if node.read_only and node.kind is not FieldKind.ATTACHMENT:
            return
        try:
            self.answers = self.form.set(self.answers, node.pointer, value, today=TODAY)
        except AnswerRefused:
            return
        shown = fields(self.form.layout(self.answers))[node.pointer]
        assert shown.value == get(self.answers, node.pointer)
        if isinstance(value, str) and node.kind in {FieldKind.TEXT, FieldKind.LIST} and value.strip():
            assert shown.value is not None
        self.look()

    @precondition(lambda self: self.nodes(ArrayNode))
    @rule(
        act=st.sampled_from(["add", "remove", "move", "copy"]),
        one=st.integers(-1, 4),
        two=st.integers(-1, 4),
        data=st.data(),
    )
    def change_items(self, act, one, two, data):
        node = data.draw(st.sampled_from(self.nodes(ArrayNode)))
        before = get(self.answers, node.pointer) or []
        try:
            if act == "add":
                self.answers = self.form.add_item(self.answers, node.pointer)
                assert node.can_add or not node.enabled
            elif act == "remove":
                self.answers = self.form.remove_item(self.answers, node.pointer, one)
            elif act == "move":
                self.answers = self.form.move_item(self.answers, node.pointer, one, two)
                assert sorted(map(repr, get(self.answers, node.pointer))) == sorted(map(repr, before))
            else:
                self.answers = self.form.duplicate_item(self.answers, node.pointer, one)
        except AnswerRefused:
            return
        change = {"add": 1, "remove": -1, "move": 0, "copy": 1}[act]
        assert len(get(self.answers, node.pointer)) == len(before) + change
        self.look()

    @rule(present=st.booleans())
    def scan(self, present):
        self.answers = self.form.attach(self.answers, {"CMND"} if present else set())
        self.look()

    def look(self):
        """Look at all that must hold of any draft."""
        packed = json.dumps(self.answers, allow_nan=False)
        assert json.loads(packed) == self.answers
        assert len(packed) <= MAX_ANSWERS_BYTES * 3
        review = self.form.review(self.answers, today=TODAY, lists=LISTS)
        known = fields(review.nodes)
        visible = {pointer for pointer, node in known.items() if node.visible}
        leaving = self.form.submission(self.answers, today=TODAY)
        assert set(leaves(leaving)) <= visible
        assert self.form.submission(leaving, today=TODAY) == leaving
        assert {each.pointer for each in (*review.errors, *review.warnings)} <= visible
        gaps, at = [], None
        for _ in review.errors:
            at = review.next_gap(at)
            gaps.append(at)
        assert gaps == [each.pointer for each in review.errors]
        assert 0 <= review.progress.required_done <= review.progress.required_total
        assert all(isinstance(node, GroupNode) for node in review.nodes)


def leaves(value, at=""):
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in leaves(part, f"{at}/{key}")]
    if isinstance(value, list):
        return [leaf for index, part in enumerate(value) for leaf in leaves(part, f"{at}/{index}")]
    return [at]


TestFilling = Filling.TestCase
TestFilling.settings = settings(
    max_examples=60, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
