"""Named ways to scan, kept for each device: source, sides, colour, resolution, size, its own options.

The text of one device's profiles is JSON: `{"version": 1, "profiles": [{"name": ..., "dpi": ..., ...}]}`,
with the fields of `ScanSettings`. Who keeps it, and where, is the caller's business.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from scanning.devices.options import DeviceOption, Unfit, unfit_options
from scanning.devices.settings import ScanSettings
from scanning.errors import ScanningError

MAX_PROFILES: Final = 20
MAX_NAME: Final = 40
_MAX_TEXT: Final = 64 * 1024
_VERSION: Final = 1
_DPI_RANGE: Final = (50, 1200)
_SIDE_MM: Final = (10.0, 1200.0)


class ProfileRefused(ScanningError):
    """Not a profile, a name that can't be one, or too many of them."""

    code = "scan.profile_refused"


@dataclass(frozen=True, slots=True)
class Profile:
    """A named way to scan with one device; `settings.max_pages` and `settings.raw` are left to the day."""

    name: str
    settings: ScanSettings


def with_profile(profiles: Iterable[Profile], new: Profile) -> tuple[Profile, ...]:
    """Return the profiles with one more, or one changed, in the order of their names.

    Raises:
        ProfileRefused: no proper name, a value out of range, or one too many.
    """
    name = " ".join(new.name.split())
    _check(Profile(name, new.settings))
    others = [profile for profile in profiles if profile.name.casefold() != name.casefold()]
    if len(others) >= MAX_PROFILES:
        raise ProfileRefused("too many profiles")
    return tuple(sorted([*others, Profile(name, new.settings)], key=lambda profile: profile.name.casefold()))


def without_profile(profiles: Iterable[Profile], name: str) -> tuple[Profile, ...]:
    """Return the profiles without one; without a change when there is none of that name."""
    return tuple(profile for profile in profiles if profile.name != name)


def unfit(profile: Profile, offered: Sequence[DeviceOption]) -> tuple[Unfit, ...]:
    """Return the options of a profile that the device does not take (any more), named.

    Resolution and size are not among them: the nearest that the device has is used.
    """
    return unfit_options(profile.settings.options, offered)


def to_text(profiles: Iterable[Profile]) -> str:
    """Write the profiles of one device."""
    entries = [{"name": profile.name, **asdict(profile.settings)} for profile in profiles]
    for entry in entries:
        del entry["max_pages"], entry["raw"]
    return json.dumps({"version": _VERSION, "profiles": entries}, ensure_ascii=False)


def from_text(text: str) -> tuple[Profile, ...]:
    """Read what `to_text` wrote.

    Raises:
        ProfileRefused: something else, a newer version, an entry or value that is not one.
    """
    try:
        if len(text) > _MAX_TEXT:
            raise ProfileRefused("too much")
        whole = json.loads(text)
        if whole["version"] != _VERSION:
            raise ProfileRefused("another version")
        found: tuple[Profile, ...] = ()
        for entry in whole["profiles"]:
            found = with_profile(found, _profile(entry))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProfileRefused("not profiles") from error
    return found


def _profile(entry: Mapping[str, Any]) -> Profile:
    known = {each.name for each in fields(ScanSettings)}
    given = {key: value for key, value in entry.items() if key != "name"}
    if set(given) - known:
        raise ProfileRefused("an unknown entry")
    if given.get("page_size_mm") is not None:
        given["page_size_mm"] = tuple(float(side) for side in given["page_size_mm"])
    given["options"] = tuple((name, value) for name, value in given.get("options", ()))
    return Profile(entry["name"], ScanSettings(**given))


def _check(profile: Profile) -> None:
    settings = profile.settings
    size = settings.page_size_mm
    sound = (
        0 < len(profile.name) <= MAX_NAME
        and profile.name.isprintable()
        and _DPI_RANGE[0] <= settings.dpi <= _DPI_RANGE[1]
        and settings.mode in ("color", "gray")
        and settings.source in ("adf", "flatbed")
        and isinstance(settings.duplex, bool)
        and (size is None or (len(size) == 2 and all(_SIDE_MM[0] <= side <= _SIDE_MM[1] for side in size)))
        and len(settings.options) <= 200
        and all(
            isinstance(name, str) and isinstance(value, bool | int | float | str)
            for name, value in settings.options
        )
    )
    if not sound:
        raise ProfileRefused("a value out of range")
