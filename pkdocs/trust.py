"""What an auditor pins before judging: the trust file, ``trust.toml`` (docs/chain.md, section 5)."""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.errors import TrustError
from pkdocs.profile import Zone
from pkdocs.schema import NewerSchemaError, SchemaError, demand_schema, is_plain_text

FILE_NAME: Final = "trust.toml"
SCHEMA: Final = "pkdocs-trust/1"
MAX_TRUST_BYTES: Final = 64_000_000

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PEM = re.compile(r"\s*-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----\s*")

_Read = TypeVar("_Read")


class Purpose(StrEnum):
    """What an anchor may vouch for."""

    PERSONS = "persons"
    TIMESTAMPS = "timestamps"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A certificate (DER) that is believed without another; ``training`` marks every verdict under it *uji*."""

    certificate: bytes
    purposes: frozenset[Purpose]
    training: bool


@dataclass(frozen=True, slots=True)
class LowestHead:
    """The oldest head of the register that is still accepted; ``digest`` of its content, in hexadecimal."""

    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Trust:
    """What verdicts rest on, besides the files.

    ``organisation`` and ``root_position`` (the key of the root's position) are empty where nobody has
    been enrolled yet; ``organisation_code`` also where there is none. ``crls`` and ``registrars`` are DER,
    ``threshold`` counts registrars. ``digest`` is SHA-256 of the file's bytes, empty before there is one.

    Raises:
        TrustError: no anchor, an anchor without purpose, or a threshold that cannot be reached.
    """

    organisation: str
    organisation_code: str
    root_position: str
    anchors: tuple[Anchor, ...]
    crls: tuple[bytes, ...]
    registrars: tuple[bytes, ...]
    threshold: int
    lowest_head: LowestHead | None
    qr_address: str
    zone: Zone
    digest: str = ""

    def __post_init__(self) -> None:
        if not self.anchors:
            raise TrustError("TRUST_WITHOUT_ANCHOR")
        if any(not anchor.purposes for anchor in self.anchors):
            _refuse("anchors.purposes")
        if self.threshold < 1 or (self.registrars and self.threshold > len(self.registrars)):
            raise TrustError("TRUST_THRESHOLD", threshold=self.threshold, registrars=len(self.registrars))
        if len(set(self.registrars)) != len(self.registrars):
            _refuse("registrars")
        texts = (self.organisation, self.organisation_code, self.root_position, self.qr_address)
        if not all(map(is_plain_text, texts)):
            _refuse("organisation, organisation_code, root_position, qr_address")


def read_trust(data: bytes) -> Trust:
    """Return what the trust file says.

    Whether its certificates are in date, or its CRLs current, is for the judging to say.

    Raises:
        TrustError: not TOML, of a newer schema, with unknown, absent or wrong entries, or without anchors.
    """
    raw = _parse(data)
    _demand_schema(raw)
    lowest = raw.get("lowest_head")
    _demand_names(raw, _FIELDS, optional={"lowest_head"}, where="trust")
    return Trust(
        organisation=_text(raw, "organisation"),
        organisation_code=_text(raw, "organisation_code"),
        root_position=_text(raw, "root_position"),
        anchors=tuple(_read_anchor(entry) for entry in _list(raw, "anchors")),
        crls=tuple(_read_crl(entry) for entry in _list(raw, "crls")),
        registrars=tuple(_read_certificate(entry, "registrars") for entry in _list(raw, "registrars")),
        threshold=_integer(raw, "threshold"),
        lowest_head=None if lowest is None else _read_lowest_head(lowest),
        qr_address=_text(raw, "qr_address"),
        zone=_choice(Zone, raw["zone"], "zone"),
        digest=hashlib.sha256(data).hexdigest(),
    )


def render_trust(trust: Trust) -> bytes:
    """Return ``trust`` as a file: the same value gives the same bytes, and reading gives the value again."""
    lines = [
        "# Dasar kepercayaan pkdocs: siapa yang dipercaya saat dokumen diperiksa (pkdocs verify --trust).",
        _entry("schema", SCHEMA),
        _entry("organisation", trust.organisation),
        _entry("organisation_code", trust.organisation_code),
        _entry("root_position", trust.root_position),
        _entry("qr_address", trust.qr_address),
        _entry("zone", trust.zone),
        f"threshold = {trust.threshold}",
        *_blocks("registrars", map(_certificate_pem, trust.registrars)),
        *_blocks("crls", map(_crl_pem, trust.crls)),
    ]
    if trust.lowest_head is not None:
        head = trust.lowest_head
        lines += ["", "[lowest_head]", f"version = {head.version}", _entry("digest", head.digest)]
    for anchor in trust.anchors:
        lines += ["", *_anchor_lines(anchor)]
    return ("\n".join(lines) + "\n").encode()


_FIELDS: Final = frozenset(
    {
        "schema",
        "organisation",
        "organisation_code",
        "root_position",
        "qr_address",
        "zone",
        "threshold",
        "registrars",
        "crls",
        "anchors",
    }
)


def _refuse(field: str) -> NoReturn:
    raise TrustError("TRUST_ENTRY", field=field)


def _parse(data: bytes) -> Mapping[str, Any]:
    if len(data) > MAX_TRUST_BYTES:
        raise TrustError("TRUST_UNREADABLE")
    try:
        return tomllib.loads(data.decode())
    except (ValueError, RecursionError) as fault:
        raise TrustError("TRUST_UNREADABLE") from fault


def _demand_schema(raw: Mapping[str, Any]) -> None:
    try:
        demand_schema(raw, SCHEMA)
    except NewerSchemaError as fault:
        raise TrustError("SCHEMA_NEWER", fault.params, file=FILE_NAME) from fault
    except SchemaError as fault:
        raise TrustError("TRUST_UNREADABLE") from fault


def _demand_names(
    raw: Mapping[str, Any], required: frozenset[str], *, where: str, optional: Iterable[str] = ()
) -> None:
    if unknown := raw.keys() - required - set(optional):
        raise TrustError("TRUST_UNKNOWN_ENTRY", field=f"{where}.{min(unknown)}")
    if absent := required - raw.keys():
        _refuse(f"{where}.{min(absent)}")


def _text(raw: Mapping[str, Any], field: str) -> str:
    value = raw[field]
    if not isinstance(value, str):
        _refuse(field)
    return value


def _integer(raw: Mapping[str, Any], field: str) -> int:
    value = raw[field]
    if type(value) is not int or not 1 <= value < 10**9:
        _refuse(field)
    return value


def _list(raw: Mapping[str, Any], field: str) -> list[Any]:
    value = raw[field]
    if not isinstance(value, list):
        _refuse(field)
    return value


_Choice = TypeVar("_Choice", bound=StrEnum)


def _choice(kind: type[_Choice], written: object, field: str) -> _Choice:
    try:
        return kind(str(written))
    except ValueError:
        _refuse(field)


def _table(raw: object, required: frozenset[str], where: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        _refuse(where)
    _demand_names(raw, required, where=where)
    return raw


def _read_anchor(entry: object) -> Anchor:
    raw = _table(entry, frozenset({"certificate", "purposes", "training"}), "anchors")
    if not isinstance(raw["training"], bool):
        _refuse("anchors.training")
    return Anchor(
        certificate=_read_certificate(raw["certificate"], "anchors.certificate"),
        purposes=frozenset(_choice(Purpose, written, "anchors.purposes") for written in _list(raw, "purposes")),
        training=raw["training"],
    )


def _read_lowest_head(entry: object) -> LowestHead:
    raw = _table(entry, frozenset({"version", "digest"}), "lowest_head")
    digest = _text(raw, "digest")
    if not _DIGEST.fullmatch(digest):
        _refuse("lowest_head.digest")
    return LowestHead(_integer(raw, "version"), digest)


def _read_certificate(pem: object, field: str) -> bytes:
    return _read_pem(pem, "CERTIFICATE", x509.load_pem_x509_certificate, field).public_bytes(Encoding.DER)


def _read_crl(pem: object) -> bytes:
    return _read_pem(pem, "X509 CRL", x509.load_pem_x509_crl, "crls").public_bytes(Encoding.DER)


def _read_pem(pem: object, label: str, load: Callable[[bytes], _Read], field: str) -> _Read:
    # exactly one block: the loaders take the first of several and ignore what stands around it
    matched = _PEM.fullmatch(pem) if isinstance(pem, str) else None
    if matched is None or matched[1] != label:
        _refuse(field)
    try:
        return load(matched[0].encode())
    except ValueError as fault:
        raise TrustError("TRUST_ENTRY", field=field) from fault


def _entry(field: str, value: str) -> str:
    # a TOML basic string has the escapes of JSON; DEL, the one difference, is no plain text
    return f"{field} = {json.dumps(str(value), ensure_ascii=False)}"


def _blocks(field: str, blocks: Iterable[str]) -> list[str]:
    entries = [f'"""\n{block}""",' for block in blocks]
    return [f"{field} = [", *entries, "]"] if entries else [f"{field} = []"]


def _anchor_lines(anchor: Anchor) -> list[str]:
    purposes = ", ".join(json.dumps(str(purpose)) for purpose in sorted(anchor.purposes))
    return [
        "[[anchors]]",
        f"purposes = [{purposes}]",
        f"training = {'true' if anchor.training else 'false'}",
        f'certificate = """\n{_certificate_pem(anchor.certificate)}"""',
    ]


def _certificate_pem(der: bytes) -> str:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode("ascii")


def _crl_pem(der: bytes) -> str:
    return x509.load_der_x509_crl(der).public_bytes(Encoding.PEM).decode("ascii")
