"""What both versions of the CSC API have in common: a service is asked for credentials, authorisations, signatures."""

import base64
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from pkdocs.errors import CredentialError, ServiceError, UnknownOutcomeError
from pkdocs.signing.csc.answer import Answer, decode, plain
from pkdocs.signing.csc.channel import REFUSED, Channel
from pkdocs.signing.csc.credential import Credential, Factor, read_credential
from pkdocs.transport import Service

_SHOWN_IDS: Final = 20


class Client(ABC):
    """A service of one version. Its two subclasses say how fields are called and what unlocks a credential.

    Not used: ``signDoc`` (documents stay here), ``extendTransaction``, and everything asynchronous.
    """

    version: ClassVar[str]
    prefix: ClassVar[str]
    list_question: ClassVar[Mapping[str, object]]
    digests_field: ClassVar[str]
    digest_algorithm_field: ClassVar[str]
    code_method: ClassVar[str]
    code_field: ClassVar[str | None] = None

    def __init__(self, service: Service, token: str | None) -> None:
        self.channel: Final = Channel(service, self.prefix, token)
        self.host: Final = service.host
        self.place: Final = service.place

    def only_credential(self) -> str:
        """Return the id of the one credential of whoever the token stands for (11.4).

        Raises:
            CredentialError: none, or several; the error lists their ids.
            ServiceError: not reached, or refused.
        """
        answer = self.channel.ask("credentials/list", self.list_question)
        found = answer.texts("credentialIDs")
        if len(found) == 1 and not answer.text("nextPageToken"):
            return found[0]
        if not found:
            raise CredentialError("CSC_NO_CREDENTIAL", host=self.host)
        shown = ", ".join(map(plain, found[:_SHOWN_IDS]))
        raise CredentialError("CSC_CREDENTIALS", host=self.host, credentials=shown)

    def describe(self, identity: str) -> Credential:
        """Return what the service says of a credential (11.5), if it can be used here.

        Raises:
            CredentialError: it cannot.
            ServiceError: not reached, refused, or the answer is not as specified.
        """
        question = {"credentialID": identity, "certificates": "chain", "certInfo": False, "authInfo": True}
        answer = self.channel.ask("credentials/info", question)
        return read_credential(identity, answer, self.read_factors(answer))

    def send_code(self, credential: Credential, factor: Factor) -> str:
        """Have the service send a one-time code (11.8 of both); return the question to be shown with it, mostly empty.

        Raises:
            CredentialError, ServiceError: refused, not reached, or no answer.
        """
        question = {"credentialID": credential.id}
        if self.code_field is not None:
            question[self.code_field] = factor.id
        return plain(self.channel.ask(self.code_method, question).text("challenge") or "")

    def authorise(self, credential: Credential, digests: Sequence[bytes], typed: Mapping[Factor, str]) -> str:
        """Return the signature activation data (SAD) for ``digests`` (11.6). Nothing is signed by that.

        Raises:
            CredentialError: refused, in most cases because of what was typed.
            ServiceError: not reached, no answer, or the user shall confirm elsewhere, which is not supported.
        """
        question = {"credentialID": credential.id, "numSignatures": len(digests), **self.write_typed(typed)}
        if credential.binds_digests:
            question |= self.write_bound(digests)
        try:
            answer = self.channel.ask("credentials/authorize", question)
        except ServiceError as fault:
            if fault.code == REFUSED:
                raise CredentialError("CSC_AUTHORISATION", fault.params) from fault
            raise
        permit = answer.text("SAD")
        if not permit:
            raise ServiceError("CSC_ELSEWHERE", host=self.host) if answer.text("handle") else answer.unusable("SAD")
        return permit

    def sign(self, credential: Credential, permit: str, digests: Sequence[bytes]) -> list[bytes]:
        """Return a signature value for each of ``digests``, as the service writes it (1.0.4.0, 11.9; 2.0.0.2, 11.10).

        Raises:
            CredentialError, ServiceError: refused: nothing was signed.
            UnknownOutcomeError: no answer, or none that can be read; not to be asked again.
        """
        question: dict[str, object] = {
            "credentialID": credential.id,
            "SAD": permit,
            self.digests_field: _write(digests),
        }
        question["signAlgo"] = credential.algorithm.signature
        if credential.algorithm.digest is not None:
            question[self.digest_algorithm_field] = credential.algorithm.digest
        answer = self.channel.ask_once("signatures/signHash", question)
        try:
            values = [decode(entry) for entry in answer.texts("signatures")]
        except (ServiceError, ValueError) as fault:
            raise self._lost() from fault
        if len(values) != len(digests):
            raise self._lost()
        return values

    def write_bound(self, digests: Sequence[bytes]) -> Mapping[str, object]:
        """Return the fields of an authorisation that name ``digests``."""
        return {self.digests_field: _write(digests)}

    @abstractmethod
    def read_factors(self, answer: Answer) -> tuple[Factor, ...]:
        """Return what has to be typed to authorise, from an answer to ``credentials/info``.

        Raises:
            CredentialError: it is unlocked in a way that is not supported.
        """

    @abstractmethod
    def write_typed(self, typed: Mapping[Factor, str]) -> Mapping[str, object]:
        """Return the fields of an authorisation that hold what was typed."""

    def _lost(self) -> UnknownOutcomeError:
        return UnknownOutcomeError("CSC_SIGNATURES_LOST", host=self.host)


def _write(digests: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(digest).decode() for digest in digests]
