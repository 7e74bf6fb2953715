"""Nobody but the window that was launched gets anything, on a real server."""

from __future__ import annotations

import asyncio
import http.client
from types import SimpleNamespace

import pytest
import websockets
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.ui.conftest import serving
from van_station.ui.guard import LaunchTokens
from van_station.ui.handout import Sheet
from van_station.ui.serve import DeskServer, UiSettings


def _nobody() -> SimpleNamespace:
    return SimpleNamespace(practice=False, hints=lambda: ())


@pytest.fixture(scope="module")
def server():
    with serving(DeskServer(_nobody(), UiSettings())) as running:
        yield running


def ask(server: DeskServer, path: str, method: str = "GET", body: bytes | None = None, **headers: str):
    connection = http.client.HTTPConnection("127.0.0.1", server.host.port, timeout=10)
    connection.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    answer.data = answer.read()
    connection.close()
    return answer


def cookie(server: DeskServer) -> str:
    answer = ask(server, "/" + server.host.launch_url().partition("/?")[2].join(("?", "")))
    assert answer.status == 303
    return answer.getheader("Set-Cookie").partition(";")[0]


def test_the_launch_address_gives_a_cookie_that_scripts_and_other_sites_cannot_use(server):
    token = server.host.tokens.mint()
    answer = ask(server, f"/?t={token}")
    assert (answer.status, answer.getheader("Location")) == (303, "/")
    given = answer.getheader("Set-Cookie").lower()
    assert "httponly" in given
    assert "samesite=strict" in given


def test_the_launch_address_opens_only_once(server):
    token = server.host.tokens.mint()
    assert ask(server, f"/?t={token}").status == 303
    assert ask(server, f"/?t={token}").status == 401


def test_with_the_cookie_a_used_launch_address_still_opens_the_desk(server):
    token = server.host.tokens.mint()
    first = ask(server, f"/?t={token}").getheader("Set-Cookie").partition(";")[0]
    assert ask(server, f"/?t={token}", Cookie=first).status == 200


def test_a_launch_address_nobody_used_grows_too_old():
    now = [0.0]
    tokens = LaunchTokens(lambda: now[0], ttl_s=60)
    token = tokens.mint()
    now[0] = 61
    assert not tokens.redeem(token)


@pytest.mark.parametrize(
    "path", ["/", "/main.dart.js", "/fonts/InterTabular-Regular.ttf", "/blob/x", "/print/x"]
)
def test_without_the_cookie_nothing_is_served(server, path):
    answer = ask(server, path)
    assert answer.status == 401
    assert b"flet" not in answer.data.lower()


def test_a_foreign_origin_is_refused_even_with_the_cookie(server):
    answer = ask(server, "/", Cookie=cookie(server), Origin="http://evil.example")
    assert answer.status == 403


def test_another_port_of_this_machine_is_a_foreign_origin(server):
    answer = ask(server, "/", Cookie=cookie(server), Origin=f"http://127.0.0.1:{server.host.port + 1}")
    assert answer.status == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1.evil.example", ""])
def test_a_wrong_host_is_refused_so_that_no_name_can_be_rebound_to_us(server, host):
    assert ask(server, "/", Cookie=cookie(server), Host=host).status == 403


def test_other_methods_are_refused(server):
    assert ask(server, "/", method="POST", Cookie=cookie(server)).status == 405


def test_answers_forbid_strangers_scripts_frames_and_keeping_a_copy(server):
    answer = ask(server, "/", Cookie=cookie(server))
    policy = answer.getheader("Content-Security-Policy")
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Cache-Control") == "no-store"
    assert answer.getheader("Access-Control-Allow-Origin") is None


def test_nothing_on_the_page_points_outside(server):
    page = ask(server, "/", Cookie=cookie(server)).data.decode()
    assert "http://" not in page
    assert "https://" not in page
    assert "flet.noCdn=true;" in page


def test_flets_own_upload_route_which_writes_to_disk_is_not_there(server):
    answer = ask(server, "/upload?f=card.jpg", method="PUT", body=b"x", Cookie=cookie(server))
    assert answer.status in (404, 405)


def test_a_print_page_is_made_when_it_is_opened_and_its_file_never_leaves_memory(server):
    made = []

    async def produce() -> Sheet:
        made.append(1)
        return Sheet("phieu.pdf", "application/pdf", b"%PDF-1.7 x")

    address = server.host.handout.offer(produce, title="Phiếu", language="vi")
    key = cookie(server)
    assert made == []
    page = ask(server, address, Cookie=key).data.decode()
    blob = page.partition('src="')[2].partition('"')[0]
    answer = ask(server, blob, Cookie=key)
    assert (answer.data, answer.getheader("Cache-Control"), made) == (b"%PDF-1.7 x", "no-store", [1])
    assert ask(server, blob).status == 401


def socket_to(server: DeskServer, **headers: str):
    async def connect() -> str:
        url = f"ws://127.0.0.1:{server.host.port}/ws"
        try:
            async with websockets.connect(url, additional_headers=headers, open_timeout=10) as line:
                await asyncio.wait_for(line.recv(), 1)
        except InvalidStatus as refused:
            return f"refused {refused.response.status_code}"
        except ConnectionClosed as closed:
            return f"closed {closed.code}"
        except TimeoutError:
            return "open"
        return "open"

    return asyncio.run(connect())


def test_the_socket_opens_for_the_window_that_was_launched(server):
    origin = f"http://127.0.0.1:{server.host.port}"
    assert socket_to(server, Cookie=cookie(server), Origin=origin) == "open"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://127.0.0.1:{port}"},
        {"Cookie": "{cookie}"},
        {"Cookie": "{cookie}", "Origin": "http://evil.example"},
        {"Cookie": "van_station_{port}=guess", "Origin": "http://127.0.0.1:{port}"},
    ],
    ids=["no cookie", "no origin", "foreign origin", "guessed cookie"],
)
def test_the_socket_stays_shut_for_everybody_else(server, headers):
    filled = {
        name: value.format(port=server.host.port, cookie=cookie(server)) for name, value in headers.items()
    }
    assert socket_to(server, **filled).startswith("refused")
