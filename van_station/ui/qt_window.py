"""A native window around the loopback page, in a process of its own; needs the extra `window` (PySide6).

Reads the launch address from its input. Blocks every request that would leave the machine, opens print pages
in a second window with Chromium's PDF view, and asks where to keep exported files.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication, QFileDialog

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost"})
LOCAL_SCHEMES = frozenset({"about", "blob", "chrome-extension", "data", "qrc"})
_TITLE = "Dịch vụ công lưu động"
_MAX_URL = 2048


class Gate(QWebEngineUrlRequestInterceptor):  # type: ignore[misc,unused-ignore]
    """Lets nothing out."""

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:  # noqa: N802 -- Qt's name
        """Block whatever is not on this machine."""
        url = info.requestUrl()
        if url.scheme() not in LOCAL_SCHEMES and url.host() not in LOCAL_HOSTS:
            info.block(True)


class DeskView(QWebEngineView):  # type: ignore[misc,unused-ignore]
    """The desk, or a print page opened from it."""

    def __init__(self, profile: QWebEngineProfile) -> None:
        super().__init__()
        self.setPage(QWebEnginePage(profile, self))
        self._opened: list[DeskView] = []
        settings = self.page().settings()
        settings.setAttribute(QWebEngineSettings.WebAttribute.PdfViewerEnabled, True)
        settings.setAttribute(QWebEngineSettings.WebAttribute.PluginsEnabled, True)
        self.page().printRequested.connect(self._print)
        self.setWindowTitle(_TITLE)

    def createWindow(self, _kind: Any) -> DeskView:  # noqa: N802 -- Qt's name
        """Open a print page beside the desk."""
        view = DeskView(self.page().profile())
        view.resize(960, 820)
        view.show()
        self._opened.append(view)
        return view

    def _print(self) -> None:
        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(self._printer, self).exec():
            self.print(self._printer)


def keep(request: QWebEngineDownloadRequest) -> None:
    """Ask where an exported file goes."""
    start = str(Path.home() / request.suggestedFileName())
    chosen, _ = QFileDialog.getSaveFileName(None, _TITLE, start)
    if not chosen:
        request.cancel()
        return
    request.setDownloadDirectory(str(Path(chosen).parent))
    request.setDownloadFileName(Path(chosen).name)
    request.accept()


def run(url: str) -> int:
    """Show the desk until its window is closed."""
    application = QApplication(sys.argv[:1])
    profile = QWebEngineProfile()  # no name: nothing of the session is written to disk
    gate = Gate()
    profile.setUrlRequestInterceptor(gate)
    profile.downloadRequested.connect(keep)
    view = DeskView(profile)
    view.resize(1366, 768)
    view.load(QUrl(url))
    view.showMaximized()
    return int(application.exec())


def main() -> int:
    """Read the address from the input, so that it stands on no command line."""
    url = sys.stdin.readline(_MAX_URL).strip()
    if QUrl(url).host() not in LOCAL_HOSTS:
        return 2
    return run(url)


if __name__ == "__main__":
    sys.exit(main())
