"""One machine set up per session, copied per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.machine import Machine, Template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template.make(tmp_path_factory.mktemp("template") / "desk")


@pytest.fixture
def machine(template: Template, tmp_path: Path) -> Iterator[Machine]:
    made = template.copy_to(tmp_path)
    try:
        yield made
    finally:
        made.workspace.close()


@pytest.fixture
def desk(machine: Machine) -> Machine:
    """A machine with today's trip open."""
    machine.open_trip()
    return machine
