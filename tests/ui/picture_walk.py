"""Walks one signed-in window through every screen, in one look after the other, and keeps pictures.

Screens are asked for from the server's side of the window, as a key or a button would: what is looked at is how
they look. Journeys look at how one gets there.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.ui import layout_checks
from tests.ui.conftest import Station
from tests.ui.driver import SCREENS, Window
from van_station.bootstrap.demo.answers import ANSWERS, GROUPS
from van_station.bootstrap.demo.people import PASSPHRASE, VISITORS
from van_station.rules.queueing import Lane, TicketAct
from van_station.services.capture import CaptureSettings
from van_station.services.queue import TicketView
from van_station.services.trips import OpenTrip
from van_station.ui import theme
from van_station.ui.desk.intake_cards import NextCard
from van_station.ui.desk.procedures_state import ProceduresState
from van_station.ui.desk.ticket_sheet import show_ticket
from van_station.ui.session import Desk
from van_station.ui.shell import Shell

SMALL, LARGE = (1366, 768), (1920, 1080)
BIGGEST_FORM = "2.000720"
MOST_PAGES = 12
_NAMES = (
    "[...document.querySelectorAll('[flt-semantics-identifier]')]"
    ".map(e => e.getAttribute('flt-semantics-identifier'))"
)


@dataclass(frozen=True)
class Face:
    """A look of the window."""

    language: str
    scale: float
    mode: theme.Mode = "light"

    def __str__(self) -> str:
        return f"{self.language}-{round(self.scale * 100)}" + (
            "" if self.mode == "light" else f"-{self.mode}"
        )


@dataclass(frozen=True)
class Seen:
    """One finding, where it was found."""

    screen: str
    face: Face
    size: tuple[int, int]
    finding: layout_checks.Finding
    picture: Path

    def __str__(self) -> str:
        return f"{self.screen} {self.face} {self.size[0]}x{self.size[1]} {self.finding}"


@dataclass
class Prepared:
    """What the walk looks at, made once."""

    birth: str = ""
    big: str = ""
    review: str = ""
    """The paper of the birth dossier for which a stack lies scanned."""
    business: str = ""
    sent: str = ""
    ticket: TicketView | None = None


def prepare(station: Station) -> Prepared:
    """A day half over: people waiting, one at the counter, dossiers in several states."""
    made = Prepared()
    work, hoa, lan = station.workspace, station.people["hoa"], station.people["lan"]
    work.trips.open(hoa, OpenTrip(work.trips.wards("ba vi")[0].code, "Nhà văn hóa thôn Đoài"))
    for visitor in (*VISITORS, *VISITORS):
        draft = replace(
            work.intake.read_card(visitor.card).draft,
            need=visitor.need,
            procedure_code=visitor.procedure,
            priority_group=visitor.group,
            phone=visitor.phone,
        )
        made.ticket = work.intake.take_in(lan, draft)
    for code in ("1.001193", "1.001612", "1.004222", BIGGEST_FORM):
        ticket = work.queue.call_next(hoa, Lane.DIGITISE)
        work.queue.act(hoa, ticket.id, TicketAct.SERVE)
        dossier = work.dossiers.start(hoa, ticket.id, code)
        for pointer, value in ANSWERS.get(code, {}).items():
            work.dossiers.answer(hoa, dossier.id, pointer, value)
        if code == "1.001193":
            made.birth, made.review = dossier.id, _scanned(station, dossier.id)
        elif code == "1.001612":
            made.business = dossier.id
            _complete(station, dossier.id)
        elif code == "1.004222":
            made.sent = dossier.id
            _complete(station, dossier.id)
            _answer_members(station, dossier.id)
            work.dossiers.confirm(hoa, dossier.id)
        else:
            made.big = dossier.id
        if code != BIGGEST_FORM:
            work.queue.act(hoa, ticket.id, TicketAct.FINISH)
    return made


def _answer_members(station: Station, dossier_id: str) -> None:
    group, answers = GROUPS["1.004222"]
    dossiers, hoa = station.workspace.dossiers, station.people["hoa"]
    dossiers.add_item(hoa, dossier_id, group)
    for name, value in answers.items():
        dossiers.answer(hoa, dossier_id, f"{group}/0/{name}", value)


def _complete(station: Station, dossier_id: str) -> None:
    """Scan whatever the dossier lacks, and ask for its fee."""
    work, hoa = station.workspace, station.people["hoa"]
    device = next(each for each in work.capture.scanners().devices if each.kind == "folder")
    for number, gap in enumerate(work.dossiers.missing(dossier_id), start=1):
        if gap.kind != "component":
            continue
        station.lay_papers(number)
        batch = work.capture.start(hoa, dossier_id, gap.where, device.id, CaptureSettings(), lambda _: None)
        batch.wait()
        batch.keep(hoa)
    fee = work.dossiers.get(dossier_id).fee
    if fee is not None and fee.amount_vnd:
        work.payments.request(hoa, dossier_id)


def _scanned(station: Station, dossier_id: str) -> str:
    """Scan a stack for the last paper, sort it into two documents, keep nothing."""
    work, hoa = station.workspace, station.people["hoa"]
    paper = [each for each in work.dossiers.get(dossier_id).components if each.applies][-1]
    device = next(each for each in work.capture.scanners().devices if each.kind == "folder")
    station.lay_papers(7)
    batch = work.capture.start(hoa, dossier_id, paper.id, device.id, CaptureSettings(), lambda _: None)
    batch.wait()
    keys = [page.key for page in batch.pages()]
    batch.split(hoa, keys[1])
    batch.drop(hoa, keys[3])
    return paper.id


@dataclass
class Walk:
    """A window, where it stands, and what was found so far."""

    station: Station
    window: Window
    desk: Desk
    face: Face
    sizes: tuple[tuple[int, int], ...]
    screens: frozenset[str] | None = None
    deep: bool = False
    """Also look at the ends of what scrolls."""
    every_page: bool = True
    """Look at every page of a form."""
    found: list[Seen] = field(default_factory=list)
    pictures: list[Path] = field(default_factory=list)
    unseen: list[Path] = field(default_factory=list)
    """Screens of which no picture could be had, because the canvas stood still."""
    _size: int = 0
    _taken: dict[int, Path] = field(default_factory=dict)

    # ------------------------------------------------------------------ moving
    def run(self, act: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any, **named: Any) -> None:
        """Run something of the window's on its own loop, and wait for it."""
        done: concurrent.futures.Future[bool] = concurrent.futures.Future()

        async def go() -> None:
            try:
                await act(*arguments, **named)
            except Exception as error:  # noqa: BLE001 -- handed over to the test's thread
                done.set_exception(error)
            else:
                done.set_result(True)

        loop = self.desk._loop
        loop.call_soon_threadsafe(lambda: loop.create_task(go()), context=self.desk._context)
        done.result(20)

    def go(self, name: str, **where: str) -> None:
        """Show a screen, and wait until the browser has drawn it."""
        self.run(self.desk.go, name, **where)
        self.window.wait(self._drawn, f"{name} to be drawn")

    def _drawn(self) -> bool:
        names = layout_checks.names_of(self.desk.face.screen.view)[:12]
        there = set(self.window.page.evaluate(_NAMES))
        said = [text.value for text in layout_checks.texts_of([self.desk.face.screen.view])[0][:8]]
        page = self.window.page.evaluate("document.querySelector('flt-semantics-host').textContent")
        return (
            sum(name in there for name in names) >= 0.6 * len(names)
            and sum(text in page for text in said) >= 0.5 * len(said)
            and "loading" not in there
        )

    def tabs(self) -> list[str]:
        """Ids of the pages of the form that is shown, when all of them are drawn."""
        meant = layout_checks.names_of(self.desk.face.screen.view)
        pages = [name for name in meant if name.startswith("page-") and name[5:].isdigit()]
        self.window.wait(lambda: sorted(pages) == sorted(self._tabs_drawn()), f"{len(pages)} pages")
        return pages

    def _tabs_drawn(self) -> list[str]:
        there = self.window.page.evaluate(_NAMES)
        return [name for name in there if name.startswith("page-") and name[5:].isdigit()]

    def sign_in(self, login: str = "hoa") -> None:
        """Open the shell for somebody."""
        signed_in = self.station.door.sign_in(login, PASSPHRASE)
        self.run(self.desk.face._entered, signed_in)
        self.window.see("status-user")

    def wear(self, face: Face) -> None:
        """Change language, colours and size, as the settings sheet does."""
        if face == self.face:
            return

        async def change() -> None:
            self.desk.relook(language=face.language, scale=face.scale, mode=face.mode)
            self.desk.page.update()
            redraw = self.desk.face._redraw if isinstance(self.desk.face, Shell) else self.desk.face._redrawn
            await redraw()

        self.run(change)
        self.face = face
        self.window.quiet()

    def resize(self, size: tuple[int, int]) -> None:
        """Make the window so large."""
        page = self.window.page
        if (page.viewport_size["width"], page.viewport_size["height"]) != size:
            page.set_viewport_size({"width": size[0], "height": size[1]})
            self.window.quiet(0.2)

    # ------------------------------------------------------------------ looking
    def wanted(self, name: str) -> bool:
        """Whether a screen is part of this walk."""
        return self.screens is None or name.partition(".")[0] in self.screens

    def look(self, name: str) -> None:
        """Keep a picture of what is shown, in each size, and check it."""
        sizes = self.sizes if self._size == 0 else self.sizes[::-1]
        for size in sizes:
            self.resize(size)
            self.window.page.mouse.move(2, size[1] - 2)  # what it stood on shows its tip no more
            self.window.quiet(0.12)
            self._look(name, size)
            if self.deep:
                self._look_below(name, size)
        self._size = self.sizes.index(sizes[-1])

    def _look_below(self, name: str, size: tuple[int, int]) -> None:
        """The end of what scrolls, when there is more of it than shows."""
        tree = layout_checks.Tree.of(self.window.page)
        mouse = self.window.page.mouse
        for number, roll in enumerate(tree.long_rolls()):
            middle = ((roll.box.left + roll.box.right) / 2, (roll.box.top + roll.box.bottom) / 2)
            mouse.move(*middle)
            mouse.wheel(0, 20_000)
            self.window.quiet(0.2)
            mouse.move(2, size[1] - 2)
            moved = layout_checks.Tree.of(self.window.page)
            if moved.nodes == tree.nodes:
                continue
            self._look(f"{name}-end{number or ''}", size)
            mouse.move(*middle)
            mouse.wheel(0, -20_000)
            mouse.move(2, size[1] - 2)
            self.window.quiet(0.12)

    def _look(self, name: str, size: tuple[int, int]) -> None:
        folder = SCREENS / f"{self.face.language}-{size[0]}x{size[1]}-{self.face_tail}"
        folder.mkdir(parents=True, exist_ok=True)
        picture = folder / f"{name}.png"
        self.pictures.append(picture)
        self._still(picture)
        tree = layout_checks.Tree.of(self.window.page)
        for finding in layout_checks.look_at(tree, self.roots(), self.face.mode, self.face.scale):
            self.found.append(Seen(name, self.face, size, finding, picture))

    def _still(self, picture: Path) -> None:
        """Keep a picture when two in a row are the same: sheets fade in, tiles ring out.

        A busy machine's canvas may stand still while the tree moves on: a picture seen before is not kept. Such
        a window is stirred, then loaded anew; when that does not help, the screen is judged by its tree alone.
        """
        before, page = b"", self.window.page
        for attempt in range(30):
            now = page.screenshot()
            if now == before and self._taken.get(hash(now), picture) == picture:
                self._taken[hash(now)] = picture
                picture.write_bytes(now)
                return
            before = now
            if attempt == 10:
                self._stir()
            elif attempt == 18 and (self.desk.sheet is None or not self.desk.sheet.open):
                self._load_anew()
            page.wait_for_timeout(70 if attempt < 10 else 200)
        picture.unlink(missing_ok=True)
        self.unseen.append(picture)

    def _stir(self) -> None:
        """Have a canvas that stands still drawn again: its window becomes a little lower, and high again."""
        page = self.window.page
        page.bring_to_front()
        size = dict(page.viewport_size)
        page.set_viewport_size({**size, "height": size["height"] - 2})
        page.wait_for_timeout(120)
        page.set_viewport_size(size)
        page.wait_for_timeout(120)

    def _load_anew(self) -> None:
        """Give the window a fresh canvas; the desk's state is on the server's side and comes back."""
        self.window.page.reload()
        self.window.wake()
        self.window.quiet(0.5, 6)

    @property
    def face_tail(self) -> str:
        """Size of text and colours, for a folder's name."""
        return str(self.face).partition("-")[2]

    def roots(self) -> list[Any]:
        """What the server has the window show now."""
        sheet = self.desk.sheet
        if sheet is not None and sheet.open:
            return [sheet]
        return [self.desk.face.view]

    def close_sheet(self) -> None:
        """Take a sheet away."""
        self.window.press("Escape")
        self.window.wait(lambda: self.desk.sheet is None or not self.desk.sheet.open, "the sheet to go")
        self.window.quiet()

    def hush(self) -> None:
        """Take the line of news away."""
        self.window.see("result")
        self.run(self.desk._hide_toast)
        self.window.gone("result")

    def press(self, key: str) -> None:
        """Press a key and wait until nothing moves."""
        self.window.press(key)
        self.window.quiet(0.2)


