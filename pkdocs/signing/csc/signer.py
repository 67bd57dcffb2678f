"""A key that a CSC service keeps, as one of our signers."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Final, NoReturn

from pkdocs.errors import CredentialError, PkdocsError, ServiceError, SigningError
from pkdocs.outcome import Outcome, demand
from pkdocs.signing.csc.authorisation import Group, Prompts, Turn, authorise
from pkdocs.signing.csc.channel import REFUSED
from pkdocs.signing.csc.client import Client
from pkdocs.signing.csc.credential import Credential
from pkdocs.signing.csc.v1 import ClientV1
from pkdocs.signing.csc.v2 import ClientV2
from pkdocs.signing.csc.value import normalise
from pkdocs.signing.signer import BatchSigner
from pkdocs.transport import Service

_WHOLE_BATCH: Final = 1000
"""How many signatures are asked for with one PIN: authorisations are short-lived, and none may wait for the first."""


class Version(StrEnum):
    """Which version of the API a service speaks."""

    AUTO = "auto"
    V1 = "v1"
    V2 = "v2"


class CscSigner(BatchSigner):
    """A signer whose key is in a CSC service; ``sign_each`` tells what became of each signature.

    After a failed authorisation it asks for nothing more: accounts lock.
    """

    def __init__(self, client: Client, credential: Credential, prompts: Prompts) -> None:
        self.certificate: Final = credential.certificate
        self.chain: Final = credential.chain
        self.person: Final = credential.person
        self.friendly_name: Final = ""
        self.origin: Final = f"CSC {client.version} ({client.place})"
        self.batch: Final = _WHOLE_BATCH
        self.is_remote: Final = True
        self._client = client
        self._credential = credential
        self._prompts = prompts
        self._failure: PkdocsError | None = None

    def __repr__(self) -> str:
        return f"CscSigner({self.person})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a session is not handed to other processes")

    def sign_raw(self, data: Sequence[bytes]) -> list[bytes]:
        """Return the raw signature of each of ``data``; the first error ends it, and what came before is lost."""
        return [demand(outcome) for outcome in self.sign_each(data)]

    def sign_each(self, data: Sequence[bytes]) -> Iterator[Outcome[bytes, bytes]]:
        """Yield the raw signature of each of ``data``, or why there is none, in their order.

        All are authorised before the first is asked for. What fails is not asked for again, least of all where the
        outcome is unknown, and what comes after it not at all.
        """
        try:
            groups = self._authorise(data)
        except (CredentialError, ServiceError) as error:
            yield from (Outcome(one, error=error) for one in data)
            return
        pending = iter(groups)
        for group in pending:
            try:
                values = self._client.sign(self._credential, group.permit, group.digests)
            except (CredentialError, SigningError) as error:
                yield from (Outcome(one, error=error) for one in group.data)
                break
            yield from (self._checked(one, value) for one, value in zip(group.data, values, strict=True))
        not_asked = ServiceError("CSC_NOT_ASKED", host=self._client.host)
        yield from (Outcome(one, error=not_asked) for group in pending for one in group.data)

    def _authorise(self, data: Sequence[bytes]) -> tuple[Group, ...]:
        if self._failure is not None:
            raise self._failure
        try:
            return authorise(self._client, self._credential, self._prompts, data)
        except (CredentialError, ServiceError) as failure:
            self._failure = failure
            raise

    def _checked(self, data: bytes, value: bytes) -> Outcome[bytes, bytes]:
        signature = normalise(self.certificate, value, data)
        if signature is None:
            return Outcome(data, error=SigningError("CSC_WRONG_SIGNATURE", host=self._client.host))
        return Outcome(data, signature)


def open_csc(
    service: Service,
    *,
    version: Version = Version.AUTO,
    credential: str | None = None,
    pin: Callable[[], str] | None = None,
    otp: Callable[[Turn], str] | None = None,
    token: str | None = None,
) -> CscSigner:
    """Return the signer of a ``credential`` of ``service``, whose address is what stands before ``/csc/v…``.

    ``token`` is the bearer token of the service (``request_token`` gets one), absent where it asks for none. ``pin`` is
    asked once for a batch, ``otp`` once for each authorisation, and neither before something is to be signed. Whether
    the certificate is in date is ``check_certificate``'s matter. Not supported: authorisation in a browser
    (``oauth2code``) or in an app (out of band), and asynchronous signing.

    Raises:
        CredentialError: the token is refused; no credential of this name, or several and none named; it is disabled,
            its certificate not valid or not for signing, or it is unlocked in a way that is not supported or cannot be
            asked for.
        ServiceError: not reached, refused, or the answers are not as specified.
    """
    client = _open(service, version, token)
    described = client.describe(credential if credential is not None else client.only_credential())
    prompts = Prompts(pin, otp)
    prompts.demand_for(described)
    return CscSigner(client, described, prompts)


def _open(service: Service, version: Version, token: str | None) -> Client:
    if version is Version.V1:
        return ClientV1(service, token)
    client = ClientV2(service, token)
    if version is Version.V2 or _speaks(client):
        return client
    return ClientV1(service, token)


def _speaks(client: Client) -> bool:
    """Tell whether the service knows ``info`` of this version (11.1), which no service may leave out.

    Raises:
        ServiceError: not reached, or no answer.
    """
    try:
        answer = client.channel.ask("info", {})
    except ServiceError as fault:
        if fault.code == REFUSED:
            return False
        raise
    return (answer.text("specs") or "").startswith(client.version.removeprefix("v"))
