"""A dossier's way (hồ sơ), its numbers, and what it still lacks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from van_station.rules.catalogue import ComponentKind, Label, Procedure
from van_station.rules.errors import NotAllowed, RuleError
from van_station.rules.json_values import JsonValue
from van_station.rules.text import ascii_upper

OFFICIAL_CODE = re.compile(
    r"^(?:[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)?[GH][0-9]{2}(?:\.[0-9]{1,3}){0,3}-[0-9]{6}(?:[0-9]{2})?-[0-9]{4,7}$"
)
"""Codes that only the one-stop system gives out; see `dossier_conventions.json`."""

MAX_CODE = 40
MAX_OF_A_DAY = 9999


class DossierState(StrEnum):
    """Where a dossier stands with us. `QUEUED`: confirmed, kept, waiting in the outbox."""

    DRAFT = "draft"
    READY = "ready"
    QUEUED = "queued"
    ACKNOWLEDGED = "acknowledged"
    SUPPLEMENT = "supplement"
    DONE = "done"
    VOIDED = "voided"


class DossierAct(StrEnum):
    """What may happen to a dossier."""

    COMPLETE = "complete"
    REOPEN = "reopen"
    CONFIRM = "confirm"
    ACKNOWLEDGE = "acknowledge"
    ASK_SUPPLEMENT = "ask_supplement"
    FINISH = "finish"
    VOID = "void"


_MOVES: dict[DossierState, dict[DossierAct, DossierState]] = {
    DossierState.DRAFT: {
        DossierAct.COMPLETE: DossierState.READY,
        DossierAct.VOID: DossierState.VOIDED,
    },
    DossierState.READY: {
        DossierAct.REOPEN: DossierState.DRAFT,
        DossierAct.CONFIRM: DossierState.QUEUED,
        DossierAct.VOID: DossierState.VOIDED,
    },
    DossierState.QUEUED: {
        DossierAct.ACKNOWLEDGE: DossierState.ACKNOWLEDGED,
        DossierAct.VOID: DossierState.VOIDED,
    },
    DossierState.ACKNOWLEDGED: {
        DossierAct.ACKNOWLEDGE: DossierState.ACKNOWLEDGED,
        DossierAct.ASK_SUPPLEMENT: DossierState.SUPPLEMENT,
        DossierAct.FINISH: DossierState.DONE,
    },
    DossierState.SUPPLEMENT: {
        DossierAct.ASK_SUPPLEMENT: DossierState.SUPPLEMENT,
        DossierAct.CONFIRM: DossierState.QUEUED,
        DossierAct.FINISH: DossierState.DONE,
    },
    DossierState.DONE: {DossierAct.FINISH: DossierState.DONE},
    DossierState.VOIDED: {},
}


def move(state: DossierState, act: DossierAct) -> DossierState:
    """Return the state after `act`.

    A queued dossier may be voided only while nothing of it has been sent: the caller looks at the outbox.

    Raises:
        NotAllowed: code `dossier.not_allowed`, with `state` and `act`.
    """
    try:
        return _MOVES[state][act]
    except KeyError:
        raise NotAllowed(code="dossier.not_allowed", state=str(state), act=str(act)) from None


def acts_for(state: DossierState) -> frozenset[DossierAct]:
    """Return what may be done now, for buttons."""
    return frozenset(_MOVES[state])


class PlatformStatus(IntEnum):
    """The ten statuses of the national portal's synchronisation interface.

    1, 2, 4, 9, 10 is the usual path; 3, 7, 8 end it; 5 and 6 pause it.
    """

    NEW = 1
    RECEIVED = 2
    NOT_RECEIVED = 3
    IN_PROGRESS = 4
    SUPPLEMENT_ASKED = 5
    PAYMENT_ASKED = 6
    WITHDRAWN = 7
    STOPPED = 8
    PROCESSED = 9
    RETURNED = 10


_ENDS = frozenset(
    {PlatformStatus.NOT_RECEIVED, PlatformStatus.WITHDRAWN, PlatformStatus.STOPPED, PlatformStatus.RETURNED}
)


def act_for_status(status: PlatformStatus) -> DossierAct:
    """Return what a status from the platform does to our dossier; 9 (processed) still awaits its return."""
    if status in _ENDS:
        return DossierAct.FINISH
    if status is PlatformStatus.SUPPLEMENT_ASKED:
        return DossierAct.ASK_SUPPLEMENT
    return DossierAct.ACKNOWLEDGE


def provisional_number(site_short: str, day: date, n: int) -> str:
    """Return the van's own number, for example `TAM-3F2A-261123-0007` (tạm: provisional).

    It can't be taken for an official code, which begins with G or H; each machine counts for itself.

    Args:
        site_short: 4 to 8 hex digits of the machine's id.
        day: of the trip.
        n: 1 to 9,999, counted by the machine for the day.
    """
    if re.fullmatch(r"[0-9a-fA-F]{4,8}", site_short) is None or not 1 <= n <= MAX_OF_A_DAY:
        raise RuleError(code="dossier.bad_number", number=n)
    return f"TAM-{site_short.upper()}-{day:%y%m%d}-{n:04d}"


def is_official_code(text: str) -> bool:
    """Tell whether `text` has the shape of a national dossier code."""
    return len(text) <= MAX_CODE and OFFICIAL_CODE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Have:
    """What is already there for one component: pages scanned, or the paper was shown."""

    code: str
    pages: int = 0
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """A component still wanted. A blocking one stops the submission; the rest is for a person to judge."""

    code: str
    name: Label
    kind: ComponentKind
    blocking: bool


def completeness(procedure: Procedure, answers: JsonValue, have: Sequence[Have]) -> list[Missing]:
    """Return what is missing, blocking first, else in the catalogue's order.

    The filled form itself is left out: `Form.check` speaks for it.

    Args:
        procedure: in the version that the dossier is bound to.
        answers: `Form.submission` of the dossier.
        have: what is there, by component code.
    """
    scanned = {item.code for item in have if item.pages > 0}
    shown = {item.code for item in have if item.shown} | scanned
    missing = [
        Missing(rule.code, rule.name, rule.kind, rule.required and rule.kind is ComponentKind.SUBMIT)
        for rule in procedure.components_for(answers)
        if not rule.from_form and rule.code not in (scanned if rule.kind is ComponentKind.SUBMIT else shown)
    ]
    return sorted(missing, key=lambda item: not item.blocking)


def file_name(number: str, component_code: str, sequence: int) -> str:
    """Return `<number>_<component>_<nn>.pdf` in ASCII, so that every platform takes it."""
    clean = (
        re.sub(r"[^A-Z0-9.\-]+", "-", ascii_upper(part)).strip("-.") for part in (number, component_code)
    )
    first, second = clean
    return f"{first[:MAX_CODE]}_{second[:MAX_CODE]}_{max(0, sequence):02d}.pdf"
