"""`van-station catalogue ...`: for the people who maintain the catalogue of procedures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from van_station.cli.catalogue_folder import read_folder
from van_station.cli.sentences import said_plainly
from van_station.i18n import Texts
from van_station.rules.catalogue_edition import check_edition, load_edition
from van_station.rules.catalogue_faults import Fault

console = Console(highlight=False)
app = typer.Typer(
    help="The catalogue of procedures: check, build, show, compare, install.", no_args_is_help=True
)

Language = Annotated[str, typer.Option(help="vi or en.")]


@app.command("check")
@said_plainly
def check(
    source: Annotated[Path, typer.Argument(help="Folder of an edition.")],
    language: Language = "vi",
) -> None:
    """Say everything that is wrong, with file and place; exit code 1 when there is something."""
    say = texts_in(language)
    files, faults = read_folder(source)
    faults = (*faults, *check_edition(files))
    if faults:
        print_faults(faults, say)
        raise typer.Exit(1)
    edition = load_edition(files)
    console.print(
        say.say(
            "catalogue.sound", version=edition.version, procedures=len(edition.procedures), files=len(files)
        )
    )


def texts_in(language: str) -> Texts:
    """Return the texts in vi or en; anything else ends with exit code 2."""
    if language == "vi":
        return Texts("vi")
    if language == "en":
        return Texts("en")
    raise typer.BadParameter("vi | en", param_hint="--language")


def print_faults(faults: tuple[Fault, ...], say: Texts) -> None:
    """Print faults as a table: where, and what is wrong there."""
    table = Table(title=say.say("catalogue.faults", count=len(faults)), title_justify="left")
    for head in ("catalogue.fault_file", "catalogue.fault_place", "catalogue.fault_what"):
        table.add_column(say.say(head), overflow="fold")
    for each in faults:
        what = say.say(f"fault.{each.what}")
        table.add_row(each.file, each.pointer or "/", f"{what} {each.hint}".strip())
    console.print(table)
