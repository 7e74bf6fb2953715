"""Procedures (thủ tục hành chính) as data. The files are described in `docs/formats/catalogue.md`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import NamedTuple

from van_station.rules.catalogue_reading import Reader
from van_station.rules.conditions import Condition
from van_station.rules.json_values import JsonValue, Pointer

MAX_COMPONENTS = 60
MAX_FEES = 60
MAX_QUESTIONS = 20
MAX_VND = 499_999_999
FORM_ID = r"[a-z][a-z0-9_]{1,39}"


class Label(NamedTuple):
    """A text of the catalogue in both languages of the interface."""

    vi: str
    en: str


class Channel(StrEnum):
    """How a dossier is handed in; portal names DIRECT, ONLINE, POSTAL."""

    DIRECT = "direct"
    ONLINE = "online"
    POST = "post"


class ComponentKind(StrEnum):
    """What happens with a paper: it is handed in (nộp), or shown and given back (xuất trình)."""

    SUBMIT = "submit"
    SHOW = "show"


class PaperKind(StrEnum):
    """Original (bản chính), copy (bản sao) or electronic (bản điện tử)."""

    ORIGINAL = "original"
    COPY = "copy"
    ELECTRONIC = "electronic"


class QuestionKind(StrEnum):
    """A question is answered with yes or no, or with one of its choices."""

    YES_NO = "yes_no"
    CHOICE = "choice"


class TimeUnit(StrEnum):
    """Working days (ngày làm việc) leave out days off; days (ngày) count all."""

    WORKING_DAY = "working_day"
    DAY = "day"


class Confidence(StrEnum):
    """How far a fact may be trusted: read in a source, remembered, or merely a default to start from."""

    VERIFIED = "verified"
    RECALLED = "recalled"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class ComponentRule:
    """One paper of the dossier (thành phần hồ sơ) and when it is asked for.

    Attributes:
        required: False when it is asked for only where data can't be looked up; an officer decides.
        condition: on the form's answers; None means always.
        from_form: the filled form itself, hence never scanned.
        source: where it was read, "" when the procedure's own source covers it; likewise `confidence` None.
    """

    code: str
    name: Label
    kind: ComponentKind
    paper: PaperKind
    copies: int
    required: bool
    condition: Condition | None
    from_form: bool
    note: Label | None
    source: str = ""
    confidence: Confidence | None = None

    def applies(self, answers: JsonValue) -> bool:
        """Tell whether this dossier needs it."""
        return self.condition is None or self.condition.holds(answers)


@dataclass(frozen=True, slots=True)
class FeeRule:
    """A fee for a channel, on days `valid_from`..`valid_to` (both included), for one group or for all.

    Attributes:
        group: a code of `priority_groups.json`, or None for everybody.
        amount_vnd: whole đồng; None when there is a fee that nobody has looked up yet.
        condition: on the form's answers (for example a late registration); None means always.
        wards: codes of the wards where it holds; empty means everywhere.
        confidence: only a verified fee may be shown without a mark.
    """

    channel: Channel
    group: str | None
    amount_vnd: int | None
    valid_from: date
    valid_to: date | None
    condition: Condition | None
    source: str
    confidence: Confidence
    wards: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long the competent agency may take; `value` None means not known: promise no date.

    Attributes:
        cutoff: local time; what is received later counts as received on the next working day.
    """

    value: int | None
    unit: TimeUnit
    cutoff: time | None
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class FormRef:
    """Which form of the edition it uses, and which paper form that stands for.

    Attributes:
        preset: what a new draft begins with, by pointer: a form that several procedures share learns by it
            which of them it serves.
    """

    id: str
    name: Label
    issued_by: str
    confidence: Confidence
    preset: Mapping[Pointer, JsonValue]


class Choice(NamedTuple):
    """One answer of a question."""

    value: str
    text: Label


@dataclass(frozen=True, slots=True)
class Question:
    """A question that decides which papers this citizen needs; the answer lies at `/known/<key>`.

    Attributes:
        choices: empty for a yes-or-no question.
        when: asked only while this holds; None means always.
    """

    key: str
    text: Label
    help: Label | None
    kind: QuestionKind
    choices: tuple[Choice, ...]
    when: Condition | None

    @property
    def pointer(self) -> Pointer:
        """Where the answer lies."""
        return f"/known/{self.key}"


