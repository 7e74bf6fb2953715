"""Puts a procedure's questions and presets into the form that it uses."""

from collections.abc import Mapping
from typing import Any

from van_station.rules.catalogue import Procedure, Question, QuestionKind
from van_station.rules.json_values import JsonValue, Pointer, split

TITLE = {
    "vi": "Câu hỏi để biết giấy tờ cần nộp",
    "en": "Questions that decide which papers are needed",
}
KNOWN = "known"


class FormLacks(Exception):
    """A pointer of the procedure names no field of its form."""

    def __init__(self, pointer: Pointer) -> None:
        super().__init__(pointer)
        self.pointer = pointer


def composed(
    procedure: Procedure, raw: Mapping[str, Any], schema: Mapping[str, Any], ui: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return schema and UI of this procedure's form: the shared form, presets as defaults, questions last.

    Args:
        procedure: loaded from `raw`.
        raw: its parsed file; a question's `when` is handed on as it was written.
        schema: of the form, shared definitions filled in.
        ui: of the form; a Categorization gets a Category more, any other layout a Group.

    Raises:
        FormLacks: a preset for a field that isn't there.
    """
    whole: dict[str, Any] = {**schema, "$id": f"urn:van-station:form:{procedure.code}"}
    for pointer, value in procedure.form.preset.items():
        whole = _preset(whole, whole, pointer, split(pointer), value)
    if not procedure.questions:
        return whole, dict(ui)
    whole["properties"] = {**whole.get("properties", {}), KNOWN: _known(procedure.questions)}
    controls = [
        _control(question, each.get("when"))
        for question, each in zip(procedure.questions, raw["questions"], strict=True)
    ]
    return whole, _with_controls(ui, controls)


def _known(questions: tuple[Question, ...]) -> dict[str, Any]:
    """A choice must be answered, or its papers would be left out; an unanswered yes-or-no counts as no."""
    return {
        "type": "object",
        "properties": {question.key: _property(question) for question in questions},
        "required": [question.key for question in questions if question.kind is QuestionKind.CHOICE],
    }


def _property(question: Question) -> dict[str, Any]:
    said = {"title": question.text.vi, "x-title-en": question.text.en}
    if question.kind is QuestionKind.YES_NO:
        return {"type": "boolean", **said}
    options = [
        {"const": choice.value, "title": choice.text.vi, "x-title-en": choice.text.en}
        for choice in question.choices
    ]
    return {"type": "string", **said, "oneOf": options}


def _control(question: Question, when: Any) -> dict[str, Any]:
    control: dict[str, Any] = {
        "type": "Control",
        "scope": f"#/properties/{KNOWN}/properties/{question.key}",
    }
    if question.help is not None:
        control["help"] = {"vi": question.help.vi, "en": question.help.en}
    if when is not None:
        control["rule"] = {"effect": "SHOW", "condition": when}
    return control


def _with_controls(ui: Mapping[str, Any], controls: list[dict[str, Any]]) -> dict[str, Any]:
    kind = ui.get("type")
    if kind == "Categorization":
        return {
            **ui,
            "elements": [*ui["elements"], {"type": "Category", "label": TITLE, "elements": controls}],
        }
    group = {"type": "Group", "label": TITLE, "elements": controls}
    if kind == "VerticalLayout":
        return {**ui, "elements": [*ui["elements"], group]}
    return {"type": "VerticalLayout", "elements": [ui, group]}


def _preset(
    root: Mapping[str, Any], schema: Mapping[str, Any], pointer: Pointer, way: list[str], value: JsonValue
) -> dict[str, Any]:
    """Return the schema with `default` set at the end of the way; only what lies on the way is copied."""
    if not isinstance(schema, Mapping):  # `true` and `false` are schemas too, and no fields
        raise FormLacks(pointer)
    if not way:
        return {**schema, "default": value}
    reference = schema.get("$ref")
    if reference is not None:
        name = str(reference).removeprefix("#/$defs/")
        target = root.get("$defs", {}).get(name, {})
        schema = {**target, **{key: each for key, each in schema.items() if key != "$ref"}}
    properties = schema.get("properties", {})
    if way[0] not in properties:
        raise FormLacks(pointer)
    inner = _preset(root, properties[way[0]], pointer, way[1:], value)
    return {**schema, "properties": {**properties, way[0]: inner}}


def field_schema(schema: Mapping[str, Any], pointer: Pointer) -> Mapping[str, Any] | None:
    """Return the schema of one field with its reference filled in, None where there is no such field."""
    at: Any = schema
    for name in split(pointer):
        at = _target(schema, at).get("properties", {}).get(name)
        if at is None:
            return None
    return _target(schema, at)


def _target(schema: Mapping[str, Any], at: Any) -> Mapping[str, Any]:
    for _ in range(12):
        if not isinstance(at, Mapping):
            return {}
        reference = at.get("$ref")
        if reference is None:
            return at
        target = schema.get("$defs", {}).get(str(reference).removeprefix("#/$defs/"))
        if not isinstance(target, Mapping):
            return {}
        at = {**target, **{key: each for key, each in at.items() if key != "$ref"}}
    return {}
