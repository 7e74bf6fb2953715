"""Users of this machine: who may sign in, as what."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlmodel import col, select

from van_station.records.people import User
from van_station.rules.access import Act, Role
from van_station.security import SlotRefused
from van_station.services.actor import Actor, require
from van_station.services.errors import NotFound, Refused
from van_station.store import Store

MIN_PASSPHRASE = 8
MAX_PASSPHRASE = 256
MAX_LOGIN = 64


@dataclass(frozen=True)
class UserView:
    """A user as lists show them."""

    id: str
    login: str
    full_name: str
    role: Role
    active: bool


@dataclass(frozen=True)
class KeySlots:
    """What accounts may do with the keyring: give and take the slot that opens this machine."""

    add: Callable[[str, str], None]
    """(login, passphrase)"""
    remove: Callable[[str], None]
    """(login)"""


class Accounts:
    """Users and their key slots. The passphrase goes to the keyring and nowhere else."""

    def __init__(self, store: Store, slots: KeySlots) -> None:
        self._store = store
        self._slots = slots

    def users(self) -> tuple[UserView, ...]:
        """Return all users, active ones first, by name."""
        with self._store.reading() as session:
            rows = session.exec(select(User).order_by(col(User.active).desc(), col(User.full_name))).all()
            return tuple(_view(row) for row in rows)

    def by_login(self, login: str) -> UserView | None:
        """Return the active user of a login name, letter case ignored."""
        with self._store.reading() as session:
            row = session.exec(select(User).where(User.login == normal_login(login), User.active)).first()
            return _view(row) if row else None

    def create(self, actor: Actor, login: str, full_name: str, role: Role, passphrase: str) -> UserView:
        """Give a person an account and a key slot on this machine.

        Raises:
            Refused: user.login_taken, user.login_invalid, user.passphrase_short.
        """
        require(actor, Act.USERS)
        name = acceptable_user(login, full_name, passphrase)
        if self.by_login(name) is not None:
            raise Refused("user.login_taken")
        user = User(login=name, full_name=full_name.strip(), role=role.value)
        self._slots.add(name, passphrase)
        with self._store.unit(actor.user_id, "user.create", ("user", user.id)) as unit:
            unit.save(user)
            unit.note({"role": role.value})
        return _view(user)

    def deactivate(self, actor: Actor, user_id: str) -> None:
        """Take a person's account and key slot away; what they did stays."""
        require(actor, Act.USERS)
        if user_id == actor.user_id:
            raise Refused("user.self")
        with self._store.unit(actor.user_id, "user.deactivate", ("user", user_id)) as unit:
            user = unit.session.get(User, user_id)
            if user is None:
                raise NotFound
            user.active = False
            unit.save(user)
        if self.by_login(user.login) is None:  # the login may have been given to somebody else since
            with suppress(SlotRefused):  # no slot on this machine
                self._slots.remove(user.login)


def acceptable_user(login: str, full_name: str, passphrase: str) -> str:
    """Return the login name as it is kept.

    Raises:
        Refused: user.login_invalid, user.name_missing, user.passphrase_short.
    """
    name = normal_login(login)
    if not name or len(name) > MAX_LOGIN or not name.replace(".", "").replace("-", "").isalnum():
        raise Refused("user.login_invalid")
    if not full_name.strip():
        raise Refused("user.name_missing")
    if not MIN_PASSPHRASE <= len(passphrase) <= MAX_PASSPHRASE:
        raise Refused("user.passphrase_short", least=MIN_PASSPHRASE)
    return name


def normal_login(login: str) -> str:
    """Return a login name as it is kept: trimmed, in lower case."""
    return login.strip().casefold()


def _view(row: User) -> UserView:
    return UserView(row.id, row.login, row.full_name, Role(row.role), row.active)
