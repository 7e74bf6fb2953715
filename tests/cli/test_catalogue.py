"""`van-station catalogue`: what its keepers read, and the guide's worked example, command by command."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from tests.rules.editions import CODE, FILE, HOME, NOT_HOME, small, successor
from tests.rules.makers import component, data, fee
from van_station.cli.main import app
from van_station.i18n import Texts
from van_station.settings.assets import catalogue_files

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guides" / "danh-muc-thu-tuc.md"
run = CliRunner().invoke


def laid(folder: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return folder


def catalogue(*words: object, code: int = 0) -> str:
    result = run(app, ["catalogue", *map(str, words)])
    assert result.exit_code == code, result.output
    assert "«" not in result.output, "a text lacks"
    return " ".join(re.sub(r"[│┃┏┡└┗┳╇┴━─┓┩┘]", " ", result.output).split())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    procedure = data(
        questions=[HOME],
        components=[component("A1", condition=NOT_HOME), component("B1")],
        fees=[fee(20000), fee(0, group="NCT"), fee(None, channel="online")],
        channels=["direct", "online"],
    )
    steps = [successor("1.000002", CODE), successor("1.000003", None)]
    return laid(tmp_path / "edition", small(procedure=procedure, **{"successors.json": steps}))


@pytest.fixture
def key(tmp_path: Path) -> Path:
    catalogue("new-key", tmp_path / "key")
    return tmp_path / "key"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_sound_folder_is_said_to_be_sound(folder: Path, language: str) -> None:
    assert "2026.1" in catalogue("check", folder, "--language", language)


def test_every_fault_is_said_with_file_and_place(folder: Path) -> None:
    laid(folder, {FILE: data(fees=[fee(1), fee(2)]), "x.json": {}})
    (folder / "successors.json").write_text("[\n{", encoding="utf-8")
    said = catalogue("check", folder, code=1)
    for words in (FILE, "/fees/1", "x.json", "successors.json", "2:2"):
        assert words in said


def test_the_papers_and_fees_of_this_citizen_are_shown(folder: Path) -> None:
    said = catalogue("show", folder, CODE)
    assert "cần 2 giấy tờ (thủ tục có 2)" in said
    assert "20.000" in said
    assert "chưa biết" in said
    said = catalogue("show", folder, CODE, "--answer", "home=có", "--group", "NCT")
    assert "cần 1 giấy tờ (thủ tục có 2)" in said
    assert "(NCT)" in said


def test_an_answer_to_nothing_is_refused(folder: Path) -> None:
    assert "key=value" not in catalogue("show", folder, CODE, "--answer", "nowhere=1", code=1)
    catalogue("show", folder, CODE, "--on", "soon", code=2)
    catalogue("show", folder, "--language", "fr", code=2)


def test_an_old_code_leads_to_its_successor_or_to_the_reason_why_not(folder: Path) -> None:
    assert f"thay bằng {CODE}" in catalogue("show", folder, "1.000002")
    assert "bãi bỏ" in catalogue("show", folder, "1.000003", code=1)
    assert "1.999999" in catalogue("show", folder, "1.999999", code=1)
    assert CODE in catalogue("show", folder, "--language", "en")


def test_a_bundle_is_built_checked_and_compared(folder: Path, key: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "a.vscat"
    public = re.search(r"[0-9a-f]{64}", catalogue("build", folder, "-o", bundle, "--key", key))
    assert public is not None
    assert "Thêm --trust" in catalogue("check", bundle)
    assert "Thêm --trust" not in catalogue("check", bundle, "--trust", public[0])
    assert "Chữ ký" in catalogue("check", bundle, "--trust", "0" * 64, code=1)
    assert "giống nhau" in catalogue("diff", bundle, folder)
    bundle.write_bytes(bundle.read_bytes()[:-1])
    assert "hỏng" in catalogue("show", bundle, code=1)


def test_a_difference_is_said_in_words_and_a_forgotten_version_is_named(folder: Path, tmp_path: Path) -> None:
    newer = shutil.copytree(folder, tmp_path / "newer")
    changed = json.loads((newer / FILE).read_text(encoding="utf-8"))
    changed["fees"][0]["amount_vnd"] = 30000
    laid(newer, {FILE: changed})
    said = catalogue("diff", folder, newer)
    assert "số tiền: 20000 -> 30000" in said
    assert "Chưa đổi phiên bản" in said


def test_a_key_is_kept_from_others_and_never_overwritten(key: Path) -> None:
    assert key.stat().st_mode & 0o077 == 0
    before = key.read_bytes()
    catalogue("new-key", key, code=2)
    assert key.read_bytes() == before


def test_what_is_no_key_file_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bad").write_text("x")
    said = catalogue("build", folder, "-o", tmp_path / "a.vscat", "--key", tmp_path / "bad", code=1)
    assert sentence("catalogue.no_key_file", path=str(tmp_path / "bad")) in said
    assert not (tmp_path / "a.vscat").exists()


def test_a_workbook_with_faults_writes_nothing(folder: Path, tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    catalogue("export", folder, "-o", book)
    workbook = openpyxl.load_workbook(book)
    workbook["Lệ phí"]["E3"] = "nhiều"
    workbook["Giấy tờ"]["G3"] = "=1+1"
    workbook.save(book)
    before = (folder / FILE).read_bytes()
    said = catalogue("import", book, "-o", folder, code=1)
    assert "chưa biết. Đang ghi: nhiều" in said
    assert "công thức" in said
    assert (folder / FILE).read_bytes() == before


def test_a_workbook_that_changes_nothing_changes_no_file(folder: Path, tmp_path: Path) -> None:
    catalogue("export", folder, "-o", tmp_path / "a.xlsx")
    assert "0 tệp thay đổi" in catalogue("import", tmp_path / "a.xlsx", "-o", folder)


def test_procedures_that_the_workbook_lacks_are_removed_only_when_asked(folder: Path, tmp_path: Path) -> None:
    catalogue("export", folder, "-o", tmp_path / "a.xlsx")
    other = folder / "procedures" / "1.000009.json"
    laid(folder, {"procedures/1.000009.json": data(code="1.000009")})
    assert "giữ nguyên" in catalogue("import", tmp_path / "a.xlsx", "-o", folder)
    assert other.exists()
    assert "Đã bỏ 1" in catalogue("import", tmp_path / "a.xlsx", "-o", folder, "--remove-others")
    assert not other.exists()


# ---------------------------------------------------------------- what cannot be read, written or meant
MISSING, UNREADABLE, UNWRITTEN = "cli.source_missing", "cli.source_unreadable", "cli.not_written"
"""Words of a command name things in the test's folder: `{folder}` the edition, `{key}` a key."""
AMISS = [
    ("check {t}/nowhere", 1, MISSING, {"path": "{t}/nowhere"}),
    ("check {t}/file/below", 1, MISSING, {"path": "{t}/file/below"}),
    ("check {t}/empty", 1, "catalogue.no_edition", {"path": "{t}/empty"}),
    ("check {t}/file", 1, "catalogue.not_a_bundle", {}),
    ("check {t}/[bold]x[/nowhere]", 1, MISSING, {"path": "{t}/[bold]x[/nowhere]"}),
    ("check {t}/{long}", 1, UNREADABLE, {"path": "{t}/{long}"}),
    ("check {folder} --trust zz", 2, "catalogue.trust_unfit", {}),
    ("check {folder} --language fr", 2, "cli.no_such_language", {"language": "fr"}),
    ("build {t}/nowhere -o {t}/a.vscat --key {key}", 1, MISSING, {"path": "{t}/nowhere"}),
    ("build {folder} -o {t}/a.vscat --key {t}/nokey", 1, MISSING, {"path": "{t}/nokey"}),
    ("build {folder} -o {t}/a.vscat --key {t}/empty", 1, UNREADABLE, {"path": "{t}/empty"}),
    ("build {folder} -o {t}/a.vscat --key {t}/file", 1, "catalogue.no_key_file", {"path": "{t}/file"}),
    ("build {folder} -o {t}/none/a.vscat --key {key}", 1, UNWRITTEN, {"path": "{t}/none/a.vscat"}),
    ("build {folder} -o {t}/empty --key {key}", 1, UNWRITTEN, {"path": "{t}/empty"}),
    ("build {folder} -o /proc/a.vscat --key {key}", 1, UNWRITTEN, {"path": "/proc/a.vscat"}),
    ("show {t}/nowhere", 1, MISSING, {"path": "{t}/nowhere"}),
    ("show {folder} {code} --on 31/02/2026", 2, "cli.no_such_day", {"day": "31/02/2026"}),
    ("show {folder} {code} --on soon", 2, "cli.no_such_day", {"day": "soon"}),
    ("show {folder} {code} --ward 99999", 2, "catalogue.no_such_ward", {"ward": "99999"}),
    ("show {folder} {code} --answer nowhere=1", 1, "catalogue.answer_unfit", {"answer": "nowhere=1"}),
    ("diff {folder} {t}/nowhere", 1, MISSING, {"path": "{t}/nowhere"}),
    ("diff {t}/file {folder}", 1, "catalogue.not_a_bundle", {}),
    ("new-key {t}/none/key", 1, UNWRITTEN, {"path": "{t}/none/key"}),
    ("new-key {t}/file/key", 1, UNWRITTEN, {"path": "{t}/file/key"}),
    ("export {t}/nowhere -o {t}/a.xlsx", 1, MISSING, {"path": "{t}/nowhere"}),
    ("export {folder} -o {t}/none/a.xlsx", 1, UNWRITTEN, {"path": "{t}/none/a.xlsx"}),
    ("export {folder} -o {t}/empty", 1, UNWRITTEN, {"path": "{t}/empty"}),
    ("import {t}/nowhere -o {folder}", 1, MISSING, {"path": "{t}/nowhere"}),
    ("import {t}/empty -o {folder}", 1, UNREADABLE, {"path": "{t}/empty"}),
    ("import {t}/file -o {folder}", 1, "papers.no_workbook", {}),
    ("import {t}/half.xlsx -o {folder}", 1, "papers.no_workbook", {}),
    ("import {book} -o {t}/nowhere", 1, MISSING, {"path": "{t}/nowhere"}),
    ("import {book} -o {t}/empty", 1, "catalogue.no_edition", {"path": "{t}/empty"}),
    ("install {t}/nowhere --login hoa --passphrase-file - --data {t}", 1, MISSING, {"path": "{t}/nowhere"}),
    ("install {t}/file --login hoa --passphrase-file - --data {t}", 1, "security.keyring_missing", {}),
]  # fmt: skip


