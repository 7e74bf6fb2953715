"""The one command: `van-station`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from van_station.cli import catalogue, demo, station

app = typer.Typer(
    help="Van Station: field workstation of the mobile public-service van.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("setup")(station.setup)
app.command("run")(station.run)
app.command("verify")(station.verify)
app.command("version")(station.version)
app.add_typer(catalogue.app, name="catalogue")

OptionalPath = Annotated[Path | None, typer.Option()]


def main() -> None:
    """Run the command; whatever nobody foresaw ends in one sentence, not in a traceback."""
    try:
        app()
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)


if __name__ == "__main__":
    main()