# ------------------------------------------------------------------ the screens, in the order of the day
def before_the_trip(walk: Walk) -> None:
    """What shows before anybody signed in, and before the van is open."""
    walk.look("01-sign-in")
    walk.sign_in()
    try:
        walk.go("trip")
        walk.look("02-trip-plan")
    finally:  # the next look begins at the door, too
        walk.run(walk.desk.sign_out)
    walk.window.see("login")
    walk.window.quiet()


def the_day(walk: Walk, made: Prepared, *, every_page: bool) -> None:
    """Every screen of a day that is half over; of the forms every page, or the one with most to draw."""
    walk.every_page = every_page
    for name, show in SCREENS_OF_A_DAY.items():
        if walk.wanted(name):
            show(walk, made)


def _trip(walk: Walk, _made: Prepared) -> None:
    walk.go("trip")
    walk.look("03-trip-open")


def _intake(walk: Walk, _made: Prepared) -> None:
    walk.go("intake")
    walk.look("04-intake-empty")
    walk.run(walk.desk.face.screen._cards.read, VISITORS[0].card)
    walk.window.see("card-filled")
    walk.hush()
    walk.look("05-intake-card")
    walk.press("Alt+N")
    walk.window.press("F9")
    walk.window.see("result")
    walk.look("06-intake-family-errors")
    walk.hush()
    walk.press("F10")


