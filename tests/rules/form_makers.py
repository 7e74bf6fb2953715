"""Small forms for tests."""

from van_station.rules.catalogue import Label
from van_station.rules.form_nodes import ArrayNode, GroupNode
from van_station.rules.form_options import ListEntry, OptionList
from van_station.rules.forms import load_form

LISTS = {
    "wards": OptionList(
        [
            ListEntry("00001", Label("Phường Ba Đình", "Ba Dinh")),
            ListEntry("00004", Label("Xã Ba Vì", "Ba Vi")),
        ]
    )
}


def text(**more):
    return {"type": "string", "title": "Ô", "x-title-en": "Field"} | more


def number(**more):
    return {"type": "integer", "title": "Số", "x-title-en": "Number"} | more


def flag(**more):
    return {"type": "boolean", "title": "Có", "x-title-en": "Yes"} | more


def choice(*values, **more):
    return (
        text(
            oneOf=[{"const": value, "title": f"vi {value}", "x-title-en": f"en {value}"} for value in values]
        )
        | more
    )


def array(items, required=(), **more):
    inner = {
        "type": "object",
        "title": "Dòng",
        "x-title-en": "Row",
        "properties": items,
        "required": list(required),
    }
    return {"type": "array", "title": "Danh sách", "x-title-en": "List", "items": inner} | more


def scope(path):
    return "#" + "".join(f"/properties/{part}" for part in path.split("/"))


def control(path, *detail, **more):
    element = {"type": "Control", "scope": scope(path)} | more
    if detail:
        element["options"] = {"detail": {"type": "VerticalLayout", "elements": list(detail)}}
    return element


def show(path, schema, effect="SHOW"):
    return {"effect": effect, "condition": {"scope": scope(path), "schema": schema}}


def box(kind, *elements, label=None, **more):
    return (
        {"type": kind, "elements": list(elements)}
        | ({"label": {"vi": label, "en": label}} if label else {})
        | more
    )


def form(properties, *elements, documents=None, **more):
    schema = {"type": "object", "properties": properties} | more
    elements = elements or [control(name) for name in properties]
    return load_form(schema, box("VerticalLayout", *elements), documents)


def fields(nodes):
    found = {}
    for node in nodes:
        if isinstance(node, GroupNode):
            found |= fields(node.children)
        else:
            found[node.pointer] = node
            for item in node.items if isinstance(node, ArrayNode) else ():
                found |= fields(item)
    return found


def fill(a_form, rows, answers=None, **more):
    answers = a_form.empty() if answers is None else answers
    for pointer, value in rows:
        answers = a_form.set(answers, pointer, value, **more)
    return answers


def codes(problems):
    return {problem.pointer: problem.code for problem in problems}
