"""Looks at a window the way a careful person would: does anything overlap, stick out, or lose its words?

Two sources are compared. The page's semantics tree says where everything stands (boxes in CSS pixels, after
layout). The controls on the server say what was meant (text, size, how many lines). Whether a text fits is
reckoned from the very font files that the window uses, so nothing here depends on how Chromium draws.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any

import flet as ft
from PIL import ImageFont

from van_station.i18n import Texts
from van_station.settings.assets import assets_root
from van_station.ui import theme

LEAST_TARGET_PX = 44
SLACK_PX = 2.0
LABEL_SHRINK = 0.75
"""Flutter draws a field's label so much smaller once the field holds something."""
_GROUPS = sorted({key.partition(".")[0] for key in Texts("vi")._texts})
_KEY = re.compile(rf"(?<![\w.@])(?:{'|'.join(_GROUPS)})\.[a-z][a-z0-9_]+(?![\w@])")
_RAW = re.compile(r"(?<!\w)(?:None|null|undefined|NaN|True|False)(?!\w)|\{[a-z_]+\}|«[a-z_]+»")

COLLECT = """() => {
  const host = document.querySelector('flt-semantics-host'), own = 'flt-semantic-node-';
  const words = e => [...e.childNodes].map(n => n.nodeType === 3 ? n.data
    : n.id && n.id.startsWith(own) ? '' : n.nodeType === 1 ? words(n) : '').join('');
  return [...host.querySelectorAll(`[id^="${own}"]`)].map(e => {
    const r = e.getBoundingClientRect(), css = getComputedStyle(e);
    const above = e.parentElement.closest(`[id^="${own}"]`);
    const input = e.matches('input,textarea') ? e : [...e.children].find(c => c.matches('input,textarea'));
    return {id: e.id, parent: above ? above.id : '', box: [r.left, r.top, r.right, r.bottom],
      role: e.getAttribute('role') || '', name: e.getAttribute('flt-semantics-identifier') || '',
      label: e.getAttribute('aria-label') || '', words: words(e).trim(),
      tap: e.hasAttribute('flt-tappable'), off: e.getAttribute('aria-disabled') === 'true',
      scroll: /auto|scroll/.test(css.overflowX + css.overflowY)
        || [...e.children].some(c => c.matches('flt-semantics-scroll-overflow')), input: !!input,
      fixed: !!input && (input.readOnly || !(input.getAttribute('aria-label') || e.getAttribute('aria-label') || input.placeholder)), value: input ? input.value : ''};
  });
}"""


@dataclass(frozen=True)
class Box:
    """A rectangle in CSS pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def cut(self, other: Box) -> Box:
        """The part inside another."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    @property
    def empty(self) -> bool:
        return self.width <= SLACK_PX or self.height <= SLACK_PX

    def inside(self, other: Box) -> bool:
        return (
            self.left >= other.left - SLACK_PX
            and self.top >= other.top - SLACK_PX
            and self.right <= other.right + SLACK_PX
            and self.bottom <= other.bottom + SLACK_PX
        )

    def __str__(self) -> str:
        return f"({self.left:.0f},{self.top:.0f} {self.width:.0f}x{self.height:.0f})"


