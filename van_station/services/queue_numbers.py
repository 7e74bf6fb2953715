"""Numbers of the queue on real rows: giving one out, and granting blocks to the trip's other machines."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from van_station.records.queue import LeaseRequest, NumberBlock, Ticket
from van_station.records.trips import Trip
from van_station.rules.queue_numbers import (
    MAX_NUMBER,
    Block,
    label,
    letter,
    needs_block,
    next_block,
    own_next_block,
    standing,
    take,
)
from van_station.rules.queueing import Lane
from van_station.services.errors import rules_as_refusals
from van_station.services.trips import BLOCK_SIZE
from van_station.store import UnitOfWork


def give_number(unit: UnitOfWork, trip: Trip, lane: Lane, site: str) -> tuple[int, str]:
    """Return the next number of this machine in a lane, and its label; it is spent when the unit commits.

    Plain numbers first. A machine without any, or that has not seen yet who opened the trip, gives from its
    own series: nobody is sent away, and no other machine can print the same.

    Raises:
        Refused: queue.bad_block, when every series of the machine is spent.
    """
    rows = blocks(unit.session, trip.id, lane)
    others = {row.site for row in rows if row.site != site}
    mine = [row for row in rows if row.site == site]
    for row in mine:
        block = _standing(unit.session, row)
        if block.left:
            return _give(unit, row, block, lane, others)
    with rules_as_refusals():
        fresh = own_next_block(
            [Block(row.first, row.last, row.last + 1) for row in rows],
            BLOCK_SIZE,
            site=site,
            is_hub=hub_of(rows) == site,
        )
    row = _row(trip.id, lane, site, fresh)
    return _give(unit, row, fresh, lane, others)


def grant_blocks(unit: UnitOfWork, trip: Trip, site: str) -> int:
    """As the hub, grant a block to each machine of the trip whose plain numbers run low; return how many.

    What each has left is worked out from its tickets, as seen here: a request that comes twice, or a
    restart, grants nothing twice.
    """
    asked = {
        row.site
        for row in unit.session.exec(select(LeaseRequest).where(LeaseRequest.ticket_id == trip.id)).all()
    }
    granted = 0
    for lane in Lane:
        rows = blocks(unit.session, trip.id, lane)
        if hub_of(rows) != site:
            continue
        known = [Block(row.first, row.last, row.last + 1) for row in rows]
        for machine in sorted((asked | {row.site for row in rows}) - {site}):
            theirs = [_standing(unit.session, row) for row in rows if row.site == machine]
            if needs_block(theirs):
                with rules_as_refusals():
                    fresh = next_block(known, BLOCK_SIZE)
                known.append(fresh)
                unit.save(_row(trip.id, lane, machine, fresh))
                granted += 1
    return granted


def ask_for_blocks(unit: UnitOfWork, trip: Trip, site: str) -> bool:
    """Tell the hub that this machine gives numbers in the trip too, once; return whether it was said now.

    The trip's id stands in the request where a ticket's would: numbers of the trip are asked for.
    """
    if all(hub_of(blocks(unit.session, trip.id, lane)) == site for lane in Lane):
        return False
    said = select(LeaseRequest).where(LeaseRequest.ticket_id == trip.id, LeaseRequest.site == site)
    if unit.session.exec(said).first() is not None:
        return False
    unit.save(LeaseRequest(ticket_id=trip.id, site=site, requested_at=unit.now))
    return True


def blocks(session: Session, trip_id: str, lane: Lane) -> Sequence[NumberBlock]:
    """Return a lane's blocks, lowest numbers first."""
    query = select(NumberBlock).where(NumberBlock.trip_id == trip_id, NumberBlock.lane == lane.value)
    return session.exec(query.order_by(col(NumberBlock.first))).all()


def hub_of(rows: Sequence[NumberBlock]) -> str:
    """Return the machine that opened the trip: it wrote itself the block that begins with 1; "" for none."""
    return next((row.site for row in rows if row.first == 1), "")


def holder_of(session: Session, ticket: Ticket) -> str:
    """Return the holder of a ticket's lease; of one older than leases, whose block its number is of."""
    if ticket.holder:
        return ticket.holder
    query = select(NumberBlock.site).where(
        NumberBlock.trip_id == ticket.trip_id,
        NumberBlock.lane == _lane_of_label(ticket),
        NumberBlock.first <= ticket.number,
        NumberBlock.last >= ticket.number,
    )
    return session.exec(query).first() or ""


def _lane_of_label(ticket: Ticket) -> str:
    return next((lane.value for lane in Lane if ticket.label.startswith(letter(lane))), ticket.lane)


def _give(unit: UnitOfWork, row: NumberBlock, block: Block, lane: Lane, others: set[str]) -> tuple[int, str]:
    number, rest = take(block)
    row.next_number = rest.next_number
    unit.save(row)
    rivals = others if number > MAX_NUMBER else ()
    return number, label(lane, number, rivals=rivals)


def _standing(session: Session, row: NumberBlock) -> Block:
    highest = session.exec(
        select(func.max(Ticket.number)).where(
            Ticket.trip_id == row.trip_id,
            col(Ticket.number).between(row.first, row.last),
            col(Ticket.label).startswith(letter(Lane(row.lane))),
        )
    ).one()
    return standing(row.first, row.last, next_number=row.next_number, highest_given=highest or 0)


def _row(trip_id: str, lane: Lane, site: str, block: Block) -> NumberBlock:
    return NumberBlock(site=site, trip_id=trip_id, lane=lane.value, first=block.first, last=block.last)
