"""What this machine alone has settled and remembers: pinned keys, cursors, moments."""

from __future__ import annotations

from collections.abc import Mapping

from van_station.records.trips import Setting
from van_station.store import Store

SYSTEM = "system"
"""Author of what the machine does by itself."""


class Settled:
    """Small values of this machine, in the encrypted store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, key: str) -> str | None:
        """Return a value, None when nothing was settled."""
        with self._store.reading() as session:
            row = session.get(Setting, key)
            return row.value if row else None

    def keep(self, values: Mapping[str, str]) -> None:
        """Keep values together: all of them or none."""
        with self._store.unit(SYSTEM, "station.settle", ("setting", "station")) as unit:
            for key, value in values.items():
                row = unit.session.get(Setting, key) or Setting(key=key, value=value)
                row.value = value
                unit.save(row)
