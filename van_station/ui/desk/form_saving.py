"""Keeps what is typed: one answer after another, shortly after the last key, again when the disk refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from van_station.rules.json_values import JsonValue
from van_station.services.dossier_views import FormView
from van_station.ui.debounce import Latest

AUTOSAVE_S = 0.4
Standing = Literal["still", "saving", "saved", "failed"]
Keep = Callable[[str, JsonValue], Awaitable[FormView]]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an answer could not be kept: a code with its details."""

    code: str
    details: Mapping[str, str | int] = field(default_factory=dict)


class Saving:
    """Writes answers in the order in which they were given. No window in here.

    Args:
        keep: writes one answer; durable when it returns.
        kept: told of each answer that is kept, with the form as it stands then.
        told: told when the standing changed.
        pause_s: how long nobody types before an answer is kept by itself.
    """

    def __init__(
        self,
        keep: Keep,
        kept: Callable[[str, FormView], Awaitable[None]],
        told: Callable[[], None],
        pause_s: float = AUTOSAVE_S,
    ) -> None:
        self._keep, self._kept, self._told, self._pause_s = keep, kept, told, pause_s
        self._order = asyncio.Lock()
        self._latest: dict[str, Latest] = {}
        self.waiting: dict[str, JsonValue] = {}
        """Answers that are not kept yet, by pointer."""
        self.standing: Standing = "still"
        self.failure: Failure | None = None

    @property
    def busy(self) -> bool:
        """Whether an answer is being written at this moment."""
        return self._order.locked()

    async def typed(self, pointer: str, value: JsonValue) -> None:
        """Note what is being typed; it is kept when nobody has typed for a moment."""
        self.waiting[pointer] = value
        if (
            await self._latest.setdefault(pointer, Latest(self._pause_s)).settled()
            and pointer in self.waiting
        ):
            await self.flush(pointer)

    async def answer(self, pointer: str, value: JsonValue) -> bool:
        """Keep an answer now. Returns whether it is on the disk."""
        self.waiting[pointer] = value
        return await self.flush(pointer)

    def forget(self, pointer: str) -> None:
        """The field says what is kept already."""
        self.waiting.pop(pointer, None)

    async def flush(self, *pointers: str) -> bool:
        """Keep what waits, at these places or everywhere. Returns whether nothing is left of it.

        Raises:
            Whatever is no refusal: a defect.
        """
        for pointer in pointers or tuple(self.waiting):
            async with self._order:
                while pointer in self.waiting:
                    value = self.waiting[pointer]
                    if not await self._write(pointer, value):
                        return False
                    if self.waiting.get(pointer) is value:
                        del self.waiting[pointer]
        return True

    async def _write(self, pointer: str, value: JsonValue) -> bool:
        self._stand("saving", self.failure)  # what failed is said until it is mended
        try:
            form = await self._keep(pointer, value)
        except Exception as error:
            code = getattr(error, "code", None)
            if not isinstance(code, str):
                self._stand("failed", Failure("ui.defect"))
                raise
            self._stand("failed", Failure(code, dict(getattr(error, "details", {}))))
            return False
        self._stand("saved")
        await self._kept(pointer, form)
        return True

    async def alone(self, work: Callable[[], Awaitable[FormView]]) -> FormView:
        """Do something to the form, such as adding an item, when all that was typed before is written."""
        await self.flush()
        async with self._order:
            self._stand("saving", self.failure)
            try:
                form = await work()
            except BaseException:
                self._stand("failed" if self.failure else "still", self.failure)
                raise
            self._stand("saved")
            return form

    def _stand(self, standing: Standing, failure: Failure | None = None) -> None:
        self.standing, self.failure = standing, failure
        self._told()
