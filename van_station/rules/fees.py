from collections.abc import Collection
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
) -> Fee:
    """Return the fee under the rule in force on the day; of several waivers, the one that costs least.

    Args:
        procedure: from the catalogue.
        channel: how the dossier is handed in.
        groups: codes of priority groups that the person belongs to.
        on: the day of submission; a rule starts and ends with its day.
        answers: `Form.submission` of the dossier, for fees that depend on the case.

    Raises:
        NoFeeKnown: no rule for everybody and none for these groups: ask an officer, never assume 0.
    """
    rules = [rule for rule in procedure.fees if _in_force(rule, channel, on, answers)]
    full = max((rule for rule in rules if rule.group is None), key=_closeness, default=None)
    waivers = [rule for rule in rules if rule.group is not None and rule.group in groups]
    best = min(waivers, key=lambda rule: (rule.amount_vnd, str(rule.group)), default=None)
    full_vnd = full.amount_vnd if full else None
    if best is not None and (full_vnd is None or best.amount_vnd < full_vnd):
        return Fee(best.amount_vnd, full_vnd, best.group, best.source, best.confidence)
    if full is None:
        raise NoFeeKnown(procedure=procedure.code, channel=str(channel))
    return Fee(full.amount_vnd, full_vnd, None, full.source, full.confidence)


def _in_force(rule: FeeRule, channel: Channel, on: date, answers: JsonValue) -> bool:
    return (
        rule.channel is channel
        and rule.valid_from <= on
        and (rule.valid_to is None or on <= rule.valid_to)
        and (rule.condition is None or rule.condition.holds(answers))
    )


def _closeness(rule: FeeRule) -> tuple[bool, date]:
    """A rule for the case beats a general one; then the newer one."""
    return rule.condition is not None, rule.valid_from
