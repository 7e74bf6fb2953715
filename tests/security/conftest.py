"""What the tests of signatures share: one authority, one scanned document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.authority import Authority
from tests.security.signed_papers import scanned_letter


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    folder = tmp_path / "authority"
    folder.mkdir()
    with Authority(folder) as served:
        yield served


@pytest.fixture(scope="session")
def copy() -> bytes:
    return scanned_letter()
