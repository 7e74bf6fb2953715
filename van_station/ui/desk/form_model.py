"""What the form screen knows and decides: pages, gaps, what to say at a field. No window in here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from van_station.rules.form_dates import format_date_vi
from van_station.rules.form_nodes import (
    ArrayNode,
    FieldKind,
    FieldNode,
    FieldProblem,
    GroupKind,
    GroupNode,
    Node,
)
from van_station.rules.form_partial_dates import show_partial_date
from van_station.rules.json_values import JsonValue
from van_station.services.dossier_views import FormView

LEAST_GROUPED = 10_000
"""Whole numbers from here on are shown in groups of three; years and counts are below."""


@dataclass(frozen=True, slots=True)
class FormPage:
    """One page (*phần*) of a form.

    Attributes:
        key: stays the same whatever the answers are.
        title: (Vietnamese, English); both "" for a form that has no pages.
        nodes: what stands on it.
        gaps: pointers with an error, in order.
        required, done: answers needed now, and given.
    """

    key: str
    title: tuple[str, str]
    nodes: tuple[Node, ...]
    gaps: tuple[str, ...]
    required: int
    done: int


class FormModel:
    """A form as the screen has it."""

    def __init__(self) -> None:
        self.form: FormView | None = None
        self.pages: tuple[FormPage, ...] = ()
        self.page_key = ""
        self.touched: set[str] = set()
        self.show_all = False
        self._nodes: dict[str, FieldNode | ArrayNode] = {}
        self._page_of: dict[str, str] = {}
        self._order: list[str] = []

    def take(self, form: FormView) -> None:
        """Take over what the service says now; the page stays, unless a rule has hidden it."""
        self.form = form
        gaps = [problem.pointer for problem in form.problems]
        self.pages = tuple(_counted(*page, gaps) for page in split_pages(form.nodes))
        self._nodes, self._page_of, self._order = {}, {}, []
        for page in self.pages:
            for node in shown(page.nodes):
                self._nodes[node.pointer] = node
                self._page_of[node.pointer] = page.key
                self._order.append(node.pointer)
        if all(page.key != self.page_key for page in self.pages):
            self.page_key = self.pages[0].key if self.pages else ""

    # ------------------------------------------------------------------ pages
    @property
    def page(self) -> FormPage | None:
        """The page that is shown."""
        return next((page for page in self.pages if page.key == self.page_key), None)

    def page_beside(self, step: int) -> str | None:
        """Return the key of the page so many places further, None beyond either end."""
        keys = [page.key for page in self.pages]
        at = keys.index(self.page_key) + step if self.page_key in keys else -1
        return keys[at] if 0 <= at < len(keys) else None

    def page_of(self, pointer: str) -> str | None:
        """Return the page on which a field or repeated group shows; None for one that does not show."""
        return self._page_of.get(pointer)

    # ------------------------------------------------------------------ fields
    @property
    def pointers(self) -> tuple[str, ...]:
        """Fields and repeated groups that show, in reading order."""
        return tuple(self._order)

    def first_of_last_item(self, pointer: str) -> str | None:
        """Return the first usable field of the last item of a repeated group."""
        node = self._nodes.get(pointer)
        if not isinstance(node, ArrayNode) or not node.items:
            return None
        return next((each.pointer for each in shown(node.items[-1]) if self._usable(each.pointer)), None)

    def node(self, pointer: str) -> FieldNode | ArrayNode | None:
        """Return a field or repeated group that shows."""
        return self._nodes.get(pointer)

    def is_new(self, pointer: str, value: JsonValue) -> bool:
        """Whether an answer differs from the one that is kept; a text is compared as it is shown."""
        node = self._nodes.get(pointer)
        if not isinstance(node, FieldNode):
            return True
        if isinstance(value, str) or value is None:
            return shown_text(node) != (value or "").strip()
        return node.value is not value and node.value != value

    def after(self, pointer: str) -> str | None:
        """Return the next field to be typed into, across pages; None behind the last."""
        start = self._order.index(pointer) + 1 if pointer in self._order else 0
        return next((each for each in self._order[start:] if self._usable(each)), None)

    def first(self, page_key: str) -> str | None:
        """Return the first usable field of a page."""
        places = (each for each in self._order if self._page_of[each] == page_key)
        return next((each for each in places if self._usable(each)), None)

    def landing(self, page_key: str) -> str | None:
        """Return where the keyboard goes on a page: its first usable field, else a group that takes a row."""
        return self.first(page_key) or next(
            (each for each in self._order if self._page_of[each] == page_key and self._takes_rows(each)), None
        )

    def _takes_rows(self, pointer: str) -> bool:
        node = self._nodes[pointer]
        return isinstance(node, ArrayNode) and node.can_add

    def _usable(self, pointer: str) -> bool:
        node = self._nodes[pointer]
        return isinstance(node, FieldNode) and node.enabled

    # ------------------------------------------------------------------ gaps
    @property
    def gaps(self) -> list[str]:
        """Places with an error, in the order of the form; those without a field of their own come last."""
        if self.form is None:
            return []
        wrong = list(dict.fromkeys(problem.pointer for problem in self.form.problems))
        there = [pointer for pointer in self._order if pointer in wrong]
        return there + [pointer for pointer in wrong if pointer not in self._nodes]

    def next_gap(self, after: str, *, backwards: bool = False) -> str | None:
        """Return the next place with an error behind (or before) a field, all around; None: no gap.

        A problem that stands at no single field leads to the nearest field above it.
        """
        places = [each for each in map(self._nearest, self.gaps) if each is not None]
        places = sorted(set(places), key=self._order.index)
        if not places:
            return None
        at = self._order.index(after) if after in self._order else (len(self._order) if backwards else -1)
        if backwards:
            before = [each for each in places if self._order.index(each) < at]
            return before[-1] if before else places[-1]
        behind = [each for each in places if self._order.index(each) > at]
        return behind[0] if behind else places[0]

    def _nearest(self, pointer: str) -> str | None:
        if pointer in self._nodes:
            return pointer
        below = [each for each in self._order if each.startswith(f"{pointer}/")]
        if below:
            return below[0]
        return next((each for each in reversed(self._order) if pointer.startswith(f"{each}/")), None)

    def problems(self) -> dict[str, FieldProblem]:
        """Return what to say, by pointer: errors of touched fields (or all), warnings wherever they stand."""
        if self.form is None:
            return {}
        found = {each.pointer: each for each in self.form.warnings}
        for each in self.form.problems:
            node = self._nodes.get(each.pointer)
            asked = isinstance(node, FieldNode) and bool(node.suggestions)
            if self.show_all or asked or each.pointer in self.touched:
                found[each.pointer] = each
        return found


def split_pages(nodes: Sequence[Node]) -> list[tuple[str, tuple[str, str], tuple[Node, ...]]]:
    """Return (key, title, nodes) of each page that shows.

    What stands beside the pages goes onto the page before it, or onto the first one; a form without pages is
    one page.
    """
    pages: list[tuple[str, tuple[str, str], list[Node]]] = []
    loose: list[Node] = []
    for node in _opened(nodes):
        if isinstance(node, GroupNode) and node.kind is GroupKind.CATEGORY:
            if node.visible:
                title = (node.label.vi, node.label.en) if node.label else ("", "")
                pages.append((node.key, title, [*loose, *node.children]))
                loose = []
        elif pages:
            pages[-1][2].append(node)
        else:
            loose.append(node)
    if loose or not pages:
        pages.append(("", ("", ""), loose))
    return [(key, title, tuple(inside)) for key, title, inside in pages]


def _opened(nodes: Sequence[Node]) -> Iterator[Node]:
    """Yield pages and what stands beside them; whatever only holds pages is opened."""
    for node in nodes:
        if isinstance(node, GroupNode) and node.visible and _has_pages(node):
            yield from _opened(node.children)
        else:
            yield node


def _has_pages(node: GroupNode) -> bool:
    if node.kind is GroupKind.CATEGORIZATION:
        return True
    plain = node.kind is GroupKind.VERTICAL and node.label is None
    return plain and any(isinstance(child, GroupNode) and _has_pages(child) for child in node.children)


def _counted(key: str, title: tuple[str, str], nodes: tuple[Node, ...], gaps: Sequence[str]) -> FormPage:
    wrong = set(gaps)
    here = list(shown(nodes))
    required = [node for node in here if node.required]
    done = sum(node.pointer not in wrong and _given(node) for node in required)
    return FormPage(
        key, title, nodes, tuple(n.pointer for n in here if n.pointer in wrong), len(required), done
    )


def _given(node: FieldNode | ArrayNode) -> bool:
    return bool(node.items) if isinstance(node, ArrayNode) else node.value is not None


def shown(nodes: Sequence[Node]) -> Iterator[FieldNode | ArrayNode]:
    """Yield visible fields and repeated groups, in reading order."""
    for node in nodes:
        if not node.visible:
            continue
        if isinstance(node, GroupNode):
            yield from shown(node.children)
            continue
        yield node
        if isinstance(node, ArrayNode):
            for item in node.items:
                yield from shown(item)


def fields_of(nodes: Sequence[Node]) -> list[FieldNode]:
    """Return all fields of a layout, hidden ones too, in order."""
    found: list[FieldNode] = []
    for node in nodes:
        if isinstance(node, FieldNode):
            found.append(node)
        elif isinstance(node, ArrayNode):
            for item in node.items:
                found += fields_of(item)
        else:
            found += fields_of(node.children)
    return found


def shown_text(node: FieldNode, language: str = "vi") -> str:
    """Return an answer as it stands in its field; what is shown is read back by `Form.set`."""
    value = node.value
    if value is None:
        return ""
    if isinstance(value, str):
        if node.kind is FieldKind.DATE:
            return format_date_vi(value)
        return show_partial_date(value, language) if node.kind is FieldKind.PARTIAL_DATE else value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    return str(value)


def _number(value: float) -> str:
    """Write a number as forms here do: `1.500.000`, `12,5`; years and small counts without dots."""
    if isinstance(value, int) or value.is_integer():
        whole = int(value)
        return f"{whole:,}".replace(",", ".") if abs(whole) >= LEAST_GROUPED else str(whole)
    return f"{value:.6f}".rstrip("0").replace(".", ",")
