import pytest

from van_station.rules.access import ALLOWED, Act, Role, may


def test_each_act_is_somebodys():
    assert frozenset.union(*ALLOWED.values()) == set(Act)


def test_officers_may_all_that_volunteers_may_and_supervisors_all_that_officers_may():
    assert ALLOWED[Role.VOLUNTEER] < ALLOWED[Role.OFFICER] < ALLOWED[Role.SUPERVISOR]


@pytest.mark.parametrize("act", [Act.CALL_TICKET, Act.SCAN])
def test_a_volunteer_serves_a_lane_and_scans(act):
    assert may(Role.VOLUNTEER, act)


@pytest.mark.parametrize("act", [Act.CERTIFY, Act.SUBMIT, Act.TAKE_FEE, Act.PRINT_SLIP])
def test_what_needs_an_officer_is_refused_to_volunteers(act):
    assert not may(Role.VOLUNTEER, act)
    assert may(Role.OFFICER, act)


@pytest.mark.parametrize("act", [Act.VOID, Act.USERS, Act.TRIP, Act.TALLY])
def test_what_needs_a_supervisor_is_refused_to_officers(act):
    assert not may(Role.OFFICER, act)
    assert may(Role.SUPERVISOR, act)


def test_a_technician_sets_up_and_sees_nobodys_papers():
    assert ALLOWED[Role.TECHNICIAN] == {Act.SETUP, Act.BACKUP, Act.SEE_QUEUE, Act.INSTALL_CATALOGUE}
    assert not any(may(role, Act.SETUP) for role in Role if role is not Role.TECHNICIAN)
