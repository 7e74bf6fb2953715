"""One citizen's case from the command line: answers in, papers and fees of this procedure out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from van_station.rules.catalogue import Channel, ComponentRule, Procedure, Question
from van_station.rules.catalogue_cells import FLAG, CellFault
from van_station.rules.catalogue_edition import Edition
from van_station.rules.errors import AnswerRefused, NoFeeKnown
from van_station.rules.fees import Fee, fee_for
from van_station.rules.forms import load_form
from van_station.rules.json_values import JsonValue, get


@dataclass(frozen=True)
class Case:
    """What one citizen needs.

    Attributes:
        asked: the questions that are asked with these answers, each with its answer.
        papers: that are needed, in the catalogue's order.
        fees: by channel; None where the fee is not known.
    """

    procedure: Procedure
    asked: tuple[tuple[Question, JsonValue], ...]
    papers: tuple[ComponentRule, ...]
    fees: tuple[tuple[Channel, Fee | None], ...]


@dataclass(frozen=True)
class Given:
    """What is known about the citizen: answers as `key=value`, group, ward, day."""

    answers: tuple[str, ...]
    group: str | None
    ward: str | None
    on: date


class AnswerUnfit(Exception):
    """An answer that is no `key=value`, or for a field that the form does not have."""

    code = "catalogue.answer_unfit"
    retryable = False

    def __init__(self, answer: str) -> None:
        super().__init__("answer")
        self.details = {"answer": answer[:60]}


def case_of(edition: Edition, procedure: Procedure, given: Given) -> Case:
    """Return what this citizen needs.

    Raises:
        AnswerUnfit
    """
    form = load_form(*edition.form_of(procedure))
    answers = form.empty()
    keys = {question.key: question for question in procedure.questions}
    for text in given.answers:
        name, _, value = text.partition("=")
        question = keys.get(name.strip())
        pointer = question.pointer if question else name.strip()
        try:
            answers = form.set(answers, pointer, _value(value.strip()))
        except AnswerRefused as refusal:
            raise AnswerUnfit(text) from refusal
    said = form.submission(answers)
    groups = frozenset({given.group} if given.group else ())
    return Case(
        procedure,
        tuple(
            (question, get(said, question.pointer))
            for question in procedure.questions
            if question.when is None or question.when.holds(said)
        ),
        procedure.components_for(said),
        tuple((channel, _fee(procedure, channel, groups, given, said)) for channel in procedure.channels),
    )


def _fee(
    procedure: Procedure, channel: Channel, groups: frozenset[str], given: Given, said: JsonValue
) -> Fee | None:
    try:
        return fee_for(procedure, channel, groups, on=given.on, answers=said, ward=given.ward)
    except NoFeeKnown:
        return None


def _value(text: str) -> JsonValue:
    try:
        flag: bool = FLAG.read(text)
    except CellFault:
        return {"true": True, "false": False, "yes": True, "no": False}.get(text, text)
    return flag
