from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanning.devices import DeviceOption, ScanSettings, Unfit
from scanning.devices.profiles import (
    MAX_PROFILES,
    Profile,
    ProfileRefused,
    from_text,
    to_text,
    unfit,
    with_profile,
    without_profile,
)

settings = st.builds(
    ScanSettings,
    dpi=st.integers(50, 1200),
    mode=st.sampled_from(["color", "gray"]),
    source=st.sampled_from(["adf", "flatbed"]),
    duplex=st.booleans(),
    page_size_mm=st.none() | st.tuples(st.floats(10, 1200), st.floats(10, 1200)),
    options=st.lists(
        st.tuples(
            st.text(min_size=1, max_size=9),
            st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
        ),
        max_size=3,
    ).map(tuple),
)


@given(st.lists(settings, max_size=5))
def test_profiles_read_back_as_they_were_kept(wanted: list[ScanSettings]):
    profiles: tuple[Profile, ...] = ()
    for number, each in enumerate(wanted):
        profiles = with_profile(profiles, Profile(f"Giấy {number}", each))
    assert from_text(to_text(profiles)) == profiles


def test_a_name_is_kept_once_tidied_and_found_whatever_its_capitals():
    one = with_profile((), Profile("  Hộ   tịch ", ScanSettings(dpi=300)))
    two = with_profile(one, Profile("hộ tịch", ScanSettings(dpi=200)))
    assert [(profile.name, profile.settings.dpi) for profile in two] == [("hộ tịch", 200)]
    assert without_profile(two, "hộ tịch") == ()
    assert without_profile(two, "khác") == two


@pytest.mark.parametrize(
    "broken",
    [
        Profile("", ScanSettings()),
        Profile("x" * 41, ScanSettings()),
        Profile("a\x07b", ScanSettings()),
        Profile("a", ScanSettings(dpi=7)),
        Profile("a", ScanSettings(page_size_mm=(0.0, 5.0))),
        Profile("a", ScanSettings(mode="red")),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_profile_is_refused(broken: Profile):
    with pytest.raises(ProfileRefused):
        with_profile((), broken)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"version":2,"profiles":[]}', '{"version":1,"profiles":[{"name":"a","new":1}]}',
     '{"version":1,"profiles":[{"name":"a","options":[1]}]}', '{"version":1,"profiles":[7]}', " " * 70_000,
     '{"version":1,"profiles":[{"name":"a","page_size_mm":["x",1]}]}', "[" * 60_000],
)  # fmt: skip
def test_text_that_is_no_profiles_is_refused(text: str):
    with pytest.raises(ProfileRefused):
        from_text(text)


def test_one_too_many_is_refused():
    profiles: tuple[Profile, ...] = ()
    for number in range(MAX_PROFILES):
        profiles = with_profile(profiles, Profile(f"p{number}", ScanSettings()))
    with pytest.raises(ProfileRefused):
        with_profile(profiles, Profile("more", ScanSettings()))
    assert json.loads(to_text(profiles))["version"] == 1


def test_options_that_a_changed_device_does_not_take_are_named():
    offered = (
        DeviceOption("brightness", "", "whole", low=-100, high=100),
        DeviceOption("lamp", "", "text", choices=("cold", "warm")),
        DeviceOption("sleepy", "", "flag", settable=False),
        DeviceOption("speed", "", "whole", choices=(1, 2)),
    )
    wanted = ScanSettings(
        options=(("brightness", 50), ("lamp", "red"), ("gone", 1), ("sleepy", True), ("speed", 3))
    )
    assert unfit(Profile("a", wanted), offered) == (
        Unfit("lamp", "red", known=True),
        Unfit("gone", 1, known=False),
        Unfit("sleepy", value=True, known=True),
        Unfit("speed", 3, known=True),
    )
