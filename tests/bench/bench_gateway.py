"""The gateway as its own process on loopback: batches of changes and a large blob, both durable when answered."""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.changes import Change, digest, encode_batch, sign
from sync.clock import HybridClock
from sync.http_endpoint import HttpEndpoint
from sync.signing import new_private_key, public_key_of, signer
from tests.bench.measuring import Figure, duel, rate

BATCH = 100
BLOB_BYTES = 20_000_000
_SITE = "5a17e0"
_CODE = "bench-enrolment-0001"
_START_TIMEOUT_S = 30.0


def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Return changes/s and MB/s, each against what the bare disk takes."""
    site = _Site()
    with _gateway(folder, site) as endpoint:
        return [
            _pushes(folder, endpoint, site, rounds=2 if quick else 20),
            _uploads(
                folder,
                endpoint,
                rounds=2 if quick else 8,
                size_bytes=BLOB_BYTES // 10 if quick else BLOB_BYTES,
            ),
        ]


class _Site:
    """A machine that writes signed changes."""

    def __init__(self) -> None:
        private_key = new_private_key()
        self.public_key = public_key_of(private_key)
        self.sign = signer(private_key)
        self._clock = HybridClock(lambda: time.time_ns() // 1_000_000)
        self._seq, self._previous = 0, ""

    def batch(self) -> list[Change]:
        """Return the next changes of the chain."""
        return [self._change() for _ in range(BATCH)]

    def _change(self) -> Change:
        self._seq += 1
        change = Change(
            site=_SITE,
            seq=self._seq,
            stamp=self._clock.tick(),
            entity="person",
            record_id=f"{self._seq:032x}",
            field="full_name",
            value="Nguyễn Thị Ví Dụ",
            replaces=(),
            author="u1",
            schema=1,
            previous=self._previous,
            signature="",
        )
        signed = sign(change, self.sign)
        self._previous = digest(signed)
        return signed


@contextmanager
def _gateway(folder: Path, site: _Site) -> Iterator[HttpEndpoint]:
    """Start a gateway, enrol with it, and stop it at the end."""
    port_file = folder / "port"
    command = [sys.executable, "-m", "sync.gateway", "--folder", str(folder / "gateway")]
    command += ["--port-file", str(port_file), "--enrolment-code", _CODE]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not port_file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the gateway did not start")
            time.sleep(0.02)
        endpoint = HttpEndpoint(port_file.read_text().strip(), _SITE, site.sign)
        endpoint.enrol(_CODE, site.public_key)
        try:
            yield endpoint
        finally:
            endpoint.close()
    finally:
        process.terminate()
        process.wait(timeout=15)


def _pushes(folder: Path, endpoint: HttpEndpoint, site: _Site, *, rounds: int) -> Figure:
    plain = sqlite3.connect(folder / "changes.sqlite", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL"):
        plain.execute(f"PRAGMA {pragma}")
    plain.execute(
        "CREATE TABLE change (site TEXT, seq INTEGER, digest TEXT, previous TEXT, body BLOB, received_at TEXT, "
        "PRIMARY KEY (site, seq)) STRICT, WITHOUT ROWID"
    )
    last: list[Change] = []

    def push() -> float:
        last[:] = site.batch()
        start = time.perf_counter()
        reply = endpoint.push(last)
        taken_s = time.perf_counter() - start
        assert reply.vector == {_SITE: last[-1].seq}
        return taken_s

    def insert() -> float:
        rows = [
            (
                change.site,
                change.seq,
                change.signature[:64],
                change.previous,
                encode_batch([change]),
                change.stamp,
            )
            for change in last
        ]
        start = time.perf_counter()
        plain.execute("BEGIN IMMEDIATE")
        plain.executemany("INSERT OR REPLACE INTO change VALUES (?,?,?,?,?,?)", rows)
        plain.execute("COMMIT")
        return time.perf_counter() - start

    figure = duel("gateway: push", push, insert, rounds=rounds)
    plain.close()
    note = (
        f"batches of {BATCH} over HTTP, each signature and chain link checked; "
        "peer: plain sqlite3 inserting the same bytes, one transaction a batch"
    )
    return rate(figure, "changes/s", BATCH, note=note)


def _uploads(folder: Path, endpoint: HttpEndpoint, *, rounds: int, size_bytes: int) -> Figure:
    def upload() -> float:
        body = os.urandom(size_bytes)
        blob_id = hashlib.sha256(body).hexdigest()
        start = time.perf_counter()
        endpoint.upload(blob_id, io.BytesIO(body), size_bytes=size_bytes)
        return time.perf_counter() - start

    def copy() -> float:
        body = os.urandom(size_bytes)
        target = folder / "copy"
        start = time.perf_counter()
        with target.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        taken_s = time.perf_counter() - start
        target.unlink()
        return taken_s

    note = (
        f"{size_bytes // 1_000_000} MB by tus on loopback, SHA-256 checked, synced; "
        "peer: writing the same to a file, synced"
    )
    return rate(
        duel("gateway: upload", upload, copy, rounds=rounds), "MB/s", size_bytes / 1_000_000, note=note
    )
