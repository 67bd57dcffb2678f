"""The options that choose a key holder, and the holder that they choose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

import click
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pkdocs.cli.base import option, settings
from pkdocs.cli.secret import Source, read_secret
from pkdocs.content import Role
from pkdocs.errors import CredentialError, UsageError
from pkdocs.files import read_regular
from pkdocs.pipeline.augmenting import open_timestamper
from pkdocs.signing import Holder, Keyed, Level, Signer, Task, load_emblem, load_pkcs12
from pkdocs.signing.acceptance import accept
from pkdocs.signing.bsre import FILES_A_CALL, HIGHEST_LEVEL, TIMEOUT_S, Account, Appearance, open_bsre, read_account
from pkdocs.signing.bsre import Version as BsreVersion
from pkdocs.signing.csc import Turn, open_csc, request_token
from pkdocs.signing.csc import Version as CscVersion
from pkdocs.signing.pkcs11 import open_token
from pkdocs.signing.timestamp import HttpTimestamper
from pkdocs.transport import Service
from pkdocs.trust import Trust

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_DESCRIPTOR: Final = click.IntRange(min=0)
_CSC_TIMEOUT_S: Final = 60.0

passphrase_option = option("--passphrase-file", type=FILE, code="OPTION_PASSPHRASE_FILE")

_Named: TypeAlias = tuple[tuple[str, ...], dict[str, Any]]
_GROUPS: Final[Mapping[str, tuple[_Named, ...]]] = {
    "HELP_GROUP_KEY": (
        (("--p12",), {"type": FILE, "code": "OPTION_P12"}),
        (("--pkcs11",), {"metavar": "MODULE", "type": FILE, "code": "OPTION_PKCS11"}),
        (("--token",), {"metavar": "LABEL", "code": "OPTION_TOKEN"}),
        (("--key", "key_label"), {"metavar": "LABEL", "code": "OPTION_KEY_LABEL"}),
        (("--chain",), {"type": FILE, "code": "OPTION_CHAIN"}),
        (("--final-try",), {"is_flag": True, "code": "OPTION_FINAL_TRY"}),
        (("--passphrase-file",), {"type": FILE, "code": "OPTION_PASSPHRASE_FILE"}),
        (("--passphrase-fd",), {"type": _DESCRIPTOR, "metavar": "FD", "code": "OPTION_PASSPHRASE_FD"}),
    ),
    "HELP_GROUP_LEVEL": (
        (("--level",), {"type": click.Choice([one.value for one in Level]), "code": "OPTION_LEVEL"}),
        (("--tsa",), {"metavar": "URL", "code": "OPTION_TSA"}),
    ),
    "HELP_GROUP_CSC": (
        (("--csc",), {"metavar": "URL", "code": "OPTION_CSC"}),
        (("--csc-version",), {"type": click.Choice([one.value for one in CscVersion]), "code": "OPTION_CSC_VERSION"}),
        (("--credential",), {"metavar": "ID", "code": "OPTION_CREDENTIAL"}),
        (("--access-token-file",), {"type": FILE, "code": "OPTION_ACCESS_TOKEN_FILE"}),
        (("--access-token-fd",), {"type": _DESCRIPTOR, "metavar": "FD", "code": "OPTION_ACCESS_TOKEN_FD"}),
        (("--oauth",), {"metavar": "URL", "code": "OPTION_OAUTH"}),
        (("--client-id",), {"metavar": "ID", "code": "OPTION_CLIENT_ID"}),
        (("--client-secret-file",), {"type": FILE, "code": "OPTION_CLIENT_SECRET_FILE"}),
    ),
    "HELP_GROUP_BSRE": (
        (("--bsre",), {"metavar": "URL", "code": "OPTION_BSRE"}),
        (
            ("--bsre-version",),
            {"type": click.Choice([one.value for one in BsreVersion]), "code": "OPTION_BSRE_VERSION"},
        ),
        (("--bsre-account",), {"type": FILE, "code": "OPTION_BSRE_ACCOUNT"}),
        (("--nik-file",), {"type": FILE, "code": "OPTION_NIK_FILE"}),
        (("--nik-fd",), {"type": _DESCRIPTOR, "metavar": "FD", "code": "OPTION_NIK_FD"}),
        (("--invisible",), {"is_flag": True, "code": "OPTION_INVISIBLE"}),
        (("--bsre-logo",), {"type": FILE, "metavar": "PNG", "code": "OPTION_BSRE_LOGO"}),
        (("--bsre-appends",), {"is_flag": True, "code": "OPTION_BSRE_APPENDS"}),
        (("--files-a-call",), {"type": click.IntRange(1, 1000), "metavar": "N", "code": "OPTION_FILES_A_CALL"}),
    ),
    "HELP_GROUP_SERVICE": (
        (("--service-authorities",), {"type": FILE, "code": "OPTION_SERVICE_AUTHORITIES"}),
        (("--service-timeout",), {"type": click.IntRange(1, 3600), "metavar": "S", "code": "OPTION_SERVICE_TIMEOUT"}),
        (("--unsafe-plain-http",), {"is_flag": True, "code": "OPTION_UNSAFE_PLAIN_HTTP"}),
    ),
}
"""The options by the heading under which the help has them."""

_OPTIONS: Final = tuple(
    (names, {**how, "group": group}) for group, entries in _GROUPS.items() for names, how in entries
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the options say of key, level and services, as they were typed; nothing in it is secret."""

    options: Mapping[str, Any]
    level: Level

    @property
    def ways(self) -> list[str]:
        """The options that choose a key, of those that were given."""
        return [f"--{name}" for name in (*_SIGNERS, _BSRE) if self.options[name] is not None]

    def source(self, name: str) -> Source:
        """Return where the secret ``name`` comes from."""
        return Source(self.options.get(f"{name}_file"), self.options.get(f"{name}_fd"))


