"""Guidance (*hướng dẫn thủ tục*): the questions of a procedure, and the papers this citizen needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from van_station.papers.checklist import (
    ChecklistData,
    ChecklistFee,
    ChecklistPaper,
    PaperState,
    checklist,
)
from van_station.papers.errors import PaperError
from van_station.rules.access import Act
from van_station.rules.advice import Adviser, Need, PaperNeed
from van_station.rules.catalogue import Channel, Confidence, Label, Procedure
from van_station.rules.errors import NoFeeKnown
from van_station.rules.fees import fee_for
from van_station.rules.form_nodes import FieldNode
from van_station.rules.json_values import JsonValue, Pointer
from van_station.services.actor import Actor, require
from van_station.services.catalogue import Catalogue, Entry
from van_station.services.clock import HANOI, Clock, hanoi_day
from van_station.services.dossier_views import ComponentView
from van_station.services.dossiers import Dossiers
from van_station.services.errors import NotNow, rules_as_refusals
from van_station.services.paper import PrintedPage
from van_station.services.told_answers import GuidanceAnswers

Answers = Mapping[Pointer, JsonValue]
"""Answers by the field's pointer: true, false, or the value of a choice."""


MAX_ADVISERS = 64


@dataclass(frozen=True)
class AskedQuestion:
    """A question to ask now, and what was answered."""

    pointer: Pointer
    text: Label
    help: Label | None
    choices: tuple[tuple[JsonValue, Label], ...]
    """Value and text of each answer; empty texts for yes and no, which the face knows how to say."""
    answer: JsonValue = field(repr=False)


@dataclass(frozen=True)
class NeededPaper:
    """A paper of this citizen's list.

    Attributes:
        certain: False while a question that decides about it is open.
        because: pointers of the deciding questions.
    """

    code: str
    name: Label
    kind: str
    paper: str
    copies: int
    required: bool
    from_form: bool
    note: Label | None
    certain: bool
    because: frozenset[Pointer]
    source: str
    confidence: str


@dataclass(frozen=True)
class FeeLine:
    """What one way of handing in costs; None where the amount is not known."""

    channel: str
    amount_vnd: int | None
    full_vnd: int | None
    waived_by: str | None
    source: str
    confidence: str


@dataclass(frozen=True)
class Advice:
    """Everything to tell one citizen about one procedure; each fact with its source and confidence."""

    code: str
    version: str
    edition: str
    valid_from: date
    valid_to: date | None
    in_force: bool
    """Whether dossiers may be begun with it today."""
    name: Label
    authority: Label
    domain: str
    van_role: str
    questions: tuple[AskedQuestion, ...]
    papers: tuple[NeededPaper, ...]
    all_papers: int
    """How many papers the procedure knows, of which this citizen needs a part."""
    fees: tuple[FeeLine, ...]
    time_value: int | None
    time_unit: str
    time_source: str
    time_confidence: str
    form_name: Label
    form_id: str
    laws: tuple[tuple[str, str], ...]
    """Text and confidence."""
    notes: tuple[Label, ...]
    source: str
    confidence: str

    @property
    def open_questions(self) -> int:
        """How many questions are still without an answer."""
        return sum(question.answer is None for question in self.questions)