@dataclass(frozen=True, slots=True)
class Law:
    """A legal basis, in its Vietnamese short form."""

    text: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure in one version. Drafts keep the version they were begun with."""

    code: str
    version: str
    name: Label
    domain: str
    authority: Label
    level: str
    van_role: str
    valid_from: date
    valid_to: date | None
    channels: tuple[Channel, ...]
    time_limit: TimeLimit
    questions: tuple[Question, ...]
    components: tuple[ComponentRule, ...]
    fees: tuple[FeeRule, ...]
    form: FormRef
    laws: tuple[Law, ...]
    keywords: tuple[str, ...]
    notes: tuple[Label, ...]
    source: str
    confidence: Confidence

    def components_for(self, answers: JsonValue) -> tuple[ComponentRule, ...]:
        """Return the papers that this dossier needs, in the catalogue's order."""
        return tuple(rule for rule in self.components if rule.applies(answers))

    def valid_on(self, day: date) -> bool:
        """Tell whether dossiers may be begun with it on this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def load_procedure(data: Mapping[str, object]) -> Procedure:
    """Build a procedure from its parsed file, `procedures/<code>.json`.

    Raises:
        CatalogueRefused: with `details["place"]`, a pointer to the first fault.
    """
    read = Reader(data)
    read.skip("$schema")
    components = tuple(_component(item) for item in read.items("components", most=MAX_COMPONENTS))
    _each_once(read, "components", [rule.code for rule in components])
    questions = (
        tuple(_question(item) for item in read.items("questions", most=MAX_QUESTIONS))
        if read.has("questions")
        else ()
    )
    _each_once(read, "questions", [question.key for question in questions])
    procedure = Procedure(
        code=read.text("code", pattern=r"[0-9]\.[0-9]{6}(\.[A-Z0-9.]{1,12})?"),
        version=read.text("version", pattern=r"[0-9A-Za-z.\-]{1,32}"),
        name=_label(read, "name"),
        domain=read.text("domain", pattern=r"[a-z_]{2,32}"),
        authority=_label(read, "authority"),
        level=read.text("level", pattern=r"[a-z_]{2,32}"),
        van_role=read.text("van_role", pattern=r"[a-z0-9_]{2,40}"),
        valid_from=read.day("valid_from"),
        valid_to=read.day_or_none("valid_to"),
        channels=read.choices(Channel, "channels"),
        time_limit=_time_limit(read.child("time_limit")),
        questions=questions,
        components=components,
        fees=tuple(_fee(item) for item in read.items("fees", most=MAX_FEES)),
        form=_form(read.child("form")),
        laws=tuple(_law(item) for item in read.items("laws", most=40)),
        keywords=tuple(read.texts("keywords")),
        notes=tuple(_label_of(item) for item in read.items("notes", most=20)),
        source=read.text("source"),
        confidence=_confidence(read),
    )
    read.finish()
    if procedure.valid_to is not None and procedure.valid_to < procedure.valid_from:
        read.refuse("valid_to")
    return procedure


def _each_once(read: Reader, key: str, names: list[str]) -> None:
    for at, name in enumerate(names):
        if name in names[:at]:
            read.refuse(f"{key}/{at}")


def _label(read: Reader, key: str) -> Label:
    return _label_of(read.child(key))


def _label_of(read: Reader) -> Label:
    label = Label(read.text("vi"), read.text("en"))
    read.finish()
    return label


def _law(read: Reader) -> Law:
    law = Law(read.text("text"), _confidence(read))
    read.finish()
    return law


def _form(read: Reader) -> FormRef:
    form = FormRef(
        id=read.text("id", pattern=FORM_ID),
        name=_label(read, "name"),
        issued_by=read.text("issued_by"),
        confidence=_confidence(read),
        preset=read.presets("preset"),
    )
    read.finish()
    return form


def _question(read: Reader) -> Question:
    kind = read.choice(QuestionKind, "kind")
    choices: tuple[Choice, ...] = ()
    if kind is QuestionKind.CHOICE:
        choices = tuple(_choice(item) for item in read.items("choices", most=30))
        if len({choice.value for choice in choices}) < max(2, len(choices)):
            read.refuse("choices")
    question = Question(
        key=read.text("key", pattern=r"[a-z_]{2,40}"),
        text=_label(read, "text"),
        help=_label(read, "help") if read.has("help") else None,
        kind=kind,
        choices=choices,
        when=read.condition("when"),
    )
    read.finish()
    return question


def _choice(read: Reader) -> Choice:
    choice = Choice(read.text("value", pattern=r"[a-z0-9_]{1,40}"), _label(read, "text"))
    read.finish()
    return choice


def _confidence(read: Reader) -> Confidence:
    return read.choice(Confidence, "confidence")


def _component(read: Reader) -> ComponentRule:
    component = ComponentRule(
        code=read.text("code", pattern=r"[A-Z0-9_]{2,24}"),
        name=_label(read, "name"),
        kind=read.choice(ComponentKind, "kind"),
        paper=read.choice(PaperKind, "paper"),
        copies=read.whole("copies", least=0, most=20),
        required=read.flag("required"),
        condition=read.condition("condition"),
        from_form=read.flag("from_form"),
        note=_label(read, "note") if read.has("note") else None,
        source=read.text("source") if read.has("source") else "",
        confidence=_confidence(read) if read.has("confidence") else None,
    )
    read.finish()
    return component


def _fee(read: Reader) -> FeeRule:
    fee = FeeRule(
        channel=read.choice(Channel, "channel"),
        group=read.text("group", pattern=r"[A-Z_]{2,12}") if read.has("group") else None,
        amount_vnd=read.whole("amount_vnd", least=0, most=MAX_VND) if read.has("amount_vnd") else None,
        valid_from=read.day("valid_from"),
        valid_to=read.day_or_none("valid_to"),
        condition=read.condition("condition"),
        source=read.text("source"),
        confidence=_confidence(read),
        wards=_wards(read),
    )
    read.finish()
    if fee.valid_to is not None and fee.valid_to < fee.valid_from:
        read.refuse("valid_to")
    return fee


def _wards(read: Reader) -> frozenset[str]:
    codes = read.texts("wards", most=200) if read.has("wards") else []
    if any(len(code) != 5 or not (code.isascii() and code.isdecimal()) for code in codes):
        read.refuse("wards")
    return frozenset(codes)


def _time_limit(read: Reader) -> TimeLimit:
    limit = TimeLimit(
        value=read.whole("value", least=0, most=1000) if read.has("value") else None,
        unit=read.choice(TimeUnit, "unit"),
        cutoff=read.clock("cutoff") if read.has("cutoff") else None,
        source=read.text("source"),
        confidence=_confidence(read),
    )
    read.finish()
    return limit
