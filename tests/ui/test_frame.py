"""How handlers run: one at a time, errors in words, nothing personal in the log."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace

from van_station.services.errors import Refused
from van_station.ui.frame import Frame, Look


def in_window(act):
    async def run():
        return await act(Frame(SimpleNamespace(), Look()))

    return asyncio.run(run())


def test_a_second_press_while_the_first_runs_does_nothing():
    calls = []

    async def act(frame):
        going = asyncio.Event()

        async def call_next() -> None:
            calls.append(1)
            await going.wait()

        handle = frame.on(call_next)
        first = asyncio.create_task(handle(None))
        await asyncio.sleep(0)
        await handle(None)
        going.set()
        await first
        await handle(None)

    in_window(act)
    assert len(calls) == 2


def test_every_change_of_a_text_gets_through():
    calls = []

    async def act(frame):
        going = asyncio.Event()

        async def typed() -> None:
            calls.append(1)
            await going.wait()

        handle = frame.on(typed, again=True)
        tasks = [asyncio.create_task(handle(None)) for _ in range(3)]
        await asyncio.sleep(0)
        going.set()
        await asyncio.gather(*tasks)

    in_window(act)
    assert len(calls) == 3


def test_a_refusal_is_shown_by_its_code_and_details():
    shown = []

    async def act(frame):
        frame.refused = lambda code, details: shown.append((code, details))

        async def refuse() -> None:
            raise Refused("trip.people_waiting", count=3)

        await frame.on(refuse)(None)

    in_window(act)
    assert shown == [("trip.people_waiting", {"count": 3})]


def test_a_defect_is_shown_and_logged_without_what_somebody_typed(caplog):
    shown = []
    typed = "Nguyễn Thị Ví Dụ 001199000123"

    async def act(frame):
        frame.defect = shown.append

        async def broken() -> None:
            raise KeyError(typed)

        await frame.on(broken)(None)

    with caplog.at_level(logging.DEBUG):
        in_window(act)
    assert [type(error) for error in shown] == [KeyError]
    assert "KeyError" in caplog.text
    assert "test_frame.py" in caplog.text
    assert "Ví Dụ" not in caplog.text
    assert "001199000123" not in caplog.text


def test_after_a_defect_the_button_works_again():
    calls = []

    async def act(frame):
        async def broken() -> None:
            calls.append(1)
            raise ValueError

        handle = frame.on(broken)
        await handle(None)
        await handle(None)

    in_window(act)
    assert len(calls) == 2


def test_a_control_that_left_the_page_keeps_nobody_waiting():
    async def gone() -> None:
        raise RuntimeError("Control must be added to the page first")

    in_window(lambda frame: frame.focus(SimpleNamespace(focus=gone)))
