"""The verdict as JSON (docs/contracts.md, ``verify``; the schema is ``pkdocs-verdict-1.json`` beside this module)."""

import json
from collections.abc import Iterator
from typing import Any, Final

from pkdocs import __version__
from pkdocs.chain import AgreementVerdict, Borne, Expected, RegisterMark, SetVerdict
from pkdocs.content import Content
from pkdocs.messages import Language
from pkdocs.report.completeness import Tally, by_unit_and_level, missing
from pkdocs.roster import Level
from pkdocs.verification import Finding, Result

SCHEMA: Final = "pkdocs-verdict/1"
PROGRAM: Final = f"pkdocs {__version__}"
OPENING: Final = b'{\n "schema": "pkdocs-verdict/'
"""With which every file of this form begins."""


def render_json(verdict: SetVerdict, language: Language) -> bytes:
    """Return the file: the same verdict and language give the same bytes."""
    written = bytearray()
    for part in json_parts(verdict, language):
        # a file's name need not be text; in JSON this is the escape of such characters
        written += part.encode(errors="backslashreplace")
    return bytes(written)


def json_parts(verdict: SetVerdict, language: Language) -> Iterator[str]:
    """Yield the text piece by piece, an agreement each: the whole of a large set is never there at once."""
    yield _written(_basis_json(verdict, language), 0).removesuffix("\n}") + ',\n "agreements": ['
    comma = ""
    for agreement in verdict.agreements:
        yield f"{comma}\n  {_written(_agreement_json(agreement, language), 2)}"
        comma = ","
    end = "\n ]" if comma else "]"
    yield f'{end},\n "set": {_written(_set_json(verdict, language), 1)}\n}}\n'


def _written(value: object, depth: int) -> str:
    # a line's end inside a text is written as an escape
    return json.dumps(value, ensure_ascii=False, indent=1).replace("\n", "\n" + " " * depth)


def as_json(verdict: SetVerdict, language: Language) -> dict[str, Any]:
    """Return the verdict in the contract's form."""
    return {
        **_basis_json(verdict, language),
        "agreements": [_agreement_json(agreement, language) for agreement in verdict.agreements],
        "set": _set_json(verdict, language),
    }


def counts_json(verdict: SetVerdict) -> dict[str, Any]:
    """Return what the log counts: results, and the codes and weights of findings."""
    return {
        "summary": {str(result): count for result, count in verdict.summary.items()},
        "agreements": [
            {"id": one.id, "findings": [_counted(finding) for finding in one.findings]} for one in verdict.agreements
        ],
        "set": {"findings": [_counted(finding) for finding in verdict.findings]},
    }


def _counted(finding: Finding) -> dict[str, str]:
    return {"code": finding.code, "weight": str(finding.weight)}


def _basis_json(verdict: SetVerdict, language: Language) -> dict[str, Any]:
    absent = None if verdict.expected is None else [_expected_json(one) for one in missing(verdict)]
    return {
        "schema": SCHEMA,
        "program": PROGRAM,
        "language": language,
        "organisation": verdict.organisation,
        "at": verdict.at.isoformat(),
        "zone": str(verdict.zone),
        "policy": verdict.policy,
        "trust": verdict.trust,
        "register": _register_json(verdict.register),
        "sources": [{"use": str(one.use), "file": one.file, "sha256": one.sha256} for one in verdict.sources],
        "thorough": verdict.thorough,
        "training": verdict.training,
        "summary": {str(result): count for result, count in verdict.summary.items()},
        "completeness": [_tally_json(*row) for row in by_unit_and_level(verdict)],
        "missing": absent,
    }


def _set_json(verdict: SetVerdict, language: Language) -> dict[str, Any]:
    return {
        "result": str(verdict.result),
        "findings": [finding_json(finding, language) for finding in verdict.findings],
    }


def _register_json(mark: RegisterMark | None) -> dict[str, Any] | None:
    return {"version": mark.version, "digest": mark.digest, "dated": mark.dated.isoformat()} if mark else None


def _tally_json(unit: str, level: Level | None, counted: Tally) -> dict[str, Any]:
    return {
        "unit": unit,
        "level": level and str(level),
        "required": counted.required,
        "present": counted.present,
        "missing": counted.missing,
        "unsigned": counted.unsigned,
        "signed_by_one": counted.partly,
        "signed_by_all": counted.fully,
        "valid": counted.results[Result.PASSED],
        "wrong": counted.results[Result.FAILED],
        "open": counted.open,
        "late": counted.late,
        "undated": counted.undated,
    }


def _expected_json(one: Expected) -> dict[str, Any]:
    return {"id": one.id, "unit": one.unit, "level": one.level and str(one.level), "position": one.position}


def _agreement_json(agreement: AgreementVerdict, language: Language) -> dict[str, Any]:
    content = agreement.content
    return {
        "id": agreement.id,
        "file": agreement.file,
        "sha256": agreement.sha256,
        "own": str(agreement.own),
        "result": str(agreement.result),
        "parent": agreement.parent,
        "unit": content.position.unit if content else None,
        "level": str(content.position.level) if content else None,
        "parties": list(_parties_json(content)) if content else [],
        "signatures": [_signature_json(one) for one in agreement.borne],
        "completed": agreement.completed.isoformat() if agreement.completed else None,
        "late": agreement.is_late,
        "state": agreement.phase and str(agreement.phase),
        "in_force_from": agreement.counts_from and agreement.counts_from.isoformat(),
        "superseded_by": agreement.superseded_by,
        "findings": [finding_json(finding, language) for finding in agreement.findings],
    }


def _parties_json(content: Content) -> Iterator[dict[str, str]]:
    for role in content.roles:
        if party := content.party(role):
            yield {"role": role.value, "office": party.office, "name": party.name}


def _signature_json(one: Borne) -> dict[str, Any]:
    return {
        "role": one.role.value if one.role else None,
        "field": one.field,
        "signer": one.signer,
        "certificate": one.certificate,
        "level": str(one.level),
        "proven": one.proven.at.isoformat() if one.proven else None,
        "proven_by": str(one.proven.source) if one.proven else None,
        "claimed": one.claimed.isoformat() if one.claimed else None,
        "signed": {"length": one.length, "sha256": one.sha256},
    }


def finding_json(finding: Finding, language: Language) -> dict[str, Any]:
    """Return one finding."""
    return {
        "code": finding.code,
        "step": int(finding.step),
        "role": finding.role.value if finding.role else None,
        "weight": str(finding.weight),
        "inherited": finding.inherited,
        "sub": str(finding.sub) if finding.sub else None,
        "message": finding.message(language),
    }
