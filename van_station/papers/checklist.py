"""The page a citizen takes home (*giấy hướng dẫn*): what to bring, or what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from van_station.papers import figures
from van_station.papers.errors import TooMuch
from van_station.papers.press import render

MAX_PAPERS = 60
MAX_LINES = 200
MAX_TEXT = 600
PaperState = Literal["bring", "perhaps", "form", "have"]
"""To bring; perhaps, depending on what is not known yet; the form, filled in here; handed over already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistPaper:
    """One line of the list; kind is submit or show, paper is original, copy or electronic."""

    name: str
    kind: str
    paper: str
    copies: int = 1
    note: str = ""
    state: PaperState = "bring"


@dataclass(frozen=True, slots=True)
class ChecklistFee:
    """What one way of handing in costs; None where nobody has looked the amount up."""

    channel: str
    amount_vnd: int | None
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistData:
    """What stands on the page; nothing names the person.

    Attributes:
        number: provisional number of the dossier, "" for a page without one.
        answers: question and answer, by which the list was made.
        blanks: fields of the form that are still empty, as labels.
        come_back: until when to bring it; None when no day was named.
        edition: version of the catalogue.
    """

    center_name: str
    procedure_name: str
    procedure_code: str
    authority: str
    papers: tuple[ChecklistPaper, ...]
    answers: tuple[tuple[str, str], ...] = ()
    blanks: tuple[str, ...] = ()
    fees: tuple[ChecklistFee, ...] = ()
    time_value: int | None = None
    time_unit: str = "working_day"
    notes: tuple[str, ...] = ()
    source: str
    verified: bool
    edition: str
    number: str = ""
    come_back: date | None = None
    printed_at: datetime
    practice: bool = False


def checklist(data: ChecklistData) -> bytes:
    """Return the page, A5 portrait, PDF/A-2b.

    Raises:
        TooMuch: over 60 papers, 200 other lines, or a text over 600 characters.
        PaperError: no page could be made.
    """
    texts = [data.procedure_name, data.authority, *data.blanks, *data.notes]
    texts += [text for paper in data.papers for text in (paper.name, paper.note)]
    texts += [text for pair in data.answers for text in pair]
    lines = len(data.blanks) + len(data.notes) + len(data.answers)
    if len(data.papers) > MAX_PAPERS or lines > MAX_LINES or any(len(text) > MAX_TEXT for text in texts):
        raise TooMuch("checklist")
    return render(
        "checklist",
        {
            "center_name": data.center_name,
            "procedure_name": data.procedure_name,
            "procedure_code": data.procedure_code,
            "authority": data.authority,
            "papers": [
                {
                    "name": paper.name,
                    "kind": paper.kind,
                    "paper": paper.paper,
                    "copies": paper.copies,
                    "note": paper.note,
                    "state": paper.state,
                }
                for paper in data.papers
            ],
            "answers": [list(pair) for pair in data.answers],
            "blanks": list(data.blanks),
            "fees": [
                {
                    "channel": fee.channel,
                    "amount": "" if fee.amount_vnd is None else _amount(fee.amount_vnd),
                    "sure": fee.confidence == "verified",
                }
                for fee in data.fees
            ],
            "time": "" if data.time_value is None else str(data.time_value),
            "time_unit": data.time_unit,
            "notes": list(data.notes),
            "source": data.source,
            "verified": data.verified,
            "edition": data.edition,
            "number": data.number,
            "come_back": figures.day(data.come_back) if data.come_back else "",
            "printed_at": figures.moment_short(data.printed_at),
            "practice": data.practice,
        },
    )


def _amount(amount_vnd: int) -> str:
    return figures.money(amount_vnd) if amount_vnd else "Miễn phí"
