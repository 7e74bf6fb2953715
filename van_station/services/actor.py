"""Who acts: the signed-in person, and the check every service makes first."""

from __future__ import annotations

from dataclasses import dataclass

from van_station.rules.access import Act, Role, may
from van_station.services.errors import NotPermitted


@dataclass(frozen=True)
class Actor:
    """A person signed in at a counter of this machine."""

    user_id: str
    login: str
    full_name: str
    role: Role
    counter: str

    def may(self, act: Act) -> bool:
        """Whether this person's role includes `act`."""
        return may(self.role, act)


def require(actor: Actor, act: Act) -> None:
    """Raise NotPermitted unless the actor's role includes `act`."""
    if not actor.may(act):
        raise NotPermitted(act=act.value)