def sentence(code: str, _language: str = "vi", /, **details: str) -> str:
    text = Texts(_language, strict=True).error(code, **details)
    return f"{text.happened} {text.next_step}"


@pytest.mark.parametrize(("words", "code", "error", "details"), AMISS, ids=[each[0] for each in AMISS])
def test_what_is_amiss_is_one_sentence_with_what_to_do(
    folder: Path, key: Path, tmp_path: Path, words: str, code: int, error: str, details: dict[str, str]
) -> None:
    book = tmp_path / "book.xlsx"
    if "{book}" in words:
        catalogue("export", folder, "-o", book)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("hi")
    (tmp_path / "half.xlsx").write_bytes(b"PK\x03\x04broken")
    names = {"t": tmp_path, "folder": folder, "key": key, "book": book, "code": CODE, "long": "x" * 300}
    before = sorted(tmp_path.rglob("*"))
    said = catalogue(*(word.format(**names) for word in words.split()), code=code)
    assert said == sentence(error, **{name: text.format(**names) for name, text in details.items()})
    assert sorted(tmp_path.rglob("*")) == before, "nothing is left behind"


def test_what_is_amiss_is_said_in_the_language_that_was_asked_for(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    said = catalogue("show", nowhere, "--language", "en", code=1)
    assert said == sentence(MISSING, "en", path=nowhere)


def test_an_unknown_group_is_told_with_those_that_are(folder: Path) -> None:
    said = catalogue("show", folder, CODE, "--group", "XX", code=2)
    assert "nhóm ưu tiên XX" in said
    assert "NCT" in said


def test_a_day_is_understood_as_people_write_it(folder: Path) -> None:
    assert CODE in catalogue("show", folder, CODE, "--on", "30/11/2026")


# ---------------------------------------------------------------- the guide
def commands() -> list[list[str]]:
    blocks = re.findall(r"```bash\n(.+?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.strip().splitlines()]


def edits() -> list[list[str]]:
    table = GUIDE.read_text(encoding="utf-8").split("<!-- edits -->")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()[2:]]


def edit(book: Path) -> None:
    """Do what the guide's table says."""
    workbook = openpyxl.load_workbook(book)
    new_rows: dict[str, int] = {}
    for sheet_name, row, column, value in edits():
        sheet = workbook[sheet_name]
        if row == "dòng mới":
            number = new_rows.setdefault(sheet_name, sheet.max_row + 1)
        elif row.startswith("dòng "):
            number = int(row.removeprefix("dòng "))
        else:
            amount, code = re.fullmatch(r"(?:mức (\S+) của )?mã (\S+)", row).groups()
            (number,) = [
                cells[0].row
                for cells in sheet.iter_rows(min_row=3)
                if cells[0].value == code and amount in (None, _grouped(cells[4].value))
            ]
        heads = [cell.value for cell in sheet[1]]
        sheet.cell(number, heads.index(column) + 1, value)
    workbook.save(book)


def _grouped(amount: object) -> str:
    return f"{int(amount):,}".replace(",", ".") if str(amount).isdigit() else str(amount)


def test_the_guides_example_works_command_by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    some_of_the_catalogue(tmp_path / "assets" / "catalogue")
    said: dict[str, str] = {}
    for program, first, *rest in commands():
        if program == "cp":
            shutil.copytree(*rest)
            continue
        assert (program, first) == ("van-station", "catalogue")
        more = machine_that_trusts(said["new-key"], tmp_path) if rest[0] == "install" else []
        said[rest[0]] = said.get(rest[0], "") + catalogue(*rest, *more)
        if rest[0] == "export":
            edit(Path("danh-muc.xlsx"))
    assert "hiệu lực đến: (không có) -> 2026-11-30" in said["diff"]
    assert "Giấy xác nhận của nơi" in said["show"]
    assert "16.000" in said["show"]
    assert said["show"].count("0 ₫ (NCT)") == 2, "who is exempt stays exempt, by every channel"
    assert said["diff"].count("hiệu lực đến") == 1, "one rule ends, no other"
    assert "Chưa đổi phiên bản" not in said["diff"]
    assert "2026.12.1" in said["install"]


def some_of_the_catalogue(folder: Path) -> None:
    """Lay out the procedure of the example and its form: all of the catalogue would only take longer."""
    whole = catalogue_files()
    procedure = "procedures/1.004194.json"
    form = f"forms/{whole[procedure]['form']['id']}/"
    paths = [path for path in whole if "/" not in path or path == procedure or path.startswith(form)]
    laid(folder, {path: whole[path] for path in paths} | {"successors.json": []})


def machine_that_trusts(said: str, folder: Path) -> list[str]:
    """Set a machine up whose settings hold the key that `new-key` told; return the options that name it."""
    public = re.search(r"[0-9a-f]{64}", said)
    assert public is not None
    (folder / "machine.toml").write_text(f'[catalogue]\ntrusted_keys = ["{public[0]}"]\n')
    who = [
        "--config",
        "machine.toml",
        "--data",
        "machine",
        "--login",
        "hoa",
        "--passphrase-file",
        "secret",
    ]
    (folder / "secret").write_text("mot mat khau dai\n")
    result = run(app, ["setup", "--full-name", "Lê Thanh Hoà", *who])
    assert result.exit_code == 0, result.output
    return who


def test_the_guide_names_no_sheet_or_column_that_is_not_there(folder: Path, tmp_path: Path) -> None:
    catalogue("export", folder, "-o", tmp_path / "a.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for sheet, _, column, _ in edits():
        assert column in [cell.value for cell in workbook[sheet][1]]


def test_every_fault_has_its_words_in_both_languages() -> None:
    source = "".join(
        (ROOT / "van_station" / path).read_text(encoding="utf-8")
        for path in (
            "rules/catalogue_edition.py", "rules/catalogue_sheets.py", "rules/catalogue_cells.py",
            "rules/catalogue_conditions.py", "cli/catalogue_folder.py",
        )
    )  # fmt: skip
    faults = set(re.findall(r'fault\([^()]*?(?:\([^()]*\))?[^()]*?, "([a-z_]+)"', source))
    cells = set(re.findall(r'CellFault\("([a-z_]+)"', source)) | {
        f"condition_{what}" for what in ("name", "mark", "value", "end", "closing", "unfit")
    }
    assert len(faults) > 8
    assert len(cells) > 10
    for texts in (Texts("vi"), Texts("en")):
        assert [f"cell.{what}" for what in cells if f"cell.{what}" not in texts] == []
        lacking = [what for what in faults if f"fault.{what}" not in texts and f"cell.{what}" not in texts]
        assert lacking == []
