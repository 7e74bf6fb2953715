"""A chip that plays a transcript: each command must be the one expected, to the byte."""

from __future__ import annotations


class Scripted:
    def __init__(self, script: list[tuple[str, str]]) -> None:
        self._script = [(bytes.fromhex(command), bytes.fromhex(answer)) for command, answer in script]

    def __call__(self, command: bytes) -> bytes:
        assert self._script, f"nothing more expected, but {command.hex()}"
        expected, answer = self._script.pop(0)
        assert command.hex() == expected.hex()
        return answer

    @property
    def is_over(self) -> bool:
        return not self._script
