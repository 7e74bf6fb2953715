"""The door of a machine: signing in opens the store, signing out of the last one closes it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from van_station.rules.access import Role
from van_station.security import DeviceKeys, Keyring
from van_station.security import SignInRefused as SlotRefused
from van_station.services.accounts import UserView, normal_login
from van_station.services.actor import Actor
from van_station.services.clock import Clock
from van_station.services.errors import NotNow, Refused, SignInRefused
from van_station.services.workspace import Workspace

FREE_TRIES = 3
LONGEST_WAIT_S = 300
_MAX_ATTEMPTS_BYTES = 4096
_MAX_COUNTED = 100


@dataclass(frozen=True)
class DemoUser:
    """An invented user of the demonstration, shown on its sign-in page."""

    login: str
    passphrase: str = field(repr=False)
    full_name: str
    role: Role


@dataclass(frozen=True)
class SignedIn:
    """What a person gets for the right passphrase."""

    workspace: Workspace
    actor: Actor


class Attempts:
    """Failed sign-ins of this machine, kept on disk so that a restart does not forgive them.

    The file holds a count and a moment, no login names. Each failure after the third doubles the
    wait, up to five minutes.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def wait_s(self) -> int:
        """Return how long the next try has to wait, in seconds."""
        failed, last = self._read()
        if failed < FREE_TRIES or last is None:
            return 0
        pause = min(2 ** (failed - FREE_TRIES + 1), LONGEST_WAIT_S)
        left = last + timedelta(seconds=pause) - self._clock.now()
        return min(max(int(left.total_seconds() + 0.999), 0), LONGEST_WAIT_S)

    def failed(self) -> None:
        """Count one more failure."""
        count = self._read()[0] + 1
        self._write({"failed": count, "last": self._clock.now().isoformat()})

    def passed(self) -> None:
        """Forget the failures after a right passphrase."""
        if self._path.exists():
            self._write({"failed": 0, "last": None})

    def _read(self) -> tuple[int, datetime | None]:
        try:
            with self._path.open("rb") as file:
                data = json.loads(file.read(_MAX_ATTEMPTS_BYTES))
            failed = min(max(int(data["failed"]), 0), _MAX_COUNTED)
            last = datetime.fromisoformat(data["last"]) if data["last"] else None
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            return 0, None
        return failed, last if last and last.tzinfo else None

    def _write(self, data: dict[str, object]) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            with fresh.open("w", encoding="ascii") as file:
                json.dump(data, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            raise NotNow("store.disk") from error


class Door:
    """Signs people in and out. The store is open from the first sign-in to the last sign-out."""

    def __init__(
        self,
        keyring: Keyring,
        open_workspace: Callable[[DeviceKeys], Workspace],
        attempts: Attempts,
        *,
        counter: str,
        practice: bool = False,
        hints: tuple[DemoUser, ...] = (),
    ) -> None:
        self._keyring = keyring
        self._open_workspace = open_workspace
        self._attempts = attempts
        self._counter = counter
        self._hints = hints
        self._workspace: Workspace | None = None
        self._inside = 0
        self._lock = threading.RLock()
        self.practice = practice

    def hints(self) -> tuple[DemoUser, ...]:
        """Return the invented users of a demonstration; () on a real machine."""
        return self._hints

    def sign_in(self, login: str, passphrase: str) -> SignedIn:
        """Open the machine for a person.

        Raises:
            SignInRefused: unknown login, wrong passphrase or too many tries; `wait_s` says how long.
            NotNow, StoreError: the disk takes no more, or the store can't be opened; nobody is in then.
        """
        with self._lock:
            wait_s = self._attempts.wait_s()
            if wait_s:
                raise SignInRefused(wait_s=wait_s)
            try:
                keys = self._keyring.unlock(normal_login(login), passphrase)
            except SlotRefused:
                self._attempts.failed()
                raise SignInRefused(wait_s=self._attempts.wait_s()) from None
            workspace = self._workspace or self._open_workspace(keys)
            try:
                user = self._known_user(workspace, login)
                self._attempts.passed()
                workspace.note_sign_in(user.id)
            except BaseException:
                self._close_unused(workspace)
                raise
            self._workspace = workspace
            self._inside += 1
            return SignedIn(workspace, self._actor(user))

    def check(self, actor: Actor, passphrase: str) -> None:
        """Unlock a locked window: the same person's passphrase again, counted like a sign-in."""
        with self._lock:
            wait_s = self._attempts.wait_s()
            if wait_s:
                raise SignInRefused(wait_s=wait_s)
            try:
                self._keyring.unlock(actor.login, passphrase)
            except SlotRefused:
                self._attempts.failed()
                raise SignInRefused(wait_s=self._attempts.wait_s()) from None
            self._attempts.passed()

    def sign_out(self, actor: Actor) -> None:
        """End a person's session; the last one out closes the store and forgets the keys."""
        with self._lock:
            if self._workspace is None:
                return
            self._workspace.note_sign_out(actor.user_id)
            self._inside = max(self._inside - 1, 0)
            if self._inside == 0:
                self.close()

    def close(self) -> None:
        """Close the store, whoever is inside."""
        with self._lock:
            workspace, self._workspace, self._inside = self._workspace, None, 0
            if workspace is not None:
                workspace.close()

    def workspace(self) -> Workspace:
        """Return the open workspace; Refused (station.locked) when nobody is signed in."""
        if self._workspace is None:
            raise Refused("station.locked")
        return self._workspace

    def _known_user(self, workspace: Workspace, login: str) -> UserView:
        """Return the active user; a slot whose user was taken away is refused like a wrong passphrase."""
        user = workspace.accounts.by_login(login)
        if user is None:
            self._attempts.failed()
            raise SignInRefused(wait_s=self._attempts.wait_s())
        return user

    def _close_unused(self, workspace: Workspace) -> None:
        if workspace is not self._workspace:
            workspace.close()

    def _actor(self, user: UserView) -> Actor:
        return Actor(user.id, user.login, user.full_name, user.role, self._counter)