def _ticket(walk: Walk, made: Prepared) -> None:
    async def nothing() -> None:
        """Nobody waits for the keyboard."""

    walk.go("intake")
    next_card = NextCard(walk.desk.face.screen.hub)
    walk.run(show_ticket, walk.desk, made.ticket, nothing, next_card)
    walk.window.see("ticket-number")
    walk.look("07-ticket")
    walk.close_sheet()


def _queue(walk: Walk, _made: Prepared) -> None:
    walk.go("queue")
    walk.look("08-queue")


def _dossiers(walk: Walk, _made: Prepared) -> None:
    walk.go("dossiers")
    walk.look("09-dossiers")


def _pages_of(walk: Walk, dossier_id: str, name: str) -> None:
    walk.go("dossier", id=dossier_id, step="form")
    walk.window.see("form-progress")
    pages = walk.tabs()[:MOST_PAGES]
    if not walk.every_page:
        pages = pages[1:2]
    for page in pages:
        walk.window.click(page)
        walk.window.page.mouse.move(2, walk.window.page.viewport_size["height"] - 2)
        walk.window.quiet(0.25)
        walk.look(f"{name}-{page}")
    if not pages:
        walk.look(name)


def _birth(walk: Walk, made: Prepared) -> None:
    _pages_of(walk, made.birth, "10-form-birth")