class Guidance:
    """Answers "what do I need?" before anything is written down about the person."""

    def __init__(
        self, catalogue: Catalogue, dossiers: Dossiers, clock: Clock, center_name: str, *, practice: bool
    ) -> None:
        self._catalogue = catalogue
        self._advisers: dict[tuple[str, str], Adviser] = {}
        self._dossiers = dossiers
        self._clock = clock
        self._center_name = center_name
        self._practice = practice

    def advice(
        self, code: str, answers: Answers | None = None, *, group: str | None = None, ward: str | None = None
    ) -> Advice:
        """Return what this citizen needs with the answers given so far; nothing is kept.

        Raises:
            NotFound: procedure.unknown; Refused: an answer that its field can't hold.
        """
        return self._tell(self._catalogue.entry(code), answers or {}, group, ward)

    def _tell(self, entry: Entry, given: Answers, group: str | None, ward: str | None) -> Advice:
        procedure, adviser = entry.procedure, self._adviser(entry)
        with rules_as_refusals():
            known = adviser.answers(given)
        said = entry.form.submission(known)
        return Advice(
            code=procedure.code,
            version=procedure.version,
            edition=self._catalogue.edition.version,
            valid_from=procedure.valid_from,
            valid_to=procedure.valid_to,
            in_force=procedure.valid_on(hanoi_day(self._clock.now())),
            name=procedure.name,
            authority=procedure.authority,
            domain=procedure.domain,
            van_role=procedure.van_role,
            questions=tuple(_asked(node) for node in adviser.asked(known)),
            papers=tuple(_paper(procedure, need) for need in adviser.papers(known)),
            all_papers=len(procedure.components),
            fees=tuple(self._fee(procedure, channel, said, group, ward) for channel in procedure.channels),
            time_value=procedure.time_limit.value,
            time_unit=procedure.time_limit.unit.value,
            time_source=procedure.time_limit.source,
            time_confidence=procedure.time_limit.confidence.value,
            form_name=procedure.form.name,
            form_id=procedure.form.id,
            laws=tuple((law.text, law.confidence.value) for law in procedure.laws),
            notes=procedure.notes,
            source=procedure.source,
            confidence=procedure.confidence.value,
        )

    def hand_over(self, actor: Actor, code: str, answers: Answers) -> GuidanceAnswers:
        """Return the answers as intake takes them: those of questions that are asked with these answers.

        Raises:
            NotFound: procedure.unknown; Refused: an answer that its field can't hold.
        """
        require(actor, Act.INTAKE)
        told = self.advice(code, answers)
        said = {each.pointer: each.answer for each in told.questions if each.answer is not None}
        return GuidanceAnswers(told.code, told.version, said, self._clock.now())

    def take_home(
        self,
        actor: Actor,
        code: str,
        answers: Answers | None = None,
        *,
        group: str | None = None,
        ward: str | None = None,
    ) -> PrintedPage:
        """Return the citizen's own list as a page to take home: nothing on it names the person.

        Raises:
            NotFound: procedure.unknown; NotNow: no page could be made.
        """
        require(actor, Act.INTAKE)
        told = self.advice(code, answers, group=group, ward=ward)
        now = self._clock.now().astimezone(HANOI)
        try:
            page = checklist(self._page(told, now))
        except PaperError as error:
            raise NotNow(error.code) from error
        return PrintedPage(f"can-mang-{code}.pdf", "application/pdf", page)

    def missing_page(self, actor: Actor, dossier_id: str, *, come_back: date | None = None) -> PrintedPage:
        """Return what a dossier still lacks as a page to take home; nothing on it names the person.

        Args:
            actor: who prints it.
            dossier_id: of a dossier in work.
            come_back: the day until which the citizen is asked to come; None leaves the line out.

        Raises:
            NotFound: unknown dossier; NotNow: no page could be made.
        """
        require(actor, Act.HELP_FORM)
        dossier = self._dossiers.get(dossier_id)
        lacking = self._dossiers.missing(dossier_id)
        entry = self._catalogue.entry(dossier.procedure.code, dossier.procedure_version)
        by_code = {rule.code: rule for rule in entry.procedure.components}
        wanted = [each for each in dossier.components if each.applies]
        lacks = frozenset({each.code for each in lacking if each.kind == "component"})
        data = replace(
            self._page(self._tell(entry, {}, None, None), self._clock.now().astimezone(HANOI)),
            papers=tuple(
                ChecklistPaper(
                    name=each.name,
                    kind=each.kind,
                    paper=by_code[each.code].paper.value if each.code in by_code else "original",
                    copies=by_code[each.code].copies if each.code in by_code else 1,
                    state=_state(each, lacks),
                )
                for each in wanted
            ),
            blanks=tuple(each.label for each in lacking if each.kind == "form"),
            answers=(),
            number=dossier.official_code or dossier.provisional_no,
            come_back=come_back,
        )
        try:
            page = checklist(data)
        except PaperError as error:
            raise NotNow(error.code) from error
        return PrintedPage(f"con-thieu-{dossier.provisional_no}.pdf", "application/pdf", page)

    def _page(self, told: Advice, now: datetime) -> ChecklistData:
        return ChecklistData(
            center_name=self._center_name,
            procedure_name=told.name.vi,
            procedure_code=told.code,
            authority=told.authority.vi,
            papers=tuple(
                ChecklistPaper(
                    name=paper.name.vi,
                    kind=paper.kind,
                    paper=paper.paper,
                    copies=paper.copies,
                    note=paper.note.vi if paper.note else "",
                    state="form" if paper.from_form else "bring" if paper.certain else "perhaps",
                )
                for paper in told.papers
            ),
            answers=tuple(
                (question.text.vi, _answer_vi(question))
                for question in told.questions
                if question.answer is not None
            ),
            fees=tuple(ChecklistFee(fee.channel, fee.amount_vnd, fee.confidence) for fee in told.fees),
            time_value=told.time_value,
            time_unit=told.time_unit,
            notes=tuple(note.vi for note in told.notes),
            source=told.source,
            verified=told.confidence == Confidence.VERIFIED.value,
            edition=told.edition,
            printed_at=now,
            practice=self._practice,
        )

    def _adviser(self, entry: Entry) -> Adviser:
        key = (entry.procedure.code, entry.procedure.version)
        if key not in self._advisers:
            if len(self._advisers) >= MAX_ADVISERS:
                self._advisers.clear()
            self._advisers[key] = Adviser(entry.procedure, entry.form)
        return self._advisers[key]

    def _fee(
        self, procedure: Procedure, channel: Channel, said: JsonValue, group: str | None, ward: str | None
    ) -> FeeLine:
        groups = frozenset({group} if group else ())
        day = hanoi_day(self._clock.now())
        try:
            fee = fee_for(procedure, channel, groups, on=day, answers=said, ward=ward)
        except NoFeeKnown as unknown:
            source = str(unknown.details.get("source", ""))
            return FeeLine(channel.value, None, None, None, source, Confidence.UNVERIFIED.value)
        return FeeLine(
            channel.value, fee.amount_vnd, fee.full_vnd, fee.waived_by, fee.source, fee.confidence.value
        )


def _state(each: ComponentView, lacks: frozenset[str]) -> PaperState:
    if each.files or each.seen:
        return "have"
    return "bring" if each.code in lacks else "perhaps"


def _asked(node: FieldNode) -> AskedQuestion:
    choices: tuple[tuple[JsonValue, Label], ...] = tuple(
        (option.value, option.label) for option in node.options
    ) or ((True, Label("", "")), (False, Label("", "")))
    return AskedQuestion(node.pointer, node.label, node.help, choices, node.value)


def _answer_vi(question: AskedQuestion) -> str:
    if isinstance(question.answer, bool):
        return "Có" if question.answer else "Không"
    return next((text.vi for value, text in question.choices if value == question.answer), "")


def _paper(procedure: Procedure, need: PaperNeed) -> NeededPaper:
    rule = need.rule
    return NeededPaper(
        code=rule.code,
        name=rule.name,
        kind=rule.kind.value,
        paper=rule.paper.value,
        copies=rule.copies,
        required=rule.required,
        from_form=rule.from_form,
        note=rule.note,
        certain=need.need is Need.NEEDED,
        because=need.because,
        source=rule.source or procedure.source,
        confidence=(rule.confidence or procedure.confidence).value,
    )
