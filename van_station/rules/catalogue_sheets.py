"""The catalogue as sheets that a clerk can edit, and back; every fault with its sheet, row and column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from van_station.rules.catalogue_cells import CellFault, cleaned
from van_station.rules.catalogue_columns import (
    ABOUT,
    CHOICES,
    COMPONENTS,
    FEES,
    HELP_MARK,
    KEYWORDS,
    LAWS,
    NOTES,
    PROCEDURES,
    QUESTIONS,
    SHEETS,
    SUCCESSORS,
    Column,
    SheetPlan,
)
from van_station.rules.catalogue_conditions import (
    ConditionFault,
    read_condition,
    read_presets,
    write_condition,
    write_presets,
)
from van_station.rules.catalogue_edition import ABOUT as ABOUT_FILE
from van_station.rules.catalogue_edition import FORMAT, procedure_file
from van_station.rules.catalogue_edition import SUCCESSORS as SUCCESSORS_FILE
from van_station.rules.catalogue_faults import Fault
from van_station.rules.text import fold

MAX_ROWS = 20_000
_CONDITIONS = frozenset({"condition", "when"})
_ITEMS = (
    ("questions", QUESTIONS),
    ("components", COMPONENTS),
    ("fees", FEES),
    ("laws", LAWS),
    ("keywords", KEYWORDS),
    ("notes", NOTES),
)
_OWN_NAMES = {"components": "code", "questions": "key"}
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class SheetFault:
    """A fault in the workbook.

    Attributes:
        sheet: its name.
        row: as the spreadsheet counts, 0 for the sheet as a whole.
        column: heading, "" for the row as a whole.
        what: `cell.<what>` says what to write instead.
        hint: for that text.
    """

    sheet: str
    row: int
    column: str
    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    values: dict[str, Any]


@dataclass
class FromSheets:
    """What a workbook says.

    Attributes:
        files: catalogue.json, successors.json and a file for each procedure; forms are not in a workbook.
        faults: all of them; `files` is of use only when there is none.
        origins: (file, pointer) -> (sheet, row), to find the row of a fault that the edition's check reports.
    """

    files: dict[str, Any] = field(default_factory=dict)
    faults: list[SheetFault] = field(default_factory=list)
    origins: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def located(self, fault: Fault) -> SheetFault:
        """Return a fault of the edition at its row, by the longest pointer known; sheet "" when none is."""
        pointer = fault.pointer
        while True:
            found = self.origins.get((fault.file, pointer))
            if found is not None:
                return SheetFault(*found, "", fault.what, f"{fault.pointer} {fault.hint}".strip())
            if not pointer:
                return SheetFault("", 0, "", fault.what, f"{fault.file} {fault.pointer} {fault.hint}".strip())
            pointer = pointer.rpartition("/")[0]


def to_sheets(files: Mapping[str, Any]) -> dict[str, list[list[str]]]:
    """Return the sheets of a sound edition: name -> rows of texts, heading and help first."""
    procedures = [files[path] for path in sorted(files) if path.startswith("procedures/")]
    sheets: dict[str, list[dict[str, Any]]] = {plan.name: [] for plan in SHEETS}
    sheets[ABOUT.name] = [files[ABOUT_FILE]]
    sheets[SUCCESSORS.name] = list(files.get(SUCCESSORS_FILE, []))
    for raw in procedures:
        keys = [question["key"] for question in raw.get("questions", [])]
        preset = raw["form"].get("preset")
        form = {**raw["form"], **({"preset": write_presets(preset)} if preset else {})}
        sheets[PROCEDURES.name].append({**raw, "form": form})
        for name, plan in _ITEMS:
            for item in raw.get(name, []):
                plain = {"keyword": item} if isinstance(item, str) else _with_text(item, keys)
                sheets[plan.name].append({"procedure": raw["code"], **plain})
        for question in raw.get("questions", []):
            for choice in question.get("choices", []):
                sheets[CHOICES.name].append({"procedure": raw["code"], "key": question["key"], **choice})
    return {plan.name: _written(plan, sheets[plan.name]) for plan in SHEETS}


def from_sheets(sheets: Mapping[str, Rows]) -> FromSheets:
    """Return the files that a workbook says, and every fault in it.

    Args:
        sheets: name -> rows of cells, as a spreadsheet reader gives them.
    """
    return _Import(sheets).run()


def _with_text(item: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {
        name: write_condition(value, keys) if name in _CONDITIONS and value is not None else value
        for name, value in item.items()
    }


def _written(plan: SheetPlan, items: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    rows = [
        [column.heading for column in plan.columns],
        [f"{HELP_MARK} {column.help}" for column in plan.columns],
    ]
    rows += [[_cell(column, item) for column in plan.columns] for item in items]
    return rows


def _cell(column: Column, item: Mapping[str, Any]) -> str:
    value: Any = item
    for part in column.key.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return ""
        value = value[part]
    if value is None and column.key != "amount_vnd":
        return ""
    return column.kind.write(value)


class _Import:
    def __init__(self, sheets: Mapping[str, Rows]) -> None:
        self._sheets = {fold(name): rows for name, rows in sheets.items()}
        self._out = FromSheets()

    def run(self) -> FromSheets:
        found = {plan.name: list(self._rows(plan)) for plan in SHEETS}
        self._about(found[ABOUT.name])
        self._procedures(found)
        steps = [_nested(row.values) for row in found[SUCCESSORS.name]]
        self._out.files[SUCCESSORS_FILE] = [{**step, "successor": step.get("successor")} for step in steps]
        for at, row in enumerate(found[SUCCESSORS.name]):
            self._out.origins[SUCCESSORS_FILE, f"/{at}"] = (SUCCESSORS.name, row.number)
        return self._out

    def _fault(self, plan: SheetPlan, row: int, column: str, what: str, hint: str = "") -> None:
        self._out.faults.append(SheetFault(plan.name, row, column, what, hint[:200]))

    def _rows(self, plan: SheetPlan) -> Iterator[_Row]:
        rows = self._sheets.get(fold(plan.name))
        if rows is None:
            self._fault(plan, 0, "", "no_sheet")
            return
        if not rows or len(rows) > MAX_ROWS:
            self._fault(plan, 0, "", "no_heading" if not rows else "too_many_rows", str(MAX_ROWS))
            return
        places = self._places(plan, rows[0])
        for number, cells in enumerate(rows[1:], start=2):
            if number == 2 and str(next(iter(cells), "") or "").startswith(HELP_MARK):
                continue
            values = self._values(plan, places, number, cells)
            if values:
                yield _Row(number, values)

    def _places(self, plan: SheetPlan, heading: Sequence[Any]) -> dict[str, int]:
        """Return where each column stands; they may be in any order."""
        found = {fold(str(cell)): at for at, cell in enumerate(heading) if cell is not None}
        for column in plan.columns:
            if column.needed and fold(column.heading) not in found:
                self._fault(plan, 1, column.heading, "no_column")
        known = {fold(column.heading) for column in plan.columns}
        for cell in heading:
            if cell is not None and str(cell).strip() and fold(str(cell)) not in known:
                self._fault(plan, 1, str(cell)[:60], "strange_column")
        return {
            column.key: found[fold(column.heading)]
            for column in plan.columns
            if fold(column.heading) in found
        }

    def _values(
        self, plan: SheetPlan, places: Mapping[str, int], number: int, cells: Sequence[Any]
    ) -> dict[str, Any]:
        if all(cell is None or cell == "" for cell in cells):
            return {}
        values: dict[str, Any] = {}
        for column in plan.columns:
            at = places.get(column.key)
            cell = cells[at] if at is not None and at < len(cells) else None
            try:
                cell = cleaned(cell)
                if cell is not None:
                    values[column.key] = column.kind.read(cell)
                elif column.needed and at is not None:
                    self._fault(plan, number, column.heading, "empty", column.help)
            except CellFault as fault:
                self._fault(plan, number, column.heading, fault.what, fault.hint)
        for key in list(values):
            if key.endswith((".vi", ".en")):
                self._both_languages(plan, number, values, key)
        return values

    def _both_languages(self, plan: SheetPlan, number: int, values: dict[str, Any], key: str) -> None:
        other = key[:-2] + ("en" if key.endswith("vi") else "vi")
        column = next((each for each in plan.columns if each.key == other), None)
        if column is not None and not column.needed and other not in values:
            self._fault(plan, number, column.heading, "other_language", column.heading)

    def _about(self, rows: Sequence[_Row]) -> None:
        if len(rows) != 1:
            self._fault(ABOUT, 0, "", "one_row", str(len(rows)))
        if rows:
            self._out.files[ABOUT_FILE] = {"format": FORMAT, **_nested(rows[0].values)}
            self._out.origins[ABOUT_FILE, ""] = (ABOUT.name, rows[0].number)

    def _procedures(self, found: Mapping[str, list[_Row]]) -> None:
        keys: dict[str, list[str]] = {}
        for row in found[QUESTIONS.name]:
            keys.setdefault(str(row.values.get("procedure")), []).append(str(row.values.get("key")))
        by_code: dict[str, dict[str, Any]] = {}
        for row in found[PROCEDURES.name]:
            code = row.values.get("code")
            if code is None:
                continue
            if code in by_code:
                self._fault(PROCEDURES, row.number, "Mã thủ tục", "twice", code)
                continue
            by_code[code] = self._procedure(row)
        for name, plan in _ITEMS:
            for row in found[plan.name]:
                self._item(name, plan, row, by_code, keys)
        self._choices(found[CHOICES.name], by_code)
        for code, raw in by_code.items():
            self._out.files[procedure_file(code)] = raw

    def _procedure(self, row: _Row) -> dict[str, Any]:
        raw = _nested(row.values)
        code = str(raw["code"])
        preset = raw.get("form", {}).get("preset")
        if preset is not None:
            try:
                raw["form"]["preset"] = read_presets(preset)
            except ConditionFault as fault:
                self._fault(PROCEDURES, row.number, "Đặt sẵn", f"condition_{fault.what}", _where(fault))
        limit = raw.setdefault("time_limit", {})
        limit.setdefault("value", None)
        limit.setdefault("cutoff", None)
        raw.setdefault("valid_to", None)
        for name, _ in _ITEMS:
            raw[name] = []
        self._out.origins[procedure_file(code), ""] = (PROCEDURES.name, row.number)
        return {"$schema": "../procedure.schema.json", **raw}

    def _item(
        self,
        name: str,
        plan: SheetPlan,
        row: _Row,
        by_code: Mapping[str, dict[str, Any]],
        keys: Mapping[str, list[str]],
    ) -> None:
        code = row.values.pop("procedure", None)
        if code is None:
            return
        if code not in by_code:
            self._fault(plan, row.number, "Mã thủ tục", "no_such_procedure", code)
            return
        item = _nested(row.values)
        for key in _CONDITIONS & item.keys():
            column = next(each for each in plan.columns if each.key == key)
            try:
                item[key] = read_condition(item[key], keys.get(code, ()))
            except ConditionFault as fault:
                self._fault(plan, row.number, column.heading, f"condition_{fault.what}", _where(fault))
        if name == "fees":
            item = {"group": None, "valid_to": None, **item}
        items = by_code[code][name]
        own = _OWN_NAMES.get(name)
        if own is not None and item.get(own) in [each.get(own) for each in items]:
            heading = next(each.heading for each in plan.columns if each.key == own)
            self._fault(plan, row.number, heading, "twice", str(item.get(own)))
        self._out.origins[procedure_file(code), f"/{name}/{len(items)}"] = (plan.name, row.number)
        items.append(item.get("keyword", "") if name == "keywords" else item)

    def _choices(self, rows: Sequence[_Row], by_code: Mapping[str, dict[str, Any]]) -> None:
        for row in rows:
            code, key = row.values.pop("procedure", None), row.values.pop("key", None)
            questions = by_code.get(str(code), {}).get("questions", [])
            question = next((each for each in questions if each.get("key") == key), None)
            if question is None or question.get("kind") != "choice":
                self._fault(CHOICES, row.number, "Câu hỏi", "no_such_question", str(key))
                continue
            question.setdefault("choices", []).append(_nested(row.values))


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return objects for keys with dots: `name.vi` becomes `{"name": {"vi": ...}}`."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        *way, last = key.split(".")
        inner = found
        for part in way:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return found


def _where(fault: ConditionFault) -> str:
    return f"{fault.at}: {fault.found}" if fault.found else str(fault.at)
