"""What a signing says: its plan, what became of it, and where receipts lie; for people and as JSON."""

from collections.abc import Iterable
from typing import Any

import click

from pkdocs.cli.base import language, named, say, warn, words
from pkdocs.cli.holders import Chosen
from pkdocs.pipeline.ceremony import Refused, Resolution, SigningPlan, SigningResult, Written
from pkdocs.receipt import Fate, describe_certificate
from pkdocs.schema import to_json
from pkdocs.signing import Holder, Keyed
from pkdocs.signing.preflight import issuer_missing


def show_resolution(ctx: click.Context, done: Resolution) -> None:
    """Say what became of each document that was open."""
    for code, identities in (("SIGNED", done.signed), ("UNSIGNED", done.unsigned), ("STAYS", done.open)):
        for identity in identities:
            say(ctx, words(ctx, f"RESOLVE_{code}", id=identity))
    for refused in done.refused:
        say(ctx, f"✗ {named(refused.id, refused.error.message(language(ctx)))}", fg="red")
    if not (done.signed or done.unsigned or done.open):
        say(ctx, words(ctx, "RESOLVE_NOTHING"))


def show_plan(ctx: click.Context, plan: SigningPlan, holder: Holder, anchors: Iterable[bytes]) -> None:
    """Say what will be signed, with which certificate, and what is worth a word beforehand."""
    if plan.nobody_named:
        warn(words(ctx, "SIGN_NOBODY_NAMED"))
    if not plan.candidates and not plan.refused:
        say(ctx, words(ctx, "SIGN_NOTHING"))
    show_candidates(ctx, plan)
    if plan.candidates:
        certificate = describe_certificate(holder.certificate)
        said = {name: getattr(certificate, name) for name in ("subject", "issuer", "begins", "ends", "sha256")}
        say(ctx, words(ctx, "SIGN_PLAN_KEY", origin=holder.origin, digest=plan.digest, **said))
    # whole-file services bring the certificates themselves
    chainless = issuer_missing(holder, anchors) if plan.candidates and isinstance(holder, Keyed) else None
    for warning in filter(None, (plan.warning, chainless)):
        warn(warning.message(language(ctx)))


def show_candidates(ctx: click.Context, plan: SigningPlan) -> None:
    """List every document of the plan: nobody consents to what he was not shown."""
    if plan.candidates:
        say(ctx, words(ctx, "SIGN_PLAN", count=len(plan.candidates), name=plan.name), bold=True)
    for candidate in plan.candidates:
        content = candidate.content
        line = {
            "id": content.id,
            "office": content.parties.first.office,
            "role": words(ctx, f"ROLE_{candidate.role.name}"),
        }
        say(ctx, "  " + words(ctx, "SIGN_PLAN_LINE", **line))


def show_result(ctx: click.Context, result: SigningResult) -> None:
    """Say what became of the plan, and where the receipt lies."""
    show_refused(ctx, result)
    for unknown in result.unknown:
        say(ctx, "? " + words(ctx, "SIGN_UNKNOWN_LINE", id=unknown.id), fg="red")
    counts = {"signed": len(result.signed), "waiting": len(result.waiting), "refused": len(result.refused)}
    say(ctx, words(ctx, "SIGN_DONE", **counts), bold=True)
    if result.receipt:
        receipt = result.receipt.receipt
        batch = {"signed": receipt.count(Fate.SIGNED), "total": len(receipt.documents), "file": result.receipt.pdf}
        say(ctx, words(ctx, "SIGN_RECEIPT", **batch))


def show_refused(ctx: click.Context, result: SigningResult) -> None:
    """Say what waits for somebody else, and why the rest was not signed."""
    for waiting in result.waiting:
        say(ctx, words(ctx, "SIGN_WAITS", id=waiting.id, role=words(ctx, f"ROLE_{waiting.awaited.name}")))
    for refused in result.refused:
        say(ctx, f"✗ {named(refused.id, refused.error.message(language(ctx)))}", fg="red")


def result_json(ctx: click.Context, result: SigningResult) -> dict[str, Any]:
    """Return what became of the plan as docs/contracts.md has it."""
    return {
        "batch": result.batch,
        "signed": [
            {"id": entry.id, "file": str(entry.file), "role": entry.role.value, "sha256": entry.digest}
            for entry in result.signed
        ],
        "waiting": [{"id": entry.id, "for": entry.awaited.value} for entry in result.waiting],
        "refused": refused_json(ctx, result.refused),
        "unknown": refused_json(ctx, result.unknown),
        "receipt": receipt_json(result.receipt) if result.receipt else None,
    }


def refused_json(ctx: click.Context, refused: Iterable[Refused]) -> list[dict[str, str]]:
    """Return which documents, and why each was not signed."""
    return [{"id": one.id, "code": one.error.code, "message": one.error.message(language(ctx))} for one in refused]


def receipt_json(written: Written) -> dict[str, str]:
    """Return which batch a receipt is of, and where it lies."""
    return {"batch": written.receipt.batch, "json": str(written.json), "pdf": str(written.pdf)}


def plan_json(plan: SigningPlan, holder: Holder, chosen: Chosen) -> dict[str, Any]:
    """Return what was going to be signed, by whom, with which certificate and to which level."""
    return {
        "documents": len(plan.candidates),
        "digest": plan.digest,
        "person": plan.signatory.person,
        "certificate": to_json(describe_certificate(holder.certificate)),
        "origin": holder.origin,
        "level": chosen.level.value,
    }
