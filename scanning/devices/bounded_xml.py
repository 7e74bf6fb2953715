"""XML from the network: bounded, without document types, entities or namespaces.

A scanner's answer is a stranger's claim. Document type declarations are where XML's bombs and
its reading of local files live, and no eSCL answer has one: the first letter of one refuses the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

MAX_BYTES: Final = 512 * 1024
MAX_ELEMENTS: Final = 20_000
MAX_DEPTH: Final = 40


class XmlRefused(Exception):
    """Not XML, or XML that nobody honest sends."""


@dataclass(slots=True)
class Element:
    """An element under its local name; attributes are left out, eSCL says nothing in them."""

    name: str
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, *path: str) -> Iterator[Element]:
        """Yield the elements at the end of a path of local names."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> Element | None:
        """Return the first element of a path, or None."""
        return next(self.all(*path), None)

    def word(self, *path: str) -> str:
        """Return the trimmed text of the first element of a path; "" when it is missing."""
        found = self.first(*path)
        return found.text.strip() if found is not None else ""

    def words(self, *path: str) -> tuple[str, ...]:
        """Return the trimmed texts of all elements of a path."""
        return tuple(found.text.strip() for found in self.all(*path))

    def whole(self, *path: str) -> int | None:
        """Return a whole number of at most nine digits, or None when there is none."""
        text = self.word(*path)
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None

    def inside(self, name: str) -> Iterator[Element]:
        """Yield every element of a name, at any depth."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.inside(name)


def parse(data: bytes) -> Element:
    """Return the root element.

    Raises:
        XmlRefused: damaged, a document type declaration, or over a bound.
    """
    if len(data) > MAX_BYTES:
        raise XmlRefused("too many bytes")
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.refuse_doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise XmlRefused("not XML") from error
    return builder.root.children[0]


class _Builder:
    def __init__(self) -> None:
        self.root = Element("")
        self._open = [self.root]
        self._count = 0

    def refuse_doctype(self, *_: object) -> None:
        raise XmlRefused("a document type declaration")

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) > MAX_DEPTH:
            raise XmlRefused("too many elements")
        element = Element(name.rpartition(" ")[2])
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def text(self, data: str) -> None:
        self._open[-1].text += data
