"""Documents are part of the work: what they name exists."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer.main

from van_station.cli.main import app
from van_station.rules.access import Act, Role, may
from van_station.settings.tree import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
FOR_USERS = [page for page in PAGES if page.parent.name != "formats"]  # formats name byte strings alike
COMMAND = re.compile(r"(?:`|bin/|^)van-station ([a-z]+(?: --?[a-z-]+)*)", re.MULTILINE)


def command_group():
    return typer.main.get_command(app)


def marked(name):
    """Return the command below the mark `<!-- name -->` in the README."""
    text = (ROOT / "README.md").read_text()
    found = re.search(rf"<!-- {name} -->\s*```\w*\n(.+?)\n```", text, re.DOTALL)
    assert found, f"README has no command marked {name}"
    return found.group(1)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    missing = [
        target for target in LINK.findall(page.read_text()) if not (page.parent / target).resolve().exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", FOR_USERS, ids=lambda page: page.name)
def test_every_command_and_option_named_exists(page):
    commands = command_group().commands
    for said in COMMAND.findall(page.read_text()):
        name, *options = said.split()
        assert name in commands, f"{page.name} names van-station {name}"
        known = {text for option in commands[name].params for text in (*option.opts, *option.secondary_opts)}
        assert set(options) <= known | {"--help"}, f"{page.name}: {said}"


def test_every_command_is_documented():
    text = "\n".join(page.read_text() for page in PAGES)
    assert [name for name in command_group().commands if f"van-station {name}" not in text] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_says_status_context_decision_consequences(page):
    text = page.read_text()
    assert "Status:" in text or "## Status" in text
    for heading in ("## Context", "## Decision", "## Consequences"):
        assert heading in text


def test_ci_calls_the_readmes_test_command():
    check = (ROOT / ".ci" / "check").read_text()
    assert "<!-- test -->" in check
    assert "README.md" in check
    assert marked("test").endswith("-m pytest")
    assert "'.[test]'" in marked("test")


def test_each_readme_command_is_one_line_and_starts_from_nothing():
    for name in ("run", "test"):
        assert "\n" not in marked(name)
        assert marked(name).startswith("python3 -m venv .venv && ")


def test_the_readme_says_which_role_may_do_what():
    text = (ROOT / "docs" / "roles.md").read_text()
    for act in Act:
        row = re.search(rf"^\| `{act.value}` \|(.+)\|$", text, re.MULTILINE)
        assert row, f"docs/roles.md lacks {act.value}"
        cells = [cell.strip() for cell in row.group(1).split("|")]
        assert cells[-4:] == ["x" if may(role, act) else "" for role in Role]


def test_every_setting_is_documented():
    text = (ROOT / "docs" / "settings.md").read_text()
    for branch, outer in Settings.model_fields.items():
        inner = getattr(outer.annotation, "model_fields", None)
        names = [f"{branch}.{name}" for name in inner] if inner else [branch]
        assert [name for name in names if f"`{name}`" not in text] == []


def test_the_example_settings_file_is_accepted():
    text = (ROOT / "docs" / "settings.md").read_text()
    example = re.search(r"```toml\n(.+?)```", text, re.DOTALL).group(1)
    Settings.model_validate(tomllib.loads(example))


def test_the_command_that_ci_reads_out_of_the_readme_is_the_marked_one():
    line = re.search(r"test_command=\$\((awk .+? README\.md)\)", (ROOT / ".ci" / "check").read_text()).group(
        1
    )
    found = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert found.strip() == marked("test")
