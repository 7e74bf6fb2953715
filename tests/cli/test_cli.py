"""The one command: what it says, what it refuses, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from van_station.cli import station
from van_station.cli.main import app
from van_station.i18n import Texts

PASSPHRASE = "mot mat khau dai"
FROM_INPUT = ("--passphrase-file", "-")
run = CliRunner().invoke


def said(code: str, **details: str | int) -> str:
    text = Texts("vi", strict=True).error(code, **details)
    return f"{text.happened} {text.next_step}"


def plain(text: str) -> str:
    return " ".join(text.split())


def set_up(
    data: Path, *, login: str = "hoa", name: str = "Lê Thanh Hoà", passphrase: str = PASSPHRASE
) -> object:
    return run(
        app,
        ["setup", "--data", str(data), "--login", login, "--full-name", name, *FROM_INPUT],
        input=f"{passphrase}\n",
    )


def verify(data: Path, *, passphrase: str = PASSPHRASE) -> object:
    return run(app, ["verify", "--data", str(data), "--login", "hoa", *FROM_INPUT], input=passphrase + "\n")


def test_the_version_is_that_of_the_package() -> None:
    result = run(app, ["version"])
    assert (result.exit_code, result.output.strip()) == (0, metadata.version("van-station"))


def test_help_names_every_command() -> None:
    result = run(app, ["--help"])
    assert result.exit_code == 0
    for command in ("demo", "setup", "run", "verify", "version"):
        assert command in result.output


def test_without_a_command_help_is_shown() -> None:
    assert "Usage" in run(app, []).output


def test_a_machine_that_was_set_up_verifies(tmp_path: Path) -> None:
    made = set_up(tmp_path / "desk")
    assert made.exit_code == 0, made.output
    checked = verify(tmp_path / "desk")
    assert checked.exit_code == 0, checked.output
    assert "Kho nguyên vẹn." in checked.output


def test_a_second_setup_is_refused_and_the_first_stays(tmp_path: Path) -> None:
    set_up(tmp_path / "desk")
    again = set_up(tmp_path / "desk", login="khac")
    assert again.exit_code == 1
    assert said("security.keyring_exists") in plain(again.output)
    assert verify(tmp_path / "desk").exit_code == 0


@pytest.mark.parametrize(
    ("given", "code", "details"),
    [
        ({"login": "a b"}, "user.login_invalid", {}),
        ({"login": "  "}, "user.login_invalid", {}),
        ({"name": "  "}, "user.name_missing", {}),
        ({"passphrase": "1234567"}, "user.passphrase_short", {"least": 8}),
    ],
)
def test_a_setup_without_a_proper_first_user_makes_no_machine(
    tmp_path: Path, given: dict[str, str], code: str, details: dict[str, int]
) -> None:
    result = set_up(tmp_path / "desk", **given)
    assert result.exit_code == 1
    assert said(code, **details) in plain(result.output)
    assert set_up(tmp_path / "desk").exit_code == 0, "nothing half done stands in the way"


def test_a_wrong_passphrase_is_a_sentence(tmp_path: Path) -> None:
    set_up(tmp_path / "desk")
    result = verify(tmp_path / "desk", passphrase="sai")
    assert result.exit_code == 1
    assert said("signin.refused") in plain(result.output)


def test_a_passphrase_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    who = ["--data", str(tmp_path / "desk"), "--login", "hoa"]
    asked = f"{PASSPHRASE}\nmot mat khau khac\n{PASSPHRASE}\n{PASSPHRASE}\n"
    made = run(app, ["setup", *who, "--full-name", "Lê Thanh Hoà"], input=asked)
    assert made.exit_code == 0, made.output
    assert PASSPHRASE not in made.output
    assert run(app, ["verify", *who], input=f"{PASSPHRASE}\n").exit_code == 0


@pytest.mark.parametrize("command", [["setup", "--full-name", "Lê Thanh Hoà"], ["verify"]])
def test_no_command_takes_a_passphrase_where_the_list_of_processes_shows_it(
    tmp_path: Path, command: list[str]
) -> None:
    who = ["--data", str(tmp_path / "desk"), "--login", "hoa", "--passphrase", PASSPHRASE]
    result = run(app, [*command, *who], input="\n")
    assert result.exit_code == 2
    assert not (tmp_path / "desk").exists()


def test_a_passphrase_is_read_from_the_first_line_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes("\ufeffmột mật khẩu dài\r\nrest".encode())
    who = ["--data", str(tmp_path / "desk"), "--login", "hoa"]
    made = run(app, ["setup", *who, "--full-name", "Lê Thanh Hoà", "--passphrase-file", str(file)])
    assert made.exit_code == 0, made.output
    assert verify(tmp_path / "desk", passphrase="một mật khẩu dài").exit_code == 0


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe\n", b"x" * 5000])
def test_a_file_without_a_passphrase_is_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    set_up(tmp_path / "desk")
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    who = ["--data", str(tmp_path / "desk"), "--login", "hoa", "--passphrase-file", str(file)]
    result = run(app, ["verify", *who])
    assert result.exit_code == 1
    assert said("cli.passphrase_unread", file=str(file)) in plain(result.output)


def test_a_machine_that_was_never_set_up_is_a_sentence(tmp_path: Path) -> None:
    result = verify(tmp_path)
    assert result.exit_code == 1
    assert said("security.keyring_missing") in plain(result.output)


def test_a_settings_file_with_an_unknown_entry_is_a_sentence(tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text("surprise = 1\n")
    result = run(app, ["verify", "--config", str(config), "--login", "hoa", *FROM_INPUT])
    assert result.exit_code == 1
    assert said("settings.refused") in plain(result.output)


def test_what_nobody_foresaw_is_a_sentence_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("001190000077 is nobody's business")

    monkeypatch.setattr(station, "open_door", broken)
    result = verify(tmp_path)
    assert result.exit_code == 1
    assert Texts("vi", strict=True).say("error.unknown", code="ZeroDivisionError") in plain(result.output)
    assert "001190000077" not in result.output
    assert "Traceback" not in result.output


def test_as_a_process_an_error_has_no_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "van_station.cli.main", "verify", "--data", str(tmp_path)]
    done = subprocess.run(
        [*command, "--login", "hoa", *FROM_INPUT],
        input="x\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert said("security.keyring_missing") in plain(done.stderr)
    assert "Traceback" not in done.stderr


FOREIGN = ("anh.jpg", "platform/khac.txt", "desk/khac.txt")


@pytest.mark.parametrize("options", [["--headless"], ["--no-browser"], ["--no-browser", "--fresh"]])
@pytest.mark.parametrize("name", FOREIGN)
def test_a_folder_that_is_no_demonstrations_is_left_alone(
    tmp_path: Path, options: list[str], name: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("của người khác")
    before = sorted(tmp_path.rglob("*"))
    result = run(app, ["demo", "--data", str(tmp_path), "--no-sane", *options])
    assert result.exit_code == 2
    assert str(tmp_path) in result.output.replace("\n", "")
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / name).read_text() == "của người khác"
