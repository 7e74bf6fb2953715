"""Opens the desk in the best window of this machine, or tells its address."""

from __future__ import annotations

from rich.console import Console

from van_station.services.door import Door
from van_station.ui.serve import UiSettings, open_desk, serve

_console = Console(highlight=False)


def open_or_tell(door: Door, settings: UiSettings, *, browser: bool) -> None:
    """Run the desk until its window is closed or Ctrl+C; without `browser`, print where it can be opened."""
    if browser:
        _console.print(
            "Đang mở bàn làm việc. Không thấy cửa sổ thì chạy lại với --no-browser. Ctrl+C để dừng."
        )
        open_desk(door, settings)
    else:
        serve(door, settings, on_ready=lambda url: _console.print(url, soft_wrap=True))
