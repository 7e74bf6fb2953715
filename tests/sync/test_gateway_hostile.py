"""Whatever comes in, the answer is a refusal with a code, never a 500."""

import dataclasses
import hashlib
import json
import re
import socket
import zlib

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.changes import encode_batch
from sync.errors import RequestReplayed, StaleRequest, SyncError
from sync.gateway.gate import REPLAY_WINDOW_MS, Gate, SignedRequest
from sync.wire import NONCE, SIGNATURE, SITE, TIME

from .conftest import reach
from .lines import ThreadGateway
from .machines import Site, blob

ANY = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


def signed(http, method, target, data=b"", **headers):
    """Send a properly signed request with any body; return the answer."""
    body_hash = "stream" if "uploads" in target else hashlib.sha256(data).hexdigest()
    return requests.request(
        method,
        http._address + target,
        data=data,
        headers=http._signature(method, target, body_hash) | headers,
        timeout=10,
    )


def check_refused(answer):
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert re.fullmatch(r"[a-z0-9_.]+", body["code"])
    assert body["title"]


@ANY
@given(st.binary(max_size=300) | JSON.map(lambda value: zlib.compress(json.dumps(value).encode())))
def test_any_body_of_changes_is_refused_with_a_code(http, body):
    check_refused(signed(http, "POST", "/v1/changes", body))


MANIFEST = {"dossier_id": "d1", "version": 1, "site": "5a17e0", "last_seq": 0, "files": []}


@ANY
@given(st.sampled_from([*MANIFEST, "more"]), JSON)
def test_a_manifest_with_any_member_of_another_type_is_refused_or_fits(http, name, value):
    answer = signed(http, "POST", "/v1/dossiers/d1/submit", json.dumps(MANIFEST | {name: value}).encode())
    assert answer.status_code == 200 or check_refused(answer) is None


@ANY
@given(st.binary(max_size=100) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_of_enrolment_submission_or_reference_is_refused(http, body):
    for target in ("/v1/enrol", "/v1/dossiers/d1/submit", "/reference/pay", "/reference/status"):
        check_refused(signed(http, "POST", target, body))


@ANY
@given(
    st.sampled_from(
        [
            "Upload-Length",
            "Upload-Metadata",
            "Upload-Offset",
            "Upload-Checksum",
            "Tus-Resumable",
            "Content-Type",
        ]
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
)
def test_any_upload_header_is_refused_or_understood(http, name, value):
    blob_id, _ = blob(50)
    for method, target in (
        ("POST", "/v1/uploads"),
        ("PATCH", f"/v1/uploads/{blob_id}"),
        ("HEAD", f"/v1/uploads/{value}"),
    ):
        if not target.isascii() or any(letter in target for letter in "?#%"):
            continue
        headers = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", name: value}
        assert signed(http, method, target, b"x", **headers).status_code < 500


@pytest.mark.parametrize(
    "target", ["/v1/feed?after=x", "/v1/feed?after=-1", "/v1/feed?limit=1e9", "/v1/feed?after=" + "9" * 50]
)
def test_a_malformed_cursor_is_refused(http, target):
    check_refused(signed(http, "GET", target))


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/"),
        ("GET", "/v1/changes"),
        ("PUT", "/v1/uploads/aa"),
        ("POST", "/v1/dossiers/a/b/submit"),
        ("GET", "/docs"),
    ],
)
def test_what_is_not_there_is_a_problem_too(http, method, target):
    check_refused(signed(http, method, target))


def test_a_zip_bomb_is_refused(http):
    check_refused(signed(http, "POST", "/v1/changes", zlib.compress(b"[" * 100_000_000, 9)))


def test_a_body_beyond_the_bound_is_refused_by_its_length_alone(gateway):
    with socket.create_connection(("127.0.0.1", gateway.port)) as line:
        line.sendall(b"POST /v1/changes HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 413")


