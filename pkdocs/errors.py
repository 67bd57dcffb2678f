"""What stops pkdocs: one tree of errors, each branch with its exit code (docs/contracts.md)."""

from collections.abc import Mapping
from typing import ClassVar

from pkdocs.messages import Language, text


class PkdocsError(Exception):
    """Something stopped; says what, which and what to do next, in either language.

    ``code`` is stable and names the sentence in the message catalogue, ``params`` fill it. An error
    survives pickling (``cls(*args)`` rebuilds it), so it may cross a process pool.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, params: Mapping[str, object] | None = None, /, **more: object) -> None:
        self.code = code
        self.params: dict[str, object] = {**(params or {}), **more}
        super().__init__(code, self.params)

    def message(self, language: Language = "id") -> str:
        """Return the sentence for the user; a cause among the params is said in the same language."""
        return text(self.code, language, self.params)

    def __str__(self) -> str:
        return f"{self.code}: {self.message('en')}"


class UsageError(PkdocsError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class WorkbookError(PkdocsError):
    """The workbook cannot be read, or has errors where it must not."""

    exit_code = 3


class TemplateError(PkdocsError):
    """A template is damaged, unsafe, or asks for a name that does not exist."""

    exit_code = 4


class OfficeError(PkdocsError):
    """LibreOffice is missing, or converted nothing."""

    exit_code = 5


class DocumentError(PkdocsError):
    """One agreement could not be made; the others go on."""


class CredentialError(PkdocsError):
    """A key, certificate, passphrase or person is not the right one; nothing was signed."""

    exit_code = 6


class TrustError(PkdocsError):
    """The trust file cannot be used; nothing was judged."""

    exit_code = 6


class SigningError(PkdocsError):
    """One document could not be signed."""

    exit_code = 7


class ServiceError(SigningError):
    """A service was not reached, or refused: it has done nothing."""


class UnknownOutcomeError(SigningError):
    """A service was asked for something and gave no answer that can be read: nobody knows whether it was done."""


class ConflictError(PkdocsError):
    """Something that must not be overwritten is in the way, or somebody else changed the file."""

    exit_code = 8
