"""`van-station setup`, `run`, `verify`, `version`: a machine in earnest."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from van_station.bootstrap.station import open_door, set_up
from van_station.cli.passphrases import PassphraseFile, passphrase_from
from van_station.cli.sentences import said_plainly
from van_station.cli.showing import open_or_tell
from van_station.rules.access import Role
from van_station.services.door import DemoUser
from van_station.settings.tree import Settings, load_settings
from van_station.ui.serve import UiSettings

console = Console(highlight=False)
ConfigOption = Annotated[Path | None, typer.Option("--config", help="TOML file of settings.")]
DataOption = Annotated[Path | None, typer.Option("--data", help="Folder of this machine.")]


@said_plainly
def setup(
    login: Annotated[str, typer.Option(prompt="Tên đăng nhập của phụ trách")],
    full_name: Annotated[str, typer.Option(prompt="Họ và tên")],
    passphrase_file: PassphraseFile = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Make this machine's keys and store, with its first supervisor."""
    passphrase = passphrase_from(passphrase_file, "Mật khẩu (ít nhất 8 ký tự)", twice=True)
    user = DemoUser(login, passphrase, full_name, Role.SUPERVISOR)
    set_up(settings_of(config, data), (user,))
    console.print("Máy đã sẵn sàng. Mở bằng: van-station run")


@said_plainly
def run(
    config: ConfigOption = None,
    data: DataOption = None,
    *,
    browser: Annotated[bool, typer.Option(help="Open the desk; otherwise print its address.")] = True,
) -> None:
    """Open the desk of a machine that has been set up."""
    settings = settings_of(config, data)
    door = open_door(settings)

    face = settings.face
    shown = UiSettings(
        port=face.port,
        language=face.language,
        mode=face.theme,
        text_scale=face.text_scale,
        idle_lock_min=face.idle_lock_min,
    )
    try:
        open_or_tell(door, shown, browser=browser)
    finally:
        door.close()


@said_plainly
def verify(
    login: Annotated[str, typer.Option(prompt="Tên đăng nhập")],
    passphrase_file: PassphraseFile = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Check this machine's store: both chains, every page, every file that a row names."""
    door = open_door(settings_of(config, data))
    try:
        passphrase = passphrase_from(passphrase_file, "Mật khẩu")
        report = door.sign_in(login, passphrase).workspace.store.verify()
    finally:
        door.close()
    console.print(
        f"{report.changes} thay đổi, {report.audit_lines} dòng nhật ký, "
        f"{report.rows} bản ghi, {report.blobs} tệp"
    )
    for finding in report.findings:
        console.print(f"SAI: {finding}", markup=False)
    if not report.ok:
        raise typer.Exit(1)
    console.print("Kho nguyên vẹn.")


def version() -> None:
    """Print the version."""
    console.print(metadata.version("van-station"))


def settings_of(config: Path | None, data: Path | None) -> Settings:
    """Return the settings of a file, with another folder for this machine where one is given."""
    return load_settings(config, **({"data_dir": data} if data else {}))