@dataclass(frozen=True, slots=True)
class Around:
    """What a holder needs to know besides: whose certificates are, who signs, and by what others' files are judged."""

    owners: Mapping[bytes, str]
    person: Callable[[], str]
    trust: Trust | None


def holder_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose a key holder; ``chosen_of`` takes their values."""
    for names, how in reversed(_OPTIONS):
        command = option(*names, **how)(command)
    return command


def chosen_of(options: dict[str, Any]) -> Chosen:
    """Take the values of ``holder_options`` out of a command's options."""
    names = [names[-1].removeprefix("--").replace("-", "_") for names, _ in _OPTIONS]
    taken = {name: options.pop(name) for name in names}
    return Chosen(taken, Level(taken.pop("level") or Level.B))


def open_holder(ctx: click.Context, chosen: Chosen, around: Around) -> Holder:
    """Return the key holder that was chosen, unlocked.

    Raises:
        UsageError: none was chosen, or several, or its secret cannot be asked for here; or it cannot give the level.
        CredentialError: the key or its secret is not the right one.
        ServiceError: a service was not reached.
    """
    if len(chosen.ways) != 1:
        raise UsageError("HOLDER_NEEDED" if not chosen.ways else "HOLDER_TWICE", options=", ".join(chosen.ways))
    if chosen.options[_BSRE]:
        return _bsre(ctx, chosen, around)
    # what the level needs is missed before a secret is tried
    timestamper = timestamper_of(ctx, chosen)
    return Keyed(_SIGNERS[chosen.ways[0].removeprefix("--")](ctx, chosen), timestamper)


def timestamper_of(ctx: click.Context, chosen: Chosen) -> HttpTimestamper | None:
    """Return the timestamp authority that the level needs; None where it needs none.

    Raises:
        UsageError: it needs one, and none is named.
    """
    if not chosen.level.is_stamped:
        return None
    address = chosen.options["tsa"] or settings(ctx).tsa
    if address is None:
        raise UsageError("LEVEL_NEEDS_TSA")
    return open_timestamper(address, _authorities(ctx, chosen))


def _file(ctx: click.Context, chosen: Chosen) -> Signer:
    secret = read_secret(ctx, chosen.source("passphrase"), "PASSPHRASE_PROMPT", may_be_empty=True)
    return load_pkcs12(read_regular(chosen.options["p12"]), secret)


def _token(ctx: click.Context, chosen: Chosen) -> Signer:
    given = chosen.options
    # empty where it is typed at the reader
    pin = read_secret(ctx, chosen.source("passphrase"), "PIN_PROMPT", may_be_empty=True)
    above = _read_chain(given["chain"]) if given["chain"] else ()
    token = open_token(
        given["pkcs11"],
        pin,
        token=given["token"],
        key=given["key_label"],
        final_try=given["final_try"],
        authorities=above,
    )
    ctx.call_on_close(token.close)
    return token


def _read_chain(file: Path) -> list[bytes]:
    try:
        loaded = x509.load_pem_x509_certificates(read_regular(file))
    except ValueError as fault:
        raise CredentialError("CHAIN_FILE", file=file.name) from fault
    return [certificate.public_bytes(Encoding.DER) for certificate in loaded]


