"""What depends on what in a form, so that nothing goes round in circles."""

from collections.abc import Iterator, Mapping, Sequence

from van_station.rules.form_schema import refuse
from van_station.rules.form_specs import ArraySpec, Effect, FieldSpec, GroupSpec, Path, Spec

MAX_CHAIN = 100
"""How many calculations, or rules, may hang on each other one after the other."""


def calculation_order(fields: Mapping[Path, FieldSpec]) -> tuple[FieldSpec, ...]:
    """Return the calculated fields, each after those that it looks at.

    Raises:
        FormRefused: a field that depends on itself.
    """
    calculated = [spec for spec in fields.values() if spec.calculation is not None]
    ordered: list[FieldSpec] = []
    open_: set[Path] = set()

    done: set[Path] = set()

    def visit(spec: FieldSpec) -> None:
        if spec.full in done:
            return
        if spec.full in open_ or len(open_) == MAX_CHAIN:
            refuse(f"{spec.place}/scope", "ui")
        open_.add(spec.full)
        for source in spec.calculation.of if spec.calculation else ():
            for other in calculated:
                if _related(source, other.full):
                    visit(other)
        open_.discard(spec.full)
        done.add(spec.full)
        ordered.append(spec)

    for spec in calculated:
        visit(spec)
    return tuple(ordered)


def passes(roots: Sequence[Spec], calculated: Sequence[FieldSpec]) -> int:
    """Return how often visibility must be looked at: once more than the longest chain of rules.

    Raises:
        FormRefused: an element that shows or hides depending on itself, at the element's rule.
    """
    ruled = list(_ruled(roots, ()))
    parts: Sequence[tuple[Spec, frozenset[Path]]] = [(spec, frozenset(_paths(spec))) for spec, _ in ruled]
    depths: dict[int, int] = {}
    open_: set[int] = set()

    def sources(path: Path) -> frozenset[Path]:
        found = {path}
        waiting = [path]
        while waiting:
            at = waiting.pop()
            below = {
                each
                for spec in calculated
                if spec.calculation and _related(at, spec.full)
                for each in spec.calculation.of
            }
            waiting += below - found
            found |= below
        return frozenset(found)

    def depth_of(at: int) -> int:
        if at in depths:
            return depths[at]
        spec, base = ruled[at]
        if at in open_ or len(open_) == MAX_CHAIN:
            refuse(f"{spec.place}/rule", "ui")
        open_.add(at)
        seen = {each for path in _looked_at(spec, base) for each in sources(path)}
        below = [
            depth_of(other)
            for other, (_, inside) in enumerate(parts)
            if any(_related(path, one) for path in seen for one in inside)
        ]
        open_.discard(at)
        depths[at] = 1 + max(below, default=0)
        return depths[at]

    return 1 + max((depth_of(at) for at in range(len(ruled))), default=0)


def _ruled(specs: Sequence[Spec], base: Path) -> Iterator[tuple[Spec, Path]]:
    for spec in specs:
        if spec.rule is not None and spec.rule.effect in {Effect.SHOW, Effect.HIDE}:
            yield spec, base
        if isinstance(spec, ArraySpec):
            yield from _ruled(spec.children, (*spec.full, "*"))
        elif isinstance(spec, GroupSpec):
            yield from _ruled(spec.children, base)


def _looked_at(spec: Spec, base: Path) -> Iterator[Path]:
    if spec.rule is not None:
        for path in spec.rule.condition.paths():
            yield (*base, *path)


def _paths(spec: Spec) -> Iterator[Path]:
    if isinstance(spec, FieldSpec | ArraySpec):
        yield spec.full
    if isinstance(spec, GroupSpec | ArraySpec):
        for child in spec.children:
            yield from _paths(child)


def _related(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
