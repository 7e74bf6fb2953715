"""Facts of a procedure in words and pictures."""

from __future__ import annotations

import flet as ft

from van_station.services.catalogue import ProcedureCard
from van_station.services.guidance import AskedQuestion, FeeLine, NeededPaper
from van_station.ui import parts, theme, words
from van_station.ui.desk.procedures_state import OTHER, PaperGroup
from van_station.ui.frame import Frame

DOMAIN_ICONS: dict[str, ft.IconData] = {
    "": ft.Icons.APPS_ROUNDED,
    OTHER: ft.Icons.MORE_HORIZ_ROUNDED,
    "civil_status": ft.Icons.FAMILY_RESTROOM_ROUNDED,
    "residence": ft.Icons.HOME_OUTLINED,
    "identity_card": ft.Icons.BADGE_OUTLINED,
    "electronic_identity": ft.Icons.PHONELINK_LOCK_OUTLINED,
    "land": ft.Icons.MAP_OUTLINED,
    "building": ft.Icons.APARTMENT_ROUNDED,
    "certification": ft.Icons.APPROVAL_OUTLINED,
    "household_business": ft.Icons.STOREFRONT_OUTLINED,
    "insurance": ft.Icons.HEALTH_AND_SAFETY_OUTLINED,
    "social_help": ft.Icons.VOLUNTEER_ACTIVISM_OUTLINED,
    "merit": ft.Icons.MILITARY_TECH_OUTLINED,
    "vehicle": ft.Icons.TWO_WHEELER_ROUNDED,
    "driving_licence": ft.Icons.DIRECTIONS_CAR_OUTLINED,
    "petition": ft.Icons.RECORD_VOICE_OVER_OUTLINED,
    "military": ft.Icons.SHIELD_OUTLINED,
    "justice": ft.Icons.GAVEL_ROUNDED,
    "education": ft.Icons.SCHOOL_OUTLINED,
}
GROUP_ICONS: dict[PaperGroup, ft.IconData] = {
    PaperGroup.BRING: ft.Icons.UPLOAD_FILE_ROUNDED,
    PaperGroup.SHOW: ft.Icons.VISIBILITY_OUTLINED,
    PaperGroup.FORM: ft.Icons.EDIT_DOCUMENT,
    PaperGroup.PERHAPS: ft.Icons.HELP_OUTLINE_ROUNDED,
}
GROUP_TONES: dict[PaperGroup, theme.Tone] = {
    PaperGroup.BRING: "info",
    PaperGroup.SHOW: "good",
    PaperGroup.FORM: "neutral",
    PaperGroup.PERHAPS: "warn",
}
CHANNEL_ICONS: dict[str, ft.IconData] = {
    "direct": ft.Icons.STORE_MALL_DIRECTORY_OUTLINED,
    "online": ft.Icons.LANGUAGE_ROUNDED,
    "post": ft.Icons.LOCAL_POST_OFFICE_OUTLINED,
}
_SURE_TONES: dict[str, theme.Tone] = {"verified": "good", "recalled": "neutral"}


def domain_icon(domain: str) -> ft.IconData:
    """Return the picture of a domain."""
    return DOMAIN_ICONS.get(domain, ft.Icons.DESCRIPTION_OUTLINED)


def domain_name(desk: Frame, domain: str) -> str:
    """Return a domain's name, "all" for ""."""
    return words.choice(desk.texts, "domain", domain) if domain else desk.say("common.all")


def time_limit(desk: Frame, value: int | None, unit: str) -> str:
    """Return how long it takes: `3 ngày làm việc`, said to be unknown where nobody knows."""
    if value is None:
        return desk.say("procedures.time_unknown")
    if value == 0:
        return desk.say("procedures.time_same_day")
    return desk.say(f"catalogue.time_{unit}", count=value)


def card_fee(desk: Frame, card: ProcedureCard) -> str:
    """Return what a procedure costs at the counter."""
    if card.fee is None:
        return desk.say("procedures.fee_unknown")
    return amount(desk, card.fee.amount_vnd)


def amount(desk: Frame, amount_vnd: int | None) -> str:
    """Return an amount, "no fee" for nothing, unknown for None."""
    if amount_vnd is None:
        return desk.say("procedures.fee_unknown")
    return desk.texts.money(amount_vnd) if amount_vnd else desk.say("fee.free")


def waiver(desk: Frame, fee: FeeLine) -> str:
    """Return for whom a fee was lowered, "" when it was not."""
    if fee.waived_by is None:
        return ""
    group = words.choice(desk.texts, "priority", fee.waived_by)
    if fee.full_vnd is None:
        return desk.say("fee.waived_for", group=group)
    return desk.say("procedures.waived_from", group=group, full=fee.full_vnd)


def sure(desk: Frame, confidence: str) -> str:
    """Return how sure a fact is."""
    return words.choice(desk.texts, "catalogue", f"sure_{confidence}")


def sure_badge(desk: Frame, confidence: str) -> ft.Control:
    """Return how sure a fact is as a coloured word."""
    return parts.badge(desk, sure(desk, confidence), _SURE_TONES.get(confidence, "warn"))


def answer_text(desk: Frame, question: AskedQuestion, value: object) -> str:
    """Return an answer in words."""
    if isinstance(value, bool):
        return desk.say("common.yes" if value else "common.no")
    label = next((text for choice, text in question.choices if choice == value), None)
    return words.label(desk.texts, label) if label is not None else str(value)


def paper_kind(desk: Frame, paper: NeededPaper) -> str:
    """Return what kind of paper and how many: `Bản chính, 1 bản`."""
    kind = words.choice(desk.texts, "paper_kind", paper.paper)
    pieces = [kind]
    if paper.copies:
        pieces.append(desk.say("procedures.copies", copies=paper.copies))
    if not paper.required:
        pieces.append(desk.say("procedures.if_asked"))
    return ", ".join(pieces)
