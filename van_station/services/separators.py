"""Separator sheets (*tờ ngăn*) of a dossier's papers, to print once and use again."""

from __future__ import annotations

from van_station.papers.errors import PaperError
from van_station.papers.separators import SeparatorSheet, separator_sheets
from van_station.rules.access import Act
from van_station.services.actor import Actor, require
from van_station.services.dossiers import Dossiers
from van_station.services.errors import NotNow
from van_station.services.paper import PrintedPage


class Separators:
    """Makes the sheets; the scanner knows them again by `scanning.separators`."""

    def __init__(self, dossiers: Dossiers, *, practice: bool) -> None:
        self._dossiers = dossiers
        self._practice = practice

    def sheets(self, actor: Actor, dossier_id: str) -> PrintedPage:
        """Return one sheet for each paper that the dossier needs; nothing on them names the person.

        Raises:
            NotFound: unknown dossier; NotNow: no page could be made.
        """
        require(actor, Act.SCAN)
        dossier = self._dossiers.get(dossier_id)
        papers = [SeparatorSheet(each.code, each.name) for each in dossier.components if each.applies]
        try:
            page = separator_sheets(papers, procedure_name=dossier.procedure.name, practice=self._practice)
        except PaperError as error:
            raise NotNow(error.code) from error
        return PrintedPage(f"to-ngan-{dossier.procedure.code}.pdf", "application/pdf", page)
