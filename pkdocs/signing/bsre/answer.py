"""What an answer of the client service means, when it is not the document that was asked for.

Its words are never repeated: nobody promises that they do not hold the NIK or the pass phrase.
"""

import json
import re
from typing import Any, Final

from pkdocs.errors import CredentialError, PkdocsError, ServiceError, SigningError, UnknownOutcomeError
from pkdocs.transport import Reply

_CREDENTIAL: Final = {
    2011: "BSRE_STATE_NOT_REGISTERED",
    2021: "BSRE_STATE_NO_CERTIFICATE",
    2031: "BSRE_PASSPHRASE",
}
_PASSPHRASE: Final = re.compile(
    r"pass ?phrase|kata sandi|\b(akun|user|pengguna|account)\b.{0,60}\b(terkunci|diblokir|locked|blocked)",
    re.IGNORECASE,
)
"""Says that a pass phrase was refused, where the code does not: one asked again too often locks the account."""
_FAILED: Final = 500


def read_json(body: bytes) -> dict[str, Any]:
    """Return the object that ``body`` holds, empty where it holds none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def code_of(answer: dict[str, Any]) -> int | None:
    """Return the service's own code, which it gives as a number or as digits."""
    code = str(answer.get("status_code", ""))
    return int(code) if re.fullmatch(r"[0-9]{1,6}", code) else None


def credential_error(answer: dict[str, Any], *, host: str) -> CredentialError | None:
    """Return what ``answer`` says against the signer: then nothing more may be asked in his name."""
    code = code_of(answer)
    if code in _CREDENTIAL:
        return CredentialError(_CREDENTIAL[code], host=host)
    said = f"{answer.get('error', '')} {answer.get('message', '')}"
    return CredentialError("BSRE_PASSPHRASE", host=host) if _PASSPHRASE.search(said) else None


def error_of(reply: Reply, *, host: str, count: int) -> PkdocsError:
    """Return what ``reply``, which holds no document, says of a call with ``count`` documents.

    What is not plainly a refusal is an unknown outcome: a gateway that gave up, or an answer without sense.
    """
    answer = read_json(reply.body)
    against = credential_error(answer, host=host)
    if against:
        return against
    if reply.status == _FAILED:
        return SigningError("BSRE_FAILED" if count == 1 else "BSRE_FAILED_TOGETHER", host=host, count=count)
    told = answer.get("error") or code_of(answer) is not None
    if reply.status > _FAILED or (reply.status < 300 and not told):
        return UnknownOutcomeError("BSRE_ANSWER_BROKEN", host=host, status=reply.status)
    return ServiceError("BSRE_REFUSED", host=host, status=reply.status, answer=code_of(answer) or "-")
