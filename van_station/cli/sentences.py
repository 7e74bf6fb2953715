"""Turns whatever the rooms raise on purpose into a sentence with a next step."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import typer
from rich.console import Console

from van_station.i18n import Texts

P = ParamSpec("P")
R = TypeVar("R")
_errors = Console(stderr=True, highlight=False)
log = logging.getLogger(__name__)


def tell(text: str, *, to: Console) -> None:
    """Print a sentence as it is: no markup of a name in it is obeyed, what is no text is shown as `?`."""
    to.print(text.encode("utf-8", "replace").decode("utf-8"), markup=False, soft_wrap=True)


def said_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Wrap a command: an error with a code is said in words, any other by its type; never a traceback."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001  -- the edge: nothing may reach a person as a traceback
            code = getattr(error, "code", None)
            if not isinstance(code, str):
                code = type(error).__name__
                log.error("unforeseen: %s", code)  # noqa: TRY400
            text = Texts("en" if kwargs.get("language") == "en" else "vi").error(
                code, **getattr(error, "details", {})
            )
            tell(f"{text.happened} {text.next_step}", to=_errors)
            raise typer.Exit(getattr(error, "exit_code", 1)) from None

    return wrapped
