"""The screens of the desk and who goes where."""

from __future__ import annotations

import flet as ft

from van_station.ui.desk.close import CloseScreen
from van_station.ui.desk.dossier import DossierScreen
from van_station.ui.desk.dossiers import DossiersScreen
from van_station.ui.desk.editions import EditionsScreen
from van_station.ui.desk.intake import IntakeScreen
from van_station.ui.desk.procedures import TAKES_IN, ProceduresScreen
from van_station.ui.desk.queue import QueueScreen
from van_station.ui.desk.review import ReviewScreen
from van_station.ui.desk.sync import SyncScreen
from van_station.ui.desk.trip import TripScreen
from van_station.ui.screen import Place

_ALL = frozenset({"volunteer", "officer", "supervisor", "technician"})
_DESK = frozenset({"officer", "supervisor"})
_QUEUE = frozenset({"volunteer", "officer", "supervisor"})

PLACES: tuple[Place, ...] = (
    Place("trip", "shell.nav_trip", ft.Icons.AIRPORT_SHUTTLE_OUTLINED, TripScreen, frozenset({"supervisor"})),
    Place("intake", "shell.nav_intake", ft.Icons.PERSON_ADD_ALT_OUTLINED, IntakeScreen, TAKES_IN),
    Place("queue", "shell.nav_queue", ft.Icons.GROUPS_OUTLINED, QueueScreen, _QUEUE),
    Place("dossiers", "shell.nav_dossiers", ft.Icons.FOLDER_OUTLINED, DossiersScreen, _QUEUE),
    Place(
        "dossier", "dossier.title", ft.Icons.FOLDER_OPEN_OUTLINED, DossierScreen, _QUEUE, in_navigation=False
    ),
    Place(
        "review",
        "review.title",
        ft.Icons.AUTO_STORIES_OUTLINED,
        ReviewScreen,
        _QUEUE,
        in_navigation=False,
    ),
    Place(
        "sync",
        "shell.nav_outbox",
        ft.Icons.OUTBOX_OUTLINED,
        SyncScreen,
        frozenset({"officer", "supervisor", "technician"}),
    ),
    Place("close", "shell.nav_close", ft.Icons.FACT_CHECK_OUTLINED, CloseScreen, frozenset({"supervisor"})),
    Place(
        "procedures", "shell.nav_procedures", ft.Icons.MENU_BOOK_OUTLINED, ProceduresScreen, _QUEUE, key="F5"
    ),
    Place(
        "editions",
        "shell.nav_editions",
        ft.Icons.LIBRARY_BOOKS_OUTLINED,
        EditionsScreen,
        frozenset({"supervisor"}),
        in_navigation=False,
    ),
    Place(
        "editions",
        "shell.nav_editions",
        ft.Icons.LIBRARY_BOOKS_OUTLINED,
        EditionsScreen,
        frozenset({"technician"}),
    ),
)
