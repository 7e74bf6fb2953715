"""`van-station demo`: the whole product on one machine, with invented people."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import platformdirs
import typer
from rich.console import Console
from rich.table import Table

from van_station.bootstrap.demo.bad_line import BadLine
from van_station.bootstrap.demo.bank import InventedBank
from van_station.bootstrap.demo.gateway import GatewayFolder, GatewayProcess
from van_station.bootstrap.demo.papers import keep_papers_coming
from van_station.bootstrap.demo.setting_up import TENANT, is_foreign, prepare
from van_station.bootstrap.demo.walk import Walk, walk_the_day
from van_station.cli.errors import NoSuchLanguage
from van_station.cli.sentences import said_plainly, tell
from van_station.cli.showing import open_or_tell
from van_station.settings.tree import FaceSettings
from van_station.ui.serve import UiSettings

console = Console(highlight=False)


@said_plainly
def demo(
    *,
    headless: Annotated[
        bool, typer.Option(help="Walk the whole day without a window, checking each step.")
    ] = False,
    browser: Annotated[bool, typer.Option(help="Open the desk; otherwise print its address.")] = True,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the demonstration; kept between starts.")
    ] = None,
    fresh: Annotated[bool, typer.Option(help="Throw the demonstration's folder away first.")] = False,
    port: Annotated[int, typer.Option(help="Port of the desk's page; 0 takes a free one.")] = 0,
    sane: Annotated[bool, typer.Option(help="Use SANE scanners where they are installed.")] = True,
    language: Annotated[str, typer.Option(help="vi or en.")] = "vi",
) -> None:
    """Start the demonstration: reference gateway, encrypted store with invented users, desk."""
    if language not in ("vi", "en"):
        raise NoSuchLanguage(language=language)
    if headless:
        _walk(data, sane=sane)
        return
    root = data or Path(platformdirs.user_data_dir("van-station")) / "demo"
    if is_foreign(root):
        console.print(
            f"Thư mục {root} không phải của bản trình diễn. Chọn thư mục khác.", soft_wrap=True, markup=False
        )
        raise typer.Exit(2)
    if fresh:
        shutil.rmtree(root, ignore_errors=True)
    _desk(root, browser=browser, port=port, sane=sane, language=language)


def _walk(data: Path | None, *, sane: bool) -> None:
    with _folder(data) as root:
        gateway = GatewayProcess(GatewayFolder(root), tenant=TENANT)
        line = BadLine(gateway.port)
        walk = Walk(prepare(root, address=line.address, sane=sane), line, console.print)
        try:
            walk_the_day(walk, sane=sane)
        finally:
            line.close()
        _report(walk)
    if not all(check.ok for check in walk.checks):
        raise typer.Exit(1)


def _report(walk: Walk) -> None:
    table = Table(title="Đã kiểm tra")
    table.add_column("")
    table.add_column("Điều kiểm tra")
    table.add_column("Kết quả")
    for check in walk.checks:
        table.add_row("[green]đạt[/]" if check.ok else "[red]SAI[/]", check.what, check.found)
    console.print(table)
    failed = sum(not check.ok for check in walk.checks)
    console.print(f"{len(walk.checks) - failed} đạt, {failed} sai")


def _desk(root: Path, *, browser: bool, port: int, sane: bool, language: str) -> None:
    face = FaceSettings.model_validate({"language": language, "port": port})
    setup = prepare(root, face=face, sane=sane)
    setup.gateway.start()
    door = setup.open_door()
    bank = InventedBank(door, setup.gateway)
    papers = keep_papers_coming(setup.inbox)
    _end_on_signal()

    settings = UiSettings(
        port=face.port,
        language=face.language,
        text_scale=face.text_scale,
        idle_lock_min=face.idle_lock_min,
    )
    try:
        open_or_tell(door, settings, browser=browser)
    finally:
        bank.close()
        papers.set()
        door.close()
        setup.gateway.stop()


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    """Give the walk a folder of its own; a named one is kept and must be empty."""
    if data is not None:
        if data.exists() and any(data.iterdir()):
            tell(f"Thư mục {data} không trống. Chọn thư mục khác.", to=console)
            raise typer.Exit(2)
        yield data
        return
    root = Path(tempfile.mkdtemp(prefix="van-station-demo-"))
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _end_on_signal() -> None:
    """Let SIGTERM end the program as Ctrl+C does, so that the gateway process ends too."""

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, end)