def test_a_body_without_a_length_is_bounded_while_it_comes(gateway):
    with socket.create_connection(("127.0.0.1", gateway.port)) as line:
        line.sendall(b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = b"%x\r\n%s\r\n" % (65536, b"x" * 65536)
        for _ in range(4):
            line.sendall(piece)
        line.sendall(b"1\r\nx\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "line_of",
    [
        b"X: " + b"y" * 100_000,
        b"\xff\xfe: \x00",
        b"Content-Length: -5",
        b"Content-Length: 1\r\nContent-Length: 2",
    ],
)
def test_hostile_headers_are_refused(gateway, line_of):
    with socket.create_connection(("127.0.0.1", gateway.port)) as line:
        line.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n" + line_of + b"\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 4")


def test_the_same_signed_request_is_taken_once_only(gateway, http, site):
    site.write("x")
    body = encode_batch(site.log)
    headers = http._signature("POST", "/v1/changes", hashlib.sha256(body).hexdigest())
    send = lambda: requests.post(gateway.address + "/v1/changes", data=body, headers=headers, timeout=5)  # noqa: E731
    assert send().status_code == 200
    again = send()
    assert (again.status_code, again.json()["code"]) == (409, "sync.replayed")


@pytest.mark.parametrize("name", [SITE, TIME, NONCE, SIGNATURE])
def test_a_request_with_any_signed_part_altered_is_refused(gateway, http, name):
    headers = http._signature(
        "GET", "/v1/feed?after=0", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    for value in ("", "0", "1" * len(headers[name])):
        answer = requests.get(
            gateway.address + "/v1/feed?after=0", headers=headers | {name: value}, timeout=5
        )
        check_refused(answer)
    assert requests.get(gateway.address + "/v1/feed?after=1", headers=headers, timeout=5).status_code == 401


def test_a_replay_is_refused_after_a_restart_too(settings, http, gateway, site):
    headers = http._signature(
        "GET", "/v1/feed", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert requests.get(gateway.address + "/v1/feed", headers=headers, timeout=5).status_code == 200
    other = ThreadGateway(settings)
    assert (
        requests.get(other.address + "/v1/feed", headers=headers, timeout=5).json()["code"] == "sync.replayed"
    )
    other.close()


@pytest.mark.parametrize("years", [-20, 20])
def test_a_skewed_clock_is_recorded_and_not_refused(gateway, http, site, years):
    skew_ms = years * 365 * 86_400_000
    skewed = reach(gateway.address, site, now_ms=lambda: max(http._now_ms() + skew_ms, 0))
    skewed.feed(0, 1)
    with gateway.core.database.reading() as rows:
        assert abs(rows.execute("SELECT skew_ms FROM site").fetchone()[0] - skew_ms) < 60_000


def test_a_clock_set_back_is_told_and_goes_on(gateway, http, site):
    """After a day with a wrong clock the device is set right: its requests are dated after its latest one."""
    reach(gateway.address, site, now_ms=lambda: http._now_ms() + 10**9).feed(0, 1)
    http.feed(0, 1)
    assert http.blob_offset("0" * 64) is None
    back = reach(gateway.address, site)
    assert back.blob_offset("0" * 64) is None, "also when the first request is one whose answer has no body"


def test_an_old_recording_is_refused_though_its_nonce_was_forgotten(core, local, site):
    wall = [10**12]
    gate = Gate(core.database, now_ms=lambda: wall[0], now=lambda: "")
    ask = reach("http://x", site, now_ms=lambda: wall[0])

    def request():
        return as_asked(ask, "GET", "/v1/feed")

    old = request()
    gate.admit(old)
    wall[0] += REPLAY_WINDOW_MS
    gate.admit(request())
    with pytest.raises(StaleRequest):
        gate.admit(old)
    with core.database.reading() as rows:
        assert rows.execute("SELECT count(*) FROM nonce").fetchone()[0] == 1, "memory is bounded"
    recent = request()
    gate.admit(recent)
    with pytest.raises(RequestReplayed):
        gate.admit(recent)


def as_asked(endpoint, method, target):
    headers = endpoint._signature(method, target, "")
    return SignedRequest(method, target, "", headers[SITE], headers[TIME], headers[NONCE], headers[SIGNATURE])


def test_an_enrolment_code_that_can_be_guessed_is_not_offered(core):
    with pytest.raises(ValueError):
        core.gate.offer(("1234",))


def test_a_site_cannot_be_taken_over_with_another_key(gateway, http, site):
    thief = Site(site.name)
    with pytest.raises(SyncError) as refusal:
        reach(gateway.address, thief).enrol("van-enrolment-0001-b", thief.public_key)
    assert refusal.value.reason == "sync.site_taken"


def test_the_reference_routes_are_not_there_unless_asked_for(settings):
    plain = ThreadGateway(dataclasses.replace(settings, reference_platform=False))
    assert requests.post(plain.address + "/reference/pay", json={}, timeout=5).status_code == 404
    plain.close()


def test_a_defect_inside_is_told_as_busy_without_details(gateway, http, monkeypatch):
    def fall_over(*_):
        raise KeyError("Nguyễn Văn A")

    monkeypatch.setattr(gateway.core.submissions, "feed", fall_over)
    answer = signed(http, "GET", "/v1/feed")
    assert answer.status_code == 500
    assert "Nguy" not in answer.text


def test_metrics_count_and_name_nobody(gateway, http, site):
    http.push([site.write("Nguyễn Văn A")])
    text = requests.get(gateway.address + "/metrics", timeout=5).text
    assert "sync_gateway_change 1\n" in text
    assert site.name not in text
