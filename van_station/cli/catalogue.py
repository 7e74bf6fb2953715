"""`van-station catalogue ...`: for the people who maintain the catalogue of procedures."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from van_station.bootstrap.station import open_door
from van_station.cli.catalogue_case import Given, case_of
from van_station.cli.catalogue_folder import (
    Source,
    open_source,
    read_bounded,
    read_folder,
    remove,
    write_folder,
    write_whole,
)
from van_station.cli.catalogue_showing import (
    console,
    print_case,
    print_difference,
    print_edition,
    print_faults,
    print_sheet_faults,
    print_steps,
)
from van_station.cli.errors import NoKeyFile, NoSuchDay, NoSuchGroup, NoSuchLanguage, NoSuchWard, TrustUnfit
from van_station.cli.passphrases import PassphraseFile, passphrase_from
from van_station.cli.sentences import said_plainly, tell
from van_station.cli.station import ConfigOption, DataOption, settings_of
from van_station.i18n import Texts
from van_station.papers.sheets import MAX_FILE_BYTES, read_sheets, write_sheets
from van_station.rules.catalogue import Procedure
from van_station.rules.catalogue_bundle import MAX_BUNDLE_BYTES, Verify
from van_station.rules.catalogue_bundle import build as build_bundle
from van_station.rules.catalogue_diff import difference, same_data
from van_station.rules.catalogue_edition import check_edition
from van_station.rules.catalogue_faults import EditionRefused
from van_station.rules.catalogue_sheets import from_sheets, to_sheets
from van_station.rules.form_dates import parse_date_vi
from van_station.security import Signer, new_signing_key
from van_station.services.catalogue_editions import trusted
from van_station.services.clock import SystemClock, hanoi_day
from van_station.settings.assets import read_json

app = typer.Typer(
    help="The catalogue of procedures: check, build, show, compare, install.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_KEY_LINE = re.compile(r"van-station-catalogue-key ([0-9a-f]{64})\s*")

Language = Annotated[str, typer.Option(help="vi or en.")]
FolderOrFile = Annotated[Path, typer.Argument(help="Folder of an edition, or a bundle (.vscat).")]
Trust = Annotated[
    list[str] | None,
    typer.Option(
        help="Public key (64 hex digits) that may have signed a bundle; without it any key will do."
    ),
]


@app.command("check")
@said_plainly
def check(source: FolderOrFile, trust: Trust = None, language: Language = "vi") -> None:
    """Say everything that is wrong, with file and place; exit code 1 when there is something."""
    say = texts_in(language)
    edition = _open(source, trust, say).edition
    console.print(
        say.say(
            "catalogue.sound",
            version=edition.version,
            procedures=len(edition.procedures),
            files=len(edition.files),
        )
    )


@app.command("build")
@said_plainly
def build(
    folder: Annotated[Path, typer.Argument(help="Folder of an edition.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The bundle to write (.vscat).")],
    key: Annotated[Path, typer.Option(help="Key file, as `new-key` writes it.")],
    language: Language = "vi",
) -> None:
    """Check a folder and write it as one signed bundle."""
    say = texts_in(language)
    signer = _signer(key)
    edition = _open(folder, None, say).edition
    bundle = build_bundle(edition.files, public_key=signer.public_key, sign=signer.sign)
    write_whole(out, bundle)
    console.print(
        say.say(
            "catalogue.built",
            file=str(out),
            version=edition.version,
            kib=-(-len(bundle) // 1024),
            public=signer.public_key.hex(),
        ),
        soft_wrap=True,
    )


@app.command("show")
@said_plainly
def show(
    source: FolderOrFile,
    code: Annotated[
        str | None, typer.Argument(help="Code of a procedure; an old one leads to its successor.")
    ] = None,
    answer: Annotated[list[str] | None, typer.Option(help="key=value; repeat for more.")] = None,
    group: Annotated[str | None, typer.Option(help="Priority group of the citizen.")] = None,
    ward: Annotated[str | None, typer.Option(help="Code of the ward.")] = None,
    on: Annotated[str | None, typer.Option(help="Day of submission, YYYY-MM-DD; else today.")] = None,
    trust: Trust = None,
    language: Language = "vi",
) -> None:
    """Show the procedures; with a code, the papers and fees of one citizen who gives these answers."""
    say, day = texts_in(language), _day(on)
    edition = _open(source, trust, say).edition
    if code is None:
        print_edition(edition, say)
        return
    procedure, steps = edition.resolve(code)
    print_steps(steps, say)
    if procedure is None:
        if not steps:
            tell(say.say("catalogue.no_such_code", code=code), to=console)
        raise typer.Exit(1)
    _known(procedure, group, ward)
    print_case(edition, case_of(edition, procedure, Given(tuple(answer or ()), group, ward, day)), say)


@app.command("diff")
@said_plainly
def diff(
    before: FolderOrFile,
    after: Annotated[Path, typer.Argument(help="The newer one: folder or bundle.")],
    trust: Trust = None,
    language: Language = "vi",
) -> None:
    """Say what changed from one edition to another, procedure by procedure."""
    say = texts_in(language)
    old, new = _open(before, trust, say).edition, _open(after, trust, say).edition
    print_difference(difference(old, new), say)


@app.command("new-key")
@said_plainly
def new_key(
    out: Annotated[Path, typer.Argument(help="The key file to write; it must not exist.")],
    language: Language = "vi",
) -> None:
    """Make a key that signs editions; keep the file offline, and give the public key to the machines."""
    say = texts_in(language)
    if os.path.lexists(out):
        tell(say.say("catalogue.key_exists", file=str(out)), to=console)
        raise typer.Exit(2)
    private = new_signing_key()
    write_whole(out, f"van-station-catalogue-key {private.hex()}\n".encode(), mode=0o600)
    public = Signer.from_private(private).public_key.hex()
    console.print(say.say("catalogue.key_made", file=str(out), public=public), soft_wrap=True)


@app.command("export")
@said_plainly
def export(
    source: FolderOrFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="The workbook to write (.xlsx).")],
    trust: Trust = None,
    language: Language = "vi",
) -> None:
    """Write an edition as a workbook that can be edited and imported again; forms are not in it."""
    say = texts_in(language)
    edition = _open(source, trust, say).edition
    write_whole(out, write_sheets(to_sheets(edition.files)))
    console.print(say.say("catalogue.exported", file=str(out)), soft_wrap=True)


@app.command("import")
@said_plainly
def import_(
    workbook: Annotated[Path, typer.Argument(help="Workbook (.xlsx) with the sheets that `export` writes.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of an edition, with its forms.")],
    remove_others: Annotated[
        bool, typer.Option("--remove-others", help="Remove procedures that the workbook does not have.")
    ] = False,
    language: Language = "vi",
) -> None:
    """Check a workbook against the forms in a folder and, without any fault, write its procedures there."""
    say = texts_in(language)
    result = from_sheets(read_sheets(read_bounded(workbook, MAX_FILE_BYTES)))
    files, broken = read_folder(out)
    if broken:
        print_faults(broken, say)
        raise typer.Exit(1)
    others = [path for path in files if path.startswith("procedures/") and path not in result.files]
    kept = {path: data for path, data in files.items() if not (remove_others and path in others)}
    faults = list(result.faults)
    if not faults:
        faults = [result.located(each) for each in check_edition({**kept, **result.files})]
    if faults:
        print_sheet_faults(faults, say)
        raise typer.Exit(1)
    changed = {path: data for path, data in result.files.items() if not same_data(data, files.get(path))}
    write_folder(out, changed)
    for path in others if remove_others else ():
        remove(out / path)
    console.print(say.say("catalogue.imported", folder=str(out), changed=len(changed)), soft_wrap=True)
    if others:
        key = "catalogue.others_removed" if remove_others else "catalogue.others_kept"
        console.print(say.say(key, count=len(others)))


@app.command("install")
@said_plainly
def install(
    file: Annotated[Path, typer.Argument(help="The bundle (.vscat).")],
    login: Annotated[str, typer.Option(prompt="Tên đăng nhập")],
    passphrase_file: PassphraseFile = None,
    *,
    older: Annotated[bool, typer.Option("--older", help="Step back to an older edition on purpose.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
    language: Language = "vi",
) -> None:
    """Install a signed bundle on this machine; the desk must be closed meanwhile."""
    say = texts_in(language)
    bundle = read_bounded(file, MAX_BUNDLE_BYTES)
    door = open_door(settings_of(config, data))
    try:
        entered = door.sign_in(login, passphrase_from(passphrase_file, "Mật khẩu"))
        view = entered.workspace.editions.install(entered.actor, bundle, older=older)
    finally:
        door.close()
    console.print(say.say("catalogue.installed", version=view.version, issued_on=view.issued_on))


def texts_in(language: str) -> Texts:
    """Return the texts in vi or en.

    Raises:
        NoSuchLanguage
    """
    if language == "vi":
        return Texts("vi")
    if language == "en":
        return Texts("en")
    raise NoSuchLanguage(language=language)


def _open(path: Path, trust: list[str] | None, say: Texts) -> Source:
    try:
        source = open_source(path, _verify(trust))
    except EditionRefused as refusal:
        print_faults(refusal.faults, say)
        raise typer.Exit(1) from None
    if source.key_id and not trust:
        console.print(say.say("catalogue.any_key", signer=source.key_id))
    return source


def _verify(trust: list[str] | None) -> Verify:
    if not trust:
        return lambda *_: True
    if not all(re.fullmatch("[0-9a-f]{64}", key) for key in trust):
        raise TrustUnfit
    return trusted(tuple(trust))


def _signer(path: Path) -> Signer:
    match = _KEY_LINE.fullmatch(read_bounded(path, 200).decode("ascii", "replace"))
    if match is None:
        raise NoKeyFile(path=str(path))
    return Signer.from_private(bytes.fromhex(match.group(1)))


def _day(text: str | None) -> date:
    if text is None:
        return hanoi_day(SystemClock().now())
    try:
        return date.fromisoformat(text)
    except ValueError:
        day = parse_date_vi(text)
    if day is None:
        raise NoSuchDay(day=text[:40])
    return day


def _known(procedure: Procedure, group: str | None, ward: str | None) -> None:
    """Refuse a group or ward that is neither in our lists nor in the procedure's own fee rules."""
    groups = {each["code"] for each in read_json("reference/priority_groups.json")["groups"]}
    groups |= {rule.group for rule in procedure.fees if rule.group}
    if group is not None and group not in groups:
        raise NoSuchGroup(group=group[:40], groups=", ".join(sorted(groups)))
    wards = {each["code"] for each in read_json("reference/hanoi_wards.json")["wards"]}
    if ward is not None and ward not in wards:
        raise NoSuchWard(ward=ward[:40])
