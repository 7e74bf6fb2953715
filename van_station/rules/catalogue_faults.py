"""What is wrong with a catalogue, said with the file and the place in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from van_station.rules.errors import CatalogueRefused
from van_station.rules.json_values import Pointer


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes:
        file: path inside the edition, "" when it is the edition as a whole.
        pointer: JSON pointer to the fault, "" for the whole file.
        what: code of the fault; `fault.<what>` in the catalogue of texts says it in words.
        hint: what stands there, shortened; never more than 120 characters.
    """

    file: str
    pointer: Pointer
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.file}{'#' + self.pointer if self.pointer else ''}: {self.what} {self.hint}".rstrip()


class EditionRefused(CatalogueRefused):
    """An edition does not say what it must; `faults` holds every fault found, `details` names the first."""

    code = "catalogue.edition_faulty"

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__(str(first), file=first.file, place=first.pointer or "/", count=len(faults))
        self.faults = tuple(faults)


def fault(file: str, pointer: Pointer, what: str, hint: object = "") -> Fault:
    """Return a fault whose hint is short enough to print."""
    return Fault(file, pointer, what, str(hint)[:120])
