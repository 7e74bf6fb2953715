"""Joins the gateway: enrols once, pins its keys, and hands out the uplink."""

from __future__ import annotations

import random
from collections.abc import Callable

from sync.endpoint import ServerInfo
from sync.errors import NotEnrolled
from sync.http_endpoint import HttpEndpoint
from sync.uplink import Uplink, UplinkSettings
from van_station.security import Sealer
from van_station.security.device import DeviceKeys
from van_station.services.clock import Clock
from van_station.services.errors import Refused
from van_station.services.exchange import Line
from van_station.services.outgoing import Outgoing
from van_station.services.settled import Settled
from van_station.settings.tree import GatewaySettings

_TENANT = "gateway.tenant"
_GATEWAY_ID = "gateway.id"
_RECEIPT_KEY = "gateway.receipt_key"
_PLATFORM_KEY = "gateway.platform_key"


class GatewayLine:
    """This machine's one way to its gateway. The keys it met first are the only ones it takes."""

    def __init__(
        self, settings: GatewaySettings, keys: DeviceKeys, settled: Settled, clock: Clock, outgoing: Outgoing
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._settled = settled
        self._clock = clock
        self._outgoing = outgoing
        self._sealer: Sealer | None = None

    def line(self) -> Line | None:
        """Return the line, or None where no gateway is configured."""
        if not self._settings.url:
            return None
        return Line(self._connect, self._settings.round_every_s)

    def join(self) -> None:
        """Enrol now if this machine has not; raises SyncError."""
        self._pinned_or_enrolled(self._endpoint())

    def tenant(self) -> str:
        """Return the tenant that sealed files are bound to; Refused before enrolment."""
        return self._settled.get(_TENANT) or _not_enrolled()

    def sealer(self) -> Sealer:
        """Return the sealer to the platform's key; Refused (station.not_enrolled) before enrolment."""
        if self._sealer is None:
            key = self._settled.get(_PLATFORM_KEY) or _not_enrolled()
            self._sealer = self._keys.sealer(bytes.fromhex(key))
        return self._sealer

    def _connect(self, stopped: Callable[[], bool]) -> Uplink:
        endpoint = self._endpoint()
        pinned = self._pinned_or_enrolled(endpoint)
        return Uplink(
            endpoint,
            self._outgoing,
            self._clock.now,
            random.Random(),  # noqa: S311  -- jitter of the pauses
            pinned=pinned,
            settings=UplinkSettings(idle_s=self._settings.round_every_s),
            cancel=stopped,
        )

    def _endpoint(self) -> HttpEndpoint:
        return HttpEndpoint(self._settings.url, self._keys.site_id, self._keys.signer().sign)

    def _pinned_or_enrolled(self, endpoint: HttpEndpoint) -> ServerInfo:
        known = self._pinned()
        if known is not None:
            return known
        if not self._settings.enrolment_code:
            raise NotEnrolled("no enrolment code is configured", reason="sync.not_enrolled")
        info = endpoint.enrol(self._settings.enrolment_code, self._keys.signer().public_key)
        self._settled.keep(
            {
                _TENANT: info.tenant,
                _GATEWAY_ID: info.gateway_id,
                _RECEIPT_KEY: info.receipt_public_key.hex(),
                _PLATFORM_KEY: info.platform_public_key.hex(),
            }
        )
        return info

    def _pinned(self) -> ServerInfo | None:
        gateway_id, receipt_key = self._settled.get(_GATEWAY_ID), self._settled.get(_RECEIPT_KEY)
        if not gateway_id or not receipt_key:
            return None
        return ServerInfo(
            tenant=self._settled.get(_TENANT) or "",
            gateway_id=gateway_id,
            time="",
            receipt_public_key=bytes.fromhex(receipt_key),
            platform_public_key=bytes.fromhex(self._settled.get(_PLATFORM_KEY) or ""),
            max_blob_bytes=0,
            software="",
        )


def _not_enrolled() -> str:
    raise Refused("station.not_enrolled")
