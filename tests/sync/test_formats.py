"""The worked examples of docs/formats are what the code does."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from sync import errors
from sync.canonical import canonical
from sync.changes import Change, ChangeId, digest, encode_batch, sign, verify, verify_chain
from sync.receipts import decode_receipt, encode_receipt, make_receipt
from sync.signing import is_signed, public_key_of, signer
from sync.wire import PROBLEM_STATUS, signed_message

FORMATS = Path(__file__).resolve().parents[2] / "docs" / "formats"
SITE_KEY, GATEWAY_KEY = bytes(range(32)), bytes(range(32, 64))


def examples(page, kind):
    text = (FORMATS / page).read_text(encoding="utf-8")
    return [block.split("\n") for block in re.findall(rf"```text {kind}\n(.*?)\n```", text, re.DOTALL)]


def test_the_changes_of_the_page_hash_sign_and_chain_as_it_says():
    ((public_key,),) = examples("change-log.md", "public-key")
    assert public_key_of(SITE_KEY).hex() == public_key
    chain = []
    for body, name, signature in examples("change-log.md", "change"):
        fields = json.loads(body)
        assert canonical(fields).decode() == body
        assert hashlib.sha256(b"sync.change.1\n" + body.encode()).hexdigest() == name
        fields["replaces"] = tuple(ChangeId(*place) for place in fields["replaces"])
        change = Change(**fields, signature=signature)
        assert digest(change) == name
        verify(change, bytes.fromhex(public_key))
        assert sign(change, signer(SITE_KEY)) == change
        chain.append(change)
    assert len(chain) == 2
    verify_chain(chain, previous="")
    assert encode_batch(chain)[:2] == b"\x78\x9c", "a zlib stream"


def test_the_receipt_of_the_page_is_signed_as_it_says():
    ((public_key, body, signature),) = examples("receipt.md", "receipt")
    assert public_key_of(GATEWAY_KEY).hex() == public_key
    assert is_signed(b"sync.receipt.1\n" + body.encode(), bytes.fromhex(signature), bytes.fromhex(public_key))
    receipt = decode_receipt(b'{"signature":"%s","body":%s}' % (signature.encode(), body.encode()))
    assert receipt.body().decode() == body
    assert make_receipt(receipt, signer(GATEWAY_KEY)) == receipt
    assert decode_receipt(encode_receipt(receipt)) == receipt
    assert set(receipt.files) == {hashlib.sha256(text).hexdigest() for text in (b"trang 1", b"trang 2")}


def test_the_request_of_the_page_is_signed_as_it_says():
    (lines,) = examples("exchange.md", "request")
    ((signature,),) = examples("exchange.md", "request-signature")
    _, method, target, body_hash, site, time_ms, nonce = lines
    assert hashlib.sha256(b'{"dossier_id":"d055"}').hexdigest() == body_hash
    message = signed_message(method, target, body_hash, site, int(time_ms), nonce)
    assert message == "\n".join(lines).encode()
    assert is_signed(message, bytes.fromhex(signature), public_key_of(SITE_KEY))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (2.0, "2.0"),
        (1.5e-5, "1.5e-05"),
        (1e16, "1e+16"),
        ("a\n\x01é/", '"a\\n\\u0001é/"'),
        ({"b": 1, "a": []}, '{"a":[],"b":1}'),
    ],
    ids=str,
)
def test_canonical_json_is_spelt_as_the_page_says(value, text):
    assert canonical(value).decode() == text


def test_every_refusal_of_the_gateway_is_on_the_page():
    page = (FORMATS / "exchange.md").read_text(encoding="utf-8")
    root = Path(errors.__file__).parent
    raised = {
        code
        for path in (root / "gateway").glob("*.py")
        for code in re.findall(r'reason="(sync\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    told = {kind.code for kind in PROBLEM_STATUS} - {"sync.refused", "sync.receipt_refused"}
    missing = {code for code in raised | told if f"`{code}`" not in page}
    assert not missing


def test_every_error_has_a_code_of_its_own():
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.SyncError)
    ]
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(re.fullmatch(r"sync\.[a-z_]+", kind.code) for kind in kinds)
