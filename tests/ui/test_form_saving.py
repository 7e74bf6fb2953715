"""Keeping what is typed: in order, after the last key, and again when the disk refused."""

from __future__ import annotations

import asyncio

import pytest

from van_station.services.dossier_views import FormView
from van_station.store.errors import StoreFull
from van_station.ui.desk.form_saving import Saving

FORM = FormView("", "", (), (), 0, 0, editable=True)


class Disk:
    """Keeps answers; may be slow or full."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, object]] = []
        self.full = False
        self.slow = asyncio.Event()
        self.slow.set()

    async def keep(self, pointer: str, value: object) -> FormView:
        await self.slow.wait()
        if self.full:
            raise StoreFull
        self.kept.append((pointer, value))
        return FORM


def saving_on(disk: Disk) -> tuple[Saving, list[str]]:
    said: list[str] = []

    async def kept(_pointer: str, _form: FormView) -> None:
        said.append("kept")

    made = Saving(disk.keep, kept, lambda: said.append(made.standing), pause_s=0)
    return made, said


def run(test) -> None:
    async def inside() -> None:
        await test(Disk())

    asyncio.run(inside())


def test_a_burst_of_keys_is_kept_once_with_its_last_state():
    async def check(disk):
        saving, said = saving_on(disk)
        await asyncio.gather(*(saving.typed("/a", text) for text in ("N", "Ng", "Ngu")))
        assert disk.kept == [("/a", "Ngu")]
        assert said == ["saving", "saved", "kept"]
        assert saving.waiting == {}

    run(check)


def test_saved_is_said_only_when_the_disk_has_it():
    async def check(disk):
        saving, said = saving_on(disk)
        disk.slow.clear()
        task = asyncio.create_task(saving.answer("/a", "x"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert said == ["saving"]
        disk.slow.set()
        assert await task
        assert saving.standing == "saved"

    run(check)


def test_a_full_disk_is_said_and_the_text_is_kept_for_another_try():
    async def check(disk):
        saving, said = saving_on(disk)
        disk.full = True
        assert not await saving.answer("/a", "x")
        assert (saving.standing, saving.failure.code) == ("failed", StoreFull.code)
        assert saving.waiting == {"/a": "x"}
        assert "kept" not in said
        assert not await saving.flush()
        assert said == ["saving", "failed"] * 2
        disk.full = False
        assert await saving.flush()
        assert (disk.kept, saving.failure) == ([("/a", "x")], None)

    run(check)


def test_what_is_typed_while_the_disk_writes_is_written_next():
    async def check(disk):
        saving, _ = saving_on(disk)
        disk.slow.clear()
        first = asyncio.create_task(saving.answer("/a", "x"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        saving.waiting["/a"] = "xy"
        disk.slow.set()
        await first
        assert disk.kept == [("/a", "x"), ("/a", "xy")]

    run(check)


def test_rows_change_only_when_all_that_was_typed_is_written():
    async def check(disk):
        saving, _ = saving_on(disk)
        saving.waiting["/a"] = "x"

        async def act() -> FormView:
            disk.kept.append(("row", None))
            return FORM

        await saving.alone(act)
        assert disk.kept == [("/a", "x"), ("row", None)]

    run(check)


def test_a_defect_is_not_swallowed():
    async def check(disk):
        async def broken(_pointer: str, _value: object) -> FormView:
            raise ZeroDivisionError

        saving, _ = saving_on(disk)
        saving._keep = broken
        with pytest.raises(ZeroDivisionError):
            await saving.answer("/a", "x")
        assert saving.standing == "failed"
        assert saving.waiting == {"/a": "x"}

    run(check)
