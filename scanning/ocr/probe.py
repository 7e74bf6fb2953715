"""Is the OCR program there, and which languages has it?"""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import lru_cache
from typing import Final

_PATIENCE_S: Final = 10.0
_LANGUAGE: Final = re.compile(r"[A-Za-z_]{3,32}")


def program() -> str | None:
    """Return the path of tesseract, None when it is not installed."""
    return shutil.which("tesseract")


@lru_cache(maxsize=4)
def languages(path: str) -> tuple[str, ...]:
    """Return the languages that tesseract at `path` can read, sorted; empty when it does not run."""
    try:
        done = subprocess.run(  # noqa: S603  found on PATH, no shell
            [path, "--list-langs"], capture_output=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    lines = done.stdout.decode("ascii", "replace").splitlines()
    return tuple(sorted(line for line in lines if _LANGUAGE.fullmatch(line)))
