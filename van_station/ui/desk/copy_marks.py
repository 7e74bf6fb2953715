"""What a signed copy says of itself: a badge, and who scanned and certified it."""

from __future__ import annotations

import flet as ft

from van_station.services.copy_views import CopyRecord, CopyState, CopyView
from van_station.ui import parts, theme
from van_station.ui.parts import Style
from van_station.ui.session import Desk

_LOOKS: dict[CopyState, tuple[str, theme.Tone, ft.IconData]] = {
    CopyState.UNSIGNED: ("certify.state_unsigned", "neutral", ft.Icons.EDIT_OFF_OUTLINED),
    CopyState.RESCANNED: ("certify.state_rescanned", "warn", ft.Icons.REPLAY_ROUNDED),
    CopyState.SIGNED: ("certify.state_signed", "good", ft.Icons.VERIFIED_OUTLINED),
    CopyState.BROKEN: ("certify.state_broken", "bad", ft.Icons.GPP_BAD_OUTLINED),
    CopyState.CLOSED: ("certify.state_closed", "info", ft.Icons.LOCK_OUTLINE_ROUNDED),
}


def state_words(desk: Desk, state: CopyState) -> str:
    """Return a state in words."""
    return desk.say(_LOOKS[state][0])


def copy_badge(desk: Desk, copy: CopyView) -> ft.Control:
    """Return the badge of a document's signature."""
    _, tone, icon = _LOOKS[copy.state]
    badge = parts.badge(desk, state_words(desk, copy.state), tone, icon)
    return parts.tid(f"copy-state-{copy.file_id}", badge)


def copy_lines(desk: Desk, copy: CopyView) -> list[ft.Control]:
    """Return who scanned, who certified and when, and with which certificate; small lines."""
    say = desk.say
    lines = [say("certify.captured", name=copy.captured_by, at=copy.captured_at)]
    if copy.record is not None:
        lines += _record_lines(desk, copy, copy.record)
    if copy.earlier is not None:
        earlier = copy.earlier
        lines.append(say("certify.earlier", name=earlier.certified_by, at=earlier.certified_at))
    return [parts.text(line, Style.BODY_SMALL, color=desk.palette.quiet) for line in lines]


def _record_lines(desk: Desk, copy: CopyView, record: CopyRecord) -> list[str]:
    say = desk.say
    facts = [say("certify.level", level=record.level)]
    if record.revocation != "good":
        facts.append(say("certify.not_checked"))
    if copy.trusted is False:
        facts.append(say("certify.trusted_no"))
    elif copy.checked and copy.trusted is None:
        facts.append(say("certify.trusted_unknown"))
    fingerprint = record.certificate_sha256[:16].upper()
    return [
        say("certify.by", name=record.certified_by, at=record.certified_at),
        say("certify.certificate", holder=record.signer_name, issuer=record.issuer_name, print=fingerprint),
        " · ".join(facts),
    ]