@dataclass
class Node:
    """One thing in the semantics tree."""

    id: str
    parent: str
    box: Box
    role: str = ""
    name: str = ""
    label: str = ""
    words: str = ""
    tap: bool = False
    off: bool = False
    scroll: bool = False
    input: bool = False
    fixed: bool = False
    value: str = ""

    @property
    def said(self) -> str:
        """Its own words, without those of what stands in it."""
        return self.words or (self.value if self.fixed else "") or self.label

    @property
    def target(self) -> bool:
        """Whether one presses it or types into it; a text one may only copy is neither."""
        return not self.fixed and (
            self.tap or self.input or self.role in {"button", "checkbox", "radio", "switch", "link"}
        )


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be."""

    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


@dataclass(frozen=True)
class Written:
    """A text as a screen meant it."""

    value: str
    style: str
    max_lines: int | None
    ellipsis: bool
    no_wrap: bool
    centred: bool = False


@dataclass(frozen=True)
class Typed:
    """A field to type in, as a screen meant it."""

    name: str
    label: str
    sides: int
    filled: bool


class Tree:
    """The semantics tree of one window at one moment."""

    def __init__(self, nodes: Iterable[Node], window: Box) -> None:
        self.nodes = list(nodes)
        self.window = window
        self.by_id = {node.id: node for node in self.nodes}
        self.children: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes:
            self.children[node.parent].append(node)

    @classmethod
    def of(cls, page: Any) -> Tree:
        """Read the tree of a Playwright page."""
        size = page.viewport_size
        raw = page.evaluate(COLLECT)
        nodes = [Node(**{**each, "box": Box(*each["box"])}) for each in raw]
        return cls(nodes, Box(0, 0, size["width"], size["height"]))

    def above(self, node: Node) -> Iterator[Node]:
        """Everything a node stands in, nearest first."""
        at = self.by_id.get(node.parent)
        while at is not None:
            yield at
            at = self.by_id.get(at.parent)

    def roll(self, node: Node) -> str:
        """Id of the scrollable a node moves with, empty when it does not move."""
        return next((each.id for each in self.above(node) if each.scroll), "")

    def seen(self, node: Node) -> Box:
        """The part of a node that can be seen now."""
        box = node.box.cut(self.window)
        for each in self.above(node):
            if each.scroll:
                box = box.cut(each.box)
        return box

    def name(self, node: Node) -> str:
        """The nearest test id."""
        return next((each.name for each in [node, *self.above(node)] if each.name), "?")

    def path(self, node: Node) -> str:
        """How to find a node in the picture."""
        named = self.name(node)
        words = " ".join((node.said or node.value).split())
        return f"[{named}] {words[:70]!r} {node.box}"

    def long_rolls(self) -> list[Node]:
        """What scrolls up and down and holds more than it shows."""
        found = []
        for roll in self.nodes:
            inside = [node.box for node in self.nodes if roll.scroll and self.roll(node) == roll.id]
            if any(box.bottom > roll.box.bottom + 8 for box in inside) and roll.box.height > 120:
                found.append(roll)
        return found

    def targets(self) -> list[Node]:
        """What one presses or types into; of nested ones the innermost."""
        found = [node for node in self.nodes if node.target]
        holders = {each.id for node in found for each in self.above(node)}
        return [node for node in found if node.id not in holders]

    def leaves(self) -> list[Node]:
        """Texts that stand for themselves: nothing in them, nothing to press."""
        return [
            node
            for node in self.nodes
            if (node.words or node.fixed) and not self.children[node.id] and not self._in_target(node)
        ]

    def _in_target(self, node: Node) -> bool:
        return node.target or any(each.target for each in self.above(node))


# ------------------------------------------------------------------ where things stand
def overlaps(tree: Tree, floating: frozenset[str] = frozenset({"result"})) -> list[Finding]:
    """What lies over something else; `floating` things are meant to, for a moment."""
    holders = {
        above.id for node in tree.nodes if node.name in floating for above in tree.above(node) if above.tap
    }
    things = [
        (node, tree.roll(node), tree.seen(node))
        for node in [*tree.targets(), *tree.leaves()]
        if node.id not in holders and not any(each.name in floating for each in [node, *tree.above(node)])
    ]
    found = []
    for index, (one, roll, seen) in enumerate(things):
        for other, other_roll, other_seen in things[index + 1 :]:
            both = one.box.cut(other.box) if roll == other_roll else seen.cut(other_seen)
            if both.empty or one in tree.above(other) or other in tree.above(one):
                continue
            if _belongs(tree, one, other) or _belongs(tree, other, one):
                continue
            found.append(Finding("overlap", f"{tree.path(one)} and {tree.path(other)} by {both}"))
    return found


def _belongs(tree: Tree, small: Node, field_node: Node) -> bool:
    """Whether a button stands in its own field, as the eye that shows a passphrase does."""
    return field_node.input and small.box.inside(field_node.box) and tree.name(small) == tree.name(field_node)


def small_targets(tree: Tree) -> list[Finding]:
    """What is smaller than a finger."""
    return [
        Finding("small", tree.path(node))
        for node in tree.targets()
        if min(node.box.width, node.box.height) < LEAST_TARGET_PX - 0.5 and not _only_peeps(tree, node)
    ]


def _only_peeps(tree: Tree, node: Node) -> bool:
    """Whether the edge of something that scrolls cuts it, or of what is drawn ahead: scrolled to, it is whole."""
    edges = [each.box for each in tree.above(node) if each.scroll]
    roll = tree.roll(node)
    if roll and tree.seen(node).empty:
        beside = [each.box for each in tree.nodes if tree.roll(each) == roll]
        edges.append(Box(0, min(box.top for box in beside), 0, max(box.bottom for box in beside)))
    return any(
        abs(node.box.top - edge.top) < 1.5 or abs(node.box.bottom - edge.bottom) < 1.5 for edge in edges
    )


def out_of_sight(tree: Tree) -> list[Finding]:
    """What sticks out of the window, or sideways out of what scrolls."""
    found = []
    for node in [*tree.targets(), *tree.leaves()]:
        roll = tree.by_id.get(tree.roll(node))
        if roll is None:
            if not node.box.inside(tree.window):
                found.append(Finding("outside", f"{tree.path(node)} leaves the window"))
        elif _leaves_sideways(node.box, roll.box) and not _rolls_sideways(tree, roll):
            found.append(Finding("outside", f"{tree.path(node)} leaves {tree.path(roll)} sideways"))
    found += [
        Finding("outside", f"what scrolls leaves the window: {tree.path(node)}")
        for node in tree.nodes
        if node.scroll and not tree.roll(node) and not node.box.inside(tree.window)
    ]
    return found


def _leaves_sideways(box: Box, roll: Box) -> bool:
    return box.left < roll.left - SLACK_PX or box.right > roll.right + SLACK_PX


def _rolls_sideways(tree: Tree, roll: Node) -> bool:
    inside = [node.box for node in tree.nodes if tree.roll(node) == roll.id]
    tall = any(box.bottom > roll.box.bottom + SLACK_PX for box in inside)
    return not tall and roll.box.height < 120


def loose_words(tree: Tree) -> list[Finding]:
    """Keys instead of texts, values a program would say, arguments that were not filled in."""
    return [
        Finding("words", f"{bad.group()!r} in {tree.path(node)}")
        for node in tree.nodes
        for said in (node.label, node.words, "" if node.words else node.value)
        for bad in (_KEY.search(said), _RAW.search(said))
        if bad is not None
    ]


# ------------------------------------------------------------------ whether words fit
@lru_cache(maxsize=64)
def _font(family: str, size: float) -> ImageFont.FreeTypeFont:
    path = assets_root() / "fonts" / theme.FONT_FILES[family]
    return ImageFont.truetype(str(path), size=100)


@lru_cache(maxsize=20_000)
def text_width(value: str, family: str, size: float) -> float:
    """Width of one line in CSS pixels."""
    return _font(family, size).getlength(value) * size / 100


def lines_needed(value: str, family: str, size: float, width: float) -> int:
    """How many lines a text takes at a width, broken as Flutter does: at blanks, in need within a word."""
    count = 0
    for paragraph in value.split("\n"):
        count += 1
        line = ""
        for word in re.findall(r"\S+\s*", paragraph):
            longer = line + word
            if line and text_width(longer.rstrip(), family, size) > width + 0.6:
                count, line = count + 1, word
            else:
                line = longer
    return count


def longest_word(value: str, family: str, size: float) -> float:
    """Width of what cannot be broken."""
    return max((text_width(word, family, size) for word in re.split(r"[\s/\-]+", value)), default=0)


def texts_of(roots: Iterable[Any]) -> tuple[list[Written], list[Typed]]:
    """Every text and every field below some controls, as the screens meant them."""
    texts: list[Written] = []
    typed: list[Typed] = []
    seen: set[int] = set()

    def look(control: Any, name: str) -> None:
        if id(control) in seen or getattr(control, "visible", True) is False:
            return
        seen.add(id(control))
        if isinstance(control, ft.Semantics) and control.identifier:
            name = control.identifier
        if isinstance(control, ft.Text) and control.value:
            texts.append(_written(control))
        if isinstance(control, ft.TextField):
            sides = sum(bool(each) for each in (control.prefix_icon, control.suffix_icon, control.suffix))
            sides += bool(control.password and control.can_reveal_password)
            typed.append(Typed(name, str(control.label or ""), sides, bool(control.value)))
        for value in _below(control):
            look(value, name)

    for root in roots:
        look(root, "")
    return texts, typed


def names_of(root: Any) -> list[str]:
    """Test ids below a control, in the order in which they are drawn."""
    found: list[str] = []

    def look(control: Any) -> None:
        if getattr(control, "visible", True) is False:
            return
        if isinstance(control, ft.Semantics) and control.identifier:
            found.append(control.identifier)
        for value in _below(control):
            look(value)

    look(root)
    return found


def _written(text: ft.Text) -> Written:
    style = text.theme_style.value if text.theme_style is not None else "bodyMedium"
    return Written(
        str(text.value),
        re.sub(r"(?<!^)(?=[A-Z])", "_", style).lower(),
        text.max_lines,
        text.overflow is ft.TextOverflow.ELLIPSIS,
        bool(text.no_wrap),
        text.text_align not in {None, ft.TextAlign.LEFT, ft.TextAlign.START},
    )


def _below(control: Any) -> Iterator[Any]:
    if not is_dataclass(control):
        return
    for field in fields(control):
        if field.name in {"parent", "page", "data", "theme", "style"}:
            continue
        value = getattr(control, field.name, None)
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, ft.BaseControl):
                yield each


def cut_words(
    tree: Tree, texts: Iterable[Written], typed: Iterable[Typed], mode: theme.Mode, scale: float
) -> list[Finding]:
    """Texts that need more room than they have."""
    styles = theme.flet_theme(mode, scale).text_theme
    by_value: dict[str, list[Written]] = defaultdict(list)
    for text in texts:
        by_value[text.value.strip()].append(text)
    found = []
    for node in tree.nodes:
        if node.target and "\n" in node.words:
            found += _cut_in_row(tree, node, by_value, styles)
        if node.said.strip() in by_value and not tree.children[node.id]:
            meant = by_value[node.said.strip()]
            if not _only_peeps(tree, node):
                found += (_cut_in_button if node.target else _cut_alone)(tree, node, meant, styles)
    body = styles.body_large
    fields_here = {each.name: each for each in typed}
    for node in tree.nodes:
        each = fields_here.get(node.name)
        if each is None or not each.label:
            continue
        shrink = LABEL_SHRINK if each.filled else 1.0
        need = text_width(each.label, body.font_family, body.size * shrink)
        room = node.box.width - 32 - 34 * each.sides
        if need > room + SLACK_PX:
            found.append(
                Finding("cut", f"label {each.label!r} needs {need:.0f} of {room:.0f} px: {tree.path(node)}")
            )
    return found


def _cut_alone(tree: Tree, node: Node, meant: list[Written], styles: Any) -> list[Finding]:
    """A text with a box of its own: the box must hold all its lines. Of several styles any may be the one."""
    worst = None
    for text in _as_high(node, meant, styles):
        style = getattr(styles, text.style)
        lines = 1 if text.no_wrap else lines_needed(text.value, style.font_family, style.size, node.box.width)
        wide = longest_word(text.value, style.font_family, style.size)
        if text.no_wrap:
            wide = text_width(text.value, style.font_family, style.size)
        allowed = text.max_lines or lines
        need = lines * style.size * style.height
        if lines > allowed:
            problem = f"{lines} lines of {allowed} allowed"
        elif wide > node.box.width + SLACK_PX:
            problem = f"{wide:.0f} px wide"
        elif need > node.box.height + style.size * style.height * 0.5:
            problem = f"{lines} lines, {need:.0f} px high"
        else:
            return []
        worst = worst or f"{problem}: {tree.path(node)}"
    return [Finding("cut", worst or "")]


def _as_high(node: Node, meant: list[Written], styles: Any) -> list[Written]:
    """The styles whose lines fill the box exactly; all when none does."""

    def odd(text: Written) -> float:
        style = getattr(styles, text.style)
        lines = node.box.height / (style.size * style.height)
        return abs(lines - max(round(lines), 1))

    return [text for text in meant if odd(text) < 0.06] or meant


def _cut_in_button(tree: Tree, node: Node, meant: list[Written], styles: Any) -> list[Finding]:
    """A button says one text; its padding is at least 8 a side."""
    worst = None
    for text in meant:
        style = getattr(styles, text.style)
        room = node.box.width - 16
        lines = lines_needed(text.value, style.font_family, style.size, room)
        wide = longest_word(text.value, style.font_family, style.size)
        if wide > room + SLACK_PX:
            problem = f"{wide:.0f} px wide"
        elif lines * style.size * style.height > node.box.height + SLACK_PX:
            problem = f"{lines} lines"
        elif text.max_lines and lines > text.max_lines:
            problem = f"{lines} lines of {text.max_lines} allowed"
        else:
            return []
        worst = worst or f"{problem}: {tree.path(node)}"
    return [Finding("cut", worst or "")]


def _cut_in_row(tree: Tree, node: Node, by_value: dict[str, list[Written]], styles: Any) -> list[Finding]:
    """A button that says several texts: what is shortened by dots must fit at least into the whole button."""
    found = []
    for piece in node.words.split("\n"):
        for text in by_value.get(piece.strip(), ()):
            style = getattr(styles, text.style)
            need = text_width(text.value, style.font_family, style.size) / (text.max_lines or 1)
            if text.max_lines and text.ellipsis and need > node.box.width - 32:
                found.append(Finding("cut", f"{piece!r} needs {need:.0f} px in {tree.path(node)}"))
                break
    return found


def tighten(tree: Tree, texts: Iterable[Written], mode: theme.Mode, scale: float) -> None:
    """Make the boxes of one-line texts as wide as their words: an empty rest of a line covers nothing."""
    styles = theme.flet_theme(mode, scale).text_theme
    by_value = {text.value.strip(): text for text in texts}
    for node in tree.leaves():
        text = by_value.get(node.said.strip())
        if text is not None:
            style = getattr(styles, text.style)
            need = text_width(text.value, style.font_family, style.size) + 2
            if need < node.box.width and not text.centred:
                node.box = Box(node.box.left, node.box.top, node.box.left + need, node.box.bottom)


def look_at(tree: Tree, roots: Iterable[Any], mode: theme.Mode, scale: float) -> list[Finding]:
    """Everything that is wrong with what a window shows."""
    texts, typed = texts_of(roots)
    cut = cut_words(tree, texts, typed, mode, scale)
    tighten(tree, texts, mode, scale)
    return [*overlaps(tree), *small_targets(tree), *out_of_sight(tree), *loose_words(tree), *cut]
