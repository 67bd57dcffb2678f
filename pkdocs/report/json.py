"""The verdict as JSON (docs/contracts.md, ``verify``)."""

import json
from typing import Any, Final

from pkdocs import __version__
from pkdocs.chain import AgreementVerdict, RegisterMark, SetVerdict
from pkdocs.messages import Language
from pkdocs.verification import Finding

SCHEMA: Final = "pkdocs-verdict/1"
OPENING: Final = b'{\n "schema": "pkdocs-verdict/'
"""With which every file of this form begins."""


def render_json(verdict: SetVerdict, language: Language) -> bytes:
    """Return the file: the same verdict and language give the same bytes."""
    written = json.dumps(as_json(verdict, language), ensure_ascii=False, indent=1)
    # a file's name need not be text; in JSON this is the escape of such characters
    return f"{written}\n".encode(errors="backslashreplace")


def as_json(verdict: SetVerdict, language: Language) -> dict[str, Any]:
    """Return the verdict in the contract's form."""
    return {
        "schema": SCHEMA,
        "program": f"pkdocs {__version__}",
        "at": verdict.at.isoformat(),
        "trust": verdict.trust,
        "register": _register_json(verdict.register),
        "training": verdict.training,
        "summary": {str(result): count for result, count in verdict.summary.items()},
        "agreements": [_agreement_json(agreement, language) for agreement in verdict.agreements],
        "set": {
            "result": str(verdict.result),
            "findings": [_finding_json(finding, language) for finding in verdict.findings],
        },
    }


def _register_json(mark: RegisterMark | None) -> dict[str, Any] | None:
    return {"version": mark.version, "digest": mark.digest, "dated": mark.dated.isoformat()} if mark else None


def _agreement_json(agreement: AgreementVerdict, language: Language) -> dict[str, Any]:
    return {
        "id": agreement.id,
        "file": agreement.file,
        "sha256": agreement.sha256,
        "own": str(agreement.own),
        "result": str(agreement.result),
        "parent": agreement.parent,
        "state": agreement.phase and str(agreement.phase),
        "in_force_from": agreement.counts_from and agreement.counts_from.isoformat(),
        "findings": [_finding_json(finding, language) for finding in agreement.findings],
    }


def _finding_json(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "code": finding.code,
        "step": int(finding.step),
        "role": finding.role.value if finding.role else None,
        "weight": str(finding.weight),
        "inherited": finding.inherited,
        "sub": str(finding.sub) if finding.sub else None,
        "message": finding.message(language),
    }
