import pytest

from van_station.rules.form_patterns import safe_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[0-9]{12}$",
        r"^[0-9]{10}(-[0-9]{3})?$|^[0-9]{12}$",
        r"^[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,}$",
        r"^(nam|nu)$",
        r"^(ab|cd)+$",
        r"^[0-9]{1,3}(?:[. ][0-9]{3}){1,4}$",
        "a+",
    ],
)
def test_a_pattern_with_few_ways_is_accepted(pattern):
    assert safe_pattern(pattern) is not None


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "^(a|ab)*$",
        "^(a|a)*$",
        "^([a-z]+,?)*$",
        "a*a*a*b",
        "^(a*){2,60}$",
        r"(a)\1",
        "(?=a)a",
        "(?<!a)b",
        "a" * 301,
        "(",
        "[z-a]",
        "a{99999999999999}",
    ],
)
def test_a_pattern_that_could_be_slow_or_is_faulty_is_refused(pattern):
    assert safe_pattern(pattern) is None


def test_a_long_text_makes_fewer_patterns_safe():
    assert safe_pattern("^[a-z]*[0-9]*[a-z]*$", 60) is not None
    assert safe_pattern("^[a-z]*[0-9]*[a-z]*$", 2000) is None
