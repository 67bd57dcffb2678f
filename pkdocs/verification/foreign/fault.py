"""What speaks against one signature, on its way to becoming a finding about it."""

from typing import Self

from pkdocs.verification.finding import Finding, Step, Weight


class InspectionError(Exception):
    """Something about a signature, or behind it, is not as it must be."""

    def __init__(self, code: str, step: Step, weight: Weight, params: dict[str, str | int]) -> None:
        super().__init__(code, step, weight, params)
        self.code, self.step, self.weight, self.params = code, step, weight, params

    @classmethod
    def broken(cls, code: str, **params: str | int) -> Self:
        """Return that the signature contradicts itself or the file."""
        return cls(code, Step.SIGNATURES, Weight.FAIL, params)

    @classmethod
    def unclear(cls, code: str, **params: str | int) -> Self:
        """Return that the signature cannot be judged."""
        return cls(code, Step.SIGNATURES, Weight.UNKNOWN, params)

    @classmethod
    def remark(cls, code: str, **params: str | int) -> Self:
        """Return something to know about the signature that does not speak against it."""
        return cls(code, Step.SIGNATURES, Weight.WARNING, params)

    @classmethod
    def changed(cls, code: str, **params: str | int) -> Self:
        """Return that a later revision changed what was signed."""
        return cls(code, Step.REVISIONS, Weight.FAIL, params)

    def finding(self, field: str) -> Finding:
        """Return the finding about the signature in ``field``."""
        return Finding.of(self.code, self.step, self.weight, {"field": field, **self.params})
