"""Every official form prints what was answered, all of it, as written; and blank, to be filled in by hand."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pikepdf
import pypdfium2
import pytest

from tests.papers.reading import codes as read_codes
from tests.papers.reading import sizes_mm
from van_station.papers import NoSuchForm, TooMuch, form_ids, official_form, official_form_pictures
from van_station.papers.letters import printable
from van_station.rules.catalogue_shared import with_shared
from van_station.rules.forms import Form, load_form
from van_station.rules.json_values import get, replaced
from van_station.services.official_forms import printable_answers
from van_station.settings.assets import assets_root

FORMS = assets_root() / "catalogue" / "forms"
SHARED = json.loads((FORMS.parent / "shared.schema.json").read_text(encoding="utf-8"))["$defs"]
IDS = sorted(path.parent.name for path in FORMS.glob("*/schema.json"))
CIVIL_STATUS = (
    "birth",
    "birth_again",
    "civil_change",
    "death",
    "extract_copy",
    "guardianship",
    "marital_status",
    "marriage",
    "parent_child",
)
NOT_ON_PAPER = "not on the paper form"
HOSTILE = '#strong[x] *b* $a^2$ ] _i_ @y <z> // \\u{41} "q" #let x = 1; {{}} =H'
DAY = dt.date(2026, 11, 22)
ITEMS = 3
_ANY_ITEM = re.compile(r"/[0-9]+(?=/)")


@dataclass(frozen=True)
class Leaf:
    """An answer of a form: its pointer with item numbers as `*`, its schema, whether the paper has a line."""

    pointer: str
    schema: dict[str, Any]
    on_paper: bool


@cache
def schema(form_id: str) -> dict[str, Any]:
    return json.loads((FORMS / form_id / "schema.json").read_text(encoding="utf-8"))


@cache
def ui(form_id: str) -> dict[str, Any]:
    return json.loads((FORMS / form_id / "ui.json").read_text(encoding="utf-8"))


def resolved(part: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[1]
        target = SHARED[name] if part["$ref"].startswith("shared") else own[name]
        part = {**target, **{key: value for key, value in part.items() if key != "$ref"}}
    return part


def leaves(form_id: str) -> list[Leaf]:
    root = schema(form_id)
    return list(_leaves(root, "", {**SHARED, **root.get("$defs", {})}, on_paper=True))


def _leaves(part: dict[str, Any], at: str, own: dict[str, Any], *, on_paper: bool) -> Iterator[Leaf]:
    part = resolved(part, own)
    on_paper = on_paper and part.get("x-note") != NOT_ON_PAPER
    if "properties" in part:
        for name, inner in part["properties"].items():
            yield from _leaves(inner, f"{at}/{name}", own, on_paper=on_paper)
    elif part.get("type") == "array":
        yield from _leaves(part["items"], f"{at}/*", own, on_paper=on_paper)
    else:
        yield Leaf(at, part, on_paper)


def controls(element: dict[str, Any], above: str = "") -> Iterator[str]:
    if element["type"] == "Control":
        here = above + element["scope"].removeprefix("#").replace("/properties/", "/")
        detail = element.get("options", {}).get("detail")
        if detail is None:
            yield here
        else:
            yield from controls(detail, f"{here}/*")
    for inner in element.get("elements", ()):
        yield from controls(inner, above)


def put(tree: dict[str, Any], pointer: str, value: object) -> None:
    here: Any = tree
    parts = pointer.strip("/").split("/")
    for part, after in zip(parts, [*parts[1:], ""], strict=True):
        if isinstance(here, list):
            while len(here) <= int(part):
                here.append({})
            if after == "":
                here[int(part)] = value
            here = here[int(part)]
        elif after == "":
            here[part] = value
        else:
            here = here.setdefault(part, [] if after.isdecimal() else {})


@cache
def form(form_id: str) -> Form:
    return load_form(with_shared(schema(form_id), SHARED), ui(form_id))


def variants(form_id: str) -> int:
    """Return how many fillings it takes until each choice has had each of its options."""
    return max((len(leaf.schema.get("oneOf", ())) for leaf in leaves(form_id)), default=1) or 1


def filled(form_id: str, variant: int = 0, word: str = "") -> tuple[dict[str, Any], dict[str, str]]:
    """Return data in which every answer stands out, and the text to look for by pointer.

    All fields are answered; those that the form hides for the options of this variant are left out, as the
    services leave them out.
    """
    answers: dict[str, Any] = {}
    for number, leaf in enumerate(leaves(form_id), start=1):
        for item in range(ITEMS if "*" in leaf.pointer else 1):
            answer = _answer(leaf.schema, number * ITEMS + item, variant, word)
            put(answers, leaf.pointer.replace("*", str(item)), answer)
    words, codes = printable_answers(form(form_id).layout(answers, today=DAY))
    planted = {
        pointer: text
        for leaf in leaves(form_id)
        if leaf.on_paper and leaf.schema.get("type") != "boolean"
        for item in range(ITEMS if "*" in leaf.pointer else 1)
        if isinstance(text := get(words, pointer := leaf.pointer.replace("*", str(item))), str)
    }
    return {"answers": words, "codes": codes}, planted


def _answer(part: dict[str, Any], number: int, variant: int, word: str) -> str | int | bool:
    if "oneOf" in part:
        return part["oneOf"][variant % len(part["oneOf"])]["const"]
    if part.get("type") == "boolean":
        return part.get("const", variant % 2 == 0)
    if part.get("format") in {"date", "partial-date"}:
        return (dt.date(1950, 1, 1) + dt.timedelta(days=number * 11)).isoformat()
    if part.get("type") in {"integer", "number"}:
        return 7000 + number
    return f"{word}q{number}z" if word else f"Xq{number}z"


def without(data: dict[str, Any], pointer: str) -> dict[str, Any]:
    return {name: replaced(tree, pointer, None) for name, tree in data.items()}


def missing(form_id: str, data: dict[str, Any], planted: dict[str, str]) -> list[str]:
    """Return the answers that the page does not show; an option may be a ticked box instead of its title."""
    said = text_of(official_form(form_id, data))
    lost = [pointer for pointer, text in planted.items() if not is_there(said, text)]
    options = {leaf.pointer for leaf in leaves(form_id) if "oneOf" in leaf.schema}
    return [
        pointer
        for pointer in lost
        if _ANY_ITEM.sub("/*", pointer) not in options
        or said == text_of(official_form(form_id, without(data, pointer)))
    ]


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(
        "".join(document[page].get_textpage().get_text_range().split()) for page in range(len(document))
    )


def on_the_page(pdf: bytes) -> bool:
    """Tell whether every letter lies within the paper, at least 3 mm from its edges."""
    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage()
        width, height = page.get_size()
        for at in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(at)
            if left < right and not (left > 8 and right < width - 8 and bottom > 8 and top < height - 8):
                return False
    return True


def squeezed(text: str) -> str:
    return "".join(printable(text).split())


def is_there(said: str, text: str) -> bool:
    """Tell whether an answer was printed; a date also as `ngày 20 tháng 11 năm 2026`."""
    if squeezed(text) in said:
        return True
    day, _, rest = text.partition("/")
    month, _, year = rest.partition("/")
    return bool(year) and f"{day}tháng{month}năm{year}" in said


def test_every_form_has_a_template_and_every_template_a_form():
    assert list(form_ids()) == IDS
    assert set(CIVIL_STATUS) <= set(IDS)


@pytest.mark.parametrize("form_id", IDS)
def test_every_answer_of_a_full_form_stands_on_the_page(form_id):
    for variant in range(variants(form_id)):
        data, planted = filled(form_id, variant)
        assert len(planted) > 5
        assert missing(form_id, data, planted) == [], variant


@pytest.mark.parametrize("form_id", IDS)
def test_a_blank_form_is_a4_with_its_national_heading_and_no_answer(form_id):
    pdf = official_form(form_id, {"title": "Tên biểu mẫu"})
    said = text_of(pdf)
    assert "CỘNGHÒAXÃHỘICHỦNGHĨAVIỆTNAM" in said
    assert "Độclập-Tựdo-Hạnhphúc" in said
    assert f"Trang1/{len(sizes_mm(pdf))}" in said
    assert set(sizes_mm(pdf)) <= {(210, 297), (297, 210)}
    assert len(sizes_mm(pdf)) <= 4
    assert on_the_page(pdf)


@pytest.mark.parametrize("form_id", CIVIL_STATUS)
def test_a_civil_status_form_is_one_page_as_the_paper_form_is(form_id):
    data, _ = filled(form_id)
    signed = {"place": "xã Ba Vì", "signed_on": DAY, "number": "VS-07-261122-0012", "qr_text": "VS1D|x"}
    assert len(sizes_mm(official_form(form_id, {}))) == 1
    assert len(sizes_mm(official_form(form_id, data | signed))) == 1


@pytest.mark.parametrize("form_id", IDS)
def test_markup_in_an_answer_is_printed_as_typed(form_id):
    data, planted = filled(form_id, word=HOSTILE)
    assert missing(form_id, data, planted) == []


@pytest.mark.parametrize("form_id", IDS)
def test_a_word_of_two_thousand_letters_grows_over_lines_and_never_off_the_page(form_id):
    pointer = next(leaf.pointer for leaf in leaves(form_id) if leaf.on_paper and leaf.schema.get("maxLength"))
    answers: dict[str, Any] = {}
    put(answers, pointer.replace("*", "0"), "W" * 2000)
    pdf = official_form(form_id, {"answers": answers})
    assert text_of(pdf).count("W") >= 2000
    assert on_the_page(pdf)


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return ["".join(document[at].get_textpage().get_text_range().split()) for at in range(len(document))]


def test_a_long_table_goes_on_over_pages_under_its_head():
    members = [{"full_name": f"Người Thứ {number}"} for number in range(60)]
    pages = pages_of(official_form("ct01", {"answers": {"members": members}}))
    assert len(pages) >= 2
    assert all(f"NgườiThứ{number}" in "".join(pages) for number in range(60))
    with_rows = [page for page in pages if "NgườiThứ" in page]
    assert len(with_rows) >= 2
    assert all("TT" in page and page.index("TT") < page.index("NgườiThứ") for page in with_rows)


def test_notes_that_do_not_fit_go_to_the_back_together():
    reason = "Lý do rất dài. " * 60
    first, second = pages_of(official_form("civil_change", {"answers": {"request": {"reason": reason}}}))
    assert "Ngườiyêucầu" in first
    assert "Chúthích" not in first
    assert second.startswith("Chúthích")


def test_the_form_is_pdf_a_2b_with_the_forms_name_as_its_title():
    pdf = official_form("birth", {"title": "Tờ khai đăng ký khai sinh"})
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")
        assert metadata["dc:title"] == "Tờ khai đăng ký khai sinh"


def test_the_foot_says_which_dossier_and_catalogue_and_its_code_reads_back():
    data = {
        "number": "VS-07-261122-0012",
        "qr_text": "VS1D|VS-07-261122-0012|0123456789ab",
        "catalogue": "2026.11.2",
    }
    said = text_of(official_form("death", data))
    for words in ("VS-07-261122-0012", "death", "2026.11.2", "IntừTrạmdịchvụcônglưuđộng", "Trang1/1"):
        assert words in said
    assert read_codes(official_form_pictures("death", data, ppi=200)[0]) == [data["qr_text"]]


def test_place_and_day_of_signing_are_the_answers_else_those_of_the_printing():
    printed = {"place": "xã Ba Vì", "signed_on": DAY}
    assert "Làmtại:xãBaVì,ngày22tháng11năm2026" in text_of(official_form("birth", printed))
    own = {"answers": {"signed": {"place": "xã Suối Hai"}}, "codes": {"signed": {"date": "2026-11-20"}}}
    said = text_of(official_form("birth", printed | own))
    assert "Làmtại:xãSuốiHai,ngày20tháng11năm2026" in said


def test_a_box_is_ticked_only_for_what_was_answered():
    def ticks(wanted: object) -> str:
        said = text_of(official_form("birth", {"codes": {"copies": {"wanted": wanted}}}))
        return said[said.index("bảnsao(6):") :][len("bảnsao(6):") :][:8]

    assert ticks(wanted=True).startswith("XCóKhông")
    assert ticks(wanted=False).startswith("CóXKhông")
    assert ticks(None).startswith("CóKhông")


def test_practice_forms_say_so():
    assert "KHÔNGCÓGIÁTRỊ" in text_of(official_form("birth", {"practice": True}))


@pytest.mark.parametrize("form_id", ["base", "nobody", "../ticket", "", "BIRTH", "birth.typ", "x" * 60])
def test_what_is_no_form_is_refused(form_id):
    with pytest.raises(NoSuchForm) as refused:
        official_form(form_id, {})
    assert refused.value.code == "papers.no_such_form"


def test_bounds():
    deep: dict[str, Any] = {}
    for _ in range(12):
        deep = {"a": deep}
    for answers in ({"a": "x" * 4001}, deep, {"a": [""] * 4001}):
        with pytest.raises(TooMuch):
            official_form("birth", {"answers": answers})


@pytest.mark.parametrize("form_id", IDS)
def test_every_answer_has_a_control_and_every_control_an_answer(form_id):
    reachable = list(controls(ui(form_id)))
    assert sorted(reachable) == sorted(leaf.pointer for leaf in leaves(form_id))


@pytest.mark.parametrize("form_id", IDS)
def test_titles_labels_and_help_are_there_in_both_languages(form_id):
    root = schema(form_id)
    assert root["title"]
    assert root["x-title-en"]
    for leaf in leaves(form_id):
        for said in (leaf.schema, *leaf.schema.get("oneOf", ())):
            assert said["title"].strip(), leaf.pointer
            assert said["x-title-en"].strip(), leaf.pointer
    for label in _labels(ui(form_id)):
        assert label["vi"].strip()
        assert label["en"].strip()
    for check in root.get("x-checks", ()):
        assert check["message"]["vi"]
        assert check["message"]["en"]


def _labels(element: dict[str, Any]) -> Iterator[dict[str, str]]:
    yield from (element[key] for key in ("label", "help", "text") if isinstance(element.get(key), dict))
    inner = element.get("options", {}).get("detail")
    for part in (*element.get("elements", ()), *([inner] if inner else [])):
        yield from _labels(part)


@pytest.mark.parametrize("form_id", CIVIL_STATUS)
def test_a_form_says_where_it_comes_from_and_how_sure_that_is(form_id):
    assert "TT 04/2024/TT-BTP" in schema(form_id)["x-source"]
    assert schema(form_id)["x-confidence"] == "recalled"
