"""Run-time guards for three defects of Flet 1.0.5, each with a test that fails without it.

Drop a guard when upstream has mended its defect: the test that shows the defect as shipped will tell.

1. A session that never ends: `FletApp.handle` awaits its send loop, which raises when the window closes while
   a frame is being sent; `disconnect_session` is then skipped, and the session keeps what it shows for ever.
2. No back-pressure: the queue of frames for a window has no bound; with a window that stopped reading it
   grows without limit.
3. A late answer ends the connection: the result of a call (such as `focus`) to a control that has left the
   page meanwhile raises in the receive loop, which ends; and whoever awaits that call waits for ever.
"""

from __future__ import annotations

import logging
from typing import Any

from flet.messaging.session import Session
from flet_web.fastapi import flet_app
from starlette.websockets import WebSocket

log = logging.getLogger(__name__)
MAX_QUEUED_FRAMES = 2000


def apply(*, session_timeout_s: int, max_queued_frames: int = MAX_QUEUED_FRAMES) -> None:
    """Guard `FletApp` in place; harmless when called twice.

    Args:
        session_timeout_s: how long a session outlives its window.
        max_queued_frames: a window that falls further behind is cut off; it may reconnect.
    """
    if getattr(flet_app.FletApp, "_van_station_guarded", False):
        return
    original_handle, original_send = flet_app.FletApp.handle, flet_app.FletApp.send_message

    async def handle(self: Any, websocket: WebSocket) -> None:
        try:
            await original_handle(self, websocket)
        except Exception as error:  # noqa: BLE001 -- an edge: whatever ended the connection, the session must hear of it
            log.info("window connection ended: %s", type(error).__name__)
        finally:
            await _end_session(self, session_timeout_s)

    def send_message(self: Any, message: Any) -> None:
        queue = self._FletApp__send_queue
        if queue is None:  # the window is gone
            return
        if queue.qsize() > max_queued_frames:
            log.warning("window stopped reading: %d frames wait, cut off", queue.qsize())
            self._FletApp__send_queue = None
            self.loop.create_task(self._FletApp__websocket.close(1013))
            return
        original_send(self, message)

    original_results = Session.handle_invoke_method_results

    def handle_results(self: Any, control_id: int, call_id: str, result: Any, error: str | None) -> None:
        if control_id in self.index:
            original_results(self, control_id, call_id, result, error)
            return
        event = self._Session__method_calls.pop(call_id, None)
        if event is not None:
            self._Session__method_call_results[event] = (result, error)
            event.set()

    Session.handle_invoke_method_results = handle_results  # type: ignore[method-assign]
    flet_app.FletApp.handle = handle
    flet_app.FletApp.send_message = send_message
    flet_app.FletApp._van_station_guarded = True  # noqa: SLF001 -- our own mark on their class


async def _end_session(app: Any, timeout_s: int) -> None:
    session = app._FletApp__session  # noqa: SLF001 -- their class, guarded from outside
    if session is not None and session.connection is app:
        unique = app._FletApp__get_unique_session_id(session.id)  # noqa: SLF001 -- likewise
        await flet_app.app_manager.disconnect_session(unique, timeout_s)
