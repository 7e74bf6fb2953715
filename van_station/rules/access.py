"""Who may do what. The table is the rule; screens hide by it and services refuse by it."""

from enum import StrEnum


class Role(StrEnum):
    """Volunteer (tình nguyện viên), officer (cán bộ), supervisor (phụ trách), technician (kỹ thuật)."""

    VOLUNTEER = "volunteer"
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"


class Act(StrEnum):
    """What the doors of the services are named after."""

    INTAKE = "intake"
    GIVE_TICKET = "give_ticket"
    SEE_QUEUE = "see_queue"
    HELP_FORM = "help_form"
    HELP_VNEID = "help_vneid"
    LOOK_UP = "look_up"
    REUSE = "reuse"
    CALL_TICKET = "call_ticket"
    SCAN = "scan"
    CERTIFY = "certify"
    SUBMIT = "submit"
    TAKE_FEE = "take_fee"
    PRINT_SLIP = "print_slip"
    RETURN_RESULT = "return_result"
    TRIP = "trip"
    USERS = "users"
    TALLY = "tally"
    VOID = "void"
    SEE_AUDIT = "see_audit"
    INSTALL_CATALOGUE = "install_catalogue"
    SETUP = "setup"
    BACKUP = "backup"


# Volunteers serve the lanes of advice and digital help, and digitise papers (van plan, III.4.2); what they
# scanned is certified by an officer (digitisation_rules.json, "who digitises").
_VOLUNTEER = frozenset(
    {
        Act.INTAKE,
        Act.GIVE_TICKET,
        Act.SEE_QUEUE,
        Act.CALL_TICKET,
        Act.HELP_FORM,
        Act.HELP_VNEID,
        Act.LOOK_UP,
        Act.REUSE,
        Act.SCAN,
    }
)
_OFFICER = _VOLUNTEER | {
    Act.CERTIFY,
    Act.SUBMIT,
    Act.TAKE_FEE,
    Act.PRINT_SLIP,
    Act.RETURN_RESULT,
}
_SUPERVISOR = _OFFICER | {Act.TRIP, Act.USERS, Act.TALLY, Act.VOID, Act.SEE_AUDIT, Act.INSTALL_CATALOGUE}
# A technician sets machines up and mends them, and has no business with anybody's papers.
_TECHNICIAN = frozenset({Act.SETUP, Act.BACKUP, Act.SEE_QUEUE, Act.INSTALL_CATALOGUE})

ALLOWED: dict[Role, frozenset[Act]] = {
    Role.VOLUNTEER: _VOLUNTEER,
    Role.OFFICER: _OFFICER,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.TECHNICIAN: _TECHNICIAN,
}


def may(role: Role, act: Act) -> bool:
    """Tell whether somebody in this role may do this."""
    return act in ALLOWED[role]