def _csc(ctx: click.Context, chosen: Chosen) -> Signer:
    given, source = chosen.options, chosen.source("passphrase")
    service = _service(ctx, chosen, given["csc"], _CSC_TIMEOUT_S)

    def ask_code(turn: Turn) -> str:
        shown: dict[str, Any] = {"number": turn.number, "total": turn.total, "challenge": turn.challenge}
        return read_secret(ctx, Source(), "OTP_PROMPT", **shown)

    return open_csc(
        service,
        version=CscVersion(given["csc_version"] or CscVersion.AUTO),
        credential=given["credential"],
        pin=(lambda: read_secret(ctx, source, "PIN_PROMPT")) if source.can_be_read else None,
        otp=ask_code if Source().can_be_read else None,
        token=_access_token(ctx, chosen, said_plain=service.is_plain),
    )


def _access_token(ctx: click.Context, chosen: Chosen, *, said_plain: bool) -> str | None:
    given, source = chosen.options, chosen.source("access_token")
    if given["oauth"]:
        if not given["client_id"]:
            raise UsageError("CLIENT_ID_NEEDED")
        secret = read_secret(ctx, chosen.source("client_secret"), "CLIENT_SECRET_PROMPT")
        # receipts name the service alone: only where they say that it is asked in the clear may this be
        server = _service(ctx, chosen, given["oauth"], _CSC_TIMEOUT_S, may_be_plain=said_plain)
        return request_token(server, client_id=given["client_id"], client_secret=secret)
    is_given = source.file is not None or source.descriptor is not None
    return read_secret(ctx, source, "ACCESS_TOKEN_PROMPT") if is_given else None


def _bsre(ctx: click.Context, chosen: Chosen, around: Around) -> Holder:
    given, person = chosen.options, around.person()
    if chosen.level is not HIGHEST_LEVEL:
        raise UsageError("LEVEL_NOT_PROMISED", level=chosen.level.value)
    at = datetime.now(UTC)

    def kept(task: Task, after: bytes) -> object:
        role = Role(task.field)
        return accept(task.pdf, after, role, owner=person, trust=around.trust, at=at, owners=around.owners)

    logo = given["bsre_logo"]
    return open_bsre(
        _service(ctx, chosen, given["bsre"], TIMEOUT_S),
        version=BsreVersion(given["bsre_version"] or BsreVersion.V2),
        account=read_bsre_account(ctx, chosen),
        nik=read_secret(ctx, chosen.source("nik"), "NIK_PROMPT"),
        passphrase=read_secret(ctx, chosen.source("passphrase"), "PASSPHRASE_PROMPT"),
        certificates=[certificate for certificate, owner in around.owners.items() if owner == person],
        person=person,
        appearance=Appearance(
            is_visible=not given["invisible"], logo=load_emblem(read_regular(logo), logo.name) if logo else None
        ),
        accept=kept,
        appends=given["bsre_appends"],
        at=at,
        files_a_call=given["files_a_call"] or FILES_A_CALL,
    )


def read_bsre_account(ctx: click.Context, chosen: Chosen) -> Account:
    """Return the application's account at BSrE's client service."""
    return read_account(read_secret(ctx, Source(chosen.options["bsre_account"]), "BSRE_ACCOUNT_PROMPT"))


def bsre_service(ctx: click.Context, chosen: Chosen) -> Service:
    """Return BSrE's client service as it was named."""
    return _service(ctx, chosen, chosen.options["bsre"], TIMEOUT_S)


def _service(
    ctx: click.Context, chosen: Chosen, address: str, timeout_s: float, *, may_be_plain: bool = True
) -> Service:
    return Service(
        address,
        timeout_s=chosen.options["service_timeout"] or timeout_s,
        authorities=_authorities(ctx, chosen),
        unsafe_plain_http=may_be_plain and chosen.options["unsafe_plain_http"],
    )


def _authorities(ctx: click.Context, chosen: Chosen) -> Path | None:
    given: Path | None = chosen.options["service_authorities"]
    return given or settings(ctx).service_authorities


_BSRE: Final = "bsre"
_SIGNERS: Final[Mapping[str, Callable[[click.Context, Chosen], Signer]]] = {
    "p12": _file,
    "pkcs11": _token,
    "csc": _csc,
}
"""Keys that sign digests; BSrE takes whole files."""
