"""The register in the hands of its keepers: read a head with its list, sign it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pkdocs.errors import ConflictError
from pkdocs.files import digest, read_regular, replace_unchanged
from pkdocs.index import read_index
from pkdocs.pki import is_training
from pkdocs.profile import Zone
from pkdocs.register import (
    LIST_NAME,
    MAX_LIST_BYTES,
    AgreementLine,
    AssignmentLine,
    CertificateLine,
    Head,
    HeadFacts,
    Line,
    examine_head,
    last_lines,
    list_root,
    parse_lines,
    sign_head,
)
from pkdocs.schema import NewerSchemaError, SchemaError
from pkdocs.signing import Signer
from pkdocs.signing.timestamp import Timestamper
from pkdocs.verification import Weight


@dataclass(frozen=True, slots=True)
class HeadFile:
    """A sound head's file and what it proves; whether anybody believes it is not judged."""

    data: bytes
    head: Head
    facts: HeadFacts


@dataclass(frozen=True, slots=True)
class Kept:
    """A head's file, the lines that it covers, and the names of the registrars who have signed it, in its zone."""

    file: Path
    data: bytes
    head: Head
    lines: tuple[Line, ...]
    signed: tuple[str, ...]
    zone: Zone

    def of_person(self, person: str) -> tuple[Line, ...]:
        """Return all that bears the name of ``person``: offices, certificates, agreements, the last line of each.

        Those that were taken back are among them: somebody may have signed in that name.
        """
        return tuple(line for _, line in last_lines(self.lines) if person in _persons(line))


def _persons(line: Line) -> tuple[str, ...]:
    if isinstance(line, AgreementLine):
        return line.persons
    return (line.person,) if isinstance(line, AssignmentLine | CertificateLine) else ()


def read_kept(file: Path) -> Kept:
    """Return what the head ``file`` and the list beside it say; whether anybody believes them is not judged.

    Raises:
        ConflictError: no sound head, or the list is missing or another.
    """
    found = read_head(file)
    head, facts = found.head, found.facts
    certificates = {digest(one.certificate) for one in facts.signatures if one.certificate}
    index = read_index(file.parent)
    return Kept(
        file=file,
        data=found.data,
        head=head,
        lines=_read_list(file.parent / LIST_NAME, head),
        signed=tuple(one.name for one in head.keepers.registrars if one.certificate in certificates),
        zone=index.zone if index else Zone.WIB,
    )


def read_head(file: Path) -> HeadFile:
    """Return a head's file. Its list is not looked at, and whether anybody believes it is not judged.

    Raises:
        ConflictError: no sound head.
    """
    try:
        data = read_regular(file)
    except OSError as fault:
        raise ConflictError("REGISTER_DAMAGED", file=file.name) from fault
    facts = examine_head(data)
    if facts.head is None or any(finding.weight is Weight.FAIL for finding in facts.findings):
        raise ConflictError("REGISTER_DAMAGED", file=file.name)
    return HeadFile(data, facts.head, facts)


def _read_list(path: Path, head: Head) -> tuple[Line, ...]:
    try:
        lines = parse_lines(read_regular(path, limit=MAX_LIST_BYTES))[: head.size]
    except NewerSchemaError as fault:
        raise ConflictError("SCHEMA_NEWER", fault.params, file=path.name) from fault
    except (OSError, SchemaError) as fault:
        raise ConflictError("REGISTER_DAMAGED", file=path.name) from fault
    if len(lines) < head.size or list_root(lines) != head.root_hash:
        raise ConflictError("REGISTER_DAMAGED", file=path.name)
    return lines


def sign_kept(kept: Kept, signer: Signer, *, at: Callable[[], datetime], stamper: Timestamper | None = None) -> Kept:
    """Add this registrar's signature to the head, and return it as it lies there now.

    With ``stamper`` the signature has a timestamp of its own.

    Raises:
        CredentialError: the certificate is no registrar's of this head, or not in date.
        SigningError: this registrar has signed already.
        ServiceError: the timestamp authority does not answer.
        ConflictError: somebody else changed the file meanwhile.
    """
    training = is_training(signer.certificate)
    signed = sign_head(kept.data, signer, at=at(), zone=kept.zone, training=training, stamper=stamper)
    replace_unchanged(kept.file, signed, expected=digest(kept.data))
    return read_kept(kept.file)
