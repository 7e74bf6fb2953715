"""Every error that our code can raise on purpose has its words, in both languages."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

from scanning import codes as scan_codes
from tests.i18n import codes_in_source
from van_station.i18n import catalogue
from van_station.rules import form_checks

PACKAGES = ("van_station", "scanning", "sync")
# Optional parts: without the extra (or off Windows) their modules cannot be imported; they carry no errors.
OPTIONAL = frozenset(
    {
        "sane",
        "_sane",
        "PySide6",
        "twain",
        "win32com",
        "pythoncom",
        "smartcard",
        "ecdsa",
        "asn1crypto",
        "pyhanko",
        "pkcs11",
    }
)
# Migrations run when imported.
NOT_IMPORTED = ("van_station.store.migrations",)


def module_names() -> Iterator[str]:
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not module.name.startswith(NOT_IMPORTED) and not module.name.endswith(".__main__"):
                yield module.name


def import_all() -> None:
    for name in module_names():
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if (missing.name or "").split(".")[0] not in OPTIONAL:
                raise


def every_exception(root: type[BaseException] = Exception) -> Iterator[type[BaseException]]:
    for child in root.__subclasses__():
        yield child
        yield from every_exception(child)


@pytest.fixture(scope="module")
def ours() -> list[type[BaseException]]:
    """Exception classes of our packages: those that say a code."""
    import_all()
    found = {cls for cls in every_exception() if cls.__module__.split(".")[0] in PACKAGES}
    return sorted(
        (cls for cls in found if isinstance(getattr(cls, "code", None), str)), key=lambda cls: cls.code
    )


def test_the_collector_sees_errors_of_every_package(ours):
    assert {cls.__module__.split(".")[0] for cls in ours} == set(PACKAGES)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_error_code_says_what_happened_and_what_to_do(ours, language):
    texts = catalogue.load(language)
    codes = {cls.code for cls in ours} | codes_in_source.raised() | set(scan_codes.FAULTS)
    wanted = {key for code in codes for key in (f"error.{code}", f"error.{code}.next")}
    assert sorted(wanted - texts.keys()) == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_finding_has_a_sentence(language):
    codes = codes_in_source.found() | set(scan_codes.FINDINGS) | set(form_checks._CODES.values())
    assert len(codes) > 30
    assert sorted({f"note.{code}" for code in codes} - catalogue.load(language).keys()) == []


def test_a_code_belongs_to_one_class_only(ours):
    own = [cls for cls in ours if "code" in vars(cls)]
    codes = [cls.code for cls in own]
    assert sorted({code for code in codes if codes.count(code) > 1}) == []


def test_every_error_tells_whether_trying_again_may_help(ours):
    assert [cls.__qualname__ for cls in ours if not isinstance(getattr(cls, "retryable", None), bool)] == []
