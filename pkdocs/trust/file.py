"""The trust file, ``trust.toml``: what stands in it, and nothing else, to a value and back."""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.errors import TrustError
from pkdocs.profile import Zone
from pkdocs.schema import NewerSchemaError, SchemaError, demand_schema
from pkdocs.trust.value import AlgorithmDates, Anchor, LowestHead, Purpose, Trust, refuse

FILE_NAME: Final = "trust.toml"
SCHEMA: Final = "pkdocs-trust/1"
MAX_TRUST_BYTES: Final = 64_000_000

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PEM = re.compile(r"\s*-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----\s*")

_Read = TypeVar("_Read")


def read_trust(data: bytes) -> Trust:
    """Return what the trust file says.

    Whether its certificates are in date, or its CRLs current, is for the judging to say.

    Raises:
        TrustError: not TOML, of a newer schema, with unknown, absent or wrong entries, or without anchors.
    """
    raw = _parse(data)
    _demand_schema(raw)
    lowest = raw.get("lowest_head")
    _demand_names(raw, _FIELDS, optional={"lowest_head", "earlier_qr_addresses", "algorithms"}, where="trust")
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
        earlier_qr_addresses=_texts(raw, "earlier_qr_addresses"),
        digest=hashlib.sha256(data).hexdigest(),
        algorithms=_read_algorithms(raw["algorithms"]) if "algorithms" in raw else AlgorithmDates(),
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
        *_earlier_addresses(trust.earlier_qr_addresses),
        _entry("zone", trust.zone),
        f"threshold = {trust.threshold}",
        *_blocks("registrars", map(_certificate_pem, trust.registrars)),
        *_blocks("crls", map(_crl_pem, trust.crls)),
    ]
    if trust.lowest_head is not None:
        head = trust.lowest_head
        lines += ["", "[lowest_head]", f"version = {head.version}", _entry("digest", head.digest)]
    for name, dates in (("sooner", trust.algorithms.sooner), ("later", trust.algorithms.later)):
        if dates:
            lines += ["", f"[algorithms.{name}]", *(f"{algorithm} = {day.isoformat()}" for algorithm, day in dates)]
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
        refuse(f"{where}.{min(absent)}")


def _text(raw: Mapping[str, Any], field: str) -> str:
    value = raw[field]
    if not isinstance(value, str):
        refuse(field)
    return value


def _texts(raw: Mapping[str, Any], field: str) -> tuple[str, ...]:
    values = _list(raw, field) if field in raw else []
    if not all(isinstance(value, str) for value in values):
        refuse(field)
    return tuple(values)


def _integer(raw: Mapping[str, Any], field: str) -> int:
    value = raw[field]
    if type(value) is not int or not 1 <= value < 10**9:
        refuse(field)
    return value


def _list(raw: Mapping[str, Any], field: str) -> list[Any]:
    value = raw[field]
    if not isinstance(value, list):
        refuse(field)
    return value


_Choice = TypeVar("_Choice", bound=StrEnum)


def _choice(kind: type[_Choice], written: object, field: str) -> _Choice:
    try:
        return kind(str(written))
    except ValueError:
        refuse(field)


def _table(raw: object, required: frozenset[str], where: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        refuse(where)
    _demand_names(raw, required, where=where)
    return raw


def _read_anchor(entry: object) -> Anchor:
    raw = _table(entry, frozenset({"certificate", "purposes", "training"}), "anchors")
    if not isinstance(raw["training"], bool):
        refuse("anchors.training")
    return Anchor(
        certificate=_read_certificate(raw["certificate"], "anchors.certificate"),
        purposes=frozenset(_choice(Purpose, written, "anchors.purposes") for written in _list(raw, "purposes")),
        training=raw["training"],
    )


def _read_lowest_head(entry: object) -> LowestHead:
    raw = _table(entry, frozenset({"version", "digest"}), "lowest_head")
    digest = _text(raw, "digest")
    if not _DIGEST.fullmatch(digest):
        refuse("lowest_head.digest")
    return LowestHead(_integer(raw, "version"), digest)


def _read_algorithms(entry: object) -> AlgorithmDates:
    raw = entry if isinstance(entry, dict) else refuse("algorithms")
    _demand_names(raw, frozenset(), optional={"sooner", "later"}, where="algorithms")
    return AlgorithmDates(*(_read_days(raw.get(name, {}), f"algorithms.{name}") for name in ("sooner", "later")))


def _read_days(entry: object, field: str) -> tuple[tuple[str, date], ...]:
    days = entry if isinstance(entry, dict) else refuse(field)
    # a moment is a day too, to isinstance
    if any(type(day) is not date for day in days.values()):
        refuse(field)
    return tuple(days.items())


def _read_certificate(pem: object, field: str) -> bytes:
    return _read_pem(pem, "CERTIFICATE", x509.load_pem_x509_certificate, field).public_bytes(Encoding.DER)


def _read_crl(pem: object) -> bytes:
    return _read_pem(pem, "X509 CRL", x509.load_pem_x509_crl, "crls").public_bytes(Encoding.DER)


def _read_pem(pem: object, label: str, load: Callable[[bytes], _Read], field: str) -> _Read:
    # exactly one block: the loaders take the first of several and ignore what stands around it
    matched = _PEM.fullmatch(pem) if isinstance(pem, str) else None
    if matched is None or matched[1] != label:
        refuse(field)
    try:
        return load(matched[0].encode())
    except ValueError as fault:
        raise TrustError("TRUST_ENTRY", field=field) from fault


def _entry(field: str, value: str) -> str:
    return f"{field} = {_quoted(value)}"


def _quoted(value: str) -> str:
    # a TOML basic string has the escapes of JSON; DEL, the one difference, is no plain text
    return json.dumps(str(value), ensure_ascii=False)


def _earlier_addresses(addresses: tuple[str, ...]) -> list[str]:
    # left out where there are none, so that a pkdocs that does not know the entry reads the file
    return [f"earlier_qr_addresses = [{', '.join(map(_quoted, addresses))}]"] if addresses else []


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
