"""What judging finds: one sentence about one thing, and how heavy it weighs (docs/chain.md, section 6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeAlias

from pkdocs.content import Role
from pkdocs.messages import Language, Said, text

Param = str | int | Said


class Step(IntEnum):
    """The steps of judging, in their order."""

    FILE = 1
    SIGNATURES = 2
    REVISIONS = 3
    CERTIFICATES = 4
    PERSONS = 5
    CONTENT = 6
    CHAIN = 7
    CASCADE = 8
    SET = 9


class Weight(StrEnum):
    """What a finding does to the result: contradiction, absent proof, absent signature; the rest nothing."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    MISSING = "missing"
    WARNING = "warning"
    NOTE = "note"


class Result(StrEnum):
    """The verdict on one agreement; ``NOT_JUDGED`` is for a set without a register alone."""

    FAILED = "TOTAL-FAILED"
    INDETERMINATE = "INDETERMINATE"
    INCOMPLETE = "INCOMPLETE"
    PASSED = "TOTAL-PASSED"
    NOT_JUDGED = "NOT-JUDGED"


_RESULTS = {Weight.FAIL: Result.FAILED, Weight.UNKNOWN: Result.INDETERMINATE, Weight.MISSING: Result.INCOMPLETE}
_LIGHTEST_FIRST = (Result.PASSED, Result.INCOMPLETE, Result.INDETERMINATE, Result.FAILED)
_WEIGHTS = {result: weight for weight, result in _RESULTS.items()}


class Sub(StrEnum):
    """Sub-indications (ETSI EN 319 102-1, table 5), as far as they occur here."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    NOT_YET_VALID = "NOT_YET_VALID"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    TRY_LATER = "TRY_LATER"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"


class Keeper(StrEnum):
    """Who signs without being a party: the head of a register, a report, or an agreement's seal."""

    REGISTRAR = "registrar"
    AUDITOR = "pemeriksa"
    SEAL = "segel"


Signatory: TypeAlias = Role | Keeper
"""As what somebody signs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``code`` names its sentence in the catalogue, ``params`` fill it.

    ``role`` is whose signature it is about, if one's, and ``holder`` his name where several sign in that role;
    ``inherited`` says that it comes from the agreement above.
    """

    code: str
    step: Step
    weight: Weight
    role: Signatory | None = None
    sub: Sub | None = None
    params: tuple[tuple[str, Param], ...] = ()
    inherited: bool = False
    holder: str = ""

    @classmethod
    def of(
        cls,
        code: str,
        step: Step,
        weight: Weight,
        params: Mapping[str, Param],
        *,
        role: Signatory | None = None,
        sub: Sub | None = None,
        holder: str = "",
    ) -> "Finding":
        """Return a finding with ``params`` in the order of their names, so that equal findings are equal."""
        return cls(code, step, weight, role, sub, tuple(sorted(params.items())), holder=holder)

    def message(self, language: Language = "id") -> str:
        """Return what was found, which, and what to do."""
        role = text(f"ROLE_{self.role.name}", language) if self.role else "-"
        whose = f"{role} {self.holder}" if self.holder else role
        return text(self.code, language, {"role": whose, "step": int(self.step), **dict(self.params)})


def find(
    code: str, step: Step, weight: Weight, *, role: Signatory | None = None, sub: Sub | None = None, **params: Param
) -> Finding:
    """Return a finding; ``params`` by name."""
    return Finding.of(code, step, weight, params, role=role, sub=sub)


def result_of(findings: Iterable[Finding]) -> Result:
    """Return what the heaviest of ``findings`` makes of the agreement."""
    return heavier(*(_RESULTS.get(finding.weight, Result.PASSED) for finding in findings))


def heavier(*results: Result) -> Result:
    """Return the heaviest of ``results``; TOTAL-PASSED where there is none."""
    return max(results, key=heaviness, default=Result.PASSED)


def heaviness(result: Result) -> int:
    """Return how heavy ``result`` weighs; 0 for TOTAL-PASSED."""
    return _LIGHTEST_FIRST.index(result)


def weight_of(result: Result) -> Weight:
    """Return the weight that makes ``result``; a note for TOTAL-PASSED."""
    return _WEIGHTS.get(result, Weight.NOTE)
