"""Every key holder as its options choose it, for the people of the small city."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from pkdocs.content import Party, Role
from pkdocs.pki import ENROLMENT_SCHEMA
from pkdocs.register import Enrolled
from pkdocs.signing import read_form
from tests.bsre import emulator as bsre
from tests.bsre.authority import der
from tests.city import Town, number_of
from tests.cli.runner import Run, pkdocs
from tests.csc import emulator as csc

Options = tuple[str | Path, ...]


def party(town: Town, key: str) -> Party:
    """Return who holds ``key``, as the agreement prints it."""
    found = read_form(town.pdf(key).read_bytes()).content.party(Role.FIRST)
    assert found is not None
    return found


def written(folder: Path, name: str, text: str) -> Path:
    """Return a file of that text."""
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def by_file(town: Town, key: str) -> Options:
    """Return the options of a PKCS #12 file."""
    return "--p12", town.p12(key), "--passphrase-file", town.p12(key).with_suffix(".pass")


def seal_options(town: Town) -> Options:
    """Return the options of the organisation's seal."""
    return "--p12", town.pki / "segel.p12", "--passphrase-file", town.pki / "segel.pass"


def key_of(town: Town, key: str) -> Any:
    """Return the private key and the certificates in somebody's file, the own certificate first."""
    passphrase = town.p12(key).with_suffix(".pass").read_bytes().strip()
    held = pkcs12.load_pkcs12(town.p12(key).read_bytes(), passphrase)
    assert held.cert is not None
    return held.key, held.cert.certificate, *(one.certificate for one in held.additional_certs)


@contextmanager
def csc_service(town: Town, key: str, folder: Path, **more: Any) -> Iterator[tuple[csc.Emulator, Options]]:
    """Yield a CSC service with the key of somebody, and its options: PIN and access token by file."""
    service = csc.Emulator(party(town, key), **more)
    service.tokens.add("tanda-masuk-uji")
    pin, token = written(folder, "pin", csc.PIN), written(folder, "token", "tanda-masuk-uji\n")
    with csc.emulating(service) as address:
        options = ("--csc", address, "--csc-version", service.version)
        yield service, (*options, "--passphrase-file", pin, "--access-token-file", token)


@contextmanager
def bsre_service(
    town: Town, key: str, folder: Path, emulator: bsre.Emulator | None = None
) -> Iterator[tuple[bsre.Emulator, Options]]:
    """Yield BSrE's service with the certificate of somebody, who is enrolled, and its options."""
    enrolment = enrol(folder, {party(town, key).person: der("person")})
    files: Options = (
        *("--nik-file", written(folder, "nik", bsre.NIK)),
        *("--passphrase-file", written(folder, "frasa", bsre.PASSPHRASE)),
        *("--bsre-account", written(folder, "akun", bsre.ACCOUNT)),
    )
    with bsre.emulating(emulator or bsre.Emulator()) as service:
        yield service, ("--bsre", service.address, *files, "--as", number_of(key), "--enrolment", enrolment)


def enrol(folder: Path, people: dict[str, bytes]) -> Path:
    """Return an enrolment file: whose certificates (DER) are."""
    listed = [
        {
            "person": person,
            "sha256": Enrolled(person, certificate, "uji").digest,
            "enrolled": "uji",
            "certificate": x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM).decode(),
        }
        for person, certificate in people.items()
    ]
    return written(folder, "enrolment.json", json.dumps({"schema": ENROLMENT_SCHEMA, "certificates": listed}))


def sign(town: Town, *options: str | Path, language: str = "en", **more: Any) -> Run:
    """Sign what waits in the folder, with consent."""
    return pkdocs("--lang", language, "sign", town.out, *options, "--yes", "--json", **more)


def receipt(run: Run) -> Any:
    """Return the receipt of a run, as it is written."""
    return json.loads(Path(run.json["receipt"]["json"]).read_bytes())


def ids(run: Run) -> list[str]:
    """Return what was signed; a run that was stopped shows its error instead."""
    assert "signed" in run.json, run.out + run.err
    return [one["id"] for one in run.json["signed"]]


def with_option(options: Options, name: str, value: str | Path) -> Options:
    """Return ``options`` with another value of ``name``."""
    place = options.index(name) + 1
    return (*options[:place], value, *options[place + 1 :])
