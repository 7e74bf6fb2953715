"""Network scanners that announce themselves: real multicast on this machine, our mock behind it."""

from __future__ import annotations

import ipaddress
import uuid
from types import SimpleNamespace

import pytest
import zeroconf

from scanning.devices import DeviceConfig, lasting_key, list_devices
from scanning.devices.network_search import Announced, announced, once_each
from tests.scanning.escl_scanner import Behaviour, EsclScanner

SCANNER_UUID = str(uuid.UUID(int=7))


def record(port: int, **properties: bytes) -> SimpleNamespace:
    return SimpleNamespace(
        port=port,
        parsed_addresses=lambda: ["fe80::1", "127.0.0.1"],
        properties={name.encode(): value for name, value in properties.items()},
    )


def test_a_scanner_that_announces_itself_is_found_asked_and_listed():
    with EsclScanner(Behaviour()) as scanner:
        service = zeroconf.ServiceInfo(
            "_uscan._tcp.local.",
            f"Mock {scanner.port}._uscan._tcp.local.",
            addresses=[ipaddress.ip_address("127.0.0.1").packed],
            port=scanner.port,
            properties={"rs": "eSCL", "ty": "Mock eSCL ADF", "UUID": SCANNER_UUID},
            server=f"mock-{scanner.port}.local.",
        )
        line = zeroconf.Zeroconf()
        try:
            line.register_service(service)
            found = list_devices(DeviceConfig(find_network=True, find_network_s=2.0))
        finally:
            line.close()
    mine = [info for info in found if info.id == f"escl:http://127.0.0.1:{scanner.port}/eSCL#{SCANNER_UUID}"]
    assert [(info.label, info.has_duplex) for info in mine] == [
        (f"Mock eSCL ADF (127.0.0.1:{scanner.port})", True)
    ]


@pytest.mark.parametrize(
    ("info", "found"),
    [
        (record(80, ty=b"X", rs=b"eSCL"), Announced("http://127.0.0.1:80/eSCL", "", "X")),
        (record(80, rs=b"/scan/eSCL/"), Announced("http://127.0.0.1:80/scan/eSCL", "", "")),
        (record(80, rs=b"../../x"), None),
        (record(80, rs=b"x?y=z"), None),
        (record(0), None),
        (record(80, ty=b"\xff\x00\x1b[2J"), Announced("http://127.0.0.1:80/eSCL", "", "\ufffd[2J")),
    ],
)
def test_a_record_is_read_as_far_as_it_makes_sense(info: SimpleNamespace, found: Announced | None):
    assert announced("_uscan._tcp.local.", info) == found


def test_a_scanner_that_speaks_both_ways_is_listed_once_and_over_https():
    plain = Announced("http://10.0.0.2:80/eSCL", "u-1", "A")
    secure = Announced("https://10.0.0.2:443/eSCL", "u-1", "A")
    assert once_each([plain, secure, plain]) == (secure,)


def test_what_lasts_of_a_scanner_is_its_uuid_else_its_address():
    assert lasting_key("escl:http://10.0.0.2/eSCL#u-123456") == lasting_key(
        "escl:http://10.0.0.9/eSCL#u-123456"
    )
    assert lasting_key("sane:genesys:libusb:001:004") == lasting_key("sane:genesys:libusb:003:011")
    assert lasting_key("sane:test:0") != lasting_key("sane:test:1")
    assert lasting_key("escl:http://10.0.0.2/eSCL") != lasting_key("escl:http://10.0.0.9/eSCL")
