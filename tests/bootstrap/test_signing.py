from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from van_station.bootstrap import signing
from van_station.security import KeyRefused
from van_station.settings.tree import SettingsRefused, SigningSettings, load_settings

needs_sign = pytest.mark.skipif(
    importlib.util.find_spec("pyhanko") is None, reason="the extra `sign` is not installed"
)


@needs_sign
def test_a_machine_with_the_extra_signs_with_what_the_settings_name() -> None:
    assert signing.copy_signing(SigningSettings()).stamps_time is False
    assert signing.copy_signing(SigningSettings(tsa_url="https://tsa.example.vn")).stamps_time is True


def test_a_machine_without_the_extra_signs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert signing.copy_signing(SigningSettings()) is None


@needs_sign
def test_a_trust_folder_that_holds_no_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused):
        signing.copy_signing(SigningSettings(trust_folder=tmp_path / "absent"))
    (tmp_path / "root.pem").write_text("no certificate")
    with pytest.raises(KeyRefused):
        signing.copy_signing(SigningSettings(trust_folder=tmp_path))


@pytest.mark.parametrize("line", ['tsa_url = "tsa.example.vn"', "timeout_s = 0", 'pin = "1234"'])
def test_settings_of_signing_are_checked_and_a_pin_has_no_place_there(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"[signing]\n{line}\n")
    with pytest.raises(SettingsRefused, match="signing"):
        load_settings(path)
