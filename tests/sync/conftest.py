import pytest

from sync.gateway.core import GatewayCore, LocalEndpoint
from sync.gateway.settings import GatewaySettings
from sync.http_endpoint import HttpEndpoint
from sync.tus import Patience

from .lines import ThreadGateway
from .machines import CODE, Site

NO_WAIT = Patience(probe_every_s=0.01, give_up_s=0.05)


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def settings(tmp_path):
    return GatewaySettings(
        folder=tmp_path / "gateway",
        enrolment_codes=(CODE, CODE + "-b"),
        platform_public_key=b"platform",
        reference_platform=True,
        max_blob_bytes=4_000_000,
        keep_free_bytes=0,
    )


@pytest.fixture
def gateway(settings):
    running = ThreadGateway(settings)
    yield running
    running.close()


def reach(address, site, **how):
    how = {"patience": NO_WAIT, "sleep": lambda _s: None} | how
    return HttpEndpoint(address, site.name, site.sign, **how)


@pytest.fixture
def http(gateway, site):
    endpoint = reach(gateway.address, site)
    endpoint.enrol(CODE, site.public_key)
    yield endpoint
    endpoint.close()


@pytest.fixture
def core(settings):
    made = GatewayCore(settings)
    yield made
    made.close()


def enrol_locally(core, site):
    with core.database.transaction() as rows:
        rows.execute(
            "INSERT INTO site (site, public_key, enrolled_at) VALUES (?, ?, '')", (site.name, site.public_key)
        )


@pytest.fixture
def local(core, site):
    enrol_locally(core, site)
    return LocalEndpoint(core, site.name)
