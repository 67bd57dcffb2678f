"""``pkdocs inspect``: any signed PDF alone, whoever made it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from pkdocs.cli.base import (
    Command,
    argument,
    json_option,
    language,
    option,
    print_json,
    progress,
    read_moment,
    say,
    settings,
    words,
)
from pkdocs.pipeline.extraction import Extract, extract
from pkdocs.pipeline.inspection import Basis, inspect
from pkdocs.pipeline.pinning import read_trust_file
from pkdocs.pipeline.sources import Source, find_sources
from pkdocs.verification import Result, Weight
from pkdocs.verification.inspection import InspectedSignature, Inspection, Integrity

_COLOURS = {Integrity.INTACT: "green", Integrity.NOT_INTACT: "red", Integrity.CANNOT_SAY: "yellow"}
_MARKS = {Integrity.INTACT: "✓", Integrity.NOT_INTACT: "✗", Integrity.CANNOT_SAY: "?"}
_EXIT_BROKEN = 9
_EXIT_UNKNOWN = 10


@click.command("inspect", cls=Command, code="INSPECT")
@argument(
    "files", metavar="PDF...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@option("--trust", type=click.Path(exists=True, dir_okay=False, path_type=Path), code="OPTION_INSPECT_TRUST")
@option("--integrity", is_flag=True, code="OPTION_INTEGRITY")
@option("--extract", "folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), code="OPTION_EXTRACT")
@option("--at", "moment", metavar="TIME", code="OPTION_AT")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    files: tuple[Path, ...],
    trust: Path | None,
    integrity: bool,
    folder: Path | None,
    moment: str | None,
) -> None:
    """Inspect files."""
    at = read_moment(moment)
    basis = None if integrity else Basis(read_trust_file(trust) if trust else None, at)
    with progress(ctx, words(ctx, "INSPECT_PROGRESS")) as bar:
        sources = find_sources(files)
        found = list(inspect(sources, basis, jobs=settings(ctx).jobs, progress=bar))
    inspected = list(zip(sources, found, strict=True))
    for file, inspection in inspected:
        _show(ctx, file, inspection)
    for entry in extract(inspected, folder) if folder else ():
        say(ctx, _extracted(ctx, entry))
    say(ctx, words(ctx, "INSPECT_LIMITS"))
    print_json(ctx, [_as_json(file, inspection) for file, inspection in inspected])
    ctx.exit(_exit_code(found, is_judged=trust is not None and not integrity))


def _exit_code(found: Sequence[Inspection], *, is_judged: bool) -> int:
    """Return the code of the worst file; where a trust file was named, who signed counts as well."""
    results = {inspection.result for inspection in found} if is_judged else set()
    integrities = {inspection.integrity for inspection in found}
    if Integrity.NOT_INTACT in integrities or Result.FAILED in results:
        return _EXIT_BROKEN
    return _EXIT_UNKNOWN if Integrity.CANNOT_SAY in integrities or results - {Result.PASSED} else 0


def _show(ctx: click.Context, file: Source, inspection: Inspection) -> None:
    said = words(ctx, f"INTEGRITY_{inspection.integrity.name}")
    line = words(ctx, "INSPECT_FILE", file=file.name, integrity=said, result=inspection.result)
    say(ctx, f"{_MARKS[inspection.integrity]} {line}", fg=_COLOURS[inspection.integrity], bold=True)
    for signature in inspection.signatures:
        say(ctx, f"  {_MARKS[signature.integrity]} {_signature(ctx, signature)}", fg=_COLOURS[signature.integrity])
    for code, message in _reasons(ctx, inspection):
        say(ctx, f"  {code}: {message}")


def _reasons(ctx: click.Context, inspection: Inspection) -> Iterator[tuple[str, str]]:
    """Yield what was found, the heaviest first."""
    for finding in sorted(inspection.reasons, key=lambda finding: list(Weight).index(finding.weight)):
        yield finding.code, finding.message(language(ctx))


def _signature(ctx: click.Context, signature: InspectedSignature) -> str:
    when = words(ctx, "INSPECT_NO_TIME")
    if signature.signed_at:
        kind = "INSPECT_TIMED" if signature.is_timed else "INSPECT_CLAIMED"
        when = words(ctx, kind, time=signature.signed_at.isoformat(timespec="seconds"))
    return words(
        ctx,
        "INSPECT_SIGNATURE",
        field=signature.field,
        signer=signature.signer or words(ctx, "INSPECT_NOBODY"),
        when=when,
        covers=words(ctx, f"COVERS_{signature.covers.name}"),
        level=signature.level,
    )


def _extracted(ctx: click.Context, entry: Extract) -> str:
    if entry.signature is None:
        return words(ctx, "EXTRACTED_ATTACHMENT", path=entry.path, source=entry.source.name)
    signer = entry.signature.signer or words(ctx, "INSPECT_NOBODY")
    return words(
        ctx, "EXTRACTED_SIGNED", path=entry.path, source=entry.source.name, signer=signer, field=entry.signature.field
    )


def _as_json(file: Source, inspection: Inspection) -> dict[str, Any]:
    return {
        "file": file.name,
        "sha256": inspection.sha256,
        "integrity": str(inspection.integrity),
        "result": str(inspection.result),
        "reasons": list(dict.fromkeys(finding.code for finding in inspection.reasons)),
        "signatures": [
            {
                "field": signature.field,
                "signer": signature.signer,
                "result": str(signature.result),
                "level": str(signature.level),
                "signed_at": signature.signed_at.isoformat() if signature.signed_at else None,
                "covers": str(signature.covers),
            }
            for signature in inspection.signatures
        ],
    }
