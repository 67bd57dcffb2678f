"""What a register vouches for."""

from pkdocs.register import Register
from pkdocs.verification import Issue, Vouched


def vouched_by(register: Register | None) -> Vouched:
    """Return the issues whose pages a believed ``register`` vouches for; without one (None) there are none.

    Those are the ones that registrars issued again and compared. Of lines that are void nothing is said; an agreement
    that was superseded or ended has its pages all the same.
    """
    vouched = register.vouched if register else {}
    return Vouched({digest: Issue(content, length) for digest, (content, length) in vouched.items()})