def _big(walk: Walk, made: Prepared) -> None:
    _pages_of(walk, made.big, "11-form-biggest")


def _papers(walk: Walk, made: Prepared) -> None:
    walk.go("dossier", id=made.birth, step="papers")
    walk.look("12-papers-to-scan")
    walk.go("dossier", id=made.business, step="papers")
    walk.look("13-papers-kept")


def _review(walk: Walk, made: Prepared) -> None:
    walk.go("review", id=made.birth, component=made.review)
    walk.look("13-review")
    walk.run(walk.desk.face.screen._looks.begin_crop)
    walk.look("13-review-cut")
    walk.run(walk.desk.face.screen._looks.end_crop)


def _fee(walk: Walk, made: Prepared) -> None:
    walk.go("dossier", id=made.business, step="fee")
    walk.look("14-fee")


def _submit(walk: Walk, made: Prepared) -> None:
    walk.go("dossier", id=made.birth, step="submit")
    walk.look("15-submit-gaps")
    walk.go("dossier", id=made.sent, step="submit")
    walk.look("16-submitted")


def _procedures(walk: Walk, _made: Prepared) -> None:
    walk.go("procedures", code="")
    walk.look("17-procedures")
    walk.go("procedures", code="1.004222")
    walk.look("18-procedure-questions")
    walk.press("1")
    walk.press("1")
    walk.look("19-procedure-answered")
    walk.desk.forget_state(ProceduresState)


def _editions(walk: Walk, _made: Prepared) -> None:
    walk.go("editions")
    walk.look("20-editions")


def _sync(walk: Walk, _made: Prepared) -> None:
    walk.go("sync")
    walk.look("21-sync")


def _close(walk: Walk, _made: Prepared) -> None:
    walk.go("close")
    walk.look("22-close")


def _sheets(walk: Walk, _made: Prepared) -> None:
    walk.go("queue")
    walk.run(walk.desk.face.settings)
    walk.window.see("settings-close")
    walk.look("23-settings")
    walk.close_sheet()
    walk.run(walk.desk.face.help)
    walk.window.see("help-close")
    walk.look("24-help")
    walk.close_sheet()


SCREENS_OF_A_DAY: dict[str, Callable[[Walk, Prepared], None]] = {
    "trip": _trip,
    "intake": _intake,
    "ticket": _ticket,
    "queue": _queue,
    "dossiers": _dossiers,
    "birth": _birth,
    "biggest": _big,
    "papers": _papers,
    "review": _review,
    "fee": _fee,
    "submit": _submit,
    "procedures": _procedures,
    "editions": _editions,
    "sync": _sync,
    "close": _close,
    "sheets": _sheets,
}
