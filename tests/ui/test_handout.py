"""Pages out and pictures in, in memory, once, for a while, bounded."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from van_station.ui.handout import (
    BLOB_TTL_S,
    INBOX_TTL_S,
    OFFER_TTL_S,
    Handout,
    Sheet,
    SheetRefused,
    UploadTooLarge,
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def handout(clock):
    return Handout(clock)


def with_client(handout: Handout, act):
    async def run():
        transport = httpx.ASGITransport(app=Starlette(routes=handout.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await act(client)

    return asyncio.run(run())


async def table() -> Sheet:
    return Sheet("tong-hop.xlsx", "application/vnd.ms-excel", b"PK")


def test_a_picture_put_into_an_inbox_arrives_once(handout):
    async def act(client):
        address, arriving = handout.inbox()
        first = await client.put(address, content=b"jpeg")
        again = await client.put(address, content=b"other")
        return await arriving, first.status_code, again.status_code

    assert with_client(handout, act) == (b"jpeg", 200, 404)


def test_a_picture_larger_than_the_inbox_is_refused_before_it_is_whole(handout):
    async def act(client):
        address, arriving = handout.inbox(max_bytes=10)
        answer = await client.put(address, content=b"x" * 11)
        with pytest.raises(UploadTooLarge):
            await arriving
        return answer.status_code

    assert with_client(handout, act) == 413


def test_an_inbox_nobody_used_closes(handout, clock):
    async def act(client):
        address, arriving = handout.inbox()
        clock.now += INBOX_TTL_S + 1
        answer = await client.put(address, content=b"x")
        return answer.status_code, arriving.cancelled()

    assert with_client(handout, act) == (404, True)


def test_a_file_to_keep_comes_with_its_name(handout):
    async def act(client):
        return await client.get(handout.offer(table, title="Tổng hợp", language="vi", save=True))

    answer = with_client(handout, act)
    assert answer.content == b"PK"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''tong-hop.xlsx"


def test_a_page_that_cannot_be_made_says_why_in_words(handout):
    async def refused() -> Sheet:
        raise SheetRefused("Chưa xác nhận <hồ sơ>. Xác nhận rồi in.")

    async def act(client):
        return await client.get(handout.offer(refused, title="Phiếu", language="vi"))

    answer = with_client(handout, act)
    assert answer.status_code == 409
    assert "Chưa xác nhận &lt;hồ sơ&gt;. Xác nhận rồi in." in answer.text


def test_a_file_that_cannot_be_made_leaves_the_window_where_it_is(handout):
    async def refused() -> Sheet:
        raise SheetRefused("x")

    async def act(client):
        return (await client.get(handout.offer(refused, title="x", language="vi", save=True))).status_code

    assert with_client(handout, act) == 204


def test_a_withdrawn_offer_is_gone(handout):
    address = handout.offer(table, title="x", language="vi")
    handout.withdraw(address)

    async def act(client):
        return (await client.get(address)).status_code

    assert with_client(handout, act) == 404


@pytest.mark.parametrize(("after_s", "status"), [(OFFER_TTL_S - 1, 200), (OFFER_TTL_S + 1, 404)])
def test_offers_grow_old(handout, clock, after_s, status):
    address = handout.offer(table, title="x", language="vi")
    clock.now += after_s

    async def act(client):
        return (await client.get(address)).status_code

    assert with_client(handout, act) == status


def test_a_finished_page_stays_two_minutes(handout, clock):
    address = handout.offer(table, title="x", language="vi")

    async def act(client):
        page = (await client.get(address)).text
        blob = page.partition('src="')[2].partition('"')[0]
        early = (await client.get(blob)).status_code
        clock.now += BLOB_TTL_S + 1
        return early, (await client.get(blob)).status_code

    assert with_client(handout, act) == (200, 404)


def test_addresses_cannot_be_guessed_from_each_other(handout):
    keys = {handout.offer(table, title="x", language="vi").rpartition("/")[2] for _ in range(50)}
    assert len(keys) == 50
    assert min(map(len, keys)) >= 24
