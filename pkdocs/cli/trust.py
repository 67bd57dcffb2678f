"""``pkdocs trust``: what an auditor has pinned."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pkdocs.cli.base import Command, Group, argument, json_option, print_json, say, words
from pkdocs.files import read_regular
from pkdocs.trust import Anchor, Trust, read_trust
from pkdocs.trust.summary import Currency, PinnedCertificate, PinnedList, fingerprint
from pkdocs.verification.algorithms import policy_of


@click.group("trust", cls=Group, code="TRUST")
def command() -> None:
    """Lead to the commands."""


@command.command("show", cls=Command, code="TRUST_SHOW")
@argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def show_command(ctx: click.Context, file: Path) -> None:
    """Show what a trust file pins."""
    trust, at = read_trust(read_regular(file)), datetime.now(UTC)
    say(ctx, words(ctx, "TRUST_FILE", file=file))
    say(ctx, words(ctx, "TRUST_DIGEST", digest=trust.digest), bold=True)
    for line in _lines(ctx, trust, at):
        say(ctx, line)
    print_json(ctx, {"file": str(file)} | _as_json(trust, at))


def _lines(ctx: click.Context, trust: Trust, at: datetime) -> Iterator[str]:
    code = f" ({trust.organisation_code})" if trust.organisation_code else ""
    yield words(ctx, "TRUST_ORGANISATION", organisation=f"{trust.organisation or '-'}{code}")
    yield words(ctx, "TRUST_ROOT", position=trust.root_position or "-")
    yield words(ctx, "TRUST_ZONE", zone=trust.zone)
    yield words(ctx, "TRUST_ADDRESS", address=trust.qr_address or "pkdocs:")
    for address in trust.earlier_qr_addresses:
        yield words(ctx, "TRUST_EARLIER_ADDRESS", address=address or "pkdocs:")
    yield from ("", words(ctx, "TRUST_ANCHORS", count=len(trust.anchors)))
    for number, anchor in enumerate(trust.anchors, 1):
        yield from _anchor_lines(ctx, number, anchor, at)
    yield from ("", words(ctx, "TRUST_CRLS", count=len(trust.crls)))
    for number, crl in enumerate(map(PinnedList.of, trust.crls), 1):
        yield words(ctx, "TRUST_SUBJECT", number=number, subject=crl.issuer)
        days = {"begins": _moment(crl.issued), "ends": _moment(crl.due) if crl.due else "-"}
        yield words(ctx, "TRUST_DAYS", state=_state(ctx, crl, at), **days)
        yield words(ctx, "TRUST_REVOKED", count=crl.revoked)
    threshold, registrars = trust.threshold, trust.registrars
    yield from ("", words(ctx, "TRUST_REGISTRARS", count=len(registrars), threshold=threshold))
    for number, certificate in enumerate(registrars, 1):
        yield from _certificate_lines(ctx, number, PinnedCertificate.of(certificate), at)
    yield from ("", words(ctx, "TRUST_POLICY", policy=policy_of(trust).title))
    for kind, dates in (("SOONER", trust.algorithms.sooner), ("LATER", trust.algorithms.later)):
        for name, day in dates:
            yield words(ctx, f"TRUST_ALGORITHM_{kind}", name=name, day=day.isoformat())
    if head := trust.lowest_head:
        yield words(ctx, "TRUST_LOWEST_HEAD", version=head.version, digest=head.digest)
    else:
        yield words(ctx, "TRUST_NO_LOWEST_HEAD")


def _anchor_lines(ctx: click.Context, number: int, anchor: Anchor, at: datetime) -> Iterator[str]:
    yield from _certificate_lines(ctx, number, PinnedCertificate.of(anchor.certificate), at)
    purposes = ", ".join(words(ctx, f"TRUST_PURPOSE_{purpose.name}") for purpose in sorted(anchor.purposes))
    yield words(ctx, "TRUST_PURPOSES", purposes=purposes)
    yield words(ctx, "TRUST_TRAINING" if anchor.training else "TRUST_EARNEST")


def _certificate_lines(ctx: click.Context, number: int, pinned: PinnedCertificate, at: datetime) -> Iterator[str]:
    yield words(ctx, "TRUST_SUBJECT", number=number, subject=pinned.subject)
    yield words(ctx, "TRUST_SELF_ISSUED" if pinned.is_self_issued else "TRUST_ISSUER", issuer=pinned.issuer)
    days = {"begins": _moment(pinned.begins), "ends": _moment(pinned.ends)}
    yield words(ctx, "TRUST_DAYS", state=_state(ctx, pinned, at), **days)
    yield words(ctx, "TRUST_FINGERPRINT", fingerprint=fingerprint(pinned.sha256))


def _state(ctx: click.Context, pinned: PinnedCertificate | PinnedList, at: datetime) -> str:
    currency = pinned.currency(at)
    return "" if currency is Currency.CURRENT else words(ctx, f"TRUST_{currency.name}")


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M %Z}"


def _as_json(trust: Trust, at: datetime) -> dict[str, Any]:
    head = trust.lowest_head
    return {
        "sha256": trust.digest,
        "organisation": trust.organisation,
        "organisation_code": trust.organisation_code,
        "root_position": trust.root_position,
        "qr_address": trust.qr_address,
        "earlier_qr_addresses": list(trust.earlier_qr_addresses),
        "zone": trust.zone,
        "threshold": trust.threshold,
        "anchors": [
            _certificate_json(anchor.certificate, at)
            | {"purposes": sorted(anchor.purposes), "training": anchor.training}
            for anchor in trust.anchors
        ],
        "registrars": [_certificate_json(certificate, at) for certificate in trust.registrars],
        "crls": [_crl_json(PinnedList.of(crl), at) for crl in trust.crls],
        "algorithms": {
            "policy": policy_of(trust).title,
            "sooner": {name: day.isoformat() for name, day in trust.algorithms.sooner},
            "later": {name: day.isoformat() for name, day in trust.algorithms.later},
        },
        "lowest_head": {"version": head.version, "digest": head.digest} if head else None,
    }


def _certificate_json(certificate: bytes, at: datetime) -> dict[str, Any]:
    pinned = PinnedCertificate.of(certificate)
    return {
        "subject": pinned.subject,
        "issuer": pinned.issuer,
        "begins": pinned.begins.isoformat(),
        "ends": pinned.ends.isoformat(),
        "state": pinned.currency(at),
        "sha256": pinned.sha256,
    }


def _crl_json(crl: PinnedList, at: datetime) -> dict[str, Any]:
    return {
        "issuer": crl.issuer,
        "issued": crl.issued.isoformat(),
        "due": crl.due.isoformat() if crl.due else None,
        "state": crl.currency(at),
        "revoked": crl.revoked,
    }
