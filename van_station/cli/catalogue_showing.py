"""Tables of the `catalogue` commands, in the words of whoever maintains it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from van_station.cli.catalogue_case import Case
from van_station.i18n import Texts
from van_station.rules.catalogue import Confidence, Label, Procedure, TimeLimit
from van_station.rules.catalogue_conditions import write_condition
from van_station.rules.catalogue_diff import EditionChange, FieldChange
from van_station.rules.catalogue_edition import Edition, Successor, procedure_file
from van_station.rules.catalogue_faults import Fault
from van_station.rules.catalogue_sheets import SheetFault

console = Console(highlight=False, markup=False)
_LONGEST = 160
_WIDTHS = {"name": 24, "code": 8, "version": 9, "paper": 24, "question": 24, "fault_what": 24}


def _table(say: Texts, title: str, *heads: str) -> Table:
    table = Table(title=title, title_justify="left")
    for head in heads:
        table.add_column(say.say(f"catalogue.{head}"), overflow="fold", min_width=_WIDTHS.get(head, 4))
    return table


def _said(label: Label, say: Texts) -> str:
    return label.vi if say.language == "vi" else label.en


def print_faults(faults: Sequence[Fault], say: Texts) -> None:
    """Print faults of an edition: where, and what is wrong there."""
    title = say.say("catalogue.faults", count=len(faults))
    table = _table(say, title, "fault_file", "fault_place", "fault_what")
    for each in faults:
        what = f"{say.say(f'fault.{each.what}')} {each.hint}"
        table.add_row(Text(each.file), Text(each.pointer or "/"), Text(what.strip()))
    console.print(table)
    console.print(say.say("catalogue.faults_next"))


def print_sheet_faults(faults: Sequence[SheetFault], say: Texts) -> None:
    """Print faults of a workbook: sheet, row, column, and what to write instead."""
    title = say.say("catalogue.faults", count=len(faults))
    table = _table(say, title, "sheet", "row", "column", "fault_what")
    for each in faults:
        key = f"cell.{each.what}" if f"cell.{each.what}" in say else f"fault.{each.what}"
        what = f"{say.say(key)} {each.hint}"
        table.add_row(each.sheet, str(each.row or ""), Text(each.column), Text(what.strip()))
    console.print(table)
    console.print(say.say("catalogue.sheet_faults_next"))


def print_edition(edition: Edition, say: Texts) -> None:
    """Print all procedures of an edition, and how sure their facts are."""
    title = say.say("catalogue.edition", version=edition.version, issued_on=edition.issued_on)
    table = _table(say, title, "code", "name", "version", "papers", "fees", "sure")
    for procedure in edition.procedures.values():
        table.add_row(
            procedure.code,
            Text(_said(procedure.name, say)),
            procedure.version,
            str(len(procedure.components)),
            str(len(procedure.fees)),
            _sure(procedure.confidence, say),
        )
    console.print(table)
    console.print(_said(edition.note, say), markup=False)
    console.print(
        say.say(
            "catalogue.edition_sums",
            procedures=len(edition.procedures),
            successors=len(edition.successors),
        )
    )


def print_steps(steps: Sequence[Successor], say: Texts) -> None:
    """Print how an old code leads to the one in force."""
    for step in steps:
        key = "catalogue.replaced" if step.successor else "catalogue.repealed"
        words = {"code": step.code, "name": step.name, "reason": _said(step.reason, say)}
        if step.successor:
            words["successor"] = step.successor
        console.print(say.say(key, **words), markup=False)
        console.print(f"  {step.source} ({_sure(step.confidence, say)})", markup=False)


def print_case(edition: Edition, case: Case, say: Texts) -> None:
    """Print what one citizen needs: papers and why, fees, time, with source and confidence."""
    procedure = case.procedure
    console.print(
        Text.assemble((procedure.code, "bold"), f" {_said(procedure.name, say)} ({procedure.version})")
    )
    facts = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for key, value in _facts(procedure, say):
        facts.add_row(say.say(f"catalogue.{key}"), Text(value))
    console.print(facts)
    if case.asked:
        table = _table(say, say.say("catalogue.questions"), "question", "question_key", "answer")
        for question, answer in case.asked:
            choices = ", ".join(choice.value for choice in question.choices)
            key = f"{question.key} ({choices})" if choices else question.key
            table.add_row(Text(_said(question.text, say)), Text(key), _answer(answer, say))
        console.print(table)
    _print_papers(edition, case, say)
    _print_fees(case, say)


def _facts(procedure: Procedure, say: Texts) -> list[tuple[str, str]]:
    until = say.date(procedure.valid_to) if procedure.valid_to else say.say("catalogue.open_end")
    laws = "; ".join(f"{law.text} ({_sure(law.confidence, say)})" for law in procedure.laws)
    return [
        ("authority", _said(procedure.authority, say)),
        ("time", f"{_time(procedure.time_limit, say)} {_where(procedure.time_limit, say)}"),
        ("valid", f"{say.date(procedure.valid_from)} - {until}"),
        ("form", f"{procedure.form.id}: {_said(procedure.form.name, say)}, {procedure.form.issued_by}"),
        ("laws", laws),
        ("source", f"{procedure.source} ({_sure(procedure.confidence, say)})"),
    ]


def _print_papers(edition: Edition, case: Case, say: Texts) -> None:
    raw = edition.files[procedure_file(case.procedure.code)]
    conditions = {item["code"]: item.get("condition") for item in raw["components"]}
    keys = [question.key for question in case.procedure.questions]
    title = say.say("catalogue.papers_needed", count=len(case.papers), of=len(case.procedure.components))
    table = _table(say, title, "paper", "how", "why", "sure")
    for rule in case.papers:
        how = ", ".join(
            say.say(f"catalogue.{key}") for key in (f"kind_{rule.kind.value}", f"paper_{rule.paper.value}")
        )
        if rule.copies:
            how += f" x {rule.copies}"
        condition = conditions.get(rule.code)
        why = write_condition(condition, keys) if condition else say.say("catalogue.always")
        name = _said(rule.name, say) + ("" if rule.required else f" ({say.say('catalogue.if_asked')})")
        sure = rule.confidence or case.procedure.confidence
        table.add_row(Text(name), how, Text(why), _sure(sure, say))
    console.print(table)


def _print_fees(case: Case, say: Texts) -> None:
    table = _table(say, say.say("catalogue.fees"), "channel", "amount", "source", "sure")
    for channel, fee in case.fees:
        name = say.say(f"catalogue.channel_{channel.value}")
        if fee is None:
            table.add_row(name, say.say("catalogue.fee_unknown"), "", "")
            continue
        amount = say.money(fee.amount_vnd)
        if fee.waived_by:
            amount += f" ({fee.waived_by})"
        table.add_row(name, amount, Text(fee.source), _sure(fee.confidence, say))
    console.print(table)


def print_difference(change: EditionChange, say: Texts) -> None:
    """Print what was added, removed and changed, field by field."""
    for each in change.procedures:
        line = say.say(f"catalogue.diff_{each.what}", code=each.code, name=each.name)
        console.print(line, style="bold", markup=False)
        if each.form:
            console.print("  " + say.say("catalogue.diff_form"))
        for field in each.fields:
            console.print("  " + _changed(field, say), markup=False, soft_wrap=True)
        if not each.renewed:
            console.print("  " + say.say("catalogue.diff_not_renewed"), style="bold red")
    for key, codes in (("diff_forms", change.forms), ("diff_successors", change.successors)):
        if codes:
            console.print(say.say(f"catalogue.{key}", codes=", ".join(codes)), markup=False)
    if not change:
        console.print(say.say("catalogue.diff_none"))


def _changed(field: FieldChange, say: Texts) -> str:
    *way, last = field.pointer.strip("/").split("/")
    place = " / ".join(say.say(f"field.{part}") if f"field.{part}" in say else part for part in (*way, last))
    return f"{place}: {_short(field.before, say)} -> {_short(field.after, say)}"


def _short(value: Any, say: Texts) -> str:
    if value is None:
        return say.say("catalogue.nothing")
    if isinstance(value, Mapping) and ("scope" in value or "conditions" in value or "compare" in value):
        return write_condition(dict(value), [])
    if isinstance(value, Mapping) and isinstance(value.get("name"), Mapping):
        return str(value["name"].get(say.language))
    if isinstance(value, bool):
        return say.say("catalogue.yes" if value else "catalogue.no")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def _time(limit: TimeLimit, say: Texts) -> str:
    if limit.value is None:
        return say.say("catalogue.time_unknown")
    return say.say(f"catalogue.time_{limit.unit.value}", count=limit.value)


def _where(limit: TimeLimit, say: Texts) -> str:
    return f"({limit.source}; {_sure(limit.confidence, say)})"


def _sure(confidence: Confidence, say: Texts) -> str:
    return say.say(f"catalogue.sure_{confidence.value}")


def _answer(answer: Any, say: Texts) -> str:
    if answer is None:
        return say.say("catalogue.not_answered")
    if isinstance(answer, bool):
        return say.say("catalogue.yes" if answer else "catalogue.no")
    return str(answer)
