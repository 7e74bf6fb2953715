"""The gateway is killed with SIGKILL; what it had acknowledged is there afterwards."""

from io import BytesIO

import pytest
import requests

from sync.errors import LinkLost
from sync.receipts import DossierManifest, verify_receipt
from sync.tus import Patience

from .conftest import reach
from .lines import GatewayProcess
from .machines import CODE, blob

AT_ONCE = Patience(probe_every_s=0, give_up_s=0)


@pytest.fixture
def start(tmp_path):
    running = []

    def start():
        running.append(GatewayProcess(tmp_path / "gateway", "--enrolment-code", CODE, "--reference-platform"))
        return running[-1]

    yield start
    for process in running:
        process.kill()


def test_killed_in_mid_upload_it_goes_on_with_what_it_had_acknowledged(start, site, tmp_path):
    gateway = start()
    endpoint = reach(gateway.address, site, patience=AT_ONCE)
    endpoint.enrol(CODE, site.public_key)
    blob_id, data = blob(3_000_000)

    class CutError(Exception):
        pass

    def cut(step, _size):
        if step > 1_000_000:
            raise CutError

    with pytest.raises(CutError):
        endpoint.upload(blob_id, BytesIO(data), size_bytes=len(data), progress=cut)
    endpoint.close()
    acknowledged = endpoint.blob_offset(blob_id)
    assert acknowledged > 0

    def kill(step, _size):
        if step > 2_000_000:
            gateway.kill()

    with pytest.raises(LinkLost):
        endpoint.upload(blob_id, BytesIO(data), size_bytes=len(data), progress=kill)
    again = reach(start().address, site)
    assert again.blob_offset(blob_id) >= acknowledged
    assert again.upload(blob_id, BytesIO(data), size_bytes=len(data)) <= len(data) - acknowledged
    held = tmp_path / "gateway" / "blobs" / blob_id[:2] / blob_id
    assert held.read_bytes() == data


def test_killed_after_each_acknowledgement_it_still_holds_it(start, site):
    gateway = start()
    endpoint = reach(gateway.address, site)
    info = endpoint.enrol(CODE, site.public_key)
    reply = endpoint.push([site.write("x"), site.write("y")])
    gateway.kill()

    gateway = start()
    endpoint = reach(gateway.address, site)
    assert endpoint.hello().receipt_public_key == info.receipt_public_key
    assert endpoint.push(site.log[1:]) == reply
    blob_id, data = blob(100_000)
    endpoint.upload(blob_id, BytesIO(data), size_bytes=len(data))
    manifest = DossierManifest("d1", 1, site.name, 2, (blob_id,))
    receipt = endpoint.submit(manifest)
    gateway.kill()

    gateway = start()
    endpoint = reach(gateway.address, site)
    assert endpoint.upload(blob_id, BytesIO(data), size_bytes=len(data)) == 0
    assert endpoint.submit(manifest) == receipt
    verify_receipt(receipt, info.receipt_public_key, submitted=manifest)
    assert len(endpoint.feed(0, 100).events) == 4


def test_the_command_line_gateway_plays_bank_and_officer_on_loopback(start, site):
    gateway = start()
    endpoint = reach(gateway.address, site)
    endpoint.enrol(CODE, site.public_key)
    paid = requests.post(
        gateway.address + "/reference/pay", json={"reference": "VS 1", "amount_vnd": 15000}, timeout=5
    )
    assert paid.status_code == 201
    (notice,) = endpoint.feed(0, 10).events
    assert (notice.reference, notice.amount_vnd) == ("VS 1", 15000)
    unknown = requests.post(
        gateway.address + "/reference/status", json={"dossier_id": "d9", "status": 9}, timeout=5
    )
    assert (unknown.status_code, unknown.json()["code"]) == (409, "sync.dossier_unknown")
