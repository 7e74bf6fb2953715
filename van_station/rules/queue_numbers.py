"""Numbers on tickets: whose they are, block by block. See `docs/guides/queue-rule.md`, "Numbers".

Numbers come in series, and each series has one owner, who alone grants blocks of it:

- the plain series 1..9999 belongs to the machine that opened the trip (the hub);
- every machine owns a series of its own, whose numbers lie where its site id says and whose labels end
  in a code of it. A machine that has no plain number left and cannot reach the hub goes on with those.

So two machines that cannot see each other never give the same number, nobody has to take the hub's place
when it is lost, and no clock, day or count of tickets has a say. Numbers begin anew with a trip, not a day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from van_station.rules.errors import BlockSpent, RuleError
from van_station.rules.queueing import Lane

MAX_NUMBER = 9999
"""The last number of the plain series."""
LOW_WATER = 30
"""A machine with fewer plain numbers left than this is granted its next block."""
OWN_BLOCK = 50
"""How many numbers a machine takes from its own series at a time."""
_OWN_SIZE = 1000
_OWN_FROM = 16
_CODE_HEX = 10
_CODE_BITS = 40
_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: none is mistaken for another on a slip or a loudspeaker."""
_SHORTEST_CODE = 4
_LANE_LETTERS = {Lane.WELCOME: "A", Lane.DIGITISE: "B", Lane.DIGITAL_HELP: "C"}


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers `first`..`last` that one machine leased for one lane; `next_number` is the next to give."""

    first: int
    last: int
    next_number: int

    @property
    def left(self) -> int:
        """How many numbers can still be given."""
        return max(0, self.last - self.next_number + 1)


PLAIN = Block(1, MAX_NUMBER, 1)
"""The whole plain series."""


def own_series(site: str) -> Block:
    """Return the series that belongs to a machine alone, 999 numbers beyond every plain one.

    Args:
        site: lower-case hex, the digest of the machine's key; its first 40 bits place the series.
    """
    base = (_OWN_FROM + _code(site)) * _OWN_SIZE
    return Block(base + 1, base + _OWN_SIZE - 1, base + 1)


def series_owned(site: str, *, is_hub: bool) -> tuple[Block, ...]:
    """Return the series that a machine may grant from, the preferred one first."""
    return (PLAIN, own_series(site)) if is_hub else (own_series(site),)


def take(block: Block) -> tuple[int, Block]:
    """Return the next number and the block without it.

    Raises:
        BlockSpent: none left.
    """
    if not block.left:
        raise BlockSpent(first=block.first, last=block.last)
    return block.next_number, replace(block, next_number=block.next_number + 1)


def standing(first: int, last: int, *, next_number: int, highest_given: int) -> Block:
    """Return a block as it stands after a restart.

    Args:
        first: of the block.
        last: of the block.
        next_number: as kept beside it, 0 for none.
        highest_given: the highest number of the block that any known ticket bears, 0 for none: a ticket
            that came back from another machine also says that its number is gone.
    """
    return Block(first, last, max(first, next_number, highest_given + 1))


def next_block(granted: Sequence[Block], size: int, *, series: Block = PLAIN) -> Block:
    """Return the block after every granted one of a series. For the owner of the series only.

    Args:
        granted: the trip's blocks of the lane, of any series; the owner has written all of its own series
            itself, so none is missing.
        size: how many numbers are wanted; the end of the series may leave fewer.
        series: of the owner.

    Raises:
        RuleError: code `queue.bad_block`: the series is spent.
    """
    inside = [block.last for block in granted if series.first <= block.first <= series.last]
    first = max(inside, default=series.first - 1) + 1
    last = min(first + size - 1, series.last)
    if size < 1 or first > last:
        raise RuleError(code="queue.bad_block", size=size)
    return Block(first, last, first)


def own_next_block(granted: Sequence[Block], size: int, *, site: str, is_hub: bool) -> Block:
    """Return a block that a machine may give itself without asking anybody.

    Raises:
        RuleError: code `queue.bad_block`: all of its series are spent.
    """
    *before, last = series_owned(site, is_hub=is_hub)
    for series in before:
        if any(block.last >= series.last for block in granted if block.first <= series.last):
            continue
        return next_block(granted, size, series=series)
    return next_block(granted, OWN_BLOCK, series=last)


def needs_block(blocks: Iterable[Block], *, low_water: int = LOW_WATER) -> bool:
    """Tell whether a machine with these blocks must be granted the next: asked before the last is spent.

    Only plain numbers count; who has been living on its own series is granted plain ones again.
    """
    return sum(block.left for block in blocks if block.first <= MAX_NUMBER) < low_water


def label(lane: Lane, number: int, *, rivals: Iterable[str] = ()) -> str:
    """Return what the ticket shows and the loudspeaker says: `A012`, or `A07-K7QX` of a machine's own series.

    Args:
        lane: where the number was given; a transfer does not change the label.
        number: of a series.
        rivals: site ids of the other machines that are known; the code is made long enough to differ from
            theirs. Of two machines that have never heard of each other it is the same once in 2**20 pairs.
    """
    if 1 <= number <= MAX_NUMBER:
        return f"{_LANE_LETTERS[lane]}{number:03d}"
    owner, within = divmod(number, _OWN_SIZE)
    code = owner - _OWN_FROM
    if within == 0 or not 0 <= code < 2**_CODE_BITS:
        raise RuleError(code="queue.bad_number", number=number)
    others = [_letters(_code(rival)) for rival in rivals if _code(rival) != code]
    whole = _letters(code)
    length = next(
        (n for n in range(_SHORTEST_CODE, len(whole)) if all(other[:n] != whole[:n] for other in others)),
        len(whole),
    )
    return f"{_LANE_LETTERS[lane]}{within:02d}-{whole[:length]}"


def letter(lane: Lane) -> str:
    """Return the letter that every label given in a lane begins with."""
    return _LANE_LETTERS[lane]


def _code(site: str) -> int:
    return int(site[:_CODE_HEX].ljust(_CODE_HEX, "0"), 16)


def _letters(code: int) -> str:
    return "".join(_CODE_LETTERS[(code >> shift) & 31] for shift in range(_CODE_BITS - 5, -1, -5))
