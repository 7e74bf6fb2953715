"""Procedures (thủ tục hành chính) as data. The folder is described in `docs/formats/catalogue.md`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import NamedTuple

from van_station.rules.catalogue_reading import Reader
from van_station.rules.conditions import Condition
from van_station.rules.json_values import JsonValue

MAX_COMPONENTS = 60
MAX_FEES = 60


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

    def applies(self, answers: JsonValue) -> bool:
        """Tell whether this dossier needs it."""
        return self.condition is None or self.condition.holds(answers)


@dataclass(frozen=True, slots=True)
class FeeRule:
    """A fee for a channel, on days `valid_from`..`valid_to` (both included), for one group or for all.

    Attributes:
        group: a code of `priority_groups.json`, or None for everybody.
        amount_vnd: whole đồng.
        condition: on the form's answers (for example a late registration); None means always.
        confidence: only a verified fee may be shown without a mark.
    """

    channel: Channel
    group: str | None
    amount_vnd: int
    valid_from: date
    valid_to: date | None
    condition: Condition | None
    source: str
    confidence: Confidence


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
    """Which files of the folder hold the form, and which paper form it stands for."""

    schema: str
    ui: str
    name: Label
    issued_by: str
    confidence: Confidence


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
    """Build a procedure from its parsed `procedure.json`.

    Raises:
        CatalogueRefused: with `details["place"]`, a pointer to the first fault.
    """
    read = Reader(data)
    components = tuple(_component(item) for item in read.items("components", most=MAX_COMPONENTS))
    codes = [rule.code for rule in components]
    if len(set(codes)) != len(codes):
        read.refuse("components")
    form = read.child("form")
    return Procedure(
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
        components=components,
        fees=tuple(_fee(item) for item in read.items("fees", most=MAX_FEES)),
        form=FormRef(
            schema=form.text("schema", pattern=r"[a-z0-9.\-]{1,40}\.json"),
            ui=form.text("ui", pattern=r"[a-z0-9.\-]{1,40}\.json"),
            name=_label(form, "name"),
            issued_by=form.text("issued_by"),
            confidence=_confidence(form),
        ),
        laws=tuple(Law(item.text("text"), _confidence(item)) for item in read.items("laws", most=40)),
        keywords=tuple(read.texts("keywords")),
        notes=tuple(Label(item.text("vi"), item.text("en")) for item in read.items("notes", most=20)),
        source=read.text("source"),
        confidence=_confidence(read),
    )


def _label(read: Reader, key: str) -> Label:
    inner = read.child(key)
    return Label(inner.text("vi"), inner.text("en"))


def _confidence(read: Reader) -> Confidence:
    return read.choice(Confidence, "confidence")


def _component(read: Reader) -> ComponentRule:
    return ComponentRule(
        code=read.text("code", pattern=r"[A-Z0-9_]{2,24}"),
        name=_label(read, "name"),
        kind=read.choice(ComponentKind, "kind"),
        paper=read.choice(PaperKind, "paper"),
        copies=read.whole("copies", least=0, most=20),
        required=read.flag("required"),
        condition=read.condition("condition"),
        from_form=read.flag("from_form"),
        note=_label(read, "note") if read.has("note") else None,
    )


def _fee(read: Reader) -> FeeRule:
    return FeeRule(
        channel=read.choice(Channel, "channel"),
        group=read.text("group", pattern=r"[A-Z_]{2,12}") if read.has("group") else None,
        amount_vnd=read.whole("amount_vnd", least=0, most=499_999_999),
        valid_from=read.day("valid_from"),
        valid_to=read.day_or_none("valid_to"),
        condition=read.condition("condition"),
        source=read.text("source"),
        confidence=_confidence(read),
    )


def _time_limit(read: Reader) -> TimeLimit:
    return TimeLimit(
        value=read.whole("value", least=0, most=1000) if read.has("value") else None,
        unit=read.choice(TimeUnit, "unit"),
        cutoff=read.clock("cutoff") if read.has("cutoff") else None,
        source=read.text("source"),
        confidence=_confidence(read),
    )
