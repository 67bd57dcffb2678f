"""What a register vouches for."""

from pkdocs.register import Register
from pkdocs.verification import Issue, Vouched


def vouched_by(register: Register | None) -> Vouched:
    """Return the issues that a believed ``register`` lists; without one (None) nothing is vouched for.

    Of lines that are void nothing is said; an agreement that was superseded or ended has its pages all the same.
    """
    lines = register.agreements.values() if register else ()
    return Vouched({line.issued.digest: Issue(line.content, line.issued.length) for line in lines})
