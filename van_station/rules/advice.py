"""Which papers one citizen needs: from the answers given so far, with nothing guessed for the rest.

What decides are the procedure's questions and those fields of its form that a paper's condition looks at: a
citizen is asked about these only, and the form finds the answers filled in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from math import prod

from van_station.rules.catalogue import ComponentRule, Procedure
from van_station.rules.conditions import Condition
from van_station.rules.errors import AnswerRefused
from van_station.rules.form_nodes import ArrayNode, FieldKind, FieldNode, Node
from van_station.rules.forms import Answers, Form
from van_station.rules.json_values import JsonValue, Pointer, get, replaced

MAX_CASES = 600
"""Combinations of open answers that are tried for one paper; beyond them it stays a perhaps."""


class Need(StrEnum):
    """Whether a paper is needed: for certain, or depending on a question that is still open."""

    NEEDED = "needed"
    PERHAPS = "perhaps"


@dataclass(frozen=True, slots=True)
class PaperNeed:
    """A paper, and whether it is certain.

    Attributes:
        because: pointers of the answers that decide about it.
    """

    rule: ComponentRule
    need: Need
    because: frozenset[Pointer]


class Adviser:
    """The deciding questions of one procedure; build it once for each version.

    Args:
        procedure: from the catalogue.
        form: its form, with the procedure's questions in it.
    """

    def __init__(self, procedure: Procedure, form: Form) -> None:
        self._procedure = procedure
        self._form = form
        self._whens = {
            question.pointer: question.when for question in procedure.questions if question.when is not None
        }
        self._deciding = {rule.code: self._closure(rule.condition) for rule in procedure.components}
        every = frozenset().union(*self._deciding.values())
        self._possible = {
            node.pointer: _possible(node)
            for node in _fields(form.layout(form.empty()))
            if node.pointer in every
        }

    def answers(self, given: Mapping[Pointer, JsonValue]) -> Answers:
        """Return a form that says only what was given; pointers that decide nothing are left out.

        What a form begins with is no answer of the citizen, unless the procedure itself set it.

        Raises:
            AnswerRefused: a value that the field can't hold.
        """
        answers = self._form.empty()
        for pointer in self._possible:
            if pointer not in self._procedure.form.preset or given.get(pointer) is not None:
                answers = self._form.set(answers, pointer, given.get(pointer))
        return answers

    def asked(self, answers: Answers) -> tuple[FieldNode, ...]:
        """Return what to ask with these answers, in the form's order, each with its answer."""
        return tuple(
            node
            for node in _fields(self._form.layout(answers))
            if node.visible
            and node.pointer in self._possible
            and node.pointer not in self._procedure.form.preset
            and not node.read_only
        )

    def papers(self, answers: Answers) -> tuple[PaperNeed, ...]:
        """Return the papers that are or may be needed, in the catalogue's order.

        One is certain when every possible answer to the open questions asks for it, left out when none does.
        """
        said = self._form.submission(answers)
        open_now = any(node.value is None for node in self.asked(answers))
        needs = []
        for rule in self._procedure.components:
            outcomes = self._outcomes(rule, said) if open_now else {rule.applies(said)}
            if True in outcomes:
                need = Need.PERHAPS if False in outcomes else Need.NEEDED
                needs.append(PaperNeed(rule, need, self._deciding[rule.code]))
        return tuple(needs)

    def _closure(self, condition: Condition | None) -> frozenset[Pointer]:
        """Return the answers a condition depends on, and those that decide whether they are asked."""
        left = list(condition.pointers()) if condition is not None else []
        found: set[Pointer] = set()
        while left:
            pointer = left.pop()
            if pointer not in found:
                found.add(pointer)
                left += self._whens[pointer].pointers() if pointer in self._whens else ()
        return frozenset(found)

    def _outcomes(self, rule: ComponentRule, said: JsonValue) -> set[bool]:
        """Return what may come out for a paper: asked for, not asked for, or both."""
        unanswered = [pointer for pointer in sorted(self._deciding[rule.code]) if get(said, pointer) is None]
        ways = [self._possible.get(pointer, ()) for pointer in unanswered]
        if not all(ways) or prod(len(way) for way in ways) > MAX_CASES:
            return {True, False}
        outcomes = set()
        for values in product(*ways):
            case = said
            for pointer, value in zip(unanswered, values, strict=True):
                case = replaced(case, pointer, value)
            outcomes.add(rule.applies(self._without_unasked(case)))
        return outcomes

    def _without_unasked(self, case: JsonValue) -> JsonValue:
        for pointer, when in self._whens.items():
            if get(case, pointer) is not None and not when.holds(case):
                case = replaced(case, pointer, None)
        return case


def _possible(node: FieldNode) -> tuple[JsonValue, ...]:
    if node.kind is FieldKind.CHECKBOX:
        return (True, False)
    return tuple(option.value for option in node.options)


def _fields(nodes: tuple[Node, ...]) -> Iterator[FieldNode]:
    for node in nodes:
        if isinstance(node, FieldNode):
            yield node
        elif not isinstance(node, ArrayNode):
            yield from _fields(node.children)


__all__ = ["Adviser", "AnswerRefused", "Need", "PaperNeed"]
