"""Enrolment from a file: the training PKI's list, or a table of real certificates that lie beside it."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.errors import CredentialError
from pkdocs.files import read_regular
from pkdocs.nip import clean_number
from pkdocs.persons import pseudonym
from pkdocs.register import MAX_ENROLMENT_BYTES, Enrolled, demand_one_owner, parse_enrolment

NUMBER, CERTIFICATE, HOW, REGISTRAR = "NIP", "Sertifikat", "Cara", "Registrar"
"""Columns of the table; ``Registrar`` may be absent."""

_YES: Final = "ya"
_MAX_CERTIFICATE_BYTES: Final = 100_000


def read_enrolment(file: Path, *, person_key: bytes) -> tuple[Enrolled, ...]:
    """Return whose certificates are, by ``enrolment.json`` or a ``.csv`` table.

    The table (UTF-8, ``;`` or ``,``) has a row for each certificate: ``NIP``, ``Sertifikat`` (a PEM or DER file, its
    path relative to the table), ``Cara`` (how the person was enrolled), ``Registrar`` (``Ya`` or empty). NIPs become
    persons under ``person_key`` and go no further.

    Raises:
        CredentialError: unreadable, a row or certificate that is not what it should be, one key for two persons.
    """
    try:
        data = read_regular(file, limit=MAX_ENROLMENT_BYTES)
    except OSError as fault:
        raise CredentialError("ENROLMENT_UNREADABLE", file=file.name) from fault
    if file.suffix.lower() != ".csv":
        return parse_enrolment(data)
    return demand_one_owner(_read_rows(data, file, person_key))


def _read_rows(data: bytes, file: Path, person_key: bytes) -> Iterator[Enrolled]:
    try:
        written = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise CredentialError("ENROLMENT_UNREADABLE", file=file.name) from fault
    first = written.partition("\n")[0]
    reader = csv.DictReader(StringIO(written, newline=""), delimiter=";" if ";" in first else ",")
    if not {NUMBER, CERTIFICATE, HOW} <= set(reader.fieldnames or ()):
        raise CredentialError("ENROLMENT_COLUMNS", file=file.name, columns=", ".join((NUMBER, CERTIFICATE, HOW)))
    try:
        for row in reader:
            yield _read_row(row, file, reader.line_num, person_key)
    except csv.Error as fault:
        raise CredentialError("ENROLMENT_ROW", file=file.name, row=reader.line_num) from fault


def _read_row(row: Mapping[str, str | None], file: Path, number: int, person_key: bytes) -> Enrolled:
    cells = {column: (row.get(column) or "").strip() for column in (NUMBER, CERTIFICATE, HOW, REGISTRAR)}
    nip = clean_number(cells[NUMBER])
    if not nip:
        raise CredentialError("ENROLMENT_ROW", file=file.name, row=number)
    person, is_registrar = pseudonym(person_key, nip), cells[REGISTRAR].casefold() == _YES
    try:
        certificate = _load(read_regular(file.parent / cells[CERTIFICATE], limit=_MAX_CERTIFICATE_BYTES))
        return Enrolled(person, certificate, cells[HOW], is_registrar)
    except (OSError, ValueError, CredentialError) as fault:
        raise CredentialError("ENROLMENT_ROW", file=file.name, row=number) from fault


def _load(data: bytes) -> bytes:
    is_pem = data.lstrip().startswith(b"-----BEGIN")
    loaded = x509.load_pem_x509_certificate(data) if is_pem else x509.load_der_x509_certificate(data)
    return loaded.public_bytes(Encoding.DER)
