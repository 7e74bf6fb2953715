"""The gateway's database under a key: nothing readable on the disk, and no other key opens it."""

from dataclasses import replace

import pytest

from sync.gateway.core import GatewayCore
from sync.gateway.database import StoreKeyRefused

from .conftest import enrol_locally

KEY = bytes(range(32))
SECRET = "Nguyễn Thị Bí Mật"


def files_holding(folder, text):
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


@pytest.fixture
def at_rest(settings):
    return replace(settings, store_key=KEY)


def note(core, text):
    with core.database.transaction() as rows:
        rows.execute("INSERT INTO feed (body) VALUES (?)", (text,))


def test_what_a_keyed_gateway_keeps_cannot_be_read_from_its_files(at_rest, site):
    core = GatewayCore(at_rest)
    enrol_locally(core, site)
    note(core, SECRET)
    assert files_holding(at_rest.folder, SECRET) == []
    core.close()
    assert files_holding(at_rest.folder, SECRET) == []
    again = GatewayCore(at_rest)
    with again.database.reading() as rows:
        assert rows.execute("SELECT body FROM feed").fetchone()["body"] == SECRET
    again.close()


def test_the_search_finds_a_text_where_there_is_no_key(settings, site):
    core = GatewayCore(settings)
    note(core, SECRET)
    assert files_holding(settings.folder, SECRET)
    core.close()


@pytest.mark.parametrize("other", [bytes(32), KEY[:31]])
def test_another_key_is_refused(at_rest, other):
    GatewayCore(at_rest).close()
    with pytest.raises(StoreKeyRefused):
        GatewayCore(replace(at_rest, store_key=other))


def test_a_plain_database_is_not_taken_for_a_keyed_one(settings):
    GatewayCore(settings).close()
    with pytest.raises(StoreKeyRefused):
        GatewayCore(replace(settings, store_key=KEY))
