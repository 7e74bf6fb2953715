"""What services refuse, as codes; only the face turns a code into a sentence with a next step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from van_station.rules.errors import RuleError

Detail = str | int


class ServiceError(Exception):
    """Whatever a service raises on purpose.

    `code` names the text (`error.<code>` and `error.<code>.next`), `details` are that text's
    typed arguments. Neither ever holds personal data.
    """

    code: str = "service.failed"
    retryable: bool = False

    def __init__(self, code: str | None = None, **details: Detail) -> None:
        self.code = code or type(self).code
        self.details: dict[str, Detail] = details
        super().__init__(self.code)


class NotPermitted(ServiceError):
    """The signed-in person's role does not include this act."""

    code = "access.denied"


class NotFound(ServiceError):
    """The record is not on this machine."""

    code = "record.not_found"


class Refused(ServiceError):
    """The act is not possible now; the code says why."""

    code = "act.refused"


class NotNow(ServiceError):
    """The act may succeed when repeated: disk full, device busy, line down."""

    code = "act.not_now"
    retryable = True


@dataclass(frozen=True)
class FieldNote:
    """A finding about one field: an error must be mended, a warning is shown and may stand."""

    field: str
    code: str
    severity: Literal["error", "warning"]
    details: tuple[tuple[str, Detail], ...] = ()


class IntakeRefused(ServiceError):
    """The person's details can't be taken as they are; `notes` say which field and why."""

    code = "intake.refused"

    def __init__(self, notes: tuple[FieldNote, ...]) -> None:
        super().__init__(count=sum(note.severity == "error" for note in notes))
        self.notes = notes


class SignInRefused(ServiceError):
    """Unknown login or wrong passphrase: which one is not said. `wait_s` until the next try is heard."""

    code = "signin.refused"

    def __init__(self, *, wait_s: int = 0) -> None:
        super().__init__(wait_s=wait_s)


@contextmanager
def rules_as_refusals() -> Iterator[None]:
    """Turn what the rules refuse into a Refused with the same code and details."""
    try:
        yield
    except RuleError as error:
        raise Refused(error.code, **error.details) from error
