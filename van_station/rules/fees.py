"""Which fee rule of a procedure fits a case; `docs/formats/catalogue.md` describes the order of choice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from van_station.rules.catalogue import Channel, Confidence, FeeRule, Procedure
from van_station.rules.errors import NoFeeKnown
from van_station.rules.json_values import JsonValue


@dataclass(frozen=True, slots=True)
class Fee:
    """What one dossier costs.

    Attributes:
        amount_vnd: to be paid.
        full_vnd: without a waiver; None when only the waiver is known.
        waived_by: the group code whose rule lowered it, or None.
        source: legal or other source of the rule that was used.
        confidence: anything but verified must be shown with a mark and confirmed by an officer.
    """

    amount_vnd: int
    full_vnd: int | None
    waived_by: str | None
    source: str
    confidence: Confidence

    @property
    def verified(self) -> bool:
        """Tell whether it may be shown without a mark."""
        return self.confidence is Confidence.VERIFIED


def fee_for(
    procedure: Procedure,
    channel: Channel,
    groups: Collection[str],
    *,
    on: date,
    answers: JsonValue = None,
    ward: str | None = None,
) -> Fee:
    """Return the fee under the most specific rule in force; of several waivers, the one that costs least.

    A waiver nobody has looked up yet (`amount_vnd` None) makes the fee unknown unless another of the
    person's groups pays nothing: to ask the full fee would be wrong for certain.

    Args:
        procedure: from the catalogue.
        channel: how the dossier is handed in.
        groups: codes of priority groups that the person belongs to.
        on: the day of submission; a rule starts and ends with its day.
        answers: `Form.submission` of the dossier, for fees that depend on the case.
        ward: code of the ward where it is handed in; None leaves out rules for particular wards.

    Raises:
        NoFeeKnown: no rule for everybody and none for these groups, or one without an amount: ask an
            officer, never assume 0. `details["source"]` is that rule's, if there is one.
    """
    rules = [rule for rule in procedure.fees if _in_force(rule, channel, on, answers, ward)]
    full = most_specific([rule for rule in rules if rule.group is None])
    waivers = [
        rule
        for group in sorted(set(groups))
        if (rule := most_specific([each for each in rules if each.group == group])) is not None
    ]
    best = _cheapest(waivers)
    full_vnd = full.amount_vnd if full else None
    if best is not None and (best.amount_vnd is None or full_vnd is None or best.amount_vnd < full_vnd):
        return _fee(procedure, channel, best, full_vnd)
    if full is None:
        raise NoFeeKnown(procedure=procedure.code, channel=str(channel))
    return _fee(procedure, channel, full, full_vnd)


def most_specific(rules: Sequence[FeeRule]) -> FeeRule | None:
    """Return the rule that says most about the case, None of none.

    A rule for named wards beats one for all; then a rule with a condition, the one that asks about more
    answers first; then the newer one; of equal ones the one written first.
    """
    return max(rules, key=_closeness, default=None)


def _cheapest(waivers: Sequence[FeeRule]) -> FeeRule | None:
    free = next((rule for rule in waivers if rule.amount_vnd == 0), None)
    unknown = next((rule for rule in waivers if rule.amount_vnd is None), None)
    return free or unknown or min(waivers, key=lambda rule: rule.amount_vnd or 0, default=None)


def _fee(procedure: Procedure, channel: Channel, rule: FeeRule, full_vnd: int | None) -> Fee:
    if rule.amount_vnd is None:
        raise NoFeeKnown(procedure=procedure.code, channel=str(channel), source=rule.source)
    return Fee(rule.amount_vnd, full_vnd, rule.group, rule.source, rule.confidence)


def _in_force(rule: FeeRule, channel: Channel, on: date, answers: JsonValue, ward: str | None) -> bool:
    return (
        rule.channel is channel
        and rule.valid_from <= on
        and (rule.valid_to is None or on <= rule.valid_to)
        and (not rule.wards or ward in rule.wards)
        and (rule.condition is None or rule.condition.holds(answers))
    )


def _closeness(rule: FeeRule) -> tuple[bool, int, date]:
    asked = len(rule.condition.pointers()) if rule.condition is not None else 0
    return bool(rule.wards), asked, rule.valid_from
