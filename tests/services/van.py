"""Machines of one van on real stores, exchanging signed changes as bytes, with a line that can be cut."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sync.changes import decode_batch, encode_batch, verify
from tests.services.machine import Machine, Template
from van_station.services.actor import Actor
from van_station.services.settled import SYSTEM


class Van:
    """Several machines; `officers` are signed in before anything was exchanged, so that each has its own."""

    def __init__(self, templates: Sequence[Template], root: Path) -> None:
        self.machines = [
            template.copy_to(root / f"machine{number}") for number, template in enumerate(templates)
        ]
        self.keys = {each.keys.site_id: each.keys.signer().public_key for each in self.machines}
        self.officers: list[Actor] = [each.officer for each in self.machines]
        self.volunteers: list[Actor] = [each.volunteer for each in self.machines]
        self.supervisors: list[Actor] = [each.supervisor for each in self.machines]
        self.is_cut = False

    def pull(self, to: Machine, source: Machine, *, limit: int = 10_000) -> int:
        """Fetch what `source` holds as bytes, verify it and merge it; return how many changes were new."""
        store = to.workspace.store
        known = store.vector()
        data = encode_batch(source.workspace.store.changes_after(known, limit=limit))
        changes = decode_batch(data, max_bytes=2**22, max_changes=limit)
        for change in changes:
            verify(change, self.keys[change.site])
        with store.unit(SYSTEM, "exchange.pull", ("site", source.keys.site_id)) as unit:
            return unit.apply_remote(changes).new

    def exchange(self) -> bool:
        """Bring everybody up to date and let everybody tend, until nothing is left to say."""
        if self.is_cut:
            return False
        for _ in range(20):
            written = [each.workspace.queue.leases.tend() for each in self.machines]
            new = sum(
                self.pull(to, source) for to in self.machines for source in self.machines if to is not source
            )
            if not new and not any(written):
                return True
        raise AssertionError("the machines never came to rest")

    def connect(self) -> None:
        """Let services exchange when they need a lease."""
        for each in self.machines:
            each.workspace.queue.leases.exchange = self.exchange

    def close(self) -> None:
        for each in self.machines:
            each.workspace.close()
