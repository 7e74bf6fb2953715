"""A complete machine with a desk on it, and a browser to look at it with."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.ui import driver
from van_station.bootstrap.demo.papers import lay_papers
from van_station.bootstrap.demo.people import PASSPHRASE
from van_station.bootstrap.demo.setting_up import Demo, prepare
from van_station.rules.queueing import TicketAct, acts_for
from van_station.services.actor import Actor
from van_station.services.door import Door
from van_station.services.workspace import Workspace
from van_station.settings.tree import CatalogueSettings
from van_station.ui.serve import DeskServer, UiSettings


@dataclass
class Station:
    """A demonstration machine whose desk is being served."""

    demo: Demo
    door: Door
    server: DeskServer
    workspace: Workspace
    people: dict[str, Actor]

    @property
    def url(self) -> str:
        """A fresh launch address."""
        return self.server.host.launch_url()

    def lay_papers(self, seed: int) -> None:
        """Put four sample pages, one of them blank, into the watched folder."""
        lay_papers(self.demo.inbox, seed=seed)


@contextmanager
def serving(server: DeskServer) -> Iterator[DeskServer]:
    """Run a desk's server beside the test."""
    ready = threading.Event()
    thread = threading.Thread(target=server.run, args=(lambda _url: ready.set(),), daemon=True)
    thread.start()
    try:
        assert ready.wait(20), "the server did not start"
        yield server
    finally:
        server.stop()
        thread.join(10)


@contextmanager
def station_in(
    folder: Path, settings: UiSettings, *, gateway: bool, trusted_keys: tuple[str, ...] = ()
) -> Iterator[Station]:
    """A machine in `folder`, everybody signed in once so that tests can act through services too."""
    demo = prepare(folder, sane=False)
    if trusted_keys:
        catalogue = CatalogueSettings(trusted_keys=trusted_keys)
        demo = replace(demo, settings=demo.settings.model_copy(update={"catalogue": catalogue}))
    if gateway:
        demo.gateway.start()
    door = demo.open_door()
    try:
        signed_in = {login: door.sign_in(login, PASSPHRASE) for login in ("hoa", "minh", "lan")}
        people = {login: each.actor for login, each in signed_in.items()}
        with serving(DeskServer(door, settings)) as server:
            yield Station(demo, door, server, signed_in["hoa"].workspace, people)
    finally:
        door.close()
        demo.gateway.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium, once a module: Playwright's loop runs until it is closed, and no other loop runs beside it."""
    if not driver.chromium_is_there():
        pytest.skip("Debian package chromium is not installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = driver.launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser) -> Iterator[object]:
    """A fresh browser profile of the smaller of our two sizes."""
    made = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN", accept_downloads=True)
    yield made
    made.close()


@pytest.fixture
def counter(station):
    """A counter at which nobody stands any more."""
    queue, officer = station.workspace.queue, station.people["minh"]
    for ticket in queue.tickets():
        for act in (TicketAct.SERVE, TicketAct.FINISH):
            if ticket.counter and act in acts_for(queue.get(ticket.id).status):
                queue.act(officer, ticket.id, act)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Walk a browser journey again, twice at most, when it fails: headless Chromium drops a key now and then.

    A journey that fails three times in a row fails; the run's summary names what was walked again. A module that
    says otherwise for itself is left as it is.
    """
    for item in items:
        if item.get_closest_marker("browser") and item.get_closest_marker("flaky") is None:
            item.add_marker(pytest.mark.flaky(reruns=2))
