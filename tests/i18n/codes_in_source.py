"""Finds the codes that stand in our source: raised ones, and those of findings."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = "van_station"
LIBRARIES = ("scanning", "sync")
RAISED = frozenset({"Refused", "NotNow", "NotFound"})  # services: the code is the first argument
FOUND = {"Finding": 0, "FieldNote": 1, "FieldProblem": 1}  # which argument is the code


def calls(*packages: str) -> Iterator[tuple[str, ast.Call]]:
    for package in packages:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield getattr(node.func, "id", getattr(node.func, "attr", "")), node


def text_of(nodes: list[ast.expr], at: int = 0) -> list[str]:
    node = nodes[at] if len(nodes) > at else None
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def raised() -> set[str]:
    """Codes given when an error is made: `Refused("trip.none_open")`, `CardUnreadable(code="card.torn")`."""
    codes: set[str] = set()
    for name, call in calls(HERE):
        if name in RAISED:
            codes.update(text_of(call.args))
    for name, call in calls(HERE, *LIBRARIES):
        if name not in FOUND:
            codes.update(*(text_of([word.value]) for word in call.keywords if word.arg == "code"))
    return codes


def found() -> set[str]:
    """Codes of findings about a field or a page: `Finding("id.wrong_length")`."""
    return {code for name, call in calls(HERE) if name in FOUND for code in text_of(call.args, FOUND[name])}
