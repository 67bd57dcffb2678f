"""A signature field: where and as what somebody signs."""

from collections.abc import Mapping
from dataclasses import dataclass

from pkdocs.verification.finding import Finding, Signatory, Step, Sub, Weight


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, the number of its object, and who signs there.

    An agreement's own fields are named after the roles. ``role`` is None where only the certificate's owner tells it:
    in another signer's field without size. ``holder`` is the signer's name where several sign in one role.
    """

    name: str
    number: int
    role: Signatory | None
    holder: str = ""

    def finding(
        self, code: str, step: Step, weight: Weight, params: Mapping[str, str | int], *, sub: Sub | None = None
    ) -> Finding:
        """Return a finding about the signature in this field."""
        return Finding.of(code, step, weight, params, role=self.role, sub=sub, holder=self.holder)
