"""The screens of the desk and who goes where."""

from __future__ import annotations

import flet as ft

from van_station.ui.desk.screen import Screen
from van_station.ui.shell import Place

_ALL = frozenset({"volunteer", "officer", "supervisor", "technician"})
_WELCOME = frozenset({"volunteer", "supervisor"})
_DESK = frozenset({"officer", "supervisor"})
_QUEUE = frozenset({"volunteer", "officer", "supervisor"})

PLACES: tuple[Place, ...] = (
    Place("trip", "shell.nav_trip", ft.Icons.AIRPORT_SHUTTLE_OUTLINED, Screen, frozenset({"supervisor"})),
    Place("intake", "shell.nav_intake", ft.Icons.PERSON_ADD_ALT_OUTLINED, Screen, _WELCOME),
    Place("queue", "shell.nav_queue", ft.Icons.GROUPS_OUTLINED, Screen, _QUEUE),
    Place("dossiers", "shell.nav_dossiers", ft.Icons.FOLDER_OUTLINED, Screen, _QUEUE),
    Place("sync", "shell.nav_outbox", ft.Icons.OUTBOX_OUTLINED, Screen, frozenset({"officer", "supervisor", "technician"})),
    Place("close", "shell.nav_close", ft.Icons.FACT_CHECK_OUTLINED, Screen, frozenset({"supervisor"})),
)
