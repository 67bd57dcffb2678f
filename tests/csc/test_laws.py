"""Laws of the CSC client: how a batch is divided, and that no answer whatever leads anywhere else than to an error."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkdocs.errors import CredentialError, PkdocsError, ServiceError, UnknownOutcomeError
from pkdocs.signing.csc.authorisation import Prompts
from pkdocs.signing.csc.client import Client
from pkdocs.signing.csc.credential import Credential
from pkdocs.signing.csc.signer import CscSigner
from pkdocs.signing.csc.v1 import ClientV1
from pkdocs.signing.csc.v2 import ClientV2
from pkdocs.signing.csc.value import normalise
from pkdocs.transport import Reply, Service
from tests.csc.emulator import CREDENTIAL, Emulator
from tests.factory import MAYOR
from tests.signed import signer_of

TEXTS = st.text(max_size=12) | st.sampled_from(
    ["PIN", "OTP", "true", "explicit", "Password", "1", "2", "AND", "\ud800"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
MEMBERS = ["key", "cert", "auth", "authMode", "PIN", "OTP", "SCAL", "multisign", "SAD", "signatures", "error", "handle"]
PLACES = st.sampled_from(["key/status", "key/algo", "cert/status", "cert/certificates", "auth/mode", "auth/objects"])
CLIENTS = pytest.mark.parametrize("kind", [ClientV1, ClientV2])


class Canned(Service):
    """A service that gives the same answer to everything."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__("http://127.0.0.1", timeout_s=1)
        self.reply = Reply(status, {}, body)

    def send(self, *_args: Any, **_named: Any) -> Reply:
        return self.reply


def described(kind: type[Client], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a good answer to ``credentials/info`` with some members replaced; ``a/b`` is one of a member."""
    emulator = Emulator(MAYOR, version=kind.version)
    members = emulator._describe({"credentialID": CREDENTIAL, "certificates": "chain"})
    for place, value in changes.items():
        name, _, inner = place.partition("/")
        members[name] = {**members.get(name, {}), inner: value} if inner else value
    return members


def one_credential(kind: type[Client], multisign: int) -> Credential:
    return kind(Canned(200, json.dumps(described(kind, {"multisign": multisign})).encode()), None).describe(CREDENTIAL)


def attempted(action: Callable[[], object]) -> object:
    """Return what ``action`` gives, or the error that it ends with."""
    try:
        return action()
    except PkdocsError as error:
        return error


@CLIENTS
@settings(max_examples=150, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=2) | st.dictionaries(PLACES, JSON, max_size=2))
def test_whatever_is_said_of_a_credential_it_is_one_or_an_error(kind: type[Client], changes: Mapping[str, Any]) -> None:
    body = json.dumps(described(kind, changes)).encode()
    given = attempted(lambda: kind(Canned(200, body), None).describe(CREDENTIAL))
    if isinstance(given, Credential):
        assert given.certificate == signer_of(MAYOR).certificate
        assert given.multisign >= 1
    else:
        assert isinstance(given, CredentialError | ServiceError)
        assert given.message("id")


@CLIENTS
@settings(max_examples=150, deadline=None)
@given(
    status=st.sampled_from([200, 201, 202, 204, 302, 400, 401, 403, 404, 429, 500, 501, 502, 503, 504]),
    body=st.binary(max_size=40)
    | st.dictionaries(st.sampled_from(MEMBERS), JSON).map(lambda say: json.dumps(say).encode()),
)
def test_whatever_is_answered_to_signing_nothing_is_taken_for_a_signature(
    kind: type[Client], status: int, body: bytes
) -> None:
    credential = one_credential(kind, 1)
    given = attempted(lambda: kind(Canned(status, body), None).sign(credential, "izin", [bytes(32)]))
    if isinstance(given, list):
        assert [normalise(credential.certificate, value, b"data") for value in given] == [None]
    elif isinstance(given, UnknownOutcomeError):
        assert 200 <= status < 300 or status >= 500
    else:
        assert isinstance(given, CredentialError | ServiceError)
        assert status not in {500, 502, 504}
        assert given.message("id")


class Counting(ClientV2):
    """A service that authorises everything and keeps a list of what it was asked for."""

    def __init__(self) -> None:
        super().__init__(Canned(200, b"{}"), None)
        self.asked: list[tuple[str, int]] = []

    def authorise(self, *args: Any) -> str:
        self.asked.append(("authorise", len(args[1])))
        return "izin"

    def sign(self, *args: Any) -> list[bytes]:
        self.asked.append(("sign", len(args[2])))
        return [b""] * len(args[2])


@settings(max_examples=50, deadline=None)
@given(number=st.integers(0, 60), multisign=st.integers(1, 20))
def test_batch_has_as_few_groups_as_possible_all_authorised_before_the_first_is_signed(
    number: int, multisign: int
) -> None:
    client = Counting()
    signer = CscSigner(client, one_credential(ClientV2, multisign), Prompts(lambda: "1", None))
    outcomes = list(signer.sign_each([b"%d" % one for one in range(number)]))
    groups = -(-number // multisign)
    assert [what for what, _ in client.asked] == ["authorise"] * groups + ["sign"] * groups
    for what in ("authorise", "sign"):
        sizes = [size for asked, size in client.asked if asked == what]
        assert sum(sizes) == number
        assert all(size == multisign for size in sizes[:-1])
    assert [outcome.key for outcome in outcomes] == [b"%d" % one for one in range(number)]
    assert all(isinstance(outcome.error, PkdocsError) for outcome in outcomes)


@given(st.binary(max_size=90))
def test_no_bytes_are_taken_for_a_signature_that_is_none(written: bytes) -> None:
    assert normalise(signer_of(MAYOR).certificate, written, b"data") is None
