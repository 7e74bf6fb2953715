"""What is said at the fields of a form: problems in words, days of earlier dossiers, papers."""

from __future__ import annotations

from van_station.i18n import Texts
from van_station.rules.findings import Severity
from van_station.rules.form_nodes import FieldNode, FieldProblem
from van_station.ui import words
from van_station.ui.desk.form_field import QUIET, Remark, Tone
from van_station.ui.desk.form_model import FormModel


def remarks(texts: Texts, model: FormModel) -> dict[str, Remark]:
    """Return what to say, by pointer; fields with nothing to say are left out."""
    form = model.form
    if form is None:
        return {}
    problems = model.problems()
    found: dict[str, Remark] = {}
    for pointer in model.pointers:
        node = model.node(pointer)
        problem = problems.get(pointer)
        said, tone = sentence(texts, problem) if problem else (None, QUIET.tone)
        paper = form.papers.get(node.component) if isinstance(node, FieldNode) else None
        scanned = (paper.component_id, paper.pages) if paper else None
        remark = Remark(said, tone, form.origin_days.get(pointer), scanned)
        if remark != QUIET:
            found[pointer] = remark
    return found


def sentence(texts: Texts, problem: FieldProblem) -> tuple[str, Tone]:
    """Return a problem in words, the form's own where it has some, and how grave it is."""
    tone: Tone = "bad" if problem.severity is Severity.ERROR else "warn"
    if problem.message is not None:
        return words.label(texts, problem.message), tone
    return words.note(texts, problem.code, dict(problem.args)), tone
