"""A form as it stands: what to show, what is wrong, how far it is, where to go on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from van_station.rules.catalogue import Label
from van_station.rules.findings import Severity
from van_station.rules.form_layout import shown
from van_station.rules.form_nodes import ArrayNode, FieldNode, FieldProblem, GroupKind, GroupNode, Node
from van_station.rules.json_values import Pointer


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the answers that are needed now are given and right."""

    required: int
    done: int


@dataclass(frozen=True, slots=True)
class CategoryProgress:
    """How far one page is.

    Attributes:
        key: the page's `GroupNode.key`.
        gaps: errors on this page, also at fields that are not required.
    """

    key: str
    label: Label
    required: int
    done: int
    gaps: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a form is; counts change as rules show and hide fields."""

    required_total: int
    required_done: int
    categories: tuple[CategoryProgress, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """The outcome of one look at a draft.

    Attributes:
        nodes: the layout, each field and repeated group with its problem.
        errors: what stops the submission, in the order of the form.
        warnings: what a person should look at once more.
    """

    nodes: tuple[Node, ...]
    errors: tuple[FieldProblem, ...]
    warnings: tuple[FieldProblem, ...]
    progress: Progress

    @classmethod
    def of(cls, nodes: tuple[Node, ...], problems: Sequence[FieldProblem]) -> "Review":
        """Put problems at their nodes, and count."""
        by_pointer = {problem.pointer: problem for problem in problems}
        marked = tuple(_marked(node, by_pointer) for node in nodes) if by_pointer else nodes
        errors = tuple(each for each in problems if each.severity is Severity.ERROR)
        warnings = tuple(each for each in problems if each.severity is not Severity.ERROR)
        return cls(marked, errors, warnings, _progress(marked, frozenset(each.pointer for each in errors)))

    def next_gap(self, after: Pointer | None = None) -> Pointer | None:
        """Return the next field with an error behind `after`, then from the start; None: no gap."""
        order = [node.pointer for node in shown(self.nodes)]
        gaps = {each.pointer for each in self.errors}
        start = order.index(after) + 1 if after in order else 0
        return next((each for each in (*order[start:], *order[:start]) if each in gaps), None)


def _marked(node: Node, problems: dict[Pointer, FieldProblem]) -> Node:
    if isinstance(node, FieldNode):
        problem = problems.get(node.pointer)
        return replace(node, problem=problem) if problem and node.visible else node
    if isinstance(node, GroupNode):
        children = tuple(_marked(child, problems) for child in node.children)
        return node if _same(children, node.children) else replace(node, children=children)
    items = tuple(tuple(_marked(child, problems) for child in item) for item in node.items)
    problem = problems.get(node.pointer) if node.visible else None
    if problem is None and all(_same(*pair) for pair in zip(items, node.items, strict=True)):
        return node
    return replace(node, items=items, problem=problem)


def _same(one: Sequence[Node], other: Sequence[Node]) -> bool:
    return all(first is second for first, second in zip(one, other, strict=True))


def _progress(nodes: Sequence[Node], gaps: frozenset[Pointer]) -> Progress:
    whole = _tally(nodes, gaps)
    pages = tuple(
        CategoryProgress(
            page.key,
            page.label or Label("", ""),
            (tally := _tally((page,), gaps)).required,
            tally.done,
            sum(node.pointer in gaps for node in shown((page,))),
        )
        for page in _pages(nodes)
    )
    return Progress(whole.required, whole.done, pages)


def _pages(nodes: Sequence[Node]) -> Iterator[GroupNode]:
    for node in nodes:
        if isinstance(node, GroupNode) and node.visible:
            if node.kind is GroupKind.CATEGORY:
                yield node
            else:
                yield from _pages(node.children)


def _tally(nodes: Sequence[Node], gaps: frozenset[Pointer]) -> Tally:
    required = [node for node in shown(nodes) if node.required]
    return Tally(len(required), sum(node.pointer not in gaps and _given(node) for node in required))


def _given(node: FieldNode | ArrayNode) -> bool:
    return bool(node.items) if isinstance(node, ArrayNode) else node.value is not None
