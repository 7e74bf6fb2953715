"""The long lists that forms take codes from (`x-options`): wards, ethnic groups, countries, banks."""

from __future__ import annotations

from functools import cache
from typing import Any

from van_station.rules.catalogue import Label
from van_station.rules.form_options import ListEntry, OptionList, OptionLists
from van_station.settings.assets import read_json


@cache
def option_lists() -> OptionLists:
    """Return every list by the name that forms use; raises AssetMissing.

    An answer keeps the unit's code (`wards`, `provinces`, `old_wards`), the bank's BIN, or the Vietnamese
    name (`ethnic_groups`, `countries`): paper forms ask for the name there, and forms offer "Kinh" and
    "Việt Nam".
    """
    return {
        "wards": _wards(),
        "provinces": OptionList([_province(each) for each in _rows("provinces_34", "provinces")]),
        "old_wards": OptionList([_old_ward(each) for each in _rows("hanoi_ward_conversion", "units")]),
        "ethnic_groups": OptionList([_named(each) for each in _rows("ethnic_groups", "groups")]),
        "countries": OptionList([_named(each) for each in _rows("countries", "countries")]),
        "banks": OptionList([_bank(each) for each in _rows("bank_bins", "banks")]),
    }


def _rows(name: str, key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_json(f"reference/{name}.json")[key]
    return rows


def _wards() -> OptionList:
    """Return the wards of today; each is found by the units it was formed from, too."""
    former: dict[str, list[str]] = {}
    for unit in _rows("hanoi_ward_conversion", "units"):
        for target in unit["to"]:
            former.setdefault(target["new_code"], []).append(unit["old_name"])
    return OptionList(
        [
            ListEntry(ward["code"], _same(ward["full_name"]), " ".join(former.get(ward["code"], ())))
            for ward in _rows("hanoi_wards", "wards")
        ]
    )


def _province(row: dict[str, Any]) -> ListEntry:
    former = " ".join(each["name"] for each in row.get("formed_from", ()))
    return ListEntry(row["code"], _same(row["full_name"]), former)


def _old_ward(row: dict[str, Any]) -> ListEntry:
    return ListEntry(row["old_code"], _same(f"{row['old_name']}, {row['old_district']}"))


def _named(row: dict[str, Any]) -> ListEntry:
    """Return an entry whose code is its Vietnamese name."""
    name = row["name"]
    also = " ".join(row[key] for key in ("also", "iso") if key in row)
    return ListEntry(name, Label(name, row.get("name_en", name)), also)


def _bank(row: dict[str, Any]) -> ListEntry:
    short, name = row["short_name"], row.get("name") or row["short_name"]
    return ListEntry(row["bin"], _same(short if short == name else f"{short} - {name}"))


def _same(name: str) -> Label:
    return Label(name, name)
