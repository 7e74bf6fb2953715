"""What a digitised copy must be (*số hóa*): resolution, scale, lean, the size that a portal takes.

Source: `assets/reference/digitisation_limits.json`, with law and confidence of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from van_station.rules.errors import RuleError
from van_station.rules.findings import Finding

MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class DigitisationLimits:
    """Limits in force; `edition` is the day of the data they come from."""

    edition: str
    min_dpi: int
    max_skew_deg: float
    max_file_bytes: int
    max_side_mm: float
    min_side_mm: float


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What is known of one page of a document: dots, resolution, lean left in (degrees)."""

    width_px: int
    height_px: int
    dpi: int
    lean_left_deg: float = 0.0


def load_limits(data: Mapping[str, Any], *, max_file_bytes: int | None = None) -> DigitisationLimits:
    """Return the limits of the data file; a portal's own file size takes the place of the data's.

    Raises:
        RuleError: a limit is missing or is no number.
    """
    try:
        values = {each["code"]: float(each["value"]) for each in data["limits"]}
        return DigitisationLimits(
            edition=str(data["edition"]),
            min_dpi=int(values["min_dpi"]),
            max_skew_deg=values["max_skew_deg"],
            max_file_bytes=max_file_bytes or int(values["max_file_bytes"]),
            max_side_mm=values["max_side_mm"],
            min_side_mm=values["min_side_mm"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RuleError("digitisation_limits.json") from error


def check_document(
    pages: Sequence[PageFacts], size_bytes: int, limits: DigitisationLimits
) -> tuple[Finding, ...]:
    """Return what a document falls short of; it is kept all the same, a person decides."""
    findings: list[Finding] = []
    coarse = [page.dpi for page in pages if page.dpi < limits.min_dpi]
    if coarse:
        args = {"count": len(coarse), "dpi": min(coarse), "least": limits.min_dpi}
        findings.append(Finding("digitise.low_dpi", args=args))
    leaning = sum(abs(page.lean_left_deg) > limits.max_skew_deg for page in pages)
    if leaning:
        findings.append(Finding("digitise.leaning", args={"count": leaning}))
    unlikely = sum(not _is_paper(page, limits) for page in pages)
    if unlikely:
        findings.append(Finding("digitise.not_to_scale", args={"count": unlikely}))
    if size_bytes > limits.max_file_bytes:
        size = {"size": -(-size_bytes // 1_000_000), "most": limits.max_file_bytes // 1_000_000}
        findings.append(Finding("digitise.too_large", args=size))
    return tuple(findings)


def _is_paper(page: PageFacts, limits: DigitisationLimits) -> bool:
    """Return True for a page of a size that paper has: a photograph's resolution is a guess."""
    short, long = (side * MM_PER_INCH / page.dpi for side in sorted((page.width_px, page.height_px)))
    return short >= limits.min_side_mm and long <= limits.max_side_mm
