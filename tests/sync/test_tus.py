"""Uploads over a line that is cut on purpose."""

import base64
import hashlib
import socket
from io import BytesIO

import pytest
import requests

from sync.endpoint import ServerInfo
from sync.errors import LinkLost, NotEnrolled
from sync.tus import Answer, Patience, Upload

from .conftest import reach
from .lines import CuttingProxy
from .machines import CODE, Site, blob

HEADER_ROOM = 1500
"""Bytes of request line and headers, at most, for each request."""


@pytest.fixture
def cut_line(gateway, http, site):
    """Make an endpoint whose connections carry so many bytes each."""
    made = []

    def make(budgets=(), **how):
        proxy = CuttingProxy(gateway.port, budgets, **how)
        made.append(proxy)
        return reach(proxy.address, site), proxy

    yield make
    for proxy in made:
        proxy.close()


def held_content(gateway, blob_id):
    return gateway.core.blobs.path(blob_id).read_bytes()


def test_an_upload_cut_in_the_middle_goes_on_and_sends_nothing_again_that_had_arrived(gateway, cut_line):
    blob_id, data = blob(2_000_000)
    endpoint, proxy = cut_line([300_000, None, 700_000])
    endpoint.upload(blob_id, BytesIO(data), size_bytes=len(data))
    assert held_content(gateway, blob_id) == data
    assert proxy.cuts >= 1
    requests_made = 12
    assert proxy.carried <= len(data) + requests_made * HEADER_ROOM


def test_a_line_that_is_cut_again_and_again_brings_the_blob_over(gateway, cut_line):
    blob_id, data = blob(500_000)
    endpoint, proxy = cut_line([60_000] * 8)
    endpoint.upload(blob_id, BytesIO(data), size_bytes=len(data))
    assert held_content(gateway, blob_id) == data
    assert proxy.cuts >= 5


def test_an_answer_that_is_lost_is_asked_for_again(gateway, cut_line):
    blob_id, data = blob(100_000)
    endpoint, proxy = cut_line(answers=[False, True, False])
    endpoint.upload(blob_id, BytesIO(data), size_bytes=len(data))
    assert held_content(gateway, blob_id) == data
    assert proxy.cuts >= 1


def test_a_line_that_moves_nothing_is_given_up(cut_line):
    blob_id, data = blob(500_000)
    endpoint, _ = cut_line([1100] * 50)
    with pytest.raises(LinkLost):
        endpoint.upload(blob_id, BytesIO(data), size_bytes=len(data))


class SilentLine:
    """A line that is gone for a while, then back, in the memory of this test."""

    def __init__(self, gone_probes):
        self.gone_probes = gone_probes
        self.held = bytearray()
        self.size = 0
        self.cut_after = 10_000

    def probe(self):
        self.gone_probes -= 1
        return self.gone_probes < 0

    def send(self, method, target, headers, body):
        if method == "HEAD":
            if not self.size:
                return Answer(404, {}, b"")
            return Answer(200, {"Upload-Offset": str(len(self.held))}, b"")
        self.size = self.size or int(headers["Upload-Length"])
        taken = 0
        while piece := body.read():
            self.held += piece
            taken += len(piece)
            if self.cut_after and taken >= self.cut_after:
                self.cut_after = 0
                raise LinkLost("quiet")
        return Answer(204, {}, b"")


def test_while_the_line_is_gone_it_is_probed_once_a_second():
    blob_id, data = blob(50_000)
    line, naps = SilentLine(gone_probes=7), []
    sent = Upload(line, blob_id, BytesIO(data), size_bytes=len(data), sleep=naps.append).run()
    assert bytes(line.held) == data
    assert naps == [1.0] * 7
    assert sent == len(data)


def test_after_enough_silence_it_gives_up_and_says_so():
    blob_id, data = blob(50_000)
    naps = []
    with pytest.raises(LinkLost):
        Upload(
            SilentLine(gone_probes=100),
            blob_id,
            BytesIO(data),
            size_bytes=len(data),
            sleep=naps.append,
            patience=Patience(give_up_s=5),
        ).run()
    assert sum(naps) == 5


def test_a_new_request_takes_the_upload_over_from_a_dead_one(gateway, http, site):
    """The dead one still holds its connection open; what it had sent is kept."""
    blob_id, data = blob(1_000_000)
    headers = http._signature("POST", "/v1/uploads", "stream") | {
        "Host": "x",
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(len(data)),
        "Upload-Length": str(len(data)),
        "Upload-Metadata": "blob_id " + base64.b64encode(blob_id.encode()).decode(),
        "Expect": "100-continue",
    }
    head = "POST /v1/uploads HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port)) as dead:
        dead.sendall(head.encode())
        assert dead.recv(100).startswith(b"HTTP/1.1 100"), "the gateway has begun to read"
        dead.sendall(data[:200_000])
        while (held := http.blob_offset(blob_id)) is None:
            pass
        assert held <= 200_000
        assert http.upload(blob_id, BytesIO(data), size_bytes=len(data)) >= len(data) - 200_000
    assert held_content(gateway, blob_id) == data


def test_a_checksum_that_does_not_fit_takes_the_body_back(gateway, http):
    blob_id, data = blob(1000)
    name = base64.b64encode(blob_id.encode()).decode()
    http.send(
        "POST",
        "/v1/uploads",
        {"Tus-Resumable": "1.0.0", "Upload-Length": "1000", "Upload-Metadata": f"blob_id {name}"},
        None,
    )
    target = f"/v1/uploads/{blob_id}"
    headers = http._signature("PATCH", target, "stream") | {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Checksum": "sha1 AAAA",
    }
    answer = requests.patch(gateway.address + target, data=data[:500], headers=headers, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (460, "sync.blob_damaged")
    assert http.blob_offset(blob_id) == 0


def test_the_server_says_what_it_can_do(gateway):
    answer = requests.options(gateway.address + "/v1/uploads", timeout=5)
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert "creation-with-upload" in answer.headers["Tus-Extension"]


def test_enrolment_is_once_per_code_and_harmless_to_repeat(gateway, site):
    first = reach(gateway.address, site)
    info = first.enrol(CODE, site.public_key)
    assert isinstance(info, ServerInfo)
    assert first.enrol(CODE, site.public_key).gateway_id == info.gateway_id
    other = Site("0b0b")
    with pytest.raises(NotEnrolled) as refusal:
        reach(gateway.address, other).enrol(CODE, other.public_key)
    assert refusal.value.reason == "sync.enrolment_code_refused"


def test_a_code_is_not_kept_in_the_clear(gateway, http):
    for path in gateway.core.settings.folder.iterdir():
        assert path.is_dir() or CODE.encode() not in path.read_bytes()
    assert (gateway.core.settings.folder / "receipt.key").stat().st_mode & 0o777 == 0o600


def test_blob_ids_are_hashes_of_content():
    blob_id, data = blob(10)
    assert hashlib.sha256(data).hexdigest() == blob_id


def test_a_whole_blob_is_kept_whatever_size_somebody_claims_for_it(gateway, http):
    blob_id, data = blob(5000)
    http.upload(blob_id, BytesIO(data), size_bytes=len(data))
    name = base64.b64encode(blob_id.encode()).decode()
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": f"blob_id {name}"}
    assert http.send("POST", "/v1/uploads", headers, None).headers["Upload-Offset"] == "5000"
    assert held_content(gateway, blob_id) == data
    assert list((gateway.core.settings.folder / "parts").iterdir()) == []
