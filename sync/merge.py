"""Merging without loss: every concurrent value is kept until a person replaces it knowingly.

A *cell* is one field of one record: (entity, record_id, field). Its *heads* are the changes that
nobody has replaced yet. Changes are applied in causal order (`causal_order`): each site's in order of
seq, and none before those it replaces. Then all replicas that hold the same changes hold the same
heads, whatever the clocks say and in whatever order the changes came.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sync.canonical import canonical
from sync.changes import DELETED, Change, ChangeId

VersionVector: TypeAlias = dict[str, int]
"""Per site, the last seq that is held without a gap."""


def merge(heads: frozenset[Change], change: Change) -> frozenset[Change]:
    """Return the heads of a cell after `change`; the same change twice changes nothing.

    Args:
        heads: what the cell holds now.
        change: a change of the same cell, in causal order.
    """
    if any(change.id() == head.id() or change.id() in head.replaces for head in heads):
        return heads
    return frozenset(head for head in heads if head.id() not in change.replaces) | {change}


def shown(heads: frozenset[Change]) -> Change:
    """Return the head to display: the newest by stamp, then site, then seq; the same on every replica.

    Raises:
        ValueError: no heads.
    """
    return max(heads, key=lambda head: (head.stamp, head.site, head.seq))


def in_conflict(heads: frozenset[Change]) -> bool:
    """Whether a person has to choose: the heads hold more than one different value."""
    return len({canonical(head.value) for head in heads}) > 1


def resolves(heads: Iterable[Change]) -> tuple[ChangeId, ...]:
    """Return what a new change of this cell must put into `replaces`: all heads its author was shown."""
    return tuple(sorted({head.id() for head in heads}))


def is_deleted(tombstones: frozenset[Change]) -> bool:
    """Whether the record is shown as deleted, from the heads of its `DELETED` cell."""
    return bool(tombstones) and shown(tombstones).value is True


def edited_unseen(tombstones: frozenset[Change], cells: Iterable[frozenset[Change]]) -> bool:
    """Whether a deleted record holds an edit that its deleter had not seen, so that a person must look.

    Args:
        tombstones: heads of the `DELETED` cell; a tombstone's `replaces` names the heads of all
            cells of the record as its author saw them.
        cells: heads of the record's other cells.
    """
    seen = {replaced for tombstone in tombstones for replaced in tombstone.replaces}
    return is_deleted(tombstones) and any(
        head.id() not in seen for heads in cells for head in heads if head.field != DELETED
    )


def causal_order(changes: Iterable[Change], vector: Mapping[str, int]) -> tuple[list[Change], list[Change]]:
    """Split what came into what can be applied now, in this order, and what has to wait.

    Args:
        changes: in any order, repeated or already known ones among them.
        vector: what has been applied already.

    Returns:
        (ready, waiting): `ready` holds only new changes, each after its predecessor and after
        all it replaces; `waiting` lacks one of these and may be asked for again.
    """
    held = dict(vector)
    waiting = sorted({change.id(): change for change in changes}.values(), key=Change.id)
    waiting = [change for change in waiting if change.seq > held.get(change.site, 0)]
    ready: list[Change] = []
    moved = True
    while moved and waiting:
        later: list[Change] = []
        for change in waiting:
            if _may_follow(change, held):
                held[change.site] = change.seq
                ready.append(change)
            else:
                later.append(change)
        moved = len(later) < len(waiting)
        waiting = later
    return ready, waiting


def _may_follow(change: Change, held: Mapping[str, int]) -> bool:
    return held.get(change.site, 0) == change.seq - 1 and all(
        held.get(site, 0) >= seq for site, seq in change.replaces if site != change.site
    )
