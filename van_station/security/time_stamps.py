"""Asking a time-stamp authority (RFC 3161) over a bad line: bounded, and once it failed not again at once."""

from __future__ import annotations

import asyncio
import time

import requests
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

MAX_ANSWER_BYTES = 64 * 1024
PIECE_BYTES = 8 * 1024


class BoundedTimeStamper(TimeStamper):
    """One authority by its address; the whole answer must be there within `timeout_s`."""

    def __init__(self, url: str, *, timeout_s: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url, self._timeout_s = url, timeout_s

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send a request; TimestampRequestError for anything but a whole answer in time."""
        return await asyncio.to_thread(self._ask, req.dump())

    def _ask(self, body: bytes) -> tsp.TimeStampResp:
        deadline = time.monotonic() + self._timeout_s
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            with requests.post(
                self._url,
                data=body,
                headers=headers,
                timeout=self._timeout_s,
                stream=True,
                allow_redirects=False,
            ) as answer:
                if answer.status_code != requests.codes.ok:
                    raise TimestampRequestError("the authority refused")
                data = b""
                for piece in answer.iter_content(PIECE_BYTES):
                    data += piece
                    if len(data) > MAX_ANSWER_BYTES or time.monotonic() > deadline:
                        raise TimestampRequestError("too long or too slow")
            return tsp.TimeStampResp.load(data, strict=True)
        except (OSError, ValueError) as error:
            raise TimestampRequestError("no answer") from error
