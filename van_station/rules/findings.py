from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: an error stops, a warning asks a person to look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a rule noticed, as a code and arguments; only the face makes it a sentence."""

    code: str
    severity: Severity = Severity.WARNING
    args: Mapping[str, str | int] = field(default_factory=dict, hash=False)


def errors_in(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return only what stops the work."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
