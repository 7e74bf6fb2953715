"""Reads the data that travels with the product into what services take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from van_station.bootstrap.option_lists import option_lists
from van_station.rules.addresses import Addresses
from van_station.rules.catalogue_edition import load_edition
from van_station.rules.form_options import OptionLists
from van_station.rules.legacy_text import LegacyTables, load_tables
from van_station.rules.working_days import Calendar, load_calendar
from van_station.services.catalogue import Catalogue
from van_station.services.catalogue_editions import BuiltIn
from van_station.services.intake import GroupChoice
from van_station.services.payments import ReceivingAccount
from van_station.services.trips import WardView
from van_station.settings.assets import catalogue_files, read_json


@dataclass(frozen=True)
class Reference:
    """Everything read from `assets/`."""

    built_in: BuiltIn
    """The edition of the catalogue that travels with the program."""
    today: date
    wards: tuple[WardView, ...]
    groups: tuple[GroupChoice, ...]
    id_prefixes: frozenset[str]
    phone_prefixes: frozenset[str]
    calendar: Calendar
    account: ReceivingAccount | None
    addresses: Addresses
    lists: OptionLists
    """What forms choose from: wards, provinces, ethnic groups, countries, banks."""
    legacy: LegacyTables

    @property
    def catalogue(self) -> Catalogue:
        """A fresh catalogue of the built-in edition: one for each workspace, since editions are switched."""
        return Catalogue(self.built_in.edition, self.today)


@cache
def load_reference(today: date, *, practice: bool) -> Reference:
    """Read the reference data, once a day; raises AssetMissing or a RuleError naming the faulty file."""
    return Reference(
        built_in=built_in_edition(),
        today=today,
        wards=tuple(
            WardView(ward["code"], ward["full_name"])
            for ward in read_json("reference/hanoi_wards.json")["wards"]
        ),
        groups=tuple(
            GroupChoice(
                group["code"],
                group["name"],
                group.get("law", ""),
                group.get("confidence", ""),
                bool(group.get("in_plan")),
            )
            for group in read_json("reference/priority_groups.json")["groups"]
        ),
        id_prefixes=frozenset(
            entry["code"] for entry in read_json("reference/cccd_province_codes.json")["codes"]
        ),
        phone_prefixes=frozenset(
            prefix
            for carrier in read_json("reference/phone_prefixes.json")["carriers"]
            for prefix in carrier["prefixes"]
        ),
        calendar=load_calendar(read_json("reference/holidays.json")),
        account=_account(practice=practice),
        addresses=Addresses(
            read_json("reference/hanoi_ward_conversion.json"),
            read_json("reference/hanoi_wards.json"),
            _province_names(),
        ),
        lists=option_lists(),
        legacy=load_tables(read_json("reference/legacy_encodings.json")),
    )


@cache
def built_in_edition() -> BuiltIn:
    """Return the edition that travels with the program; a faulty procedure is left out, the others stay."""
    return BuiltIn.of(load_edition(catalogue_files(), strict=False))


def _province_names() -> tuple[str, ...]:
    """Return the names of the provinces of today and of those they were formed from."""
    provinces = read_json("reference/provinces_34.json")["provinces"]
    return tuple(
        unit["name"] for province in provinces for unit in (province, *province.get("formed_from", ()))
    )


def _account(*, practice: bool) -> ReceivingAccount | None:
    """Return the account fees go to: the invented one in practice, else the configured one."""
    accounts = read_json("reference/receiving_accounts.json")["accounts"]
    chosen = next((account for account in accounts if account["practice"] is practice), None)
    if chosen is None:
        return None
    banks = {bank["bin"]: bank["short_name"] for bank in read_json("reference/bank_bins.json")["banks"]}
    return ReceivingAccount(
        bank_bin=chosen["bin"],
        bank_name=banks.get(chosen["bin"], chosen["bin"]),
        account_no=chosen["account"],
        account_name=chosen["holder"],
        practice=chosen["practice"],
        purpose_prefix=chosen.get("purpose_prefix", ""),
    )
