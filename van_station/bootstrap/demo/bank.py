"""An invented bank: a while after a fee was asked, it sends the credit. It says that it is invented."""

from __future__ import annotations

import logging
import threading

from van_station.bootstrap.demo.gateway import GatewayProcess
from van_station.services.door import Door
from van_station.services.errors import ServiceError

PAYS_AFTER_S = 20.0
_LOOK_EVERY_S = 2.0
log = logging.getLogger(__name__)


class InventedBank:
    """Pays each pending fee of the demonstration once, while the gateway runs."""

    def __init__(self, door: Door, gateway: GatewayProcess, *, pays_after_s: float = PAYS_AFTER_S) -> None:
        self._door = door
        self._gateway = gateway
        self._pays_after_s = pays_after_s
        self._seen: dict[str, float] = {}
        self._paid: set[str] = set()
        self._closed = threading.Event()
        self._clock = 0.0
        threading.Thread(target=self._run, name="invented-bank", daemon=True).start()

    def close(self) -> None:
        """Close the bank."""
        self._closed.set()

    def _run(self) -> None:
        while not self._closed.wait(_LOOK_EVERY_S):
            self._clock += _LOOK_EVERY_S
            try:
                self._look()
            except ServiceError:
                continue  # nobody is signed in
            except Exception as error:  # noqa: BLE001  -- an invented bank must not end the demonstration
                log.info("invented bank: %s", type(error).__name__)

    def _look(self) -> None:
        for payment in self._door.workspace().payments.pending():
            since = self._seen.setdefault(payment.id, self._clock)
            due = self._clock - since >= self._pays_after_s
            if due and payment.id not in self._paid and self._gateway.running:
                self._gateway.pay(payment.reference, payment.amount_vnd)
                self._paid.add(payment.id)
