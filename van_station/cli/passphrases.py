"""Where a command's passphrase comes from: asked without showing it, or the first line of a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

MAX_BYTES = 4096

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="File whose first line is the passphrase, - for standard input; without it you are asked.",
    ),
]


class PassphraseUnread(Exception):
    """The file with the passphrase is not there, or its first line is empty, too long or no UTF-8."""

    code = "cli.passphrase_unread"
    retryable = False

    def __init__(self, path: Path) -> None:
        super().__init__("passphrase file")
        self.details = {"file": str(path)}


def passphrase_from(file: Path | None, prompt: str, *, twice: bool = False) -> str:
    """Return the passphrase; never from an argument, which everybody on the machine can read.

    Args:
        file: as given with `--passphrase-file`; None asks.
        prompt: what is asked.
        twice: ask again, and compare.

    Raises:
        PassphraseUnread
    """
    if file is None:
        return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=twice))
    try:
        line = _first_line(file).decode("utf-8-sig").rstrip("\r\n")
    except (OSError, ValueError) as unread:
        raise PassphraseUnread(file) from unread
    if not line:
        raise PassphraseUnread(file)
    return line


def _first_line(file: Path) -> bytes:
    if str(file) == "-":
        line = sys.stdin.buffer.readline(MAX_BYTES + 1)
    else:
        with file.open("rb") as opened:
            line = opened.readline(MAX_BYTES + 1)
    if len(line) > MAX_BYTES:
        raise ValueError("too long")
    return line
