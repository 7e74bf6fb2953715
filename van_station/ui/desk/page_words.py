"""What is said of a page: what was found on it, and why it is left out."""

from __future__ import annotations

from collections.abc import Sequence

from van_station.i18n import Texts
from van_station.rules.page_order import Out
from van_station.services.capture_events import FileView, PageView
from van_station.ui import words

BLANK, SEPARATOR = "scan.blank", "scan.separator"


def out_words(texts: Texts, page: PageView) -> str:
    """Return why a page is left out; "" when it isn't."""
    return {
        Out.NO: "",
        Out.BLANK: texts.say("scan.blank_page"),
        Out.DELETED: texts.say("scan.blank_page") if page.blank else texts.say("scan.left_out"),
        Out.SEPARATOR: words.note(texts, SEPARATOR, {}),
        Out.REPLACED: texts.say("review.replaced"),
    }[page.out]


def page_notes(texts: Texts, page: PageView) -> list[str]:
    """Return what was found on a page, in words; that it is blank only where it is kept all the same."""
    notes = [words.note(texts, code, {}) for code in page.findings if code not in (BLANK, SEPARATOR)]
    if page.blank and not page.dropped:
        notes.insert(0, words.note(texts, BLANK, {}))
    return notes


def page_line(texts: Texts, page: PageView, total: int) -> str:
    """Return a page in one line, as screen readers hear it."""
    said = [
        texts.say("review.page_of", number=page.index + 1, total=total),
        out_words(texts, page),
        *page_notes(texts, page),
    ]
    return ". ".join(word.rstrip(".") for word in said if word)


def kept_words(texts: Texts, files: Sequence[FileView]) -> str:
    """Return what became of a stack: pages, documents, what was turned, what the documents fall short of."""
    said = [texts.say("scan.done", count=sum(file.page_count for file in files))]
    if len(files) > 1:
        said.append(texts.say("scan.documents_made", count=len(files)))
    if turned := sum(file.turned for file in files):
        said.append(texts.say("scan.turned", count=turned))
    said += [words.note(texts, note.code, note.args) for file in files for note in file.notes]
    return ". ".join(word.rstrip(".") for word in said)
