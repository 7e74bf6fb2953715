"""Three defects of Flet 1.0.5: each is shown without our guard, and gone with it. Drop a guard when its first test fails."""

from __future__ import annotations

import asyncio
import importlib.util
from types import SimpleNamespace

import flet as ft
import msgpack
import pytest
from flet.messaging import session as session_module
from flet.messaging.protocol import Message, MessageAction, PatchControlBody
from flet_web.fastapi import flet_app
from starlette.websockets import WebSocketDisconnect

from van_station.ui import flet_guards

REGISTER = b"\x00" + msgpack.packb([1, {"session_id": None, "page_name": "", "page": {"route": "/"}}])
MANY = 50


def fresh(module):
    """The module as Flet ships it, without what our guards put on its classes."""
    spec = importlib.util.spec_from_file_location(f"{module.__name__}_as_shipped", module.__file__)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(autouse=True)
def guards():
    flet_guards.apply(session_timeout_s=60, max_queued_frames=flet_guards.MAX_QUEUED_FRAMES)


class Window:
    """A window's end of the line: registers, then goes away while a frame is being sent."""

    def __init__(self, *, dies_at_frame: int | None = None, reads: bool = True) -> None:
        self.client = SimpleNamespace(host="127.0.0.1")
        self.headers, self.cookies = {"user-agent": "test"}, {}
        self.url = SimpleNamespace(path="/ws", __str__=lambda _: "ws://127.0.0.1/ws")
        self.sent = 0
        self.closed_with = None
        self._dies_at, self._reads = dies_at_frame, reads
        self._inbox: asyncio.Queue = asyncio.Queue()
        self._inbox.put_nowait(REGISTER)

    async def accept(self) -> None: ...

    async def receive_bytes(self) -> bytes:
        got = await self._inbox.get()
        if got is None:
            raise WebSocketDisconnect(1001)
        return got

    async def send_bytes(self, _data: bytes) -> None:
        if not self._reads:
            await asyncio.Event().wait()
        self.sent += 1
        if self.sent == self._dies_at:
            self._inbox.put_nowait(None)
            raise WebSocketDisconnect(1006)

    async def close(self, code: int) -> None:
        self.closed_with = code
        self._inbox.put_nowait(None)

    def leave(self) -> None:
        self._inbox.put_nowait(None)


async def draw(page: ft.Page) -> None:
    page.add(ft.Text("x"))
    page.update()


def connect(app_class, window: Window):
    app = app_class(
        loop=asyncio.get_running_loop(),
        executor=None,
        main=draw,
        before_main=None,
        session_timeout_seconds=60,
    )
    return app, asyncio.create_task(app.handle(window))


def session_of(app):
    return app._FletApp__session


# ------------------------------------------------------------------ 1: a session that never ends
async def session_ends(app_class) -> bool:
    window = Window(dies_at_frame=2)
    app, task = connect(app_class, window)
    await asyncio.wait({task}, timeout=5)
    task.exception()
    return session_of(app) is None or session_of(app).expires_at is not None


def test_as_shipped_a_window_that_goes_while_a_frame_is_sent_leaves_its_session_for_ever():
    assert asyncio.run(session_ends(fresh(flet_app).FletApp)) is False


def test_guarded_a_window_that_goes_while_a_frame_is_sent_ends_its_session():
    assert asyncio.run(session_ends(flet_app.FletApp)) is True


# ------------------------------------------------------------------ 2: frames without bound
async def most_frames_waiting(app_class) -> tuple[int, int | None]:
    window = Window(reads=False)
    app, task = connect(app_class, window)
    while session_of(app) is None:  # noqa: ASYNC110
        await asyncio.sleep(0)
    for _ in range(flet_guards.MAX_QUEUED_FRAMES + MANY):
        app.send_message(Message(MessageAction.PATCH_CONTROL, PatchControlBody(1, [])))
    queue = app._FletApp__send_queue
    waiting = queue.qsize() if queue is not None else 0
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    return waiting, window.closed_with


def test_as_shipped_frames_for_a_window_that_stopped_reading_pile_up_without_bound():
    waiting, _ = asyncio.run(most_frames_waiting(fresh(flet_app).FletApp))
    assert waiting >= flet_guards.MAX_QUEUED_FRAMES + MANY


def test_guarded_a_window_that_stopped_reading_is_cut_off():
    waiting, closed_with = asyncio.run(most_frames_waiting(flet_app.FletApp))
    assert waiting <= flet_guards.MAX_QUEUED_FRAMES
    assert closed_with == 1013


# ------------------------------------------------------------------ 3: a late answer
async def late_answer(session_class) -> str:
    """Ask a control for something, take it off the page, then let the answer come."""
    conn = SimpleNamespace(
        pubsubhub=None, send_message=lambda _message: None, loop=asyncio.get_running_loop()
    )
    session = session_class(conn)
    gone = ft.TextField()
    calls = session._Session__method_calls
    asked = asyncio.create_task(session.invoke_method(gone._i, "focus", None, 1))
    while not calls:  # noqa: ASYNC110
        await asyncio.sleep(0)
    session.handle_invoke_method_results(gone._i, next(iter(calls)), "late", None)
    return await asked


def test_as_shipped_an_answer_from_a_control_that_left_breaks_the_receive_loop():
    with pytest.raises(RuntimeError, match="not registered"):
        asyncio.run(late_answer(fresh(session_module).Session))


def test_guarded_an_answer_from_a_control_that_left_is_taken():
    assert asyncio.run(late_answer(session_module.Session)) == "late"
